#!/usr/bin/env python3
"""Holds docs/openapi.yaml against the tables of src/localapi: paths, methods, parameters, media types, problems."""
import pathlib
import re
import sys

import yaml

METHODS = ("get", "put", "post", "delete", "patch")
PROBLEMS = []


def complain(text):
    PROBLEMS.append(text)


class Strict(yaml.SafeLoader):
    """A mapping's key comes once."""


def mapping_of(loader, node):
    keys = [loader.construct_object(key) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise SystemExit(f"line {node.start_mark.line + 1}: {key} comes twice")
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping_of)


def resolve(document, reference):
    found = document
    for part in reference.removeprefix("#/").split("/"):
        if not isinstance(found, dict) or part not in found:
            complain(f"{reference} leads nowhere")
            return {}
        found = found[part]
    return found


def walk(node):
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def read_routes(source):
    row = re.compile(r'^\s*\{"([A-Z]+)", "([^"]+)", (\w+), endpoint::\w+, right::(\w+), \{([^}]*)\}\},$', re.M)
    media = {name: set(types.split(", "))
             for name, types in re.findall(r'^constexpr std::string_view (\w+) = "([^"]+)";$', source, re.M)}
    routes = {}
    words = {"registers": "register"}
    for method, path, kind, right, names in row.findall(source):
        routes[(method.lower(), path)] = (media[kind], words.get(right, right), set(re.findall(r'"([^"]+)"', names)))
    declared = int(re.search(r"std::array<route, (\d+)>", source).group(1))
    if len(routes) != declared:
        complain(f"routes.cpp has {declared} rows, {len(routes)} could be read")
    return routes


def check_operation(document, path, shared, method, operation, expected):
    where = f"{method.upper()} {path}"
    media, right, names = expected
    if operation.get("x-right") != right:
        complain(f"{where}: x-right is {operation.get('x-right')}, the code needs {right}")
    parameters = [resolve(document, one["$ref"]) if "$ref" in one else one
                  for one in shared + operation.get("parameters", [])]
    query = {one["name"] for one in parameters if one["in"] == "query"}
    in_path = {one["name"] for one in parameters if one["in"] == "path"}
    if query != names:
        complain(f"{where}: query parameters {sorted(query)}, the code knows {sorted(names)}")
    if in_path != set(re.findall(r"\{(\w+)\}", path)):
        complain(f"{where}: path parameters {sorted(in_path)}")
    responses = operation["responses"]
    for status in ("200", "400", "403", "405", "406", "500", "503"):
        if status not in responses:
            complain(f"{where}: no {status}")
    for status, response in responses.items():
        response = resolve(document, response["$ref"]) if "$ref" in response else response
        wanted = media if status.startswith("2") else set() if status == "304" else {"application/problem+json"}
        if set(response.get("content", {})) != wanted:
            complain(f"{where}: {status} is not {sorted(wanted)}")
        if status == "503" and "Retry-After" not in response.get("headers", {}):
            complain(f"{where}: 503 without Retry-After")
    if in_path and method == "get" and not path.endswith("/usable") and "404" not in responses:
        complain(f"{where}: no 404")


def check_paths(document, routes):
    described = {(method, path): item[method]
                 for path, item in document["paths"].items() for method in METHODS if method in item}
    for one in sorted(routes.keys() - described.keys()):
        complain(f"{one[0].upper()} {one[1]} is not described")
    for one in sorted(described.keys() - routes.keys()):
        complain(f"{one[0].upper()} {one[1]} is described and does not exist")
    for (method, path), operation in described.items():
        if (method, path) in routes:
            shared = document["paths"][path].get("parameters", [])
            check_operation(document, path, shared, method, operation, routes[(method, path)])
    ids = [operation.get("operationId") for operation in described.values()]
    if None in ids or len(set(ids)) != len(ids):
        complain("an operationId is missing or comes twice")


def check_problems(document, source):
    rows = re.findall(r'^\s*\{problem_kind::\w+, "([a-z-]+)", (\d+), "', source, re.M)
    names = {f"urn:consentd:problem:{name}" for name, _ in rows}
    listed = set(document["components"]["schemas"]["Problem"]["properties"]["type"]["enum"])
    if names != listed:
        complain(f"problem types differ: {sorted(names ^ listed)}")


def check_reasons(document, text):
    rows = re.findall(r"^\| `([a-z-]+)` \|[^|]*\| (\S+) \|", text, re.M)
    # What is answered only where deliveries are verified first goes to quarantine otherwise. So do keys that cannot be had, and what
    # of a JWE's header is looked at when it is opened.
    wanted = {name for name, answer in rows if answer.startswith("(")} - {"undecided"} | {"keys-unavailable", "jwe-header"}
    listed = set(document["components"]["schemas"]["QuarantineReason"]["enum"])
    if wanted != listed:
        complain(f"reasons of the quarantine differ: {sorted(wanted ^ listed)}")


def check_components(document, text):
    for node in walk(document):
        if "$ref" in node:
            resolve(document, node["$ref"])
        if "required" in node and isinstance(node["required"], list):
            for name in node["required"]:
                if name not in node.get("properties", {}):
                    complain(f"required {name} is no property")
    for group, members in document["components"].items():
        for name in members:
            used = f"#/components/{group}/{name}'" in text
            # These stand in the text of the streams, which have no JSON schema of their own.
            if not used and name not in ("Control", "SnapshotEnd"):
                complain(f"components/{group}/{name} is not used")


def main():
    root = pathlib.Path(sys.argv[1])
    text = (root / "docs/openapi.yaml").read_text()
    document = yaml.load(text, Strict)
    if not str(document["openapi"]).startswith("3.1."):
        complain("not OpenAPI 3.1")
    check_paths(document, read_routes((root / "src/localapi/routes.cpp").read_text()))
    check_reasons(document, (root / "docs/reasons.md").read_text())
    check_problems(document, (root / "src/localapi/problem.cpp").read_text())
    check_components(document, text)
    for one in PROBLEMS:
        print(f"docs/openapi.yaml: {one}", file=sys.stderr)
    return 1 if PROBLEMS else 0


sys.exit(main())
