#!/usr/bin/env python3
"""Holds the arrows between the folders of src: who may include whom, and which library is seen where.

The tables are the ones of docs/architecture.md. Prints each violation as file:line and fails when there is one.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)

# Besides itself and base.
MAY_USE = {
    "base": set(),
    "json": set(),
    "net": set(),
    "ingress": {"net", "authz", "store", "jose", "json"},
    "authz": {"jose", "json"},
    "jose": {"json"},
    "events": {"jose", "json", "consent"},
    "consent": set(),
    "store": {"consent"},
    "pipeline": {"jose", "events", "consent", "store"},
    "localapi": {"net", "json", "store", "consent"},
    "hub": {"net", "jose", "json"},
    "client": {"json"},
    "config": {"jose", "authz"},
    "ops": {"net", "json"},
    "app": None,  # wires everything
    "tools/hubsim": {"json", "net"},  # must not share the daemon's jose, or one mistake hides in both
    "tools/consentctl": {"authz", "client", "config", "consent", "events", "jose", "json"},
}

# Which folders may include a library's headers.
LIBRARIES = {
    r"cjose/|jansson": {"jose"},
    r"rapidjson/": {"json"},
    r"sqlite3\.h": {"store/sqlite"},
    r"boost/beast": {"net", "hub", "client"},
    r"prometheus/": {"ops"},
    r"spdlog/": {"ops"},
    r"toml\+\+": {"config"},
    r"systemd/": {"app"},
    r"curl/": {"tools/hubsim"},
}

# What the headers for other programs may ask of those programs.
PUBLIC = re.compile(r"consentd/|boost/(asio|assert|system)/|[a-z_]+$")

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def folder_of(path):
    parts = path.parts
    return "/".join(parts[:2]) if parts[0] in ("tools", "store") and len(parts) > 2 else parts[0]


def violations(source):
    here = folder_of(source)
    top = here if here.startswith("tools/") else here.split("/")[0]
    for number, line in enumerate((ROOT / "src" / source).read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quoted, name = match.group(1) == '"', match.group(2)
        where = f"src/{source}:{number}"
        if quoted:
            wanted = folder_of(pathlib.PurePath(name))
            wanted_top = wanted if wanted.startswith("tools/") else wanted.split("/")[0]
            if not (ROOT / "src" / name).exists() and not (ROOT / "include" / name).exists():
                yield f"{where}: \"{name}\" is named neither from src nor from include"
            elif wanted_top in ("app",) and top != "app":
                yield f"{where}: nobody includes app"
            elif wanted == "store/sqlite" and here not in ("store/sqlite", "app"):
                yield f"{where}: store/sqlite is behind the seam"
            elif wanted_top not in (top, "base", "consentd") and MAY_USE.get(top) is not None and wanted_top not in MAY_USE[top]:
                yield f"{where}: {top} may not use {wanted_top}"
        elif name.startswith("consentd/"):
            if here not in ("client", "tools/consentctl"):
                yield f"{where}: the client library is for clients"
        else:
            for pattern, allowed in LIBRARIES.items():
                # The file that compiles Beast's own sources is net's; its like for Asio is base's.
                if re.match(pattern, name) and here not in allowed and top not in allowed:
                    yield f"{where}: <{name}> is for {', '.join(sorted(allowed))} alone"


def public_violations(header):
    for number, line in enumerate((ROOT / "include" / header).read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if match and (match.group(1) == '"' or not PUBLIC.match(match.group(2))):
            yield f"include/{header}:{number}: other programs do not have {match.group(2)}"


def main():
    sources = sorted(p.relative_to(ROOT / "src") for p in (ROOT / "src").rglob("*.[ch]pp"))
    found = [text for source in sources for text in violations(source)]
    headers = sorted(p.relative_to(ROOT / "include") for p in (ROOT / "include").rglob("*.hpp"))
    found += [text for header in headers for text in public_violations(header)]
    unknown = {folder_of(s).split("/")[0] for s in sources} - {name.split("/")[0] for name in MAY_USE}
    found += [f"src/{name}: a folder that tests/check_folders.py does not know" for name in sorted(unknown)]
    print("\n".join(found) if found else f"{len(sources) + len(headers)} files keep to the folder rules")
    return 1 if found or not sources else 0


sys.exit(main())
