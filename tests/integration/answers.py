#!/usr/bin/python3
"""What the webhook answers: signed error bodies, and HTTP as clients really speak it. Bodies are verified with jwcrypto.

usage: answers.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import http.client
import json
import socket
import ssl
import subprocess
import sys
import time
import unittest
import uuid
from pathlib import Path

from jwcrypto import jwk, jws

sys.path.insert(0, str(Path(__file__).resolve().parent))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)
from daemon_process import PATIENCE  # noqa: E402

TPP = "tpp-of-this-test"
HUB = "https://hub-of-this-test.example"


def documented():
    """reason -> (status, code) as docs/reasons.md has it; the code empty where there is none."""
    rows = {}
    for line in (harness.SOURCE / "docs/reasons.md").read_text().splitlines():
        if line.startswith("| `"):
            name, _, status, code = (cell.strip(" `") for cell in line.strip("|").split("|"))
            rows[name] = (status.strip("()"), "" if code == "–" else code)
    return rows


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read().decode()

    def id(self):
        return self.headers["x-fapi-interaction-id"]


class Answers(harness.DaemonCase):
    def setUp(self):
        super().setUp()
        self.reasons = documented()
        self.signer = None

    # On a machine that is busy with other things an outcome may take long, which is not what is tested here.
    def answer_once_verified(self, *hub_lines):
        self.hub_lines('acknowledge = "verified"', "outcome_timeout_seconds = 60", *hub_lines)
        with open(self.settings, "a") as settings:
            settings.write("\n[process]\ndrain_seconds = 61\n")

    def hub_lines(self, *lines):
        self.edit(r'^path = "/webhook"$', "\n".join(('path = "/webhook"', *lines)))

    def sign_errors(self, per_second=1000):
        key = self.folder / "keys/tpp-signing.key"
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key],
                       check=True, capture_output=True)
        key.chmod(0o600)
        self.signer = jwk.JWK.from_pem(key.read_bytes())
        with open(self.settings, "a") as settings:
            settings.write(f'\n[errors]\nprivate_key = "keys/tpp-signing.key"\nkid = "tpp-1"\nissuer = "{TPP}"\n'
                           f'audience = "{HUB}"\nlifetime_seconds = 120\nmax_per_second = {per_second}\n')

    # The claims of a signed body, as far as a receiver can check them.
    def signed(self, answer):
        self.assertEqual(answer.headers["Content-Type"], "application/jwt")
        token = jws.JWS()
        token.allowed_algs = ["PS256"]
        token.deserialize(answer.body, key=self.signer)
        self.assertEqual(json.loads(token.objects["protected"]), {"alg": "PS256", "kid": "tpp-1", "typ": "JWT"})
        claims = json.loads(token.payload)
        self.assertEqual(set(claims), {"iss", "aud", "iat", "nbf", "exp", "message"})
        self.assertEqual((claims["iss"], claims["aud"]), (TPP, [HUB]))
        self.assertEqual((claims["nbf"], claims["exp"] - claims["iat"]), (claims["iat"], 120))
        self.assertLess(abs(time.time() - claims["iat"]), PATIENCE)
        return claims

    def told(self, answer):
        [error] = self.signed(answer)["message"]["Errors"]
        self.assertEqual(set(error), {"Code", "Message"})
        return error["Code"]

    def assert_bare(self, answer):
        self.assertEqual(answer.body, "")
        self.assertNotIn("Content-Type", answer.headers)

    # Requests as the simulator makes them, not sent.
    def made(self, consent, *arguments):
        done = self.hubsim("send", self.folder, "--print", "--consent-id", consent, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def connect(self):
        context = ssl.create_default_context(cafile=self.folder / "tls/ca.crt")
        raw = context.wrap_socket(socket.create_connection(("127.0.0.1", self.port()), PATIENCE), server_hostname="127.0.0.1")
        self.addCleanup(raw.close)
        return raw

    def headers_of(self, request, **more):
        headers = {"Host": "localhost", "x-fapi-interaction-id": request["interaction_id"], "Accept": request["accept"],
                   "Content-Type": request["content_type"]}
        if "bearer" in request:
            headers["Authorization"] = f"Bearer {request['bearer']}"
        headers.update(more)
        return {name: value for name, value in headers.items() if value}

    def post(self, request, **more):
        context = ssl.create_default_context(cafile=self.folder / "tls/ca.crt")
        connection = http.client.HTTPSConnection("127.0.0.1", self.port(), context=context, timeout=PATIENCE)
        connection.putrequest(request["method"], "/webhook" + request["path_suffix"], skip_host=True, skip_accept_encoding=True)
        for name, value in {**self.headers_of(request, **more), "Content-Length": str(len(request["body"]))}.items():
            connection.putheader(name, value)
        connection.endheaders(request["body"].encode())
        answer = Answer(connection.getresponse())
        connection.close()
        return answer

    def state_of(self, request):
        status, found = self.api(f"/v1/deliveries?interaction_id={request['interaction_id']}")
        self.assertEqual(status, 200)
        return found["deliveries"][0]["state"]


class SignedErrors(Answers):
    """In the mode that answers once stored, what is refused at the door."""

    def test_only_whom_we_know_reads_a_signed_body(self):
        self.sign_errors()
        self.start()
        [event] = self.made("c")
        known = self.post({**event, "body": "marker-body"})
        self.assertEqual((known.status, self.told(known)), (400, "Body.InvalidFormat"))
        strangers = [self.made("c", "--fault", fault)[0] for fault in ("bearer-missing", "bearer-expired", "bearer-wrong-key",
                                                                       "bearer-wrong-issuer", "bearer-unknown-kid")]
        for stranger in strangers:
            answer = self.post({**stranger, "body": "marker-body"})
            self.assertEqual(answer.status, 401)
            self.assert_bare(answer)
        # Refused before anybody looked at the token.
        answer = self.post(event, **{"content-type": "application/jwe"})
        self.assertEqual(answer.status, 400)
        self.assert_bare(answer)

    def test_known_sender_from_elsewhere_reads_that(self):
        self.hub_lines('sources = ["192.0.2.0/24"]')
        self.sign_errors()
        self.start()
        [event] = self.made("c")
        answer = self.post(event)
        self.assertEqual((answer.status, self.told(answer)), (403, "GenericError"))
        stranger = self.post({**event, "bearer": "a.b.c"})
        self.assertEqual(stranger.status, 401)
        self.assert_bare(stranger)

    def test_signed_body_holds_nothing_of_the_request(self):
        self.sign_errors()
        self.start()
        [event] = self.made("marker-consent")
        mark = str(uuid.uuid4())
        request = {**event, "interaction_id": mark, "body": "marker-body.<script>"}
        answer = self.post(request, **{"X-Forwarded-For": "marker-header", "User-Agent": "marker-agent"})
        self.assertEqual((answer.status, answer.id()), (400, mark))
        said = json.dumps(self.signed(answer))
        for part in ("marker", mark, "script", event["bearer"], "127.0.0.1"):
            self.assertNotIn(part, said)

    def test_body_is_empty_where_it_would_not_be_acceptable(self):
        self.sign_errors()
        self.start()
        [event] = self.made("c")
        for accept, status, has_body in (("application/jwt", 400, True), ("*/*", 400, True), ("", 400, True),
                                         ("application/json", 400, False), ("application/jwt;q=0, */*", 400, False),
                                         ("text/html", 406, False)):
            with self.subTest(accept=accept):
                answer = self.post({**event, "accept": accept, "body": "nonsense"})
                self.assertEqual(answer.status, status)
                self.assertEqual(bool(answer.body), has_body)
                if has_body:
                    self.told(answer)

    def test_no_more_are_signed_than_is_allowed(self):
        self.sign_errors(per_second=1)
        self.start()
        [event] = self.made("c")
        bodies = empty = 0
        began = time.monotonic()
        while not (bodies > 1 and empty):
            answer = self.post({**event, "body": "nonsense"})
            now = time.monotonic()
            self.assertEqual(answer.status, 400)
            bodies += bool(answer.body)
            empty += not answer.body
            self.assertLessEqual(bodies, int(now - began) + 1)
            self.assertLess(now - began, PATIENCE)

    def test_key_that_cannot_sign_is_named_before_the_start(self):
        self.sign_errors()
        (self.folder / "keys/tpp-signing.key").write_text("nonsense")
        for more in ((), ("--check-config",)):
            done = self.run_to_end(*more)
            self.assertEqual(done.returncode, 78)
            self.assertIn("errors.private_key", done.stderr)


class Protocol(Answers):
    """HTTP/1.1 and 1.0 from sockets of the test's own and from curl."""

    def text_of(self, request, version="1.1", length=None, **more):
        headers = self.headers_of(request, **more)
        if length is not False:
            headers["Content-Length"] = str(len(request["body"]))
        return f"POST /webhook HTTP/{version}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"

    def answers(self, raw):
        """The answers on a connection until it is closed: [(status, id, headers)]."""
        came = b""
        try:
            while part := raw.recv(65536):
                came += part
        except OSError:
            pass
        found = []
        while came:
            head, _, came = came.partition(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            length = int(headers.get("content-length", 0))
            came = came[length:]
            found.append((int(first.split()[1]), headers.get("x-fapi-interaction-id"), headers))
        return found

    def test_body_is_invited_only_when_the_head_is_good(self):
        self.start()
        [event] = self.made("c")
        raw = self.connect()
        raw.sendall(self.text_of(event, Expect="100-continue").encode())
        self.assertEqual(raw.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")
        raw.sendall(event["body"].encode())
        self.assertTrue(raw.recv(65536).startswith(b"HTTP/1.1 202 "))
        raw = self.connect()
        raw.sendall(self.text_of({**event, "bearer": "a.b.c"}, Expect="100-continue").encode())
        [(status, mark, headers)] = self.answers(raw)
        self.assertEqual((status, mark, headers["connection"]), (401, event["interaction_id"], "close"))
        self.assertIn("invalid_token", headers["www-authenticate"])

    def test_curl_expects_sends_in_chunks_and_speaks_the_old_version(self):
        self.start()
        for curl in (["--header", "Expect: 100-continue"], ["--header", "Transfer-Encoding: chunked"], ["--http1.0"],
                     ["--http1.1"], ["--http2"]):
            with self.subTest(curl=curl):
                [event] = self.made("c")
                command = ["curl", "--silent", "--show-error", "--output", "/dev/null", "--write-out", "%{http_code}",
                           "--cacert", self.folder / "tls/ca.crt", "--data-binary", "@-", "--max-time", PATIENCE, *curl]
                for name, value in self.headers_of(event).items():
                    command += ["--header", f"{name}: {value}"]
                command += [f"https://127.0.0.1:{self.port()}/webhook"]
                done = subprocess.run(list(map(str, command)), input=event["body"], capture_output=True, text=True)
                self.assertEqual(done.stdout, "202", done.stderr)

    def test_chunks_of_any_size_make_one_body(self):
        self.start()
        [event] = self.made("c")
        raw = self.connect()
        raw.sendall(self.text_of(event, length=False, **{"Transfer-Encoding": "chunked"}).encode())
        for size in (1, 7, 1000, len(event["body"])):
            part, event["body"] = event["body"][:size], event["body"][size:]
            raw.sendall(f"{len(part):x}\r\n{part}\r\n".encode())
        raw.sendall(b"0\r\n\r\n")
        self.assertTrue(raw.recv(65536).startswith(b"HTTP/1.1 202 "))

    def test_old_version_gets_one_answer_and_an_end(self):
        self.start()
        [event] = self.made("c")
        raw = self.connect()
        raw.sendall((self.text_of(event, version="1.0") + event["body"]).encode())
        [(status, mark, headers)] = self.answers(raw)
        self.assertEqual((status, mark, headers["connection"]), (202, event["interaction_id"], "close"))

    def test_requests_sent_ahead_are_answered_in_their_order(self):
        for mode in ("stored", "verified"):
            with self.subTest(mode=mode):
                if mode == "verified":
                    self.answer_once_verified()
                daemon = self.start()
                good = [self.made("c")[0] for _ in range(3)]
                bad = {**self.made("c")[0], "bearer": "a.b.c"}
                asked = [good[0], bad, good[1], good[2]]
                raw = self.connect()
                text = "".join(self.text_of(one) + one["body"] for one in asked[:3])
                raw.sendall((text + self.text_of(asked[3], Connection="close") + asked[3]["body"]).encode())
                taken = 202 if mode == "stored" else 204
                self.assertEqual([(status, mark) for status, mark, _ in self.answers(raw)],
                                 list(zip((taken, 401, taken, taken), (one["interaction_id"] for one in asked))))
                daemon.terminate()
                self.assertEqual(daemon.wait(PATIENCE), 0)
                self.log.write_text("")

    def test_every_answer_has_an_id_and_the_received_one_when_it_is_a_uuid(self):
        self.hub_lines("header_timeout_seconds = 1")
        self.sign_errors()
        self.start()
        for fault in ("wrong-path", "wrong-method", "not-acceptable", "wrong-content-type", "oversized-body", "not-a-jwe",
                      "bearer-missing", "bearer-expired"):
            with self.subTest(fault=fault):
                request = self.made("c", "--fault", fault)[-1]
                self.assertEqual(self.post(request).id(), request["interaction_id"])
        [event] = self.made("c")
        strange = self.post({**event, "interaction_id": "strange"})
        self.assertEqual(strange.status, 202)
        uuid.UUID(strange.id())
        mark = str(uuid.uuid4())
        named = f"x-fapi-interaction-id: {mark}\r\n"
        for status, text in ((400, "nonsense\r\n\r\n"), (400, f"POST /webhook HTTP/1.1\r\n{named}\r\n"),
                             (400, f"POST /webhook HTTP/1.1\r\nHost: a\r\n{named}Content-Length: -1\r\n\r\n"),
                             (431, f"POST /webhook HTTP/1.1\r\nHost: a\r\nX: {'x' * 20000}\r\n\r\n"),
                             (408, f"POST /webhook HTTP/1.1\r\nHost: a\r\n{named}")):
            with self.subTest(text=text[:60]):
                raw = self.connect()
                raw.sendall(text.encode())
                [(came, name, headers)] = self.answers(raw)
                self.assertEqual((came, headers["content-length"]), (status, "0"))
                self.assertEqual(str(uuid.UUID(name)), name)

    def test_full_inbox_says_when_to_come_again(self):
        self.hub_lines("max_body_bytes = 4194304")
        self.edit(r"^\[store\]$", "[store]\ninbox_bytes = 1048576")
        self.sign_errors()
        self.start()
        [event] = self.made("c")
        parts = event["body"].split(".")
        parts[3] = "A" * 2_000_000
        answer = self.post({**event, "body": ".".join(parts)})
        self.assertEqual(answer.status, 429)
        self.assertGreater(int(answer.headers["Retry-After"]), 0)
        self.assertEqual(answer.id(), event["interaction_id"])
        self.assert_bare(answer)
        # The token was not spent on it.
        self.assertEqual(self.post(event).status, 202)


if __name__ == "__main__":
    unittest.main(verbosity=2)
