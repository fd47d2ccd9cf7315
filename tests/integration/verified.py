#!/usr/bin/python3
"""Deliveries that are acknowledged once they have come to their outcome: what each fault is answered, what is held, what waits for
keys, and what a kill -9 between storing and answering leaves behind.

usage: verified.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import json
import signal
import sqlite3
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from answers import Answers  # noqa: E402  (takes the folders from the command line)
from daemon_process import PATIENCE, until  # noqa: E402
from rotation import Rotation  # noqa: E402


class Verified(Answers):
    def expect_fault(self, fault):
        doubled = fault["requests"] == 2
        requests = self.made("target", "--fault", fault["name"], "--status", "Authorized" if doubled else "Revoked")
        self.assertEqual(len(requests), fault["requests"])
        if doubled:
            self.assertEqual(self.post(requests[0]).status, 204)
        status, code = self.reasons[fault["reason"]]
        answer = self.post(requests[-1])
        self.assertEqual(str(answer.status), status)
        self.assertEqual(answer.id(), requests[-1]["interaction_id"])
        if status != "400":
            return self.assert_bare(answer)
        self.assertEqual(self.told(answer), code)
        said = json.dumps(self.signed(answer))
        for part in ("target", requests[-1]["interaction_id"], "bank-a", "localhost"):
            self.assertNotIn(part, said)
        # The same once more: the first answer may have been lost.
        again = self.post(requests[-1])
        self.assertEqual((str(again.status), self.told(again)), (status, code))

    def test_each_fault_gets_its_status_and_code_and_moves_nothing(self):
        self.answer_once_verified()
        self.sign_errors()
        self.start()
        self.announce("target")
        [good] = self.made("target", "--status", "Authorized")
        self.assertEqual(self.post(good).status, 204)
        faults = [json.loads(line) for line in self.hubsim("send", "--list-faults", "--json").stdout.splitlines()]
        self.assertGreater(len(faults), 50)
        for fault in faults:
            with self.subTest(fault=fault["name"]):
                self.expect_fault(fault)
                self.assertEqual(self.api("/v1/consents/target")[1]["status"], "Authorized")
        # The control: what they differ from in one respect is taken.
        [good] = self.made("target", "--status", "Revoked")
        self.assertEqual(self.post(good).status, 204)
        self.assertEqual(self.api("/v1/consents/target")[1]["status"], "Revoked")

    def test_answer_comes_after_the_outcome(self):
        self.answer_once_verified()
        self.start()
        self.announce("c")
        for status in ("Authorized", "Suspended", "Authorized", "Revoked"):
            [event] = self.made("c", "--status", status)
            answer = self.post(event)
            self.assertEqual((answer.status, answer.body), (204, ""))
            self.assertEqual(self.api("/v1/consents/c")[1]["status"], status)
            self.assertEqual(self.state_of(event), "decided")

    def test_status_that_is_given_is_used(self):
        self.answer_once_verified("acknowledge_status = 202")
        self.start()
        self.announce("c")
        [event] = self.made("c")
        self.assertEqual(self.post(event).status, 202)
        self.assertEqual(self.state_of(event), "decided")

    def test_event_for_a_consent_that_nobody_announced_is_taken_and_held(self):
        self.answer_once_verified()
        self.start()
        [event] = self.made("unknown", "--status", "Authorized")
        self.assertEqual(self.post(event).status, 204)
        self.assertEqual(self.state_of(event), "waiting-for-consent")
        self.assertEqual(self.post(event).status, 204)
        self.announce("unknown")
        until(lambda: self.state_of(event) == "decided", "the outcome")
        self.assertEqual(len(self.api("/v1/consents/unknown/history")[1]["history"]), 2)

    def test_redelivery_gets_the_first_answer_and_a_stolen_token_none(self):
        self.answer_once_verified()
        self.sign_errors()
        self.start()
        self.announce("c")
        [event] = self.made("c", "--status", "Authorized")
        [other] = self.made("c", "--status", "Revoked")
        self.assertEqual([self.post(event).status for _ in range(3)], [204, 204, 204])
        self.assertEqual(self.api("/v1/deliveries?interaction_id=" + event["interaction_id"])[1]["deliveries"][1:], [])
        stolen = self.post({**other, "bearer": event["bearer"]})
        self.assertEqual(stolen.status, 401)
        self.assert_bare(stolen)
        self.assertEqual(self.api("/v1/consents/c")[1]["status"], "Authorized")

    def test_refusal_that_nobody_signs_has_no_body(self):
        self.answer_once_verified()
        self.start()
        self.announce("c")
        [event] = self.made("c", "--fault", "wrong-signing-key")
        answer = self.post(event)
        self.assertEqual(answer.status, 400)
        self.assert_bare(answer)

    def test_sigterm_lets_a_delivery_come_to_its_outcome_and_answers_it(self):
        self.answer_once_verified()
        daemon = self.start()
        self.announce("c")
        [event] = self.made("c")
        raw = self.connect()
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers_of(event, Expect="100-continue").items())
        raw.sendall(f"POST /webhook HTTP/1.1\r\n{lines}Content-Length: {len(event['body'])}\r\n\r\n".encode())
        self.assertEqual(raw.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")  # so it is under way
        daemon.send_signal(signal.SIGTERM)
        until(lambda: "stopping" in self.log.read_text(), "stopping")
        raw.sendall(event["body"].encode())
        self.assertTrue(raw.recv(65536).startswith(b"HTTP/1.1 204 "))
        self.assertEqual(daemon.wait(PATIENCE), 0)

    def test_death_between_storing_and_answering_loses_nothing_and_the_next_try_is_answered(self):
        self.answer_once_verified()
        consent = 0
        # Now and then the answer is quicker than the signal: then there was nothing between.
        while True:
            consent += 1
            name = f"c-{consent}"
            daemon = self.start()
            self.announce(name)
            [event] = self.made(name, "--status", "Authorized")
            database = sqlite3.connect(f"file:{self.folder}/consentd.db?mode=ro", uri=True, isolation_level=None)
            before = self.deliveries(database)
            raw = self.connect()
            lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers_of(event).items())
            raw.sendall(f"POST /webhook HTTP/1.1\r\n{lines}Content-Length: {len(event['body'])}\r\n\r\n{event['body']}".encode())
            deadline = time.monotonic() + PATIENCE
            while self.deliveries(database) == before and time.monotonic() < deadline:
                pass
            daemon.kill()
            daemon.wait(PATIENCE)
            database.close()
            answered = self.what_came(raw)
            self.log.write_text("")
            self.start()
            again = self.post(event)
            self.assertEqual(again.status, 204)
            history = self.api(f"/v1/consents/{name}/history")[1]["history"]
            self.assertEqual([entry.get("disposition") for entry in history], [None, "applied"])
            self.stop_all()
            if not answered:
                break

    def deliveries(self, database):
        return database.execute("SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM deliveries)").fetchone()[0]

    def what_came(self, raw):
        try:
            return raw.recv(65536)
        except OSError:
            return b""

    def spawn(self, *arguments, **more):
        self.living = super().spawn(*arguments, **more)
        return self.living

    def stop_all(self):
        self.living.terminate()
        self.assertEqual(self.living.wait(PATIENCE), 0)


class LackingKeys(Rotation, Answers):
    def setUp(self):
        super().setUp()
        self.answer_once_verified()
        self.sign_errors()

    def test_issuer_s_keys_are_lacking_503_and_applied_once_they_are_there(self):
        self.publish("hub")
        self.start()
        until(lambda: self.key_sets("hub"), "the Hub's keys")
        self.announce("b", "bank-b")
        [event] = self.made("b", "--issuer", "bank-b", "--status", "Authorized")
        for _ in range(2):
            answer = self.post(event)
            self.assertEqual(answer.status, 503)
            self.assertGreater(int(answer.headers["Retry-After"]), 0)
            self.assertEqual(self.told(answer), "GenericRecoverableError")
            self.assertEqual(answer.id(), event["interaction_id"])
        self.assertEqual(Answers.state_of(self, event), "waiting-for-keys")
        self.publish("bank-b")
        until(lambda: Answers.state_of(self, event) == "decided", "the outcome")
        self.assertEqual(self.api("/v1/consents/b")[1]["status"], "Authorized")
        self.assertEqual(len(self.api("/v1/consents/b/history")[1]["history"]), 2)

    def test_hub_s_keys_are_lacking_503_and_the_stranger_reads_nothing(self):
        self.start()
        [event] = self.made("b")
        answer = self.post(event)
        self.assertEqual(answer.status, 503)
        self.assertGreater(int(answer.headers["Retry-After"]), 0)
        self.assert_bare(answer)

    def state_of(self, request):
        return Answers.state_of(self, request)


if __name__ == "__main__":
    unittest.main(verbosity=2)
