#!/usr/bin/python3
"""What the local API can do: questions of use that one core answers over keep-alive with many consents in the store, the pace at which a
backlog is read, and what idle streams cost.

usage: subscribers.py FOLDER_OF_PROGRAMS SOURCE_FOLDER [CONSENTS]

The daemon has one core (where the machine has two), the client, nghttp2's h2load, the other. Prints h2load's own figures.
"""
import json
import os
import random
import re
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

CONSENTS = int(sys.argv.pop()) if len(sys.argv) > 3 else 1_000_000
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "integration"))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)

QUESTIONS, CONNECTIONS = 200_000, 16
BACKLOG, STREAMS = 1_000_000, 1000
YEAR = 365 * 86400 * 1_000_000


class LocalApi(harness.DaemonCase):
    # As if they had come: the daemon would need an hour for a million.
    def put(self, statement, rows, *more):
        database = sqlite3.connect(self.folder / "consentd.db")
        with database:
            database.executemany(statement, rows)
            for one in more:
                database.execute(*one)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()

    def put_consents(self):
        now = int(time.time() * 1_000_000)
        issuer = self.issuers()["bank-a"]
        self.put("INSERT INTO consents (id, issuer, kind, bound, status, status_time, event_time, expiry, flags, resource_digest, sequence, "
                 "created, updated, lapses) VALUES (?, ?, 1, 1, 2, ?, ?, ?, 0, zeroblob(32), 1, ?, ?, ?)",
                 ((f"consent-{number:08}", issuer, now, now, now + YEAR, now, now, now + YEAR) for number in range(CONSENTS)),
                 ("UPDATE meta SET value = ? WHERE name = 'consents'", (CONSENTS,)))

    def put_journal(self):
        now = int(time.time() * 1_000_000)
        issuer = self.issuers()["bank-a"]
        self.put("INSERT INTO journal (type, recorded, consent_id, issuer, kind, disposition, status, previous, reported, status_time, "
                 "event_time, expiry, flags, told, alert, interaction_id) VALUES (1, ?, ?, ?, 1, 6, 2, 3, 2, ?, ?, ?, 0, 1, 0, ?)",
                 ((now, f"consent-{number % CONSENTS:08}", issuer, now, now, now + YEAR, "5f0e5f3a-7f0a-4b43-9f3e-0d6d3d0f0e5f")
                  for number in range(BACKLOG)))

    # As a new consumer reads it; curl writes to nowhere.
    def read_backlog(self, form):
        began = time.monotonic()
        curl = subprocess.Popen(["curl", "--silent", "--no-buffer", "--unix-socket", self.folder / "api.sock", "-H", f"Accept: {form}",
                                 "http://localhost/v1/events"], stdout=subprocess.PIPE)
        entries = 0
        mark = b'"specversion"'
        rest = b""
        while entries < BACKLOG:
            part = rest + curl.stdout.read1(1 << 20)
            entries += part.count(mark)
            rest = part[-(len(mark) - 1):]
        took = time.monotonic() - began
        curl.kill()
        curl.wait()
        curl.stdout.close()
        print(f"backlog as {form:24} {BACKLOG / took:9.0f} entries/s", flush=True)

    def resident(self, daemon):
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{daemon.pid}/status").read_text()).group(1))

    def open_streams(self, daemon):
        before = self.resident(daemon)
        held = []
        for _ in range(STREAMS):
            one = socket.socket(socket.AF_UNIX)
            one.connect(str(self.folder / "api.sock"))
            one.sendall(b"GET /v1/events?after=latest HTTP/1.1\r\nHost: x\r\n\r\n")
            held.append(one)
        for one in held:
            self.assertIn(b"200 OK", one.recv(4096))
        print(f"{STREAMS} idle streams cost {(self.resident(daemon) - before) / 1024:.1f} MiB", flush=True)
        for one in held:
            one.close()

    def ask(self, name, targets, connections):
        uris = self.folder / "uris"
        uris.write_text("".join(f"http://localhost{target}\n" for target in targets))
        command = ["h2load", "--h1", "-n", str(QUESTIONS), "-c", str(connections), "-t", "1", "-B", f"unix:{self.folder}/api.sock", "-i", uris]
        if os.cpu_count() > 1:
            command = ["taskset", "--cpu-list", "1", *command]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        self.assertIn(f"{QUESTIONS} succeeded, 0 failed", told)
        rate = re.search(r"([\d.]+) req/s", told).group(1)
        took = re.search(r"time for request: +(.*)", told).group(1).split()
        print(f"{name:28} {connections:3} connections  {float(rate):9.0f} req/s   mean {took[2]}, most {took[1]}", flush=True)

    def runTest(self):
        self.edit(r"^\[api\]$", "[api]\n" + "".join(f"max_{what}{whose} = {STREAMS + 100}\n" for what in ("connections", "streams")
                                                     for whose in ("", "_per_user")))
        daemon = self.start()
        daemon.terminate()
        daemon.wait()
        self.put_consents()
        daemon = self.start()
        if os.cpu_count() > 1:
            subprocess.run(["taskset", "--all-tasks", "--cpu-list", "--pid", "0", str(daemon.pid)], check=True, capture_output=True)
        chosen = [f"/v1/consents/consent-{random.randrange(CONSENTS):08}" for _ in range(20_000)]
        for connections in (1, CONNECTIONS):
            self.ask("usable", [one + "/usable" for one in chosen], connections)
            self.ask("usable, always the same", [chosen[0] + "/usable"], connections)
        self.ask("state", chosen, CONNECTIONS)
        daemon.terminate()
        daemon.wait()
        self.put_journal()
        daemon = self.start()
        for form in ("application/x-ndjson", "text/event-stream"):
            self.read_backlog(form)
        self.open_streams(daemon)


if __name__ == "__main__":
    harness.measure(LocalApi())
