#!/usr/bin/python3
"""Keys that are published, lacking, rotated, withdrawn and hanging, against the real daemon. The key server is Python's.

usage: rotation.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import http.server
import json
import re
import socket
import ssl
import subprocess
import sys
import threading
import unittest
from pathlib import Path

from jwcrypto import jwk

sys.path.insert(0, str(Path(__file__).resolve().parent))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)
from daemon_process import until  # noqa: E402


class KeyServer:
    """Documents by path over HTTPS; a path without one gets a 503, one that hangs gets nothing until release()."""

    def __init__(self, folder):
        self.documents, self.asked, self.hanging = {}, [], threading.Event()
        self.hanging.set()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                outer.hanging.wait(harness.PATIENCE)
                body = json.dumps(outer.documents.get(self.path, {})).encode()
                self.send_response(200 if self.path in outer.documents else 503)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass  # who asked has given up, which is what a hanging server is for

            def log_message(self, *unused):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "tls/hubsim.crt", folder / "tls/hubsim.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def hang(self):
        self.hanging.clear()

    def release(self):
        self.hanging.set()

    def stop(self):
        self.release()
        self.server.shutdown()
        self.server.server_close()


class Rotation(harness.DaemonCase):
    def setUp(self):
        super().setUp()
        self.server = KeyServer(self.folder)
        self.addCleanup(self.server.stop)
        # bank-b and the Hub publish; bank-a stays a file, so that there is an issuer whom none of this concerns.
        self.by_url("bank-b")
        self.by_url("hub")

    def by_url(self, name):
        self.edit(rf'^jwks_file = "jwks/{name}.json"$', f'jwks_url = "{self.server.url}/{name}"')

    def published(self, name):
        return json.loads((self.folder / f"jwks/{name}.json").read_text())

    def publish(self, name, *sets):
        self.server.documents[f"/{name}"] = {"keys": [key for one in sets or (self.published(name),) for key in one["keys"]]}

    # The simulator signs as `name` with a new key from now on. Gives the new set, which nobody publishes yet.
    def rotate(self, name):
        key = self.folder / f"keys/{name}.key"
        key.unlink()
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key],
                       check=True, capture_output=True)
        key.chmod(0o600)
        fresh = jwk.JWK.from_pem(key.read_bytes())
        settings = json.loads((self.folder / "hubsim.json").read_text())
        for one in (settings["hub"], *settings["issuers"]):
            if one["name"] == name:
                one["kid"] = fresh.thumbprint()
        (self.folder / "hubsim.json").write_text(json.dumps(settings))
        public = {**json.loads(fresh.export_public()), "kid": fresh.thumbprint(), "use": "sig", "alg": "PS256"}
        return {"keys": [public]}

    # Sends one event for a consent that is announced by it; gives the answer and the interaction id.
    def deliver(self, issuer, consent, *more):
        done = self.send("--issuer", issuer, "--consent-id", consent, "--json", *more)
        sent = json.loads(done.stdout.splitlines()[-1])
        return sent["answer"], sent["interaction_id"]

    def state_of(self, interaction_id):
        status, found = self.api(f"/v1/deliveries?interaction_id={interaction_id}")
        self.assertEqual(status, 200)
        return found["deliveries"][0]["state"]

    def becomes(self, interaction_id, state):
        until(lambda: self.state_of(interaction_id) == state, state)

    def key_sets(self, name):
        return len(re.findall(rf"key set in force issuer=\S+/{name} ", self.log.read_text()))


class Issuers(Rotation):
    def test_events_wait_for_keys_that_are_lacking_and_nobody_else_s_do(self):
        self.publish("hub")
        self.start()
        until(lambda: self.key_sets("hub"), "the Hub's keys")
        self.announce("a", "bank-a")
        self.announce("b", "bank-b")
        answer, waits = self.deliver("bank-b", "b")
        self.assertEqual(answer, 202)
        self.becomes(waits, "waiting-for-keys")
        answer, other = self.deliver("bank-a", "a")
        self.assertEqual(answer, 202)
        self.becomes(other, "decided")
        self.assertEqual(self.state_of(waits), "waiting-for-keys")
        self.assertEqual(self.api("/v1/consents/b/usable")[1]["usable"], False)
        self.publish("bank-b")
        self.becomes(waits, "decided")

    def test_end_that_found_no_room_to_wait_is_heard_when_the_keys_come(self):
        self.edit(r"^\[store\]$", "[store]\nwaiting_rows = 2")
        self.publish("hub")
        self.start()
        until(lambda: self.key_sets("hub"), "the Hub's keys")
        for consent in ("b", "c", "ended"):
            self.announce(consent, "bank-b")
        waiting = [self.deliver("bank-b", consent)[1] for consent in ("b", "c")]
        for each in waiting:
            self.becomes(each, "waiting-for-keys")
        answer, end = self.deliver("bank-b", "ended", "--status", "Revoked")
        self.assertEqual(answer, 202)
        self.becomes(end, "quarantined")
        found = self.api("/v1/consents/ended/usable")[1]
        self.assertEqual((found["usable"], self.api(f"/v1/deliveries?interaction_id={end}")[1]["deliveries"][0]["reason"]),
                         (False, "keys-unavailable"))
        self.publish("bank-b")
        for each in (*waiting, end):
            self.becomes(each, "decided")
        self.assertEqual(self.api("/v1/consents/ended")[1]["status"], "Revoked")
        self.assertEqual(self.api("/v1/consents/b/usable")[1]["usable"], True)

    def test_new_key_is_fetched_when_the_first_event_comes(self):
        self.publish("hub")
        self.publish("bank-b")
        self.start()
        until(lambda: self.key_sets("bank-b") and self.key_sets("hub"), "keys")
        self.announce("b", "bank-b")
        fresh = self.rotate("bank-b")
        self.publish("bank-b", self.published("bank-b"), fresh)
        answer, first = self.deliver("bank-b", "b")
        self.assertEqual(answer, 202)
        self.becomes(first, "decided")
        self.assertEqual(self.server.asked.count("/bank-b"), 2)  # at the start, and for the new key

    def test_withdrawn_key_counts_no_more(self):
        self.publish("hub")
        self.publish("bank-b", self.published("bank-b"))
        self.start()
        until(lambda: self.key_sets("bank-b") and self.key_sets("hub"), "keys")
        self.announce("b", "bank-b")
        old = (self.folder / "keys/bank-b.key").read_bytes(), (self.folder / "hubsim.json").read_text()
        self.publish("bank-b", self.rotate("bank-b"))
        self.becomes(self.deliver("bank-b", "b")[1], "decided")
        (self.folder / "keys/bank-b.key").write_bytes(old[0])
        (self.folder / "hubsim.json").write_text(old[1])
        # It waits first: the set in force was fetched before the event came, and is asked for again half a minute later.
        refused = self.deliver("bank-b", "b", "--status", "Revoked")[1]
        self.becomes(refused, "waiting-for-keys")
        self.becomes(refused, "quarantined")
        self.assertEqual(self.api("/v1/consents/b")[1]["status"], "Authorized")

    def test_start_without_network_has_the_keys_of_the_run_before(self):
        self.publish("hub")
        self.publish("bank-b")
        daemon = self.start()
        until(lambda: self.key_sets("bank-b") and self.key_sets("hub"), "keys")
        self.announce("b", "bank-b")
        daemon.terminate()
        self.assertEqual(daemon.wait(harness.PATIENCE), 0)
        self.server.documents.clear()
        self.log.write_text("")
        self.start()
        answer, delivered = self.deliver("bank-b", "b")
        self.assertEqual(answer, 202)
        self.becomes(delivered, "decided")
        self.assertEqual(self.key_sets("bank-b"), 0)

    def test_distrusted_key_counts_no_more_though_it_is_published(self):
        self.publish("hub")
        self.publish("bank-b")
        kid = self.published("bank-b")["keys"][0]["kid"]
        self.edit(r'^(jwks_url = "\S+/bank-b")$', rf'\1\ndistrust_kids = ["{kid}"]')
        self.start()
        until(lambda: self.key_sets("hub"), "keys")
        self.announce("b", "bank-b")
        answer, refused = self.deliver("bank-b", "b")
        self.assertEqual(answer, 202)
        self.becomes(refused, "quarantined")

    def test_host_that_is_not_listed_and_address_inside_are_not_asked(self):
        self.publish("hub")
        self.publish("bank-b")
        self.edit(r"^allow_private_addresses = true$", "allow_private_addresses = false")
        self.start()
        until(lambda: self.log.read_text().count("no public address") >= 2, "refusals to ask")
        self.assertEqual(self.server.asked, [])


class Hub(Rotation):
    def setUp(self):
        super().setUp()
        self.publish("hub")
        self.publish("bank-b")

    def test_token_with_a_new_key_waits_for_it_and_is_accepted(self):
        self.start()
        until(lambda: self.key_sets("hub"), "keys")
        self.announce("a", "bank-a")
        self.publish("hub", self.rotate("hub"))
        answer, delivered = self.deliver("bank-a", "a")
        self.assertEqual(answer, 202)
        self.becomes(delivered, "decided")

    def test_token_with_a_key_that_the_hub_does_not_publish_is_refused(self):
        self.start()
        until(lambda: self.key_sets("hub"), "keys")
        self.rotate("hub")
        self.assertEqual(self.deliver("bank-a", "a")[0], 401)
        self.assertEqual(self.deliver("bank-a", "a")[0], 401)
        self.assertEqual(self.server.asked.count("/hub"), 2)  # at the start, and once for both
        until(lambda: "reason=bearer-unknown-key" in self.log.read_text(), "the reason in the log")

    def test_hub_that_hangs_holds_up_new_keys_alone(self):
        self.start()
        until(lambda: self.key_sets("hub"), "keys")
        self.announce("a", "bank-a")
        self.server.hang()
        known = (self.folder / "keys/hub.key").read_bytes(), (self.folder / "hubsim.json").read_text()
        self.rotate("hub")
        self.assertEqual(self.deliver("bank-a", "a")[0], 503)
        (self.folder / "keys/hub.key").write_bytes(known[0])
        (self.folder / "hubsim.json").write_text(known[1])
        answer, delivered = self.deliver("bank-a", "a")
        self.assertEqual(answer, 202)
        self.becomes(delivered, "decided")


class Simulator(harness.DaemonCase):
    """The simulator as the Hub: what it can do to its keys is what the daemon has to live with."""
    JWKS = "url"

    def setUp(self):
        with socket.socket() as free:  # its port is part of every issuer's name
            free.bind(("127.0.0.1", 0))
            self.SET_UP = ("--hub-listen", f"127.0.0.1:{free.getsockname()[1]}")
        super().setUp()
        hub = subprocess.Popen([harness.PROGRAMS / "consent-hubsim", "serve", self.folder], stdout=subprocess.PIPE)
        self.addCleanup(hub.stdout.close)
        self.addCleanup(hub.wait, harness.PATIENCE)
        self.addCleanup(hub.terminate)
        self.assertIn(b"serving", hub.stdout.readline())
        self.start()
        until(lambda: self.log.read_text().count("key set in force") == 4, "keys of the Hub and three institutions")

    def sim(self, *arguments):
        done = self.hubsim(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def deliver(self, issuer, consent):
        sent = json.loads(self.sim("send", self.folder, "--url", f"https://127.0.0.1:{self.port()}/webhook", "--issuer", issuer,
                                   "--consent-id", consent, "--json").splitlines()[-1])
        return sent["interaction_id"]

    def becomes(self, interaction, state):
        until(lambda: self.api(f"/v1/deliveries?interaction_id={interaction}")[1]["deliveries"][0]["state"] == state, state)

    def published(self, name):
        return [key["kid"] for key in json.loads((self.folder / f"jwks/{name}.json").read_text())["keys"]]

    def test_rotates_every_way(self):
        old = self.published("bank-a")
        fresh = self.sim("rotate", self.folder, "bank-a")
        self.assertEqual(self.published("bank-a"), [*old, fresh])
        alone = self.sim("rotate", self.folder, "bank-b", "--publish", "alone")
        self.assertEqual(self.published("bank-b"), [alone])
        self.sim("rotate", self.folder, "hub")
        for bank in ("bank-a", "bank-b"):
            self.announce("c-" + bank, bank)
            self.becomes(self.deliver(bank, "c-" + bank), "decided")
        before = self.published("insurer")
        hidden = self.sim("rotate", self.folder, "insurer", "--publish", "none")
        self.assertEqual(self.published("insurer"), before)
        self.announce("c-insurer", "insurer", kind="insurance")
        done = self.send("--family", "insurance", "--consent-id", "c-insurer", "--json")
        self.becomes(json.loads(done.stdout.splitlines()[-1])["interaction_id"], "quarantined")
        self.assertNotIn(hidden, before)
        self.assertNotEqual(self.hubsim("rotate", self.folder, "nobody").returncode, 0)

    def test_events_wait_while_it_is_down_broken_or_slow(self):
        troubles = {"bank-a": "down", "bank-b": "broken", "insurer": "slow"}
        waiting = {}
        for name, trouble in troubles.items():
            self.sim("trouble", self.folder, name, trouble)
            self.sim("rotate", self.folder, name, "--publish", "alone")
            self.announce("c-" + name, name)
            waiting[name] = self.deliver(name, "c-" + name)
            self.becomes(waiting[name], "waiting-for-keys")
        until(lambda: "key set cannot be used" in self.log.read_text(), "a word about the broken set")
        for name in troubles:
            self.sim("trouble", self.folder, name, "none")
        for interaction in waiting.values():
            self.becomes(interaction, "decided")


if __name__ == "__main__":
    unittest.main(verbosity=2)
