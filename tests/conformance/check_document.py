#!/usr/bin/python3
"""docs/conformance.md names what exists: every file, every test case, every row of the tables; and it leaves no cell empty.

usage: check_document.py SOURCE_FOLDER
"""
import fnmatch
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from conformance import BAD, GOOD  # noqa: E402

NAMED = re.compile(r"`([^`]+)`")
NOT_HELD = ("not yet", "out of scope for now")


def names_of_tests(source):
    """Test cases of Boost.Test and of Python, and tests of CTest."""
    found = set()
    for path in (source / "tests").rglob("*.cpp"):
        found.update(re.findall(r"BOOST_(?:AUTO|DATA)_TEST_CASE\(\s*(\w+)", path.read_text()))
        found.update(re.findall(r"BOOST_(?:FIXTURE_TEST_CASE|DATA_TEST_CASE_F)\(\s*(?:\w+,\s*)?(\w+)", path.read_text()))
    for path in (source / "tests").rglob("*.py"):
        found.update(re.findall(r"def (test_\w+)\(", path.read_text()))
    for path in (source / "tests").rglob("CMakeLists.txt"):
        found.update(re.findall(r"(?:add_test\(NAME |consentd_python_test\()(\w+)", path.read_text()))
    return found


def problems_of(text, source):
    tests = names_of_tests(source)
    rows = [row.name for row in BAD + GOOD]
    found = []
    sections = set()
    for number, line in enumerate(text.splitlines(), 1):
        if heading := re.match(r"## (\d)\. ", line):
            sections.add(int(heading.group(1)))
        if not line.startswith("|") or re.match(r"\|(---\|)+$", line) or line.startswith("| rule |"):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 3 or not all(cells):
            found.append(f"{number}: not three cells with something in each")
            continue
        if cells[1].startswith(NOT_HELD):
            if not cells[2].startswith(NOT_HELD):
                found.append(f"{number}: what is not held has no test")
            if ":" not in cells[1]:
                found.append(f"{number}: does not say what is missing")
            continue
        files, breaks = NAMED.findall(cells[1]), NAMED.findall(re.sub(r"\([^)]*\)", "", cells[2]))
        if not files or not breaks:
            found.append(f"{number}: names no file or no test")
        found += [f"{number}: no file {file}" for file in files if not (source / file).is_file()]
        found += [f"{number}: no test and no row {name}" for name in breaks
                  if name not in tests and not fnmatch.filter(rows, name)]
    found += [f"section {missing} of the contract is missing" for missing in sorted(set(range(1, 10)) - sections)]
    for count, what in ((len(BAD), "bad messages"), (len(GOOD), "good ones")):
        if f"{count} {what}" not in text.replace("\n", " "):
            found.append(f"there are {count} {what}")
    return found


def main():
    source = Path(sys.argv[1])
    found = problems_of((source / "docs/conformance.md").read_text(), source)
    for each in found:
        print("docs/conformance.md:" + each)
    # It must be able to find fault at all.
    for wrong in ("| a rule | `src/nowhere.cpp` | `conformance` |", "| a rule | `src/base/time.cpp` | `no_such_test` |",
                  "| a rule | `src/base/time.cpp` | |", "| a rule | `src/base/time.cpp` | `no-such-row-*` |"):
        if not any(each.startswith("1:") for each in problems_of(wrong, source)):
            print("not found wrong:", wrong)
            found.append(wrong)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
