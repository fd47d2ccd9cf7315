#!/usr/bin/python3
"""Daemon and durable consumers are killed at random, under load: in the end every consumer has seen every entry, in order.
Some stall until another takes over, some pull by pages, and one is sent back now and then.

usage: consumers.py SECONDS FOLDER_OF_PROGRAMS SOURCE_FOLDER
       consumers.py --follow SOCKET NAME FILE    a consumer: writes the sequence of each entry to the file, then acknowledges it

The consumers know Python's standard library and docs/openapi.yaml, nothing else.
"""
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import unittest
from pathlib import Path

CONSUMERS = ("all", "payments", "slow", "stalls", "pages", "sought")
# Readers of each at once; where there is more than one all but one wait until it stalls for longer than a lease.
READERS = {"stalls": 2}
LEASE_SECONDS = 1
STALLS = 0.005  # of its entries: each costs a lease, and it should be able to follow the load
FILTERS = {"payments": {"kind": "payment"}}


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self.path)


def call(path, method, target, body=None):
    connection = UnixConnection(path)
    try:
        connection.request(method, target, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def follow_once(path, name, seen):
    connection = UnixConnection(path)
    try:
        connection.request("GET", f"/v1/consumers/{name}/events", headers={"Accept": "application/x-ndjson"})
        answer = connection.getresponse()
        if answer.status != 200:
            return
        while line := answer.readline():
            entry = json.loads(line)
            if entry.get("control") == "reset":
                raise SystemExit(f"reset: {line}")
            if "control" in entry:
                continue
            seen.write(f"{int(entry['sequence'])}\n")
            seen.flush()
            if name in ("slow", "sought"):
                time.sleep(0.002)
            if name == "stalls" and random.random() < STALLS:
                time.sleep(2 * LEASE_SECONDS)
            call(path, "POST", f"/v1/consumers/{name}/ack", {"place": entry["id"]})
    finally:
        connection.close()


def pull_once(path, name, seen):
    connection = UnixConnection(path)
    try:
        while True:
            connection.request("GET", f"/v1/consumers/{name}/events?limit=7", headers={"Accept": "application/json"})
            answer = connection.getresponse()
            page = json.loads(answer.read())
            if answer.status != 200:
                return
            if page["reset"]:
                raise SystemExit(f"reset: {page}")
            for entry in page["events"]:
                seen.write(f"{int(entry['sequence'])}\n")
            seen.flush()
            if page["events"]:
                place = random.choice((page["place"], page["events"][0]["id"]))
                call(path, "POST", f"/v1/consumers/{name}/ack", {"place": place})
            if not page["more"]:
                time.sleep(0.05)
    finally:
        connection.close()


def follow(path, name, file):
    once = pull_once if name == "pages" else follow_once
    with open(file, "a") as seen:
        while True:
            try:
                once(path, name, seen)
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                pass  # the daemon was killed, or is not there yet
            time.sleep(0.02)


if sys.argv[1:2] == ["--follow"]:
    follow(*sys.argv[2:])

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "integration"))
SECONDS = int(sys.argv.pop(1))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)
from daemon_process import until  # noqa: E402


