"""docs/openapi.yaml as the one thing that a client knows: it asks what is described there, and holds each answer against it."""
import http.client
import json
import re
from datetime import datetime
from urllib.parse import quote, urlencode

import jsonschema
import yaml

METHODS = ("get", "put", "post", "delete", "patch")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")  # RFC 3339 in UTC, as the document promises
formats = jsonschema.FormatChecker(["uuid"])


@formats.checks("date-time", raises=ValueError)
def is_time(value):
    return not isinstance(value, str) or bool(TIME.fullmatch(value) and datetime.fromisoformat(value[:19]))


class NotAsDescribed(AssertionError):
    pass


class Answer:
    def __init__(self, status, headers, media, text):
        self.status = status
        self.headers = headers
        self.media = media
        self.json = json.loads(text) if media.endswith("json") and text else None


class Document:
    def __init__(self, file):
        self.tree = yaml.safe_load(file.read_text())
        self.resolver = jsonschema.RefResolver("", self.tree)
        self.operations = {item[method]["operationId"]: (method.upper(), path, item.get("parameters", []), item[method])
                           for path, item in self.tree["paths"].items() for method in METHODS if method in item}

    def resolve(self, node):
        if "$ref" not in node:
            return node
        return {**self.resolver.resolve(node["$ref"])[1], **{name: value for name, value in node.items() if name != "$ref"}}

    def schema(self, name):
        return {"$ref": f"#/components/schemas/{name}"}

    def parameters(self, operation):
        _, _, shared, described = self.operations[operation]
        return [self.resolve(one) for one in shared + described.get("parameters", [])]

    def validator(self, schema):
        return jsonschema.Draft202012Validator(schema, resolver=self.resolver, format_checker=formats)

    # The whole of it is as the schema says, and has no member that the schema does not name.
    def hold(self, schema, value, what):
        for error in self.validator(schema).iter_errors(value):
            raise NotAsDescribed(f"{what}: {error.json_path}: {error.message}")
        for extra in self.undescribed(schema, value, "$"):
            raise NotAsDescribed(f"{what}: {extra} is not described")

    # Schemas that speak of the value: itself, what it refers to, all of `allOf`, and those of `anyOf` that hold.
    def speaking(self, schema, value):
        schema = self.resolve(schema)
        yield schema
        for one in schema.get("allOf", []):
            yield from self.speaking(one, value)
        for one in schema.get("anyOf", []):
            if self.validator(one).is_valid(value):
                yield from self.speaking(one, value)

    def undescribed(self, schema, value, where):
        parts = list(self.speaking(schema, value))
        if isinstance(value, list):
            for part in parts:
                for at, one in enumerate(value):
                    if "items" in part:
                        yield from self.undescribed(part["items"], one, f"{where}[{at}]")
        properties = [part["properties"] for part in parts if "properties" in part]
        if isinstance(value, dict) and properties:
            for name, member in value.items():
                found = [one[name] for one in properties if name in one]
                if not found:
                    yield f"{where}.{name}"
                for one in found:
                    yield from self.undescribed(one, member, f"{where}.{name}")


class Client:
    """Asks over connections that `connect` makes (one for each question), and remembers which answers it has met."""

    def __init__(self, document, connect):
        self.document = document
        self.connect = connect
        self.met = set()  # (operation, status)

    # Sends it, and gives the connection and the answer's head, which is as the document says. `method` is for wrong ones.
    def begin(self, operation, ids=None, query=None, headers=None, body=None, method=None):
        right_method, path, _, described = self.document.operations[operation]
        for name, value in (ids or {}).items():
            path = path.replace("{" + name + "}", quote(str(value), safe=""))
        if query:
            path += "?" + urlencode(query, quote_via=quote)
        sent = dict(headers or {})
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        connection = self.connect()
        connection.request(method or right_method, path, body=body, headers=sent)
        answer = connection.getresponse()
        self.hold_head(f"{operation}: {method or right_method} {path}: {answer.status}", described, answer)
        self.met.add((operation, answer.status))
        return connection, answer

    def hold_head(self, what, described, answer):
        if str(answer.status) not in described["responses"]:
            raise NotAsDescribed(f"{what}: no such status: {answer.read()[:300]}")
        response = self.document.resolve(described["responses"][str(answer.status)])
        for name, header in response.get("headers", {}).items():
            header = self.document.resolve(header)
            schema, value = header["schema"], answer.headers.get(name)
            if value is None and header.get("required") is not False:
                raise NotAsDescribed(f"{what}: no {name}")
            if value is None:
                continue
            self.document.hold(schema, int(value) if schema.get("type") == "integer" else value, f"{what}: {name}")
        media = answer.headers.get_content_type() if "Content-Type" in answer.headers else None
        if media not in response.get("content", {None: None}):
            raise NotAsDescribed(f"{what}: it is {media}")

    def ask(self, operation, ids=None, **how):
        connection, answer = self.begin(operation, ids, **how)
        with answer:
            text = answer.read()
        connection.close()
        media = answer.headers.get_content_type() if "Content-Type" in answer.headers else ""
        told = Answer(answer.status, answer.headers, media, text)
        if told.json is not None:
            described = self.document.operations[operation][3]["responses"][str(answer.status)]
            schema = self.document.resolve(described)["content"][media]["schema"]
            self.document.hold(schema, told.json, f"{operation}: {answer.status}")
        return told


# Server-Sent Events, as the HTML standard reads them: each as (event, data, last event id).
def sent_events(answer):
    event, data, last = "message", [], ""
    while line := answer.readline():
        line = line.decode().rstrip("\n")
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                yield event, "\n".join(data), last
            event, data = "message", []
        elif name == "event":
            event = value
        elif name == "data":
            data.append(value)
        elif name == "id":
            last = value
    raise http.client.IncompleteRead(b"")
