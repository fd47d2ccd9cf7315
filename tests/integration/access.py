#!/usr/bin/python3
"""Who may do what over the local API, as real users with real groups ask the real daemon. Needs root, to be other users.

usage: access.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)
from daemon_process import PATIENCE, until  # noqa: E402

# Numbers that no machine's users have.
CLIENTS = 54300
READER, WRITER, OPERATOR, STRANGER = 54301, 54302, 54303, 54304
OPERATORS = 54310
ANNOUNCED = '{"kind":"account-access","issuer":"%s"}'


@unittest.skipUnless(os.geteuid() == 0, "only root can be other users")
class Access(harness.DaemonCase):
    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)
        self.edit(r'^socket = "api.sock"$', f'socket = "api.sock"\ngroup = "{CLIENTS}"')

    def rules(self, *rules):
        text = re.sub(r"\n\[\[access\]\][^\[]*", "", self.settings.read_text())
        for whom, number, right in rules:
            text += f'\n[[access]]\n{whom} = "{number}"\nright = "{right}"\n'
        self.settings.write_text(text)

    def call(self, user, path, *more, groups=(CLIENTS,), at="api.sock"):
        done = subprocess.run(["curl", "--silent", "--max-time", str(PATIENCE), "--unix-socket", self.folder / at,
                               "--write-out", "\n%{http_code}", "http://localhost" + path, *more],
                              capture_output=True, text=True, user=user, group=user or 0, extra_groups=groups, timeout=PATIENCE)
        body, _, status = done.stdout.rpartition("\n")
        return int(status or 0), body

    def announce_as(self, user, consent, **more):
        body = ANNOUNCED % self.issuers()["bank-a"]
        return self.call(user, f"/v1/consents/{consent}", "-X", "PUT", "-H", "Content-Type: application/json", "--data", body, **more)[0]

    def erase_as(self, user, consent, **more):
        return self.call(user, f"/v1/consents/{consent}/data", "-X", "DELETE", **more)[0]

    def test_changes_tell_who_asked(self):
        self.rules(("group", CLIENTS, "read"), ("user", OPERATOR, "operate"))
        self.start()
        self.assertEqual(self.announce_as(OPERATOR, "c"), 201)
        sent = ("-H", "Content-Type: application/json", "--data")
        for user, path, *more in ((READER, "/v1/consumers/a", "-X", "PUT", *sent, "{}"),
                                  (READER, "/v1/consumers/a/seek", *sent, '{"place":"latest"}'),
                                  (OPERATOR, "/v1/consumers/a/pause", "-X", "POST"), (OPERATOR, "/v1/reload", "-X", "POST"),
                                  (OPERATOR, "/v1/consumers/a", "-X", "DELETE")):
            self.assertLess(self.call(user, path, *more)[0], 300, path)
        self.assertEqual(self.call(READER, "/v1/consumers/b/pause", "-X", "POST")[0], 404)
        told = re.findall(r'local call made a change uid=(\d+) pid=[1-9]\d* call="(\S+ \S+)" id=(\S*)', self.log.read_text())
        self.assertEqual(told, [(str(READER), "PUT /v1/consumers/{name}", "a"), (str(READER), "POST /v1/consumers/{name}/seek", "a"),
                                (str(OPERATOR), "POST /v1/consumers/{name}/pause", "a"), (str(OPERATOR), "POST /v1/reload", '""'),
                                (str(OPERATOR), "DELETE /v1/consumers/{name}", "a")])
        self.assertEqual(self.call(READER, "/v1/operations")[0], 403)
        status, body = self.call(OPERATOR, "/v1/operations")
        self.assertEqual(status, 200)
        self.assertEqual([(one["uid"], one["operation"], one["subject"]) for one in reversed(json.loads(body)["operations"])],
                         [(READER, "keep-consumer", "a"), (READER, "seek-consumer", "a"), (OPERATOR, "pause-consumer", "a"),
                          (OPERATOR, "reload", None), (OPERATOR, "remove-consumer", "a")])

    def test_each_has_the_right_that_the_settings_give(self):
        self.rules(("group", CLIENTS, "read"), ("user", WRITER, "register"), ("group", OPERATORS, "operate"))
        self.start()
        self.assertEqual(self.announce_as(WRITER, "c"), 201)
        for user, groups, reads, registers, operates in ((READER, (CLIENTS,), 200, 403, 403), (WRITER, (CLIENTS,), 200, 200, 403),
                                                         (OPERATOR, (CLIENTS, OPERATORS), 200, 200, 200)):
            with self.subTest(user=user):
                self.assertEqual(self.call(user, "/v1/consents/c", groups=groups)[0], reads)
                self.assertEqual(self.announce_as(user, "c", groups=groups), registers)
                self.assertEqual(self.erase_as(user, "c", groups=groups), operates)

    def test_root_may_nothing_unless_it_is_named(self):
        self.rules(("group", CLIENTS, "operate"), ("group", 0, "operate"))
        daemon = self.start()
        self.assertEqual(self.call(0, "/v1/status")[0], 403)
        self.rules(("group", CLIENTS, "operate"), ("user", 0, "read"))
        daemon.send_signal(signal.SIGHUP)
        until(lambda: self.call(0, "/v1/status")[0] == 200, "root's new right")
        self.assertEqual(self.erase_as(0, "c"), 403)

    def test_overflow_user_may_nothing_unless_it_is_named(self):
        overflow = int(Path("/proc/sys/kernel/overflowuid").read_text())
        self.rules(("group", CLIENTS, "operate"))
        self.start()
        self.assertEqual(self.call(overflow, "/v1/status")[0], 403)

    def test_without_rules_the_daemon_s_own_user_operates_and_others_register(self):
        self.start()
        self.assertEqual(self.announce_as(STRANGER, "c"), 201)
        self.assertEqual(self.erase_as(STRANGER, "c"), 403)
        self.assertEqual(self.erase_as(0, "c"), 200)  # the daemon of this test runs as root

    def test_consumer_is_its_maker_s_and_an_operator_s(self):
        self.rules(("group", CLIENTS, "read"), ("user", OPERATOR, "operate"))
        self.start()
        send = ("-H", "Content-Type: application/json", "--data")
        self.assertEqual(self.call(READER, "/v1/consumers/mine", "-X", "PUT", *send, "{}")[0], 201)
        for user, status in ((STRANGER, 403), (READER, 200), (OPERATOR, 200)):
            with self.subTest(user=user):
                self.assertEqual(self.call(user, "/v1/consumers/mine")[0], 200)  # anybody who may read may look
                self.assertEqual(self.call(user, "/v1/consumers/mine/events", "-H", "Accept: application/json")[0], status)
                self.assertEqual(self.call(user, "/v1/consumers/mine", "-X", "PUT", *send, "{}")[0], status)
                self.assertEqual(self.call(user, "/v1/consumers/mine/seek", *send, '{"place":"earliest"}')[0], status)
                self.assertEqual(self.call(user, "/v1/consumers/mine/pause", "-X", "POST")[0], status)
                self.assertEqual(self.call(user, "/v1/consumers/mine/resume", "-X", "POST")[0], status)
        self.assertEqual(json.loads(self.call(READER, "/v1/consumers/mine")[1])["uid"], READER)
        self.assertEqual(self.call(STRANGER, "/v1/consumers/mine", "-X", "DELETE")[0], 403)
        self.assertEqual(self.call(OPERATOR, "/v1/consumers/mine", "-X", "DELETE")[0], 200)

    # As `systemctl reload` asks.
    def test_daemon_s_own_user_operates_whatever_the_rules_name(self):
        own = 54320
        self.rules(("user", READER, "read"))
        # The build may stand where this user may not go, as in root's home.
        program = shutil.copy(harness.PROGRAMS / "consentd", self.folder)
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, own, CLIENTS)
        self.start(command=[program, *self.command()[1:]], user=own, group=CLIENTS, extra_groups=())
        self.assertEqual(self.call(own, "/v1/reload", "-X", "POST")[0], 200)
        self.assertEqual(self.call(READER, "/v1/reload", "-X", "POST")[0], 403)
        self.assertEqual(self.call(0, "/v1/status")[0], 403)

    def test_refusal_is_logged_with_pid_and_uid_once_a_minute(self):
        self.rules(("user", WRITER, "register"))
        self.start()
        for _ in range(5):
            status, body = self.call(STRANGER, "/v1/consents?kind=payment")
            self.assertEqual(status, 403)
        self.assertEqual(json.loads(body)["type"], "urn:consentd:problem:not-permitted")
        lines = re.findall(rf"local call not permitted uid={STRANGER} pid=(\d+) call=/v1/consents has=none times=1\n", self.log.read_text())
        self.assertEqual(len(lines), 1)
        self.assertEqual(self.log.read_text().count("local call not permitted"), 1)

    def test_socket_s_highest_right_bounds_everybody_s(self):
        self.rules(("user", OPERATOR, "operate"))
        with open(self.settings, "a") as settings:
            settings.write(f'\n[[api_socket]]\npath = "readers.sock"\ngroup = "{CLIENTS}"\n'
                           f'\n[[api_socket]]\npath = "writers.sock"\ngroup = "{CLIENTS}"\nat_most = "register"\n')
        self.start()
        for at, registers, operates in (("api.sock", 201, 200), ("writers.sock", 200, 403), ("readers.sock", 403, 403)):
            with self.subTest(socket=at):
                self.assertEqual(self.announce_as(OPERATOR, "c", at=at), registers)
                self.assertEqual(self.call(OPERATOR, "/v1/consents/c", at=at)[0], 200)
                self.assertEqual(self.erase_as(OPERATOR, "c", at=at), operates)

    def test_more_than_one_group_s_worth_of_groups_is_read(self):
        self.rules(("group", OPERATORS, "operate"))
        self.start()
        self.assertEqual(self.erase_as(STRANGER, "c", groups=(CLIENTS, *range(60000, 60300), OPERATORS)), 404)

    def test_one_user_s_connections_leave_room_for_the_others(self):
        self.edit(r"^\[api\]$", "[api]\nmax_connections = 8\nmax_connections_per_user = 4")
        self.rules(("group", CLIENTS, "read"), ("user", 0, "read"))
        self.start()
        held = []
        for _ in range(4):
            one = socket.socket(socket.AF_UNIX)
            self.addCleanup(one.close)
            one.connect(str(self.folder / "api.sock"))
            one.sendall(b"GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertIn(b"200", one.recv(64))
            held.append(one)
        with socket.socket(socket.AF_UNIX) as fifth:
            fifth.settimeout(PATIENCE)
            fifth.connect(str(self.folder / "api.sock"))
            self.assertEqual(fifth.recv(64), b"")
        self.assertEqual(self.call(READER, "/v1/status")[0], 200)
        self.assertIn("user has too many connections", self.log.read_text())
        held.pop().close()
        until(lambda: self.call(0, "/v1/status")[0] == 200, "room again")

    def test_one_user_s_streams_leave_room_for_the_others(self):
        self.edit(r"^\[api\]$", "[api]\nmax_streams_per_user = 1")
        self.rules(("group", CLIENTS, "read"))
        self.start()
        follow = subprocess.Popen(["curl", "--silent", "--no-buffer", "--unix-socket", self.folder / "api.sock", "http://localhost/v1/events"],
                                  stdout=subprocess.PIPE, user=READER, group=READER, extra_groups=(CLIENTS,))
        self.addCleanup(follow.stdout.close)
        self.addCleanup(follow.wait, PATIENCE)
        self.addCleanup(follow.terminate)
        self.assertIn(b"retry", follow.stdout.readline())
        status, body = self.call(READER, "/v1/events")
        self.assertEqual((status, json.loads(body)["type"]), (503, "urn:consentd:problem:too-many-streams"))
        self.assertIn("of one user", body)
        # Another user has a stream; it ends when curl has waited long enough.
        self.assertEqual(self.call(WRITER, "/v1/events", "--max-time", "1")[0], 200)


class WrongSettings(harness.DaemonCase):
    def test_rule_about_nobody_or_about_two_is_named(self):
        for rule, complaint in (('right = "read"', "user: is missing, and so is group"),
                                ('user = "0"\ngroup = "0"', "group: stands beside user"),
                                ('user = "no-such-user-here"', "no such user"), ('user = "0"\nright = "write"', "right: is")):
            with self.subTest(rule=rule):
                before = self.settings.read_text()
                self.settings.write_text(before + "\n[[access]]\n" + rule + "\n")
                done = self.run_to_end("--check-config")
                self.assertEqual(done.returncode, 78, done.stderr)
                self.assertIn(complaint, done.stderr)
                self.settings.write_text(before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
