#!/usr/bin/python3
"""Clients of the local API that send too little, too much, or never read: they are told, and nothing of the daemon grows.

usage: greedy.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import json
import os
import re
import socket
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)
from daemon_process import PATIENCE, until  # noqa: E402

MEBI = 1024
STATUS = b"GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n"


class Greedy(harness.DaemonCase):
    def setUp(self):
        super().setUp()
        # An address sanitizer keeps what was freed for a while; here that would count as growth.
        kept_by_it = "quarantine_size_mb=1:thread_local_quarantine_size_kb=64"
        self.daemon = self.start(environment={"ASAN_OPTIONS": ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), kept_by_it)))})
        for _ in range(50):  # what is made once is made
            self.api("/v1/status")
        until(lambda: self.sessions() == 0, "the first connections' ends")
        self.before = self.resident(), self.descriptors()

    def resident(self):
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.daemon.pid}/status").read_text()).group(1))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.daemon.pid}/fd"))

    # Connections of the local API, as the kernel counts them.
    def sessions(self):
        path = str(self.folder / "api.sock")
        return sum(line.endswith(path) and line.split()[5] == "03" for line in Path("/proc/net/unix").read_text().splitlines())

    def connect(self):
        one = socket.socket(socket.AF_UNIX)
        one.settimeout(PATIENCE)
        one.connect(str(self.folder / "api.sock"))
        self.addCleanup(one.close)
        return one

    def assert_nothing_grew(self, most_kibi=4 * MEBI):
        until(lambda: self.descriptors() <= self.before[1], "the descriptors of before")
        self.assertLess(self.resident() - self.before[0], most_kibi)
        self.assertEqual(self.api("/v1/status")[0], 200)

    def read_all(self, one):
        text = b""
        while part := one.recv(65536):
            text += part
        return text

    def test_slow_loris_is_answered_and_closed_in_time(self):
        held = [self.connect() for _ in range(40)]
        for one in held:
            one.sendall(b"GET /v1/status HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        for one in held:  # the daemon's limit for a header section is 10 s
            self.assertIn(b"408", self.read_all(one).partition(b"\r\n")[0])
            one.close()  # the daemon would linger for a while, so that its answer is not lost
        self.assert_nothing_grew()

    def test_client_that_asks_and_never_reads_costs_its_own_socket(self):
        one = self.connect()
        one.setblocking(False)
        sent = 0
        try:
            for _ in range(1000):  # some 8 MB of questions
                sent += one.send(STATUS * 200)
        except BlockingIOError:
            pass
        self.assertGreater(sent, 64 * 1024)
        self.assertLess(self.resident() - self.before[0], 4 * MEBI)
        self.assertEqual(self.api("/v1/status")[0], 200)
        one.close()
        self.assert_nothing_grew()

    def open_and_leave(self, streams):
        for _ in range(streams):
            one = self.connect()
            one.sendall(b"GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
            one.recv(64)
            one.close()
            until(lambda: self.sessions() == 0, "the stream's end")

    def test_streams_that_come_and_go_leave_nothing(self):
        self.open_and_leave(200)  # what the first of them make once, and a sanitizer's own
        self.before = self.resident(), self.descriptors()
        self.open_and_leave(1000)
        self.assert_nothing_grew(MEBI)

    def test_too_long_a_header_section_or_body_is_told(self):
        one = self.connect()
        one.sendall(b"GET /v1/status HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 20_000 + b"\r\n\r\n")
        self.assertIn(b"431", self.read_all(one).partition(b"\r\n")[0])
        one.close()
        one = self.connect()
        one.sendall(b"PUT /v1/consents/c HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n" + b" " * 200_000)
        self.assertIn(b"413", one.recv(64))
        one.close()
        self.assert_nothing_grew()

    def test_body_that_breaks_off_is_not_worth_a_line(self):
        for _ in range(20):
            one = self.connect()
            one.sendall(b"PUT /v1/consents/c HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{")
            until(lambda: not harness.unread(one), "the request at the daemon's side")
            one.close()
        until(lambda: self.sessions() == 0, "the sessions' ends")
        self.assertNotIn("local call", self.log.read_text())

    def test_changes_without_end_fill_no_log(self):
        connection = harness.UnixConnection(str(self.folder / "api.sock"))
        self.addCleanup(connection.close)
        for at in range(200):
            connection.request("POST" if at else "PUT", "/v1/consumers/c" + ("/pause", "/resume")[at % 2] * bool(at), "{}",
                               {"Content-Type": "application/json"})
            with connection.getresponse() as answer:
                self.assertIn(answer.status, (200, 201), answer.read())
                answer.read()
        lines = self.log.read_text().count("local call made a change")
        self.assertGreater(lines, 1)
        self.assertLess(lines, 150)  # 60 a minute

    def test_what_is_asked_wrongly_is_named(self):
        for path, field in (("/v1/consents?colour=red", "colour"), ("/v1/consents?status=Alive", "status"), ("/v1/consents?limit=0", "limit"),
                            ("/v1/consents?cursor=x", "cursor"), ("/v1/consents?updated_after=yesterday", "updated_after"),
                            ("/v1/consents/a%2Fb", "consent_id"), ("/v1/consents/a%0Ab", "consent_id"), ("/v1/consents?issuer=%1b[0m", "issuer"), ("/v1/events?after=1", "after"), ("/v1/events?type=x", "type"),
                            ("/v1/quarantine?reason=x", "reason"), ("/v1/deliveries/x", "delivery_id"), ("/v1/resources/x/y?issuer=z", "family"),
                            ("/v1/resources/payment/y", "issuer"), ("/v1/consents/c?wait_for=x", "wait_for"), ("/v1/consumers/a%20b", "name")):
            with self.subTest(path=path):
                status, problem = self.api(path)
                self.assertEqual((status, problem["type"], problem.get("field")), (400, "urn:consentd:problem:invalid-argument", field))

    def test_what_is_no_request_of_ours_is_a_problem_too(self):
        for text in (b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/9.9\r\n\r\n", b"GET /v1/status HTTP/1.1\r\n\r\n", b"hello\r\n\r\n"):
            with self.subTest(text=text):
                one = self.connect()
                one.sendall(text)
                one.shutdown(socket.SHUT_WR)
                head, _, body = self.read_all(one).partition(b"\r\n\r\n")
                self.assertIn(b" 400 ", head.partition(b"\r\n")[0])
                self.assertEqual(json.loads(body)["type"], "urn:consentd:problem:request-malformed")
                one.close()
        self.assert_nothing_grew()


if __name__ == "__main__":
    unittest.main(verbosity=2)