class KilledAtRandom(harness.DaemonCase):
    def setUp(self):
        super().setUp()
        with socket.socket() as free:  # the same at each start: the load knows one address
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self.edit(r'^listen = \["127.0.0.1:0"\]$', f'listen = ["{self.address}"]')
        self.edit(r"^unknown_consents = .*$", 'unknown_consents = "bind"')
        self.edit(r"^\[api\]$", f"[api]\nconsumer_lease_seconds = {LEASE_SECONDS}")
        self.socket = str(self.folder / "api.sock")

    def consumer(self, name):
        process = subprocess.Popen([sys.executable, __file__, "--follow", self.socket, name, self.folder / f"{name}.seen"])
        self.addCleanup(process.wait, harness.PATIENCE)
        self.addCleanup(process.kill)
        return process

    def told(self, **filters):
        """Sequence numbers of all entries that pass, from the journal itself."""
        numbers, after = [], ""
        query = "".join(f"&{name}={value}" for name, value in filters.items())
        while True:
            connection = UnixConnection(self.socket)
            connection.request("GET", f"/v1/events?limit=1000{query}{after}", headers={"Accept": "application/json"})
            page = json.loads(connection.getresponse().read())
            connection.close()
            numbers += [int(entry["sequence"]) for entry in page["events"]]
            after = "&after=" + page["place"]
            if not page["more"]:
                return numbers

    def seen(self, name):
        file = self.folder / f"{name}.seen"
        return [int(line) for line in file.read_text().splitlines()] if file.exists() else []

    def place(self, name):
        status, told = call(self.socket, "GET", f"/v1/consumers/{name}")
        self.assertEqual(status, 200)
        epoch, _, number = told["place"].rpartition("-")
        return epoch, int(number)

    def send_back(self, name, chance):
        """To behind an entry that it has seen. Returns how much it had seen by then, and that entry."""
        epoch, place = self.place(name)
        seen = self.seen(name)
        before = [number for number in seen if number <= place]
        if not before:
            return None
        number = chance.choice(before)
        self.assertEqual(call(self.socket, "POST", f"/v1/consumers/{name}/seek", {"place": f"{epoch}-{number}"})[0], 200)
        return len(seen), number

    def acknowledges(self, name, last):
        """However far it is behind: as long as it gets on."""
        nearest, deadline = None, 0
        while (behind := last - self.place(name)[1]) > 0:
            if nearest is None or behind < nearest:
                nearest, deadline = behind, time.monotonic() + harness.PATIENCE
            self.assertLess(time.monotonic(), deadline, f"{name} stays {behind} entries behind")
            time.sleep(0.1)

    def test_every_consumer_sees_every_entry_in_order(self):
        seed = random.randrange(1 << 32)
        print("seed", seed, flush=True)
        chance = random.Random(seed)
        daemon = self.start()
        for name in CONSUMERS:
            self.assertEqual(call(self.socket, "PUT", f"/v1/consumers/{name}", FILTERS.get(name, {}))[0], 201)
        consumers = [(name, self.consumer(name)) for name in CONSUMERS for _ in range(READERS.get(name, 1))]
        load = subprocess.Popen([harness.PROGRAMS / "consent-hubsim", "campaign", self.folder, "--events", str(SECONDS * 60),
                                 "--consents", "200", "--rate", "60", "--url", f"https://{self.address}/webhook", "--give-up-seconds", "600",
                                 "--out", self.folder / "campaign.out"],
                                stdout=subprocess.DEVNULL)
        self.addCleanup(load.wait, harness.PATIENCE)
        self.addCleanup(load.kill)
        killed = {"daemon": 0, "consumer": 0}
        sent_back = []
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            time.sleep(chance.uniform(0.1, 2))
            if chance.random() < 0.3:
                daemon.send_signal(signal.SIGKILL)
                daemon.wait()
                daemon = self.start()
                killed["daemon"] += 1
            else:
                which = chance.randrange(len(consumers))
                name, process = consumers[which]
                process.kill()
                process.wait()
                consumers[which] = (name, self.consumer(name))
                killed["consumer"] += 1
            if chance.random() < 0.5 and (back := self.send_back("sought", chance)):
                sent_back.append(back)
        self.assertEqual(load.wait(600), 0)
        until(lambda: harness.DaemonCase.api(self, "/v1/status")[1]["inbox"]["pending"] == 0, "an empty inbox")
        repeated = 0
        for name in CONSUMERS:
            expected = self.told(**FILTERS.get(name, {}))
            self.assertTrue(expected)
            self.acknowledges(name, expected[-1])
            newest, first_time = 0, []
            for number in self.seen(name):
                if number > newest:
                    first_time.append(number)
                    newest = number
                else:
                    repeated += 1
            self.assertEqual(first_time, expected, name)
        seen, expected = self.seen("sought"), self.told()
        for had, number in sent_back:
            self.assertIn(next((later for later in expected if later > number), None), [*seen[had:], None], f"sent back behind {number}")
        print("killed", killed, "sent back", len(sent_back), "entries", len(self.told()), "repeated", repeated, flush=True)
        self.assertGreater(min(killed.values()), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
