#!/usr/bin/python3
"""A backup by SQLite's own shell takes the database's place; the daemon dies often. Who follows the journal is told of the one, and of
nothing else.

usage: restore.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import json
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)
from daemon_process import UnixConnection  # noqa: E402


class Restored(harness.DaemonCase):
    def setUp(self):
        super().setUp()
        self.database = self.folder / "consentd.db"
        self.announced = 0
        self.daemon = self.start()

    def announce_some(self, count):
        for _ in range(count):
            self.announced += 1
            self.announce(f"c-{self.announced}")

    def journal(self):
        return self.api("/v1/status")[1]["journal"]

    # Behind the line that says where the stream begins.
    def first_of(self, path):
        connection = UnixConnection(str(self.folder / "api.sock"))
        self.addCleanup(connection.close)
        connection.request("GET", path, headers={"Accept": "application/x-ndjson"})
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        self.assertEqual(json.loads(answer.readline())["control"], "opening")
        return json.loads(answer.readline())

    def put(self, path, body):
        connection = UnixConnection(str(self.folder / "api.sock"))
        self.addCleanup(connection.close)
        connection.request("PUT", path, json.dumps(body), {"Content-Type": "application/json"})
        self.assertEqual(connection.getresponse().status, 201)

    def back_up(self):
        subprocess.run(["sqlite3", self.database, f".backup '{self.folder}/backup.db'"], check=True, capture_output=True)

    # As docs/schema.md has it, but for the file of marks.
    def put_back(self):
        self.daemon.terminate()
        self.assertEqual(self.daemon.wait(harness.PATIENCE), 0)
        for suffix in ("-wal", "-shm"):
            Path(f"{self.database}{suffix}").unlink(missing_ok=True)
        self.database.write_bytes((self.folder / "backup.db").read_bytes())

    def test_place_of_before_leads_to_a_reset_though_the_journal_has_grown_past_it(self):
        self.announce_some(3)
        self.put("/v1/consumers/billing", {})
        self.assertEqual(len(self.api("/v1/consumers/billing/events", accept="application/json")[1]["events"]), 3)
        connection = UnixConnection(str(self.folder / "api.sock"))
        self.addCleanup(connection.close)
        connection.request("POST", "/v1/consumers/billing/ack", json.dumps({"place": self.journal()["place"]}),
                           {"Content-Type": "application/json"})
        self.assertEqual(connection.getresponse().status, 200)
        self.back_up()
        self.announce_some(2)
        before = self.journal()
        etag = self.etag("c-3")
        self.put_back()
        self.daemon = self.start()
        self.announced = 10  # other consents than those that the backup does not know
        self.announce_some(3)
        after = self.journal()
        self.assertGreater(after["lastSequence"], before["lastSequence"])
        self.assertNotEqual(after["epoch"], before["epoch"])
        for path in (f"/v1/events?after={before['place']}", "/v1/consumers/billing/events"):
            first = self.first_of(path)
            self.assertEqual((first.get("control"), first["reset"]["reason"]), ("reset", "other-epoch"), path)
        self.assertNotEqual(self.etag("c-3"), etag)
        self.assertIn("database was restored", self.log.read_text())

    def etag(self, consent):
        connection = UnixConnection(str(self.folder / "api.sock"))
        self.addCleanup(connection.close)
        connection.request("GET", f"/v1/consents/{consent}")
        return connection.getresponse().headers["ETag"]

    def test_restore_that_nothing_tells_of_is_told_by_taking_the_marks_away(self):
        self.announce_some(1)
        before = self.journal()
        self.back_up()
        self.put_back()
        Path(f"{self.database}.hand").unlink()
        self.daemon = self.start()
        self.assertNotEqual(self.journal()["epoch"], before["epoch"])

    def test_fifty_kills_keep_the_epoch(self):
        before = self.journal()
        for turn in range(50):
            self.announce_some(1)
            self.daemon.kill()
            self.daemon.wait(harness.PATIENCE)
            self.daemon = self.start()
        self.assertEqual(self.journal()["epoch"], before["epoch"])
        self.assertEqual(self.journal()["lastSequence"], 50)
        self.assertNotIn("database was restored", self.log.read_text())


if __name__ == "__main__":
    unittest.main()
