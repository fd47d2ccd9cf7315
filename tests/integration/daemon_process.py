#!/usr/bin/python3
"""The daemon as a process: wrong settings, systemd's protocols, an orderly end, and nginx in front of it.

usage: daemon_process.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import atexit
import fcntl
import functools
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from local_api import PATIENCE, UnixConnection, until  # noqa: E402

SOURCE = Path(sys.argv.pop())
PROGRAMS = Path(sys.argv.pop())

# Keys take a second to make and nobody minds that the tests of one run have the same: made once, copied for each.
@functools.cache
def made_set_up(*arguments):
    scratch = tempfile.TemporaryDirectory()
    atexit.register(scratch.cleanup)
    subprocess.run([PROGRAMS / "consent-hubsim", "init", scratch.name, *arguments], check=True, capture_output=True)
    return scratch.name


# Bytes that the other end of a Unix socket has not read.
def unread(one):
    return struct.unpack("i", fcntl.ioctl(one, termios.TIOCOUTQ, bytes(4)))[0]


def measure(case):
    """Runs a case that only prints figures. What fails ends it, and nothing that it has started stays behind."""
    try:
        case.debug()
    finally:
        case.doCleanups()


class DaemonCase(unittest.TestCase):
    SET_UP = ()  # more arguments of consent-hubsim init
    JWKS = "file"

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.settings = self.folder / "consentd.toml"
        self.log = self.folder / "daemon.log"
        made = made_set_up("--listen", "127.0.0.1:0", "--operations", "127.0.0.1:0", "--jwks", self.JWKS, *self.SET_UP)
        shutil.copytree(made, self.folder, dirs_exist_ok=True)

    def edit(self, pattern, replacement):
        text, count = re.subn(pattern, replacement, self.settings.read_text(), count=1, flags=re.M)
        self.assertEqual(count, 1, f"{pattern} is not in the settings")
        self.settings.write_text(text)

    def command(self, *more):
        return [PROGRAMS / "consentd", "--config", self.settings, *more]

    def spawn(self, command=None, environment=None, **more):
        with open(self.log, "a") as log:
            daemon = subprocess.Popen(command or self.command(), stdout=log, stderr=log,
                                      env={**os.environ, **(environment or {})}, **more)
        self.addCleanup(daemon.wait, PATIENCE)
        self.addCleanup(daemon.kill)
        return daemon

    def start(self, **more):
        # The log may hold the lines of an earlier one.
        before = self.times_ready()
        daemon = self.spawn(**more)
        until(lambda: self.times_ready() > before or daemon.poll() is not None, "ready")
        self.assertIsNone(daemon.poll(), self.log.read_text())
        return daemon

    def times_ready(self):
        return self.log.read_text().count(" ready ") if self.log.exists() else 0

    def port(self, listener="hub"):
        return int(re.findall(rf"listening for={listener} at=\S+:(\d+)\s", self.log.read_text())[-1])

    def run_to_end(self, *more):
        return subprocess.run(self.command(*more), capture_output=True, text=True, timeout=PATIENCE)

    def api(self, path, method="GET", accept="*/*"):
        connection = UnixConnection(str(self.folder / "api.sock"))
        self.addCleanup(connection.close)
        connection.request(method, path, headers={"Connection": "close", "Accept": accept})
        with connection.getresponse() as answer:
            return answer.status, json.loads(answer.read())

    # The ids of the simulator's issuers, by name.
    def issuers(self):
        return {one["name"]: one["id"] for one in json.loads((self.folder / "hubsim.json").read_text())["issuers"]}

    def ctl(self, *arguments):
        return subprocess.run([PROGRAMS / "consentctl", "--socket", self.folder / "api.sock", *arguments],
                              capture_output=True, text=True, timeout=PATIENCE)

    def announce(self, consent, issuer="bank-a", kind="account-access"):
        done = DaemonCase.ctl(self, "consents", "announce", consent, "--kind", kind, "--issuer", self.issuers()[issuer])
        self.assertEqual(done.returncode, 0, done.stderr)

    # The delivery's record once it is pending no more.
    def outcome(self, interaction):
        def settled():
            found = self.api(f"/v1/deliveries?interaction_id={interaction}")[1]["deliveries"][0]
            return found if found["state"] != "pending" else None
        return until(settled, "an outcome")

    def hubsim(self, *arguments):
        return subprocess.run([PROGRAMS / "consent-hubsim", *arguments], capture_output=True, text=True, timeout=PATIENCE)

    def send(self, *arguments, url=None):
        return self.hubsim("send", self.folder, "--url", url or f"https://127.0.0.1:{self.port()}/webhook", *arguments)


class WrongSettings(DaemonCase):
    """One clear line that names the file, the key and the mend; exit status 78, or 1 for what is no configuration."""

    def refused(self, status, *words):
        done = self.run_to_end()
        self.assertEqual(done.returncode, status, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertFalse((self.folder / "api.sock").exists(), "half-started")
        return done

    def test_check_config_says_that_good_settings_are_fine(self):
        done = self.run_to_end("--check-config")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertFalse((self.folder / "consentd.db").exists(), "checking has made a database")

    def test_an_unknown_key_is_named_with_the_nearest_valid_one(self):
        self.edit(r"^audiences", "audience")
        self.refused(78, "consentd.toml:", "events.audience", "audiences")
        self.assertEqual(self.run_to_end("--check-config").returncode, 78)

    def test_all_problems_are_told_at_once(self):
        self.edit(r"^path = \"/webhook\"", "path = 7")
        self.edit(r"^listen = .*9464.*|^listen = \"127.0.0.1:0\"", "listen = \"0.0.0.0:9464\"")
        done = self.refused(78, "hub.path", "operations.listen")
        self.assertGreaterEqual(len(done.stderr.splitlines()), 2)

    def test_a_settings_file_that_is_not_there_is_named(self):
        self.settings.unlink()
        self.refused(78, "consentd.toml")

    def test_a_missing_key_file_is_named_with_its_setting(self):
        (self.folder / "keys/encryption-1.key").unlink()
        self.refused(78, "decryption_key", "encryption-1.key")

    def test_a_key_that_others_may_read_is_refused(self):
        (self.folder / "keys/encryption-1.key").chmod(0o644)
        self.refused(78, "encryption-1.key")

    def test_a_key_of_another_certificate_is_refused(self):
        shutil.copy(self.folder / "keys/bank-a.key", self.folder / "keys/encryption-1.key")
        (self.folder / "keys/encryption-1.key").chmod(0o600)
        self.refused(78, "encryption-1")

    def test_a_broken_key_set_is_named(self):
        (self.folder / "jwks/bank-a.json").write_text("{\"keys\":[]}")
        self.refused(78, "bank-a.json")

    def test_a_busy_port_is_named(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            self.edit(r"listen = \[\"127.0.0.1:0\"\]", f"listen = [\"127.0.0.1:{other.getsockname()[1]}\"]")
            self.refused(1, "hub.listen", str(other.getsockname()[1]))

    def test_a_database_of_a_newer_version_is_left_alone(self):
        daemon = self.start()
        daemon.terminate()
        self.assertEqual(daemon.wait(PATIENCE), 0)
        with sqlite3.connect(self.folder / "consentd.db") as database:
            database.execute("PRAGMA user_version = 9999")
        database.close()
        self.refused(1, "store.path", "consentd.db", "newer")

    def test_a_second_daemon_does_not_take_the_database(self):
        self.start()
        done = self.run_to_end()
        self.assertEqual(done.returncode, 1)
        self.assertIn("consentd.db", done.stderr)
        self.assertEqual(self.api("/v1/status")[0], 200)

    # At the bound of threads or memory some of them start and the next does not.
    def test_threads_that_cannot_be_had_are_told_in_a_line(self):
        daemon = self.start()
        in_use = 1024 * int(re.search(r"VmSize:\s+(\d+)", Path(f"/proc/{daemon.pid}/status").read_text()).group(1))
        daemon.terminate()
        daemon.wait(PATIENCE)
        if in_use > 1 << 40:
            self.skipTest("a sanitizer's shadow is no measure")
        self.settings.write_text(self.settings.read_text() + "\n[process]\napi_threads = 64\n")
        done = subprocess.run(["prlimit", f"--as={in_use + (100 << 20)}", *self.command()], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stderr, "\nconsentd: .+\n$")

    def test_wrong_arguments_are_a_usage_error(self):
        done = self.run_to_end("--no-such-thing")
        self.assertEqual(done.returncode, 64)


class ServiceManager(DaemonCase):
    def notify_socket(self):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(listener.close)
        listener.settimeout(PATIENCE)
        listener.bind(str(self.folder / "notify"))
        return listener

    def test_ready_watchdog_and_stopping_are_told(self):
        listener = self.notify_socket()
        daemon = self.spawn(environment={"NOTIFY_SOCKET": str(self.folder / "notify"), "WATCHDOG_USEC": "200000"})
        self.assertIn(b"READY=1", listener.recv(4096))
        beats = 0
        while beats < 3:
            beats += listener.recv(4096) == b"WATCHDOG=1"
        daemon.send_signal(signal.SIGTERM)
        while b"STOPPING=1" not in listener.recv(4096):
            pass
        self.assertEqual(daemon.wait(PATIENCE), 0)

    def test_upgrade_of_the_database_asks_for_time_before_the_start_is_over(self):
        with sqlite3.connect(self.folder / "consentd.db") as database:
            database.executescript((SOURCE / "tests/unit/store/databases/version_7.sql").read_text())
        database.close()
        listener = self.notify_socket()
        self.spawn(environment={"NOTIFY_SOCKET": str(self.folder / "notify")})
        self.assertIn(b"EXTEND_TIMEOUT_USEC=600000000", listener.recv(4096))
        while b"READY=1" not in listener.recv(4096):
            pass

    def test_sockets_handed_over_by_systemd_are_served(self):
        self.edit(r"listen = \[\"127.0.0.1:0\"\]", "listen = [\"systemd:hub\"]")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        daemon = self.spawn(["systemd-socket-activate", "--fdname=hub", f"--listen=127.0.0.1:{port}", *self.command()])
        context = ssl.create_default_context(cafile=self.folder / "tls/ca.crt")

        def answered():
            try:
                connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=PATIENCE)
                connection.request("GET", "/webhook")
                return connection.getresponse().status
            except ConnectionRefusedError:
                return None

        self.assertEqual(until(answered, "an answer"), 405)
        daemon.terminate()
        self.assertEqual(daemon.wait(PATIENCE), 0)

    def test_a_socket_that_is_not_handed_over_is_named(self):
        self.edit(r"listen = \[\"127.0.0.1:0\"\]", "listen = [\"systemd:hub\"]")
        done = self.run_to_end()
        self.assertEqual(done.returncode, 1)
        self.assertIn("FileDescriptorName=hub", done.stderr)

    def test_sigterm_answers_what_has_begun_and_ends_streams(self):
        daemon = self.start()
        context = ssl.create_default_context(cafile=self.folder / "tls/ca.crt")
        raw = context.wrap_socket(socket.create_connection(("127.0.0.1", self.port()), PATIENCE), server_hostname="127.0.0.1")
        stream = UnixConnection(str(self.folder / "api.sock"))
        stream.request("GET", "/v1/events")
        events = stream.getresponse()
        printed = json.loads(self.hubsim("send", self.folder, "--print", "--consent-id", "late").stdout.splitlines()[-1])
        head = (f"POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jwe\r\nContent-Length: "
                f"{len(printed['body'])}\r\nAuthorization: Bearer {printed['bearer']}\r\n\r\n")
        raw.sendall(head.encode())
        # The daemon has the header section once it asks for more; a body half sent keeps the request under way.
        raw.sendall(printed["body"][:100].encode())
        time.sleep(0.2)
        daemon.send_signal(signal.SIGTERM)
        until(lambda: "stopping" in self.log.read_text(), "stopping")
        raw.sendall(printed["body"][100:].encode())
        self.assertTrue(raw.recv(65536).startswith(b"HTTP/1.1 202 "))
        events.read()  # to its end
        self.assertEqual(daemon.wait(PATIENCE), 0)
        self.assertIn("stopped", self.log.read_text().splitlines()[-1])

    # A client whose body never comes uses up the patience of its listener; three listeners have it together.
    def test_several_listeners_end_within_one_patience(self):
        self.edit(r"listen = \[\"127.0.0.1:0\"\]", "listen = [" + ", ".join(f'"127.0.0.{each}:0"' for each in (1, 2, 3)) + "]")
        self.settings.write_text(self.settings.read_text() + "\n[process]\ndrain_seconds = 6\n")
        daemon = self.start()
        context = ssl.create_default_context(cafile=self.folder / "tls/ca.crt")
        listeners = re.findall(r"listening for=hub at=(\S+):(\d+)\s", self.log.read_text())
        self.assertEqual(len(listeners), 3)
        for address, port in listeners:
            raw = context.wrap_socket(socket.create_connection((address, int(port)), PATIENCE), server_hostname="127.0.0.1")
            self.addCleanup(raw.close)
            printed = json.loads(self.hubsim("send", self.folder, "--print").stdout.splitlines()[-1])
            raw.sendall((f"POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jwe\r\nExpect: 100-continue\r\n"
                         f"Content-Length: 1000\r\nAuthorization: Bearer {printed['bearer']}\r\n\r\n").encode())
            self.assertTrue(raw.recv(100).startswith(b"HTTP/1.1 100 "))
        daemon.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(PATIENCE), 0, self.log.read_text())

    def test_who_waits_for_a_consent_is_told_that_the_daemon_ends(self):
        daemon = self.start()
        self.announce("known")
        held = []
        for consent in ("known", "unknown"):
            one = socket.socket(socket.AF_UNIX)
            self.addCleanup(one.close)
            one.settimeout(PATIENCE)
            one.connect(str(self.folder / "api.sock"))
            one.sendall(f"GET /v1/consents/{consent}?wait_for=Revoked&timeout=300 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            until(lambda: not unread(one), "the request at the daemon's side")
            held.append(one)
        daemon.send_signal(signal.SIGTERM)
        for one in held:
            answer = http.client.HTTPResponse(one)
            answer.begin()
            self.assertEqual((answer.status, json.loads(answer.read())["type"]), (503, "urn:consentd:problem:shutting-down"))
            self.assertIsNotNone(answer.headers["Retry-After"])
        self.assertEqual(daemon.wait(PATIENCE), 0)


class BehindNginx(DaemonCase):
    def test_events_come_through_the_shipped_reverse_proxy(self):
        self.start()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        tls = self.folder / "tls"
        text = (SOURCE / "config/nginx.conf").read_text()
        text = re.sub(r"server 127\.0\.0\.1:8443", f"server 127.0.0.1:{self.port()}", text)
        text = re.sub(r"^(\s*)listen\s+(?!\[)[^;]*443 ssl[^;]*;", rf"\1listen 127.0.0.1:{port} ssl;", text, flags=re.M)
        text = re.sub(r"^\s*listen\s+\[::\][^;]*;\n", "", text, flags=re.M)
        text = re.sub(r"^(\s*)ssl_certificate\s+[^;]*;", rf"\1ssl_certificate {tls}/consentd.crt;", text, flags=re.M)
        text = re.sub(r"^(\s*)ssl_certificate_key\s+[^;]*;", rf"\1ssl_certificate_key {tls}/consentd.key;", text, flags=re.M)
        text = re.sub(r"^(\s*)proxy_ssl_trusted_certificate\s+[^;]*;", rf"\1proxy_ssl_trusted_certificate {tls}/ca.crt;",
                      text, flags=re.M)
        text = re.sub(r"^(\s*)proxy_ssl_name\s+[^;]*;", r"\1proxy_ssl_name localhost;", text, flags=re.M)
        text = re.sub(r"^(\s*)server_name\s+[^;]*;", r"\1server_name localhost;", text, flags=re.M)
        text = re.sub(r"^user\s[^;]*;", "", text, flags=re.M)
        text = re.sub(r"^pid\s[^;]*;", "", text, flags=re.M)
        text = re.sub(r"^(\s*)access_log\s+[^;]*;", r"\1access_log off;", text, flags=re.M)
        (self.folder / "nginx.conf").write_text(f"daemon off;\npid {self.folder}/nginx.pid;\n" + text)
        proxy = self.spawn(["nginx", "-e", str(self.folder / "nginx-error.log"), "-p", str(self.folder), "-c",
                            str(self.folder / "nginx.conf")])

        def listening():
            self.assertIsNone(proxy.poll(), self.log.read_text())
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return True
            except OSError:
                return False

        until(listening, "nginx")
        issuer = json.loads((self.folder / "hubsim.json").read_text())["issuers"][0]["id"]
        announced = subprocess.run(
            [PROGRAMS / "consentctl", "--socket", self.folder / "api.sock", "consents", "announce", "through", "--kind",
             "account-access", "--issuer", issuer], capture_output=True, text=True)
        self.assertEqual(announced.returncode, 0, announced.stderr)
        url = f"https://localhost:{port}/webhook"  # by name: without SNI the proxy refuses the handshake
        done = self.send("--consent-id", "through", "--status", "Authorized", url=url)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        until(lambda: self.api("/v1/consents/through")[1]["status"] == "Authorized", "the state")
        refused = self.send("--consent-id", "through", "--status", "Revoked", "--fault", "bearer-expired", url=url)
        self.assertIn("401", refused.stdout)
        self.assertEqual(self.api("/v1/consents/through")[1]["status"], "Authorized")


class Inspection(DaemonCase):
    """consentctl inspect: the daemon's own checks, offline."""

    def inspect(self, text, *more):
        return subprocess.run([PROGRAMS / "consentctl", "inspect", "-", "--config", self.settings, *more], input=text,
                              capture_output=True, text=True, timeout=PATIENCE)

    def printed(self, *arguments):
        return json.loads(self.hubsim("send", self.folder, "--print", *arguments).stdout.splitlines()[-1])

    def test_a_good_event_and_a_good_bearer_hold(self):
        made = self.printed("--consent-id", "offline")
        event = self.inspect(made["body"])
        self.assertEqual(event.returncode, 0, event.stdout + event.stderr)
        self.assertNotIn("Permissions", event.stdout, "the resource is personal data")
        bearer = self.inspect(made["bearer"], "--bearer")
        self.assertEqual(bearer.returncode, 0, bearer.stdout + bearer.stderr)

    def test_what_does_not_hold_is_said(self):
        for fault, word in (("wrong-signing-key", "signature"), ("tampered-tag", "decryption"), ("wrong-audience", "audience"),
                            ("not-an-event", "not-an-event")):
            with self.subTest(fault=fault):
                event = self.inspect(self.printed("--fault", fault)["body"])
                self.assertEqual(event.returncode, 1)
                self.assertIn(word, event.stdout + event.stderr)
        bearer = self.inspect(self.printed("--fault", "bearer-expired")["bearer"], "--bearer")
        self.assertEqual(bearer.returncode, 1)
        self.assertIn("bearer-expired", bearer.stdout + bearer.stderr)


if __name__ == "__main__":
    unittest.main()
