#!/usr/bin/python3
"""What operators decide, against the real daemon: whose a contested consent is, and what is judged again.

usage: quarantine.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)
from daemon_process import until  # noqa: E402


class Operators(harness.DaemonCase):
    def ctl(self, *arguments, status=0):
        done = super().ctl(*arguments)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    # Sends one event; gives its delivery's record once it has come to `state`.
    def deliver(self, issuer, consent, state, *more):
        done = self.send("--issuer", issuer, "--consent-id", consent, "--json", *more)
        sent = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual(sent["answer"], 202, done.stdout)
        return self.becomes(self.records(sent["interaction_id"])[-1]["deliveryId"], state)

    def records(self, interaction):
        return self.api(f"/v1/deliveries?interaction_id={interaction}")[1]["deliveries"]

    def record(self, delivery):
        return self.api(f"/v1/deliveries/{delivery}")[1]

    def becomes(self, delivery, state):
        return until(lambda: (found := self.record(delivery))["state"] == state and found, state)

    def usable(self, consent):
        return self.api(f"/v1/consents/{consent}/usable")[1]["reason"]

    def history(self, consent):
        return self.api(f"/v1/consents/{consent}/history")[1]["history"]

    # The process ends in order, or not, and another one starts with the settings as they are now.
    def restart(self, daemon, kill=False):
        daemon.kill() if kill else daemon.terminate()
        daemon.wait(harness.PATIENCE)
        self.log.rename(self.log.with_suffix(f".{daemon.pid}"))
        self.log.write_text("")
        return self.start()


class Contests(Operators):
    def setUp(self):
        super().setUp()
        self.edit('^unknown_consents = "hold"$', 'unknown_consents = "bind"')
        self.start()

    def test_squatter_is_found_out_and_the_right_bank_s_events_count_after_the_decision(self):
        self.deliver("bank-b", "c", "decided", "--status", "Revoked")
        refused = self.deliver("bank-a", "c", "quarantined")
        self.assertEqual(refused["reason"], "issuer-mismatch")
        consent = self.api("/v1/consents/c")[1]
        self.assertEqual((consent["issuer"], consent["contestedBy"]), (self.issuers()["bank-b"], self.issuers()["bank-a"]))
        self.assertEqual(consent["flags"], ["contested"])
        refusal = self.ctl("consents", "announce", "c", "--kind", "account-access", "--issuer", self.issuers()["bank-a"],
                           status=1)
        self.assertIn("contested", refusal)
        told = self.ctl("consents", "bind", "c", "--kind", "account-access", "--issuer", self.issuers()["bank-a"])
        self.assertIn("quarantine retry --reason issuer-mismatch --consent c", told)
        self.assertEqual(self.usable("c"), "unknown")
        self.ctl("quarantine", "retry", "--reason", "issuer-mismatch", "--issuer", self.issuers()["bank-a"], "--consent", "c")
        self.assertEqual(self.becomes(refused["deliveryId"], "decided")["disposition"], "applied")
        self.assertEqual(self.usable("c"), "usable")
        # The squatter's turn is over.
        self.assertEqual(self.deliver("bank-b", "c", "quarantined")["reason"], "issuer-mismatch")
        self.assertEqual(self.usable("c"), "usable")
        decision = [one for one in self.history("c") if one["type"] == "announced"]
        self.assertEqual(len(decision), 1)
        self.assertIsInstance(decision[0]["uid"], int)
        stream = self.ctl("events", "tail", "--json", "--subject", "c", "--count", "4")
        events = [json.loads(line) for line in stream.splitlines()]
        self.assertEqual([one["data"]["flags"] for one in events], [[], ["contested"], [], []])
        self.assertEqual([one["source"] for one in events], [self.issuers()[name] for name in
                                                             ("bank-b", "bank-b", "bank-a", "bank-a")])
        # Whoever follows the squatter alone hears that the consent is no longer its, and nothing after that.
        stream = self.ctl("events", "tail", "--json", "--issuer", self.issuers()["bank-b"], "--count", "3")
        self.assertEqual([json.loads(line)["source"] for line in stream.splitlines()],
                         [self.issuers()[name] for name in ("bank-b", "bank-b", "bank-a")])

    def test_decision_for_the_bank_that_came_first_makes_the_consent_usable_again(self):
        self.deliver("bank-a", "c", "decided")
        self.assertEqual(self.usable("c"), "usable")
        self.deliver("bank-b", "c", "quarantined", "--status", "Revoked")
        self.assertEqual(self.usable("c"), "contested")
        self.ctl("consents", "bind", "c", "--kind", "account-access", "--issuer", self.issuers()["insurer"], status=1)
        self.ctl("consents", "bind", "c", "--kind", "account-access", "--issuer", self.issuers()["bank-a"])
        self.assertEqual(self.usable("c"), "usable")


class Retries(Operators):
    # The settings as they should be; those that the daemon reads lack our client id.
    def with_another_audience(self):
        text = self.settings.read_text()
        self.edit(r'^audiences = \[.*\]$', 'audiences = ["somebody-else"]')
        return text

    def test_event_counts_once_its_audience_is_configured_and_it_is_retried(self):
        whole = self.with_another_audience()
        daemon = self.start()
        self.announce("c", "bank-b")
        refused = self.deliver("bank-b", "c", "quarantined")
        self.assertEqual((refused["reason"], refused["attempts"]), ("audience", 1))
        self.ctl("quarantine", "retry", str(refused["deliveryId"]))
        again = until(lambda: (found := self.record(refused["deliveryId"]))["state"] == "quarantined" and found, "refused")
        self.assertEqual((again["reason"], again["attempts"]), ("audience", 2))
        self.settings.write_text(whole)
        self.restart(daemon)
        self.assertIn("1 of 1 retried", self.ctl("quarantine", "retry", "--reason", "audience"))
        done = self.becomes(refused["deliveryId"], "decided")
        self.assertEqual((done["disposition"], done["attempts"], done["reason"]), ("applied", 3, None))
        for kept in ("deliveryId", "interactionId", "receivedAt"):
            self.assertEqual(done[kept], refused[kept])
        self.assertEqual(self.usable("c"), "usable")
        self.assertRegex(self.log.read_text(), rf"delivery retried.*delivery={refused['deliveryId']} .*uid=\d+")

    def test_final_reasons_refuse_and_drop_takes_them_out(self):
        self.start()
        self.announce("c", "bank-a")
        for fault, reason in (("expired", "expired"), ("wrong-signing-key", "signature"), ("jti-replay", "replay")):
            refused = self.deliver("bank-a", "c", "quarantined", "--fault", fault)
            self.assertEqual(refused["reason"], reason)
            number = str(refused["deliveryId"])
            self.assertIn(f"cannot change the reason {reason}", self.ctl("quarantine", "retry", number, status=1))
            self.assertEqual(self.record(number)["state"], "quarantined")
            self.ctl("quarantine", "drop", number)
            self.assertEqual(self.record(number)["state"], "dropped")
        self.assertEqual(self.api("/v1/quarantine")[1]["quarantine"], [])

    def test_kill_around_a_retry_leaves_every_delivery_once(self):
        whole = self.with_another_audience()
        daemon = self.start()
        numbers = []
        for at in range(6):
            self.announce(f"c-{at}", "bank-b")
            numbers.append(self.deliver("bank-b", f"c-{at}", "quarantined")["deliveryId"])
        self.settings.write_text(whole)
        daemon = self.restart(daemon)
        for number in numbers:
            self.ctl("quarantine", "retry", str(number))
            daemon = self.restart(daemon, kill=True)
        for at, number in enumerate(numbers):
            self.assertEqual(self.becomes(number, "decided")["disposition"], "applied")
            entries = [one for one in self.history(f"c-{at}") if one["type"] == "status"]
            self.assertEqual([(one["disposition"], one["deliveryId"]) for one in entries], [("applied", number)])
        status = self.api("/v1/status")[1]
        self.assertEqual((status["inbox"]["pending"], status["quarantined"]), (0, 0))


class Waiting(Operators):
    def test_redelivery_of_a_held_event_signed_anew_joins_it(self):
        daemon = self.start()
        event = ("--jti", "11111111-1111-4111-8111-111111111111", "--status-time", "2026-01-01T00:00:00Z")
        first = self.deliver("bank-a", "c", "waiting-for-consent", *event)
        daemon = self.restart(daemon, kill=True)
        again = self.deliver("bank-a", "c", "decided", *event)
        self.assertEqual((again["disposition"], again["repeatsDeliveryId"], again["place"]),
                         ("duplicate", first["deliveryId"], None))
        other = self.deliver("bank-a", "c", "waiting-for-consent", *event, "--status", "Revoked")
        self.assertEqual(self.api("/v1/status")[1]["inbox"]["waitingForConsent"], 2)
        self.restart(daemon, kill=True)
        self.announce("c", "bank-a")
        self.assertEqual(self.becomes(first["deliveryId"], "decided")["disposition"], "applied")
        self.assertEqual(self.becomes(other["deliveryId"], "quarantined")["reason"], "replay")
        self.assertEqual([one["disposition"] for one in self.history("c")], [None, "applied", "duplicate"])
        self.assertIsNotNone(self.record(again["deliveryId"])["place"])

    def test_end_that_cannot_be_read_puts_its_own_bank_s_consent_in_doubt(self):
        self.start()
        self.announce("c", "bank-a")
        self.deliver("bank-a", "c", "decided")
        self.deliver("bank-b", "c", "quarantined", "--fault", "id-mismatch", "--status", "Revoked")
        self.assertEqual(self.usable("c"), "usable")
        refused = self.deliver("bank-a", "c", "quarantined", "--fault", "id-mismatch", "--status", "Revoked")
        self.assertEqual(refused["reason"], "id-mismatch")
        self.assertEqual(self.usable("c"), "in-doubt")


class Doubts(Operators):
    def in_doubt(self, consent):
        self.announce(consent, "bank-a")
        self.deliver("bank-a", consent, "decided")
        self.deliver("bank-a", consent, "quarantined", "--fault", "expired", "--status", "Revoked")
        self.assertEqual(self.usable(consent), "in-doubt")

    def test_operator_settles_a_doubt(self):
        daemon = self.start()
        self.in_doubt("stands")
        self.in_doubt("ended")
        self.assertIn("stands is in doubt no more, status Authorized", self.ctl("consents", "settle", "stands", "--stands"))
        self.assertEqual(self.usable("stands"), "usable")
        self.assertIn("ended is in doubt no more, status Revoked", self.ctl("consents", "settle", "ended", "--ended", "Revoked"))
        self.assertEqual(self.usable("ended"), "not-authorized")
        self.restart(daemon, kill=True)
        self.assertEqual((self.usable("stands"), self.usable("ended")), ("usable", "not-authorized"))
        last = self.history("ended")[-1]
        self.assertEqual((last["type"], last["status"], last["previousStatus"], last["told"]),
                         ("doubt-settled", "Revoked", "Authorized", True))
        self.assertIsNotNone(last["uid"])
        # Nothing live follows, as after any end.
        self.assertEqual(self.deliver("bank-a", "ended", "decided")["disposition"], "refused")
        # The next end that cannot be applied is the next doubt.
        self.deliver("bank-a", "stands", "quarantined", "--fault", "expired", "--status", "Expired")
        self.assertEqual(self.usable("stands"), "in-doubt")

    def test_what_cannot_be_settled_stays_as_it_is(self):
        self.start()
        self.in_doubt("c")
        self.ctl("consents", "settle", "c", "--ended", "Authorized", status=1)
        self.ctl("consents", "settle", "c", "--ended", "Gone", status=1)
        self.ctl("consents", "settle", "c", status=64)
        self.ctl("consents", "settle", "c", "--stands", "--ended", "Revoked", status=64)
        self.ctl("consents", "settle", "nobody", "--stands", status=1)
        self.assertEqual(self.usable("c"), "in-doubt")
        self.ctl("consents", "settle", "c", "--stands")
        self.assertIn("not in doubt", self.ctl("consents", "settle", "c", "--stands", status=1))
        self.assertEqual(self.usable("c"), "usable")


if __name__ == "__main__":
    unittest.main(verbosity=2)
