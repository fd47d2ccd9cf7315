#!/usr/bin/python3
"""The example subscribers of docs/examples against the real daemon: each is killed, and the daemon too, and nothing is missed.

usage: examples.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)
from daemon_process import until  # noqa: E402


class Examples(harness.DaemonCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start()
        self.announced = 0

    def announce_some(self, count):
        for _ in range(count):
            self.announced += 1
            self.announce(f"c-{self.announced}")

    def subscriber(self, *command):
        with open(self.folder / "subscriber.out", "a") as out, open(self.folder / "subscriber.err", "a") as errors:
            process = subprocess.Popen([*command, self.folder / "api.sock", "example"], stdout=out, stderr=errors,
                                       start_new_session=True)
        self.addCleanup(self.kill_all, process)
        return process

    # A shell has children, who would go on without it.
    def kill_all(self, subscriber):
        if subscriber.poll() is None:
            os.killpg(subscriber.pid, signal.SIGKILL)
            subscriber.wait(harness.PATIENCE)

    def printed(self):
        return re.findall(r"^\S+-\d+ ae\.openfinance\.consent\.announced (\S+) ", (self.folder / "subscriber.out").read_text(), re.M)

    def connected(self):
        status, consumer = self.api("/v1/consumers/example")
        return status == 200 and consumer["connected"]

    # Each once, but for what was printed and not acknowledged when something was killed.
    def has_printed_all(self):
        return list(dict.fromkeys(self.printed())) == [f"c-{number + 1}" for number in range(self.announced)]

    def loses_nothing(self, *command):
        subscriber = self.subscriber(*command)
        until(self.connected, "a subscriber that follows")
        self.announce_some(3)
        until(self.has_printed_all, "the first entries")
        self.kill_all(subscriber)
        self.announce_some(3)
        subscriber = self.subscriber(*command)
        until(self.has_printed_all, "what came while it was dead")
        self.daemon.kill()
        self.daemon.wait(harness.PATIENCE)
        self.daemon = self.start()
        self.announce_some(3)
        try:
            until(self.has_printed_all, "what came after the daemon was dead")
        except AssertionError:
            self.fail((self.folder / "subscriber.err").read_text() + "\n".join(self.printed()))
        until(lambda: self.api("/v1/consumers/example")[1]["lagEntries"] == 0, "the last acknowledgement")
        self.assertLessEqual(len(self.printed()), self.announced + 2)
        # Operators see from their dashboards who is behind.
        connection = http.client.HTTPConnection("127.0.0.1", self.port("operations"), timeout=harness.PATIENCE)
        self.addCleanup(connection.close)
        lag = 'consentd_consumer_lag_entries{consumer="example"} '
        metrics = self.asked(connection)
        self.assertIn(lag + "0\n", metrics)
        self.kill_all(subscriber)
        self.announce_some(2)
        self.assertIn(lag + "2\n", self.asked(connection))

    def asked(self, connection):
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()

    def test_shell(self):
        self.loses_nothing("sh", harness.SOURCE / "docs/examples/subscriber.sh")

    def test_python(self):
        self.loses_nothing(sys.executable, harness.SOURCE / "docs/examples/subscriber.py")

    @unittest.skipUnless(shutil.which("node"), "no node")
    def test_node(self):
        self.loses_nothing("node", harness.SOURCE / "docs/examples/subscriber.mjs")


if __name__ == "__main__":
    unittest.main(verbosity=2)
