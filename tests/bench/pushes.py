#!/usr/bin/python3
"""How long after its commit an entry reaches a subscriber among many, and what the local API costs the acknowledgements.

usage: pushes.py FOLDER_OF_PROGRAMS SOURCE_FOLDER

The commit's moment is seen from outside: SQLite counts transactions in the WAL index (its iChange), which it writes once the log is
synced. A process looks there all the time, and takes for the commit the last moment at which it had not happened yet: no push looks
shorter than it was.
"""
import json
import mmap
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "integration"))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)
from daemon_process import PROGRAMS, measure, until  # noqa: E402
from local_api import UnixConnection  # noqa: E402

SUBSCRIBERS, PER_SECOND, PUSHES = 100, 500, 10_000
EVENTS, EVENTS_PER_SECOND, TURNS = 2000, 200, 3
QUESTIONS_PER_SECOND = 2000
CHANGES_AT = 8  # of the count of transactions in the WAL index


def quantile(of, part):
    return sorted(of)[min(len(of) - 1, int(len(of) * part))]


def describe(name, milliseconds):
    print(f"{name:34} {len(milliseconds):6}  p50 {quantile(milliseconds, .5):6.2f} ms  p99 {quantile(milliseconds, .99):6.2f} ms  "
          f"most {quantile(milliseconds, 1):7.2f} ms", flush=True)


class Pushes(harness.DaemonCase):
    def subscribe(self):
        one = socket.socket(socket.AF_UNIX)
        one.connect(str(self.folder / "api.sock"))
        one.sendall(b"GET /v1/events?after=latest HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertIn(b"200 OK", one.recv(4096))
        return one

    # A process of its own, so that this one's clock is right.
    def child(self, work):
        process = os.fork()
        if process == 0:
            try:
                work()
            finally:
                os._exit(0)
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        try:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        except (ProcessLookupError, ChildProcessError):
            pass  # it has ended before

    # They only read.
    def crowd(self, count):
        held = [self.subscribe() for _ in range(count)]

        def read():
            ready = select.epoll()
            for one in held:
                ready.register(one, select.EPOLLIN)
            by_number = {one.fileno(): one for one in held}
            while True:
                for number, _ in ready.poll():
                    if not by_number[number].recv(1 << 16):
                        return
        process = self.child(read)
        for one in held:
            one.close()
        return process

    def announce_steadily(self):
        connection = UnixConnection(str(self.folder / "api.sock"))
        body = json.dumps({"kind": "account-access", "issuer": self.issuers()["bank-a"]})
        began = time.monotonic()
        for number in range(1, PUSHES + 1):
            time.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
            connection.request("PUT", f"/v1/consents/pushed-{number}", body, {"Content-Type": "application/json"})
            connection.getresponse().read()

    # Writes, for each transaction from now on, when it had not happened yet.
    def watch_commits(self, index, into):
        def changes():
            return struct.unpack_from("=I", index, CHANGES_AT)[0]
        first = known = changes()
        looked = time.monotonic()
        while True:
            now, count = time.monotonic(), changes()
            for number in range(known - first, count - first):
                struct.pack_into("=d", into, 8 * number, looked)
            known, looked = count, now
            time.sleep(0.00005)

    def push_latency(self):
        crowd = self.crowd(SUBSCRIBERS - 1)
        one = self.subscribe()
        time.sleep(2)  # nothing else is to be committed
        commits = mmap.mmap(-1, 8 * 2 * PUSHES)
        with open(self.folder / "consentd.db-shm", "rb") as file:
            index = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.child(lambda: self.watch_commits(index, commits))
        time.sleep(0.2)
        self.child(self.announce_steadily)
        read_at, rest = [], b""
        while len(read_at) < PUSHES:
            part = one.recv(1 << 16)
            now = time.monotonic()
            lines = (rest + part).split(b"\n")
            rest = lines.pop()
            read_at += [now for line in lines if line.startswith(b"data: ")]
        one.close()
        self.end(crowd)
        time.sleep(0.2)
        committed = struct.unpack_from(f"={PUSHES + 1}d", commits)
        # One announcement, one transaction: or the n-th entry would not be the n-th commit's.
        self.assertGreater(committed[PUSHES - 1], 0)
        self.assertEqual(committed[PUSHES], 0)
        describe(f"push, {SUBSCRIBERS} subscribers, {PER_SECOND}/s", [(read - commit) * 1000 for read, commit in zip(read_at, committed)])

    def acknowledgements(self):
        done = subprocess.run([PROGRAMS / "consent-hubsim", "send", self.folder, "--url", f"https://127.0.0.1:{self.port()}/webhook",
                               "--issuer", "bank-a", "--consent-id", "c-1", "--count", str(EVENTS), "--rate", str(EVENTS_PER_SECOND),
                               "--connections", "8", "--json"], capture_output=True, text=True, check=True).stdout
        sent = [json.loads(line) for line in done.splitlines()]
        self.assertEqual({one["answer"] for one in sent}, {202})
        return [one["microseconds"] / 1000 for one in sent]

    def questions(self):
        seconds = EVENTS // EVENTS_PER_SECOND + 5
        return subprocess.Popen(["h2load", "--h1", "-c", "4", "-t", "1", "--rps", str(QUESTIONS_PER_SECOND // 4), "-D", str(seconds),
                                 "-B", f"unix:{self.folder}/api.sock", "http://localhost/v1/consents/c-1/usable"], stdout=subprocess.DEVNULL)

    # In turns, since machines drift.
    def price_of_subscribers(self):
        self.announce("c-1")
        took = {"acknowledged, local API idle": [], f"{SUBSCRIBERS} subscribers": [], f"{QUESTIONS_PER_SECOND} questions/s": []}
        alone, beside_subscribers, beside_questions = took
        for _ in range(TURNS):
            took[alone] += self.acknowledgements()
            crowd = self.crowd(SUBSCRIBERS)
            took[beside_subscribers] += self.acknowledgements()
            self.end(crowd)
            asking = self.questions()
            took[beside_questions] += self.acknowledgements()
            asking.wait()
        until(lambda: self.api("/v1/status")[1]["inbox"]["pending"] == 0, "an empty inbox")
        for name, all_of_them in took.items():
            describe(name, all_of_them)

    def runTest(self):
        self.edit(r"^\[api\]$", f"[api]\nmax_streams_per_user = {SUBSCRIBERS + 10}")
        self.start()
        self.push_latency()
        self.price_of_subscribers()


if __name__ == "__main__":
    measure(Pushes())
