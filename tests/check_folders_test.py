#!/usr/bin/env python3
"""Gives check_folders.py trees with one wrong include each, and expects it to name the place."""
import pathlib
import subprocess
import sys
import tempfile

CHECK = pathlib.Path(__file__).resolve().parent / "check_folders.py"

WRONG = {
    "jose/a.cpp": ('#include "store/store.hpp"', "jose may not use store"),
    "base/a.cpp": ('#include "json/value.hpp"', "base may not use json"),
    "pipeline/a.cpp": ('#include "store/sqlite/open.hpp"', "store/sqlite is behind the seam"),
    "hub/a.cpp": ('#include "app/daemon.hpp"', "nobody includes app"),
    "ingress/a.cpp": ("#include <sqlite3.h>", "is for store/sqlite alone"),
    "store/a.cpp": ("#include <sqlite3.h>", "is for store/sqlite alone"),
    "authz/a.cpp": ("#include <cjose/cjose.h>", "is for jose alone"),
    "tools/hubsim/a.cpp": ('#include "jose/verify.hpp"', "tools/hubsim may not use jose"),
    "events/a.cpp": ('#include "events/missing.hpp"', "is named neither from src nor from include"),
    "store/b.cpp": ("#include <consentd/client.hpp>", "the client library is for clients"),
    "../include/consentd/a.hpp": ('#include "json/value.hpp"', "other programs do not have json/value.hpp"),
    "../include/consentd/b.hpp": ("#include <boost/beast/http.hpp>", "other programs do not have boost/beast/http.hpp"),
}
EXISTING = ["store/store.hpp", "json/value.hpp", "store/sqlite/open.hpp", "app/daemon.hpp", "jose/verify.hpp"]


def check(tree):
    return subprocess.run([sys.executable, CHECK, tree], capture_output=True, text=True)


def main():
    for name, (line, complaint) in WRONG.items():
        with tempfile.TemporaryDirectory() as tree:
            source = pathlib.Path(tree) / "src"
            for header in EXISTING:
                (source / header).parent.mkdir(parents=True, exist_ok=True)
                (source / header).touch()
            right = check(tree)
            if right.returncode != 0:
                sys.exit(f"a tree without fault is refused: {right.stdout}{right.stderr}")
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_text(f"// first line\n{line}\n")
            wrong = check(tree)
            said = wrong.stdout + wrong.stderr
            if wrong.returncode == 0 or f"{name.removeprefix('../') if name.startswith('../') else 'src/' + name}:2" not in said or complaint not in said:
                sys.exit(f"{name} with {line}: expected '{complaint}' at line 2, got status {wrong.returncode}: {said}")


main()
