#!/usr/bin/python3
"""A service that knows docs/openapi.yaml and nothing else of us: each call and each answer that is described there comes about, and is as
described.

usage: openapi.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import concurrent.futures
import contextlib
import json
import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)
from daemon_process import PATIENCE, UnixConnection, until  # noqa: E402
from described_api import Client, Document, sent_events  # noqa: E402

CLIENTS, STRANGER, READER = 54300, 54304, 54301  # no machine's users
NOBODYS = {"consent_id": "nobody-s", "name": "nobody-s", "delivery_id": 999999, "family": "payment", "resource_id": "nobody-s"}
BESIDE = {"timeout": {"wait_for": "Authorized"}}  # without which a parameter is not looked at
NEEDED = {"issuer": "https://nobody.example", "interaction_id": "11111111-1111-4111-8111-111111111111"}
# Whichever of these a schema rules out must be refused.
ODDITIES = ("", "-1", "0", "007", "999999999999999999999", "1.5", "yesterday", "2026-13-01T00:00:00Z", "Nothing", "a/b", "a b", "..", "é",
            "\x7f", "x" * 130, "x" * 600)
BODIES = {"consentsUsable": {"consentIds": ["nobody-s"]}, "settleDoubt": {"verdict": "stands"}, "seek": {"place": "latest"},
          "keepConsumer": {"kind": "payment", "after": "latest"}, "acknowledge": {"place": "x-1"}}
ANNOUNCED = {"kind": "account-access", "issuer": NEEDED["issuer"], "expirationDateTime": "2099-01-01T00:00:00Z", "baseConsentId": "c-0"}
STREAMS = ("streamEvents", "snapshot", "streamConsumer")
NOT_FOR_CLIENTS = {500, 503}  # but for the streams' limit


@unittest.skipUnless(os.geteuid() == 0, "only root can be other users")
class Described(harness.DaemonCase):
    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)
        self.edit(r'^socket = "api.sock"$', f'socket = "api.sock"\ngroup = "{CLIENTS}"\nmax_streams_per_user = 3\nmax_consumers = 3')
        self.edit('^unknown_consents = "hold"$', 'unknown_consents = "bind"')
        self.settings.write_text(self.settings.read_text() + f'\n[[access]]\nuser = "0"\nright = "operate"\n'
                                 f'\n[[access]]\nuser = "{READER}"\nright = "read"\n')
        self.document = Document(harness.SOURCE / "docs/openapi.yaml")
        self.client = Client(self.document, self.connection)
        self.start()
        self.bank = self.issuers()["bank-a"]
        self.ask("keepConsumer", {"name": "refuser"}, 201, body={"after": "latest"})

    def connection(self):
        connection = UnixConnection(str(self.folder / "api.sock"))
        self.addCleanup(connection.close)
        return connection

    # The kernel tells the daemon who connected, whoever asks afterwards.
    @contextlib.contextmanager
    def being(self, user):
        os.setegid(CLIENTS)
        os.seteuid(user)
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(0)

    def connection_of(self, user):
        connection = self.connection()
        with self.being(user):
            connection.connect()
        return connection

    def ask(self, operation, ids=None, expect=200, **how):
        told = self.client.ask(operation, ids, **how)
        self.assertEqual(told.status, expect, (operation, ids, how, told.json))
        return told

    def refused(self, operation, expect, field=None, **how):
        told = self.ask(operation, how.pop("ids", self.ids_of(operation)), expect, **how)
        if field:
            self.assertEqual(told.json.get("field"), field, (operation, how, told.json))
        return told

    def named(self, operation, where):
        return [one for one in self.document.parameters(operation) if one["in"] == where]

    # Of nothing that is there, but for a consumer: whose it is comes before what is asked of it.
    def ids_of(self, operation):
        return {**{one["name"]: NOBODYS[one["name"]] for one in self.named(operation, "path")},
                **({"name": "refuser"} if operation != "keepConsumer" and "{name}" in self.document.operations[operation][1] else {})}

    def query_of(self, operation):
        return {one["name"]: NEEDED[one["name"]] for one in self.named(operation, "query") if one.get("required")}

    def body_of(self, operation):
        return (BODIES.get(operation) or ANNOUNCED) if "requestBody" in self.document.operations[operation][3] else None

    def responses(self, operation):
        return self.document.operations[operation][3]["responses"]

    # Values that the schema of a parameter rules out.
    def ruled_out(self, schema):
        schema = self.document.resolve(schema)
        for value in ODDITIES:
            meant = value
            if schema.get("type") == "integer" and value.lstrip("-").isdecimal() and str(int(value)) == value:
                meant = int(value)
            elif schema.get("type") == "array":
                meant = value.split(",")
            if not self.document.validator(schema).is_valid(meant):
                yield value

    def check_refusals(self, operation):
        method, path, _, described = self.document.operations[operation]
        query, body = self.query_of(operation), self.body_of(operation)
        self.refused(operation, 400, "colour", query={**query, "colour": "red"}, body=body)
        self.refused(operation, 406, "Accept", query=query, body=body, headers={"Accept": "image/png"})
        there = {word for word, where, *_ in self.document.operations.values() if where == path}
        if "GET" in there and operation not in STREAMS:
            there.add("HEAD")
        self.assertEqual(set(self.refused(operation, 405, method="PATCH").headers["Allow"].split(", ")), there)
        self.client.connect, before = lambda: self.connection_of(STRANGER), self.client.connect
        self.refused(operation, 403, query=query, body=body)
        self.client.connect = before
        for one in self.named(operation, "query"):
            for value in self.ruled_out(one["schema"]):
                self.refused(operation, 400, one["name"], query={**query, **BESIDE.get(one["name"], {}), one["name"]: value}, body=body)
            if one.get("required"):
                self.refused(operation, 400, one["name"], query={name: value for name, value in query.items() if name != one["name"]})
        for one in self.named(operation, "path"):
            for value in filter(None, self.ruled_out(one["schema"])):
                self.refused(operation, 400, one["name"], ids={**self.ids_of(operation), one["name"]: value}, query=query, body=body)
        if "404" in self.responses(operation):
            self.refused(operation, 404, ids={one["name"]: NOBODYS[one["name"]] for one in self.named(operation, "path")}, query=query, body=body)
        if method == "GET" and operation not in STREAMS:
            whole, head = (self.client.ask(operation, self.ids_of(operation), query=query, method=word) for word in ("GET", "HEAD"))
            self.assertEqual((head.status, head.json), (whole.status, None))

    def check_refusals_of_bodies(self, operation):
        schema = self.document.operations[operation][3]["requestBody"]["content"]["application/json"]["schema"]
        schema, body = self.document.resolve(schema), self.body_of(operation)
        self.document.hold(schema, body, f"the test's own body of {operation}")
        self.refused(operation, 415, "Content-Type", body=json.dumps(body), headers={"Content-Type": "text/plain"})
        self.refused(operation, 413, body=" " * 150_000, headers={"Content-Type": "application/json"})
        for text in ("", "{", "[]", "7", '{"a":1,"a":1}', "{}x", "[" * 5000, b"\xff", '{"a":"\\ud800"}'):
            self.refused(operation, 400, body=text, headers={"Content-Type": "application/json"})
        self.refused(operation, 400, "colour", body={**body, "colour": "red"})
        for name in schema.get("required", []):
            self.refused(operation, 400, name, body={one: value for one, value in body.items() if one != name})
        for name, member in schema["properties"].items():
            for value in (7, None, {}, *ODDITIES):
                if not self.document.validator(member).is_valid(value):
                    self.refused(operation, 400, name, body={**(body if schema.get("maxProperties") != 1 else {}), name: value})

    # Each connection with a body that never comes; a stream whose heartbeat comes meanwhile.
    def check_time_limits(self):
        connection, silent = self.open_stream("streamEvents", query={"after": "latest"}, headers={"Accept": "application/x-ndjson"})
        self.assertEqual(self.line(silent)["control"], "opening")
        with concurrent.futures.ThreadPoolExecutor(16) as all_at_once:
            for one in [all_at_once.submit(self.refused, operation, 408, body=b"",
                                           headers={"Content-Type": "application/json", "Content-Length": "9"})
                        for operation in self.document.operations if "408" in self.responses(operation)]:
                one.result()
        self.assertEqual(self.line(silent)["control"], "heartbeat")
        connection.close()

    # Those that this client has just closed count until the daemon has seen it: what that refuses is asked again.
    def open_stream(self, operation, ids=None, **how):
        def opened():
            connection, answer = self.client.begin(operation, ids, **how)
            if answer.status != 503:
                return connection, answer
            connection.close()
            return None

        connection, answer = until(opened, f"an open stream of {operation}")
        self.assertEqual(answer.status, 200)
        return connection, answer

    def line(self, answer):
        value = json.loads(answer.readline())
        self.document.hold(self.document.schema("Control" if "control" in value else "CloudEvent"), value, "a line")
        return value

    # The events of an open SSE answer, each with data that is as described.
    def events(self, answer):
        schemas = {"reset": "Reset", "snapshot-row": "ConsentSummary", "snapshot-end": "SnapshotEnd", "end": "StreamEnd"}
        for event, data, place in sent_events(answer):
            value = json.loads(data)
            self.document.hold(self.document.schema(schemas.get(event, "CloudEvent")), value, f"an event {event}")
            if event not in schemas:
                self.assertEqual((event, place), (value["type"], value["id"]))
            yield event, value, place

    def deliver(self, *what, issuer="bank-a"):
        done = self.send("--issuer", issuer, "--json", *what)
        sent = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual(sent["answer"], 202, done.stdout)

        def settled():
            found = self.ask("findDeliveries", query={"interaction_id": sent["interaction_id"]}).json["deliveries"]
            return found[-1] if found[-1]["state"] != "pending" else None
        return until(settled, "an outcome")

    def check_consents(self):
        c1 = {"consent_id": "c-1"}
        body = {"kind": "account-access", "issuer": self.bank, "expirationDateTime": "2099-01-01T00:00:00Z"}
        made = self.ask("announceConsent", c1, 201, body=body)
        self.assertEqual((made.json["status"], made.headers["Location"]), (None, "/v1/consents/c-1"))
        self.ask("announceConsent", c1, 200, body=body)
        self.ask("announceConsent", c1, 409, body={**body, "issuer": self.issuers()["bank-b"]})
        self.assertEqual(self.ask("consentUsable", c1).json["reason"], "unknown")
        waited = self.ask("showConsent", c1, query={"wait_for": "Authorized", "timeout": 1})
        self.assertEqual(waited.json["waited"], "timeout")
        with concurrent.futures.ThreadPoolExecutor() as meanwhile:
            waiting = meanwhile.submit(self.ask, "showConsent", c1, query={"wait_for": "Authorized,Rejected", "timeout": 60})
            self.deliver("--consent-id", "c-1", "--status", "Authorized")
            self.assertEqual(waiting.result().json["waited"], "reached")
        self.assertTrue(self.ask("consentUsable", c1).json["usable"])
        both = self.ask("consentsUsable", body={"consentIds": ["c-1", "nobody-s"]}).json["consents"]
        self.assertEqual([one["reason"] for one in both], ["usable", "unknown"])
        for operation in ("showConsent", "consentHistory"):
            tag = self.ask(operation, c1).headers["ETag"]
            self.ask(operation, c1, 304, headers={"If-None-Match": tag})
        self.deliver("--consent-id", "c-2", "--status", "Suspended")
        pages = [self.ask("listConsents", query={"limit": 1}).json]
        while pages[-1]["nextCursor"]:
            pages.append(self.ask("listConsents", query={"limit": 1, "cursor": pages[-1]["nextCursor"]}).json)
        self.assertEqual([page["consents"][0]["consentId"] for page in pages], ["c-1", "c-2"])
        narrow = {"status": "Authorized", "kind": "account-access", "issuer": self.bank, "updated_after": "2020-01-01T00:00:00Z",
                  "expires_before": "2099-01-02T00:00:00Z"}
        self.assertEqual([one["consentId"] for one in self.ask("listConsents", query=narrow).json["consents"]], ["c-1"])

    def check_other_families(self):
        self.ask("announceConsent", {"consent_id": "c-p"}, 201, body={"kind": "payment", "issuer": self.bank})
        for family, word, number, status, issuer in (("payment", "payment-status", "p-1", "Pending", "bank-a"),
                                                     ("payment", "payment-status", "p-2", "Rejected", "bank-a"),
                                                     ("insurance-quote", "insurance-quote", "q-1", "PolicyIssued", "insurer"),
                                                     ("fx-quote", "fx-quote", "f-1", "Available", "bank-a"),
                                                     ("account-opening", "account-opening", "a-1", "Pending", "bank-a"),
                                                     (None, "loan", "l-1", "Granted", "bank-a")):
            became = self.deliver("--family", word, "--status", status, "--consent-id", "c-p", "--resource-id", number, issuer=issuer)
            self.assertEqual(became["state"], "decided", became)
            if family:
                ids, query = {"family": family, "resource_id": number}, {"issuer": self.issuers()[issuer]}
                tag = self.ask("showResource", ids, query=query).headers["ETag"]
                self.ask("showResource", ids, 304, query=query, headers={"If-None-Match": tag})
            self.ask("showDelivery", {"delivery_id": became["deliveryId"]})
            self.ask("showEvidence", {"delivery_id": became["deliveryId"]})

    # The journal three times, in its three forms; each says the same.
    def check_journal(self):
        page, read = self.ask("streamEvents", headers={"Accept": "application/json"}, query={"limit": 2}).json, []
        while read := read + page["events"]:
            if not page["more"]:
                break
            page = self.ask("streamEvents", headers={"Accept": "application/json"}, query={"limit": 2, "after": page["place"]}).json
        connection, answer = self.open_stream("streamEvents")
        told = self.events(answer)
        self.assertEqual([next(told)[1] for _ in read], read)
        connection.close()
        connection, answer = self.open_stream("streamEvents", headers={"Last-Event-ID": read[0]["id"]})
        self.assertEqual([one for _, (_, one, _) in zip(read[1:], self.events(answer))], read[1:])
        connection.close()
        connection, answer = self.open_stream("streamEvents", headers={"Accept": "application/x-ndjson"}, query={"after": read[0]["id"]})
        self.assertEqual(self.line(answer), {"control": "opening", "place": read[0]["id"]})
        self.assertEqual([self.line(answer) for _ in read[1:]], read[1:])
        connection.close()
        self.assertEqual({one["type"] for one in read} & {"ae.openfinance.consent.announced", "ae.openfinance.unknown"},
                         {"ae.openfinance.consent.announced", "ae.openfinance.unknown"})
        return read

    def check_resets(self, read):
        epoch = read[0]["id"].rpartition("-")[0]
        for place, why in (("elsewhere-5", "other-epoch"), (f"{epoch}-999999", "past-end"), ("nonsense", "unknown")):
            connection, answer = self.open_stream("streamEvents", headers={"Last-Event-ID": place})
            told = self.events(answer)
            event, value, _ = next(told)
            self.assertEqual((event, value["reason"], value["requested"]), ("reset", why, place))
            self.assertEqual(next(told)[1], read[0])
            connection.close()
        page = self.ask("streamEvents", headers={"Accept": "application/json"}, query={"after": "elsewhere-5"}).json
        self.assertEqual((page["reset"]["reason"], page["events"]), ("other-epoch", read))
        connection, answer = self.open_stream("streamEvents", headers={"Accept": "application/x-ndjson"}, query={"after": "elsewhere-5"})
        self.assertEqual(self.line(answer)["control"], "opening")
        self.assertEqual(self.line(answer)["reset"]["reason"], "other-epoch")
        connection.close()

    def check_snapshot(self):
        rows = self.ask("listConsents").json["consents"]
        connection, answer = self.open_stream("snapshot")
        told = self.events(answer)
        self.assertEqual([next(told)[1] for _ in rows], rows)
        event, value, place = next(told)
        self.assertEqual((event, value["place"]), ("snapshot-end", place))
        lines, as_lines = self.open_stream("snapshot", headers={"Accept": "application/x-ndjson"})
        self.assertEqual([self.line(as_lines).get("consent") for _ in rows], rows)
        self.assertEqual(self.line(as_lines)["control"], "snapshot-end")
        self.deliver("--consent-id", "c-2", "--status", "Revoked")
        self.assertEqual(next(told)[1]["data"]["status"], "Revoked")
        self.assertEqual(self.line(as_lines)["data"]["status"], "Revoked")
        connection.close()
        lines.close()

    def check_consumers(self):
        one = {"name": "billing"}
        self.assertEqual(self.ask("keepConsumer", one, 201, body={}).json["filter"]["kind"], None)
        self.ask("keepConsumer", one, 200, body={"kind": "account-access", "after": "elsewhere-5"})
        self.ask("keepConsumer", {"name": "notices"}, 201, body={"after": "latest"})
        self.ask("keepConsumer", {"name": "too-many"}, 409, body={})
        self.assertEqual([each["name"] for each in self.ask("listConsumers").json["consumers"]], ["billing", "notices", "refuser"])
        self.client.connect, before = lambda: self.connection_of(READER), self.client.connect
        self.ask("pauseConsumer", one, 403)
        self.client.connect = before
        page = self.ask("streamConsumer", one, headers={"Accept": "application/json"}, query={"limit": 1}).json
        self.assertEqual(len(page["events"]), 1)
        connection, answer = self.open_stream("streamConsumer", one)
        told = self.events(answer)
        first = next(told)[1]
        self.assertEqual(first, page["events"][0])
        self.assertIn("Retry-After", self.ask("streamConsumer", one, 409).headers)
        self.assertEqual(self.ask("acknowledge", one, body={"place": first["id"]}).json["place"], first["id"])
        self.assertTrue(self.ask("pauseConsumer", one).json["paused"])
        self.assertEqual([(event, value["reason"]) for event, value, _ in self.rest(told) if event == "end"], [("end", "paused")])
        connection.close()
        self.ask("streamConsumer", one, 409)
        self.assertFalse(self.ask("resumeConsumer", one).json["paused"])
        self.assertGreater(self.ask("seek", one, body={"time": "2020-01-01T00:00:00Z"}).json["lagEntries"], 1)
        self.ask("acknowledge", one, 409, body={"place": first["id"]})
        connection, answer = self.open_stream("streamConsumer", one, headers={"Accept": "application/x-ndjson"})
        self.assertEqual(self.line(answer)["control"], "opening")
        self.assertEqual(self.line(answer), first)
        self.ask("removeConsumer", one)
        last = None
        while text := answer.readline():
            last = json.loads(text)
        self.assertEqual((last["control"], last["end"]["reason"]), ("end", "removed"))
        self.ask("showConsumer", {"name": "notices"})

    def rest(self, told):
        seen = []
        with contextlib.suppress(harness.http.client.IncompleteRead):
            seen.extend(told)
        return seen

    def check_limit_of_streams(self):
        held = [self.open_stream("streamEvents") for _ in range(3)]
        for operation, ids in (("streamEvents", None), ("snapshot", None), ("streamConsumer", {"name": "notices"})):
            self.assertEqual(self.ask(operation, ids, 503).json["type"], "urn:consentd:problem:too-many-streams")
        for connection, _ in held:
            connection.close()

    def check_decisions(self):
        final = self.deliver("--consent-id", "c-1", "--fault", "expired", "--status", "Revoked")
        number = {"delivery_id": final["deliveryId"]}
        self.assertEqual(self.ask("listQuarantine", query={"reason": "expired"}).json["quarantine"][0]["deliveryId"], final["deliveryId"])
        self.ask("showQuarantine", number)
        self.ask("retryQuarantined", number, 409)
        self.assertEqual(self.ask("settleDoubt", {"consent_id": "c-1"}, body={"verdict": "stands"}).json["flags"], [])
        self.ask("settleDoubt", {"consent_id": "c-1"}, 409, body={"verdict": "ended", "status": "Revoked"})
        self.assertEqual(self.ask("dropQuarantined", number).json["state"], "dropped")
        other = self.deliver("--consent-id", "c-1", "--status", "Revoked", issuer="bank-b")
        self.assertEqual(other["reason"], "issuer-mismatch")
        self.ask("retryQuarantined", {"delivery_id": other["deliveryId"]})
        bound = {"kind": "account-access", "issuer": self.bank}
        self.deliver("--consent-id", "c-3")
        self.deliver("--consent-id", "c-3", issuer="bank-b")
        self.ask("bindConsent", {"consent_id": "c-3"}, 409, body={**bound, "issuer": self.issuers()["insurer"]})
        self.ask("bindConsent", {"consent_id": "c-3"}, body=bound)
        self.assertEqual(self.ask("eraseConsentData", {"consent_id": "c-1"}).json["consentId"], "c-1")
        self.ask("consentHistory", {"consent_id": "c-1"}, query={"limit": 2})
        self.assertIn("drop-delivery", [one["operation"] for one in self.ask("listOperations", query={"uid": 0}).json["operations"]])

    def check_daemon(self):
        self.ask("showStatus")
        self.assertEqual(self.ask("reload").json["needsRestart"], [])
        whole = self.settings.read_text()
        self.settings.write_text(whole + "\ncolour = 7\n")
        self.ask("reload", expect=422)
        self.settings.write_text(whole)

    def test_a_service_written_from_the_document_alone_meets_every_answer_of_it(self):
        for operation, (_, _, _, described) in self.document.operations.items():
            with self.subTest(operation=operation):
                self.check_refusals(operation)
                if "requestBody" in described:
                    self.check_refusals_of_bodies(operation)
        self.check_time_limits()
        self.check_consents()
        self.check_other_families()
        self.check_resets(self.check_journal())
        self.check_snapshot()
        self.check_consumers()
        self.check_limit_of_streams()
        self.check_decisions()
        self.check_journal()
        self.check_daemon()
        described = {(operation, int(status)) for operation in self.document.operations for status in self.responses(operation)}
        unmet = {one for one in described - self.client.met if one[1] not in NOT_FOR_CLIENTS or (one[0] in STREAMS and one[1] == 503)}
        self.assertEqual(unmet, set())


if __name__ == "__main__":
    unittest.main(verbosity=2)
