"""The real daemon over real TLS, and what it says about a delivery: answer, log, deliveries, consents."""
import collections
import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from local_api import PATIENCE, UnixConnection, until  # noqa: E402

Answer = collections.namedtuple("Answer", "status fields")


class Gone(Exception):
    """The daemon has died."""


class Lure:
    """Listens where headers and claims of bad messages point to. Nobody may ever call."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}"
        self.calls = 0
        threading.Thread(target=self.count, daemon=True).start()

    def count(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.calls += 1
            connection.close()


class Daemon:
    def __init__(self, programs, folder):
        self.programs, self.folder = programs, folder
        subprocess.run([programs / "consent-hubsim", "init", folder, "--listen", "127.0.0.1:0", "--operations", "127.0.0.1:0",
                        "--jwks", "file"], check=True, capture_output=True)
        settings = folder / "consentd.toml"
        text, count = re.subn(r"^\[bearer\]$", '[bearer]\nsubject = "hub"', settings.read_text(), flags=re.M)
        assert count == 1, "no [bearer] in the settings"
        settings.write_text(text)
        self.log = folder / "daemon.log"
        self.said, self.refusals = 0, {}
        self.unix = None
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([programs / "consentd", "--config", settings], stdout=log, stderr=log)
        until(lambda: " ready " in self.log.read_text() or self.process.poll() is not None, "ready")
        if self.process.poll() is not None:
            raise Gone(self.log.read_text())
        self.port = int(re.search(r"listening for=hub at=\S+:(\d+)\s", self.log.read_text()).group(1))
        self.tls = ssl.create_default_context(cafile=folder / "tls/ca.crt")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(PATIENCE)

    def check_alive(self):
        if self.process.poll() is not None:
            raise Gone(f"consentd ended with {self.process.returncode}: " + "".join(self.log.read_text()[-2000:]))

    def post(self, head, body):
        """The answer's status and fields; status None when the connection ended without one."""
        self.check_alive()
        raw = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.tls.wrap_socket(raw, server_hostname="localhost") as secure:
            try:
                secure.sendall(head + body)
            except OSError:
                pass  # it had heard enough; what it answered can still be read
            received = b""
            while b"\r\n\r\n" not in received:
                try:
                    more = secure.recv(65536)
                except OSError:
                    more = b""
                if not more:
                    return Answer(None, {})
                received += more
        lines = received.split(b"\r\n\r\n")[0].decode().split("\r\n")
        fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        return Answer(int(lines[0].split()[1]), fields)

    def api(self, method, path, body=None):
        """Status and document, over one connection that is kept."""
        for attempt in (1, 2):
            self.check_alive()
            if self.unix is None:
                self.unix = UnixConnection(os.path.relpath(self.folder / "api.sock"))
            try:
                self.unix.request(method, path, json.dumps(body) if body else None,
                                  {"Content-Type": "application/json"} if body else {})
                answer = self.unix.getresponse()
                return answer.status, json.loads(answer.read())
            except (OSError, http.client.HTTPException):
                self.unix.close()
                self.unix = None
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def announce(self, consent, kind, issuer):
        status, said = self.api("PUT", f"/v1/consents/{quote(consent, safe='')}", {"kind": kind, "issuer": issuer})
        assert status in (200, 201), said

    def outcome(self, interaction):
        """What became of a stored delivery, once nothing more can be expected to become of it by itself."""
        def settled():
            self.check_alive()
            found = self.api("GET", f"/v1/deliveries?interaction_id={interaction}")[1]["deliveries"]
            return found[0] if found and found[0]["state"] != "pending" else None
        return until(settled, "an outcome of " + interaction)

    def settle(self):
        """Nothing that was stored is still to be opened."""
        def settled():
            self.check_alive()
            return self.api("GET", "/v1/status")[1]["inbox"]["pending"] == 0
        until(settled, "an empty inbox")

    def state(self, family, number, issuer):
        """The consent's or the resource's place in the world; None when nothing is known of it."""
        if family.resource:
            path = f"/v1/resources/{family.resource}/{quote(number, safe='')}?issuer={quote(issuer, safe='')}"
        else:
            path = f"/v1/consents/{quote(number, safe='')}"
        status, document = self.api("GET", path)
        return document if status == 200 else None

    def last_sequence(self):
        return self.api("GET", "/v1/status")[1]["journal"]["lastSequence"]

    def logged_reason(self, interaction):
        def said():
            with open(self.log, "rb") as log:
                log.seek(self.said)
                text = log.read()
            text = text[:text.rfind(b"\n") + 1]
            self.said += len(text)
            for line in text.decode("utf-8", "replace").splitlines():
                found = re.search(r"delivery refused .*?reason=(\S+) .*?interaction_id=(\S+)", line)
                if found:
                    self.refusals[found.group(2)] = found.group(1)
            return self.refusals.get(interaction)
        return until(said, "a log line about " + interaction)
