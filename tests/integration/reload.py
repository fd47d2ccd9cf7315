#!/usr/bin/python3
"""Keys, certificates, issuers and lists that come and go while the daemon runs: SIGHUP and consentctl reload.

usage: reload.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import base64
import concurrent.futures
import datetime
import hashlib
import http.client
import json
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)
from daemon_process import until  # noqa: E402

SECOND_KEY = '[[decryption_key]]\nprivate_key = "keys/encryption-2.key"\ncertificate = "keys/encryption-2.crt"\n'


class ReloadCase(harness.DaemonCase):
    SET_UP = ("--encryption-keys", "2")

    def without(self, text):
        settings = self.settings.read_text()
        settings = re.sub(r"^#.*\n", "", settings, flags=re.M)
        self.assertIn(text, settings)
        self.settings.write_text(settings.replace(text, ""))

    def add(self, text):
        self.settings.write_text(self.settings.read_text() + "\n" + text)

    # The log is written beside everything else, and may come a moment after an answer.
    def logged(self, text, times=1):
        until(lambda: self.log.read_text().count(text) >= times, text)

    def reload(self):
        done = self.ctl("reload")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def deliver(self, *more):
        done = self.send("--json", *more)
        sent = json.loads(done.stdout.splitlines()[-1])
        return sent["answer"], sent["interaction_id"]

    def accepted(self, *more):
        answer, interaction = self.deliver(*more)
        self.assertEqual(answer, 202)
        return interaction

    # What came of a delivery that was accepted.
    def reason(self, *more):
        found = self.outcome(self.accepted(*more))
        return found.get("reason") or found["state"]

    def becomes_decided(self, interaction):
        until(lambda: self.outcome(interaction)["state"] == "decided", "a decision")

    def metric(self, name):
        connection = http.client.HTTPConnection("127.0.0.1", self.port("operations"), timeout=harness.PATIENCE)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        found = re.findall(rf"^{re.escape(name)} (\S+)$", text, flags=re.M)
        self.assertEqual(len(found), 1, f"{name} in\n{text}")
        return float(found[0])

    def key(self, kind, name):
        named = [one for one in self.api("/v1/status")[1]["keys"] if (one["kind"], one["name"]) == (kind, name)]
        self.assertEqual(len(named), 1, named)
        return named[0]

    def kid(self, number):
        der = ssl.PEM_cert_to_DER_cert((self.folder / f"keys/encryption-{number}.crt").read_text())
        return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")

    # Certificate and key of the webhook, which end in so many days.
    def renew_certificate(self, days):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                        str(days), "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", self.folder / "tls/consentd.key", "-out", self.folder / "tls/consentd.crt"],
                       check=True, capture_output=True)


class DecryptionKeys(ReloadCase):
    def test_what_lacked_a_key_is_retried_by_itself_when_the_key_comes(self):
        self.without(SECOND_KEY)
        daemon = self.start()
        self.announce("a")
        lacking = self.accepted("--consent-id", "a", "--encryption-key", "2")
        self.assertEqual(self.outcome(lacking)["reason"], "unknown-decryption-key")
        self.assertEqual(self.api("/v1/consents/a")[1]["status"], None)
        self.add(SECOND_KEY)
        daemon.send_signal(signal.SIGHUP)
        self.becomes_decided(lacking)
        self.assertEqual(self.api("/v1/consents/a")[1]["status"], "Authorized")
        self.assertEqual(self.api("/v1/quarantine")[1]["quarantine"], [])

    def test_a_key_that_comes_with_a_restart_helps_as_well(self):
        self.without(SECOND_KEY)
        daemon = self.start()
        self.announce("a")
        lacking = self.accepted("--consent-id", "a", "--encryption-key", "2")
        self.assertEqual(self.outcome(lacking)["reason"], "unknown-decryption-key")
        daemon.terminate()
        self.assertEqual(daemon.wait(harness.PATIENCE), 0)
        self.add(SECOND_KEY)
        self.start()
        self.becomes_decided(lacking)

    def test_a_retired_key_opens_nothing_that_comes_after_its_end(self):
        self.start()
        self.announce("a")
        self.assertEqual(self.reason("--consent-id", "a", "--encryption-key", "2"), "decided")
        self.without(SECOND_KEY)
        self.add(SECOND_KEY + "not_after = 2026-01-01T00:00:00Z\n")
        self.reload()
        self.assertEqual(self.key("decryption-key", self.kid(2))["notAfter"], "2026-01-01T00:00:00Z")
        refused = self.outcome(self.accepted("--consent-id", "a", "--status", "Revoked", "--encryption-key", "2"))
        self.assertEqual(refused["reason"], "unknown-decryption-key")
        self.assertIn("was retired at 2026-01-01T00:00:00Z", refused["detail"])
        # It would not help to try again, and nobody does.
        self.reload()
        self.assertEqual(self.api(f"/v1/deliveries/{refused['deliveryId']}")[1]["attempts"], 1)
        self.assertEqual(self.reason("--consent-id", "a", "--encryption-key", "1"), "decided")
        self.assertEqual(self.api("/v1/consents/a")[1]["status"], "Authorized")
        self.logged("key or certificate has ended")

    def test_uses_of_each_key_are_counted(self):
        self.start()
        self.announce("a")
        for _ in range(3):
            self.assertEqual(self.reason("--consent-id", "a", "--encryption-key", "1"), "decided")
        # Opened, and refused for what was in it.
        self.assertEqual(self.reason("--fault", "wrong-audience"), "audience")
        self.assertEqual(self.reason("--fault", "unknown-encryption-kid"), "unknown-decryption-key")
        first, second = self.key("decryption-key", self.kid(1)), self.key("decryption-key", self.kid(2))
        self.assertEqual((first["uses"], second["uses"]), (4, 0))
        self.assertIsNotNone(first["lastUsedAt"])
        self.assertIsNone(second["lastUsedAt"])
        self.assertEqual(self.metric(f'consentd_decryptions_total{{kid="{self.kid(1)}"}}'), 4)
        self.assertEqual(self.metric(f'consentd_decryptions_total{{kid="{self.kid(2)}"}}'), 0)
        self.reload()
        self.assertEqual(self.key("decryption-key", self.kid(1))["uses"], 4)


class Issuers(ReloadCase):
    BANK_B = '[[issuer]]\nid = "{}"\njwks_file = "jwks/bank-b.json"\n'

    def test_an_issuer_comes_and_goes(self):
        bank = self.BANK_B.format(self.issuers()["bank-b"])
        self.without(bank)
        self.start()
        self.announce("b", "bank-b")
        early = self.accepted("--issuer", "bank-b", "--consent-id", "b")
        self.assertEqual(self.outcome(early)["reason"], "unknown-issuer")
        self.add(bank)
        self.reload()
        self.becomes_decided(early)
        self.assertEqual(self.reason("--issuer", "bank-b", "--consent-id", "b"), "decided")
        self.without(bank)
        self.reload()
        self.assertEqual(self.reason("--issuer", "bank-b", "--consent-id", "b", "--status", "Revoked"), "unknown-issuer")
        self.assertEqual(self.api("/v1/consents/b")[1]["status"], "Authorized")
        self.assertEqual(self.reason("--consent-id", "a"), "waiting-for-consent")

    def test_a_key_of_an_issuer_s_that_comes_helps_what_was_refused_for_want_of_it(self):
        kept = (self.folder / "jwks/bank-b.json").read_text()
        (self.folder / "jwks/bank-b.json").write_text((self.folder / "jwks/bank-a.json").read_text())
        self.start()
        self.announce("b", "bank-b")
        early = self.accepted("--issuer", "bank-b", "--consent-id", "b")
        self.assertEqual(self.outcome(early)["reason"], "unknown-signing-key")
        (self.folder / "jwks/bank-b.json").write_text(kept)
        self.reload()
        self.becomes_decided(early)

    def test_distrust_acts_at_once(self):
        self.start()
        self.announce("b", "bank-b")
        self.assertEqual(self.reason("--issuer", "bank-b", "--consent-id", "b"), "decided")
        kid = json.loads((self.folder / "jwks/bank-b.json").read_text())["keys"][0]["kid"]
        self.edit(r'^(jwks_file = "jwks/bank-b.json")$', rf'\1\ndistrust_kids = ["{kid}"]')
        self.reload()
        self.assertEqual(self.reason("--issuer", "bank-b", "--consent-id", "b", "--status", "Revoked"), "unknown-signing-key")
        self.assertEqual(self.api("/v1/consents/b")[1]["status"], "Authorized")

    def test_what_waits_for_an_issuer_that_goes_waits_no_more(self):
        bank = self.BANK_B.format(self.issuers()["bank-b"])
        self.without(bank)
        # Nobody listens there.
        asked = bank.replace('jwks_file = "jwks/bank-b.json"', 'jwks_url = "https://localhost:9/bank-b"')
        self.add(asked)
        self.start()
        self.announce("b", "bank-b")
        waits = self.accepted("--issuer", "bank-b", "--consent-id", "b")
        until(lambda: self.outcome(waits)["state"] == "waiting-for-keys", "waiting")
        self.without(asked)
        self.reload()
        until(lambda: self.outcome(waits)["state"] == "quarantined", "an end of waiting")
        self.assertEqual(self.outcome(waits)["reason"], "unknown-issuer")
        # And is helped when the issuer is back, with a file this time.
        self.add(bank)
        self.reload()
        self.becomes_decided(waits)

    def test_what_waits_for_a_key_server_gets_the_keys_of_a_file(self):
        self.edit(r'^jwks_file = "jwks/bank-b.json"$', 'jwks_url = "https://localhost:9/bank-b"')
        self.start()
        self.announce("b", "bank-b")
        waits = self.accepted("--issuer", "bank-b", "--consent-id", "b")
        until(lambda: self.outcome(waits)["state"] == "waiting-for-keys", "waiting")
        self.edit(r'^jwks_url = "https://localhost:9/bank-b"$', 'jwks_file = "jwks/bank-b.json"')
        self.reload()
        self.becomes_decided(waits)


class Door(ReloadCase):
    def test_a_new_certificate_serves_new_connections_and_drops_no_old_one(self):
        self.renew_certificate(90)
        self.start()
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

        def connect():
            connection = http.client.HTTPSConnection("127.0.0.1", self.port(), context=context, timeout=harness.PATIENCE)
            connection.connect()
            return connection, connection.sock.getpeercert(binary_form=True)

        def ask(connection):
            connection.request("GET", "/webhook")
            answer = connection.getresponse()
            answer.read()
            return answer.status

        old, first = connect()
        self.assertEqual(ask(old), 405)
        before = old.sock
        self.renew_certificate(5)
        self.reload()
        fresh, second = connect()
        self.assertNotEqual(first, second)
        self.assertEqual((ask(old), ask(fresh)), (405, 405))
        self.assertIs(old.sock, before, "the old connection was opened anew")
        old.close()
        fresh.close()

    def test_ends_are_shown_and_warned_of(self):
        self.renew_certificate(90)
        self.start()
        self.assertNotIn("key or certificate", self.log.read_text())
        self.renew_certificate(5)
        self.reload()
        self.logged("key or certificate ends within a week kind=tls-certificate")
        self.reload()
        self.logged("settings read again", times=2)  # after whatever else it says
        self.assertEqual(self.log.read_text().count("key or certificate ends"), 1, "said twice")
        told = subprocess.run(["openssl", "x509", "-noout", "-enddate", "-in", self.folder / "tls/consentd.crt"], check=True,
                              capture_output=True, text=True).stdout.strip().removeprefix("notAfter=")
        end = datetime.datetime.strptime(told, "%b %d %H:%M:%S %Y %Z").replace(tzinfo=datetime.timezone.utc)
        path = str(self.folder / "tls/consentd.crt")
        self.assertEqual(self.key("tls-certificate", path)["notAfter"], end.strftime("%Y-%m-%dT%H:%M:%SZ"))
        metric = f'consentd_key_end_timestamp_seconds{{kind="tls-certificate",name="{path}"}}'
        self.assertEqual(self.metric(metric), end.timestamp())

    def test_bearer_rules_senders_and_addresses_are_read_again(self):
        self.start()
        self.assertEqual(self.deliver()[0], 202)
        self.edit(r'^audience = "tpp-client-1"$', 'audience = "somebody-else"')
        self.reload()
        self.assertEqual(self.deliver()[0], 401)
        self.edit(r'^audience = "somebody-else"$', 'audience = "tpp-client-1"')
        self.edit(r'^path = "/webhook"$', 'path = "/webhook"\nsources = ["192.0.2.0/24"]')
        self.reload()
        self.assertEqual(self.deliver()[0], 403)
        self.edit(r'^path = "/webhook"\nsources = \["192.0.2.0/24"\]$', 'path = "/webhook"\nacknowledge_status = 204')
        self.reload()
        self.assertEqual(self.deliver()[0], 204)

    def test_error_bodies_begin_and_end(self):
        self.start()

        def body_of_a_refusal():
            token = json.loads(self.hubsim("send", self.folder, "--print", "--json").stdout.splitlines()[-1])["bearer"]
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            connection = http.client.HTTPSConnection("127.0.0.1", self.port(), context=context, timeout=harness.PATIENCE)
            connection.request("POST", "/webhook", b"no jwe", {"Authorization": "Bearer " + token, "Content-Type": "application/jwe"})
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            self.assertEqual(answer.status, 400)
            return body

        self.assertEqual(body_of_a_refusal(), b"")
        keyed = '[errors]\nprivate_key = "keys/stranger.key"\nkid = "ours"\nissuer = "tpp"\naudience = "hub"\n'
        self.add(keyed)
        self.reload()
        self.assertEqual(body_of_a_refusal().count(b"."), 2)
        self.without(keyed)
        self.reload()
        self.assertEqual(body_of_a_refusal(), b"")

    def test_log_level_is_read_again(self):
        self.start()
        self.add('[log]\nlevel = "error"\n')
        self.reload()
        before = self.log.read_text()
        self.assertEqual(self.reason("--consent-id", "a"), "waiting-for-consent")
        self.assertEqual(self.log.read_text(), before)

    def test_acknowledging_goes_on_through_reloads(self):
        self.start()
        self.announce("a")
        enough = threading.Event()
        reloads = []

        def again_and_again():
            while not enough.is_set():
                reloads.append(self.ctl("reload").returncode)

        thread = threading.Thread(target=again_and_again)
        thread.start()
        try:
            done = self.send("--consent-id", "a", "--count", "400", "--connections", "4", "--json")
        finally:
            enough.set()
            thread.join()
        answers = [json.loads(line)["answer"] for line in done.stdout.splitlines() if '"answer"' in line]
        self.assertEqual(answers, [202] * 400)
        self.assertEqual(set(reloads), {0})
        self.assertGreater(len(reloads), 1)
        until(lambda: self.api("/v1/status")[1]["inbox"]["pending"] == 0, "all to be opened")
        self.assertEqual(self.api("/v1/quarantine")[1]["quarantine"], [])


class What(ReloadCase):
    """What is told of a reload."""

    def test_settings_that_cannot_be_used_change_nothing(self):
        daemon = self.start()
        self.announce("a")
        self.edit(r'^audiences = \["tpp-client-1"\]$', 'audiences = ["somebody-else"]\naudience = "x"\nnothing = 1')
        (self.folder / "keys/encryption-2.key").write_text("nonsense")
        done = self.ctl("reload")
        self.assertEqual(done.returncode, 1)
        self.assertIn("events.audience: no such key", done.stderr)
        mistakes = done.stderr.splitlines()
        self.assertEqual(len(mistakes), 2, done.stderr)
        self.assertTrue(all(each.startswith("consentctl: ") and "\\u" not in each for each in mistakes), done.stderr)
        status, told = self.api("/v1/reload", "POST")
        self.assertEqual((status, told["type"]), (422, "urn:consentd:problem:settings"))
        self.assertIn("consentd.toml:", told["detail"])
        self.assertEqual(self.metric("consentd_last_reload_successful"), 0)
        self.assertEqual(self.reason("--consent-id", "a", "--encryption-key", "2"), "decided")
        daemon.send_signal(signal.SIGHUP)
        until(lambda: self.log.read_text().count("those before stay in force") >= 3, "a word about SIGHUP")
        # A key that cannot be used is as bad as a setting that cannot.
        self.edit(r'^audience = "x"\nnothing = 1\n', "")
        done = self.ctl("reload")
        self.assertEqual(done.returncode, 1)
        self.assertIn("decryption_key[2].private_key", done.stderr)
        self.assertEqual(self.reason("--consent-id", "a", "--encryption-key", "2"), "decided")

    def test_each_reload_that_is_asked_for_takes_place(self):
        daemon = self.start()

        def ask(_):
            connection = harness.UnixConnection(str(self.folder / "api.sock"))
            connection.request("POST", "/v1/reload")
            with connection.getresponse() as answer:
                status = answer.status
            connection.close()
            return status

        with concurrent.futures.ThreadPoolExecutor(8) as at_once:
            asked = at_once.map(ask, range(24))
            daemon.send_signal(signal.SIGHUP)
            self.assertEqual(set(asked), {200})
        until(lambda: self.log.read_text().count("settings read again") == 25, "the signal's own")

    def test_settings_that_wait_for_a_restart_are_named(self):
        self.start()
        self.assertEqual(self.reload().stderr, "")
        self.assertEqual(self.metric("consentd_last_reload_successful"), 1)
        self.edit(r'^listen = \["127.0.0.1:0"\]$', 'listen = ["127.0.0.1:1"]')
        self.edit(r'^path = "consentd.db"$', 'path = "other.db"')
        done = self.reload()
        self.assertIn("count from the next start on: hub.listen,[store]", done.stderr)
        self.logged('needs_restart="hub.listen, [store]"')

    def test_systemd_hears_of_it(self):
        at = self.folder / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(at))
            manager.settimeout(harness.PATIENCE)
            daemon = self.start(environment={"NOTIFY_SOCKET": str(at)})
            self.assertIn("READY=1", manager.recv(4096).decode())
            daemon.send_signal(signal.SIGHUP)
            self.assertRegex(manager.recv(4096).decode(), r"^RELOADING=1\nMONOTONIC_USEC=\d+")
            self.assertIn("READY=1", manager.recv(4096).decode())


if __name__ == "__main__":
    unittest.main(verbosity=2)
