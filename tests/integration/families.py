#!/usr/bin/python3
"""Payments, quotes, account openings and events of unknown families, from the Hub to the subscriber, against the real daemon.

usage: families.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import json
import subprocess
import sys
import unittest
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)
from daemon_process import until  # noqa: E402


class Families(harness.DaemonCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start()

    def announce(self, consent):
        super().announce(consent, kind="payment")

    # Gives what became of it once it has left the inbox's pending part.
    def deliver(self, family, status, *more):
        done = self.send("--family", family, "--status", status, "--json", *more)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        interaction = json.loads(done.stdout.splitlines()[-1])["interaction_id"]
        return self.outcome(interaction)

    def resource(self, family, number, issuer="bank-a"):
        return self.api(f"/v1/resources/{family}/{number}?issuer={quote(self.issuers()[issuer], safe='')}")

    # Everything that subscribers were told so far, read by curl as any subscriber would.
    def told(self, count):
        curl = subprocess.Popen(["curl", "-sN", "--unix-socket", self.folder / "api.sock", "http://localhost/v1/events"],
                                stdout=subprocess.PIPE, text=True)
        self.addCleanup(curl.wait, harness.PATIENCE)
        self.addCleanup(curl.stdout.close)
        self.addCleanup(curl.kill)
        events = []
        while len(events) < count:
            line = curl.stdout.readline()
            if line.startswith("data: "):
                events.append(json.loads(line.removeprefix("data: ")))
        return events

    def test_each_family_has_its_state_and_is_told(self):
        self.announce("c-1")
        expected = [("payment", "payment-status", "p-1", "Pending", "AcceptedSettlementCompleted", "bank-a"),
                    ("insurance-quote", "insurance-quote", "q-1", "ApplicationPending", "PolicyIssued", "insurer"),
                    ("fx-quote", "fx-quote", "f-1", "Available", "Accepted", "bank-a"),
                    ("account-opening", "account-opening", "a-1", "Pending", "AwaitingUserInput", "bank-a")]
        for family, word, number, first, second, issuer in expected:
            for status in (first, second):
                became = self.deliver(word, status, "--consent-id", "c-1", "--resource-id", number)
                self.assertEqual((became["state"], became["disposition"]), ("decided", "applied"), word)
            status, found = self.resource(family, number, issuer)
            self.assertEqual(status, 200)
            self.assertEqual((found["family"], found["resourceId"], found["status"]), (family, number, second))
            self.assertEqual(found["consentId"], "c-1" if family == "payment" else None)
            self.assertIn(second, found["resource"].values())
        told = self.told(1 + 2 * len(expected))
        self.assertEqual([one["type"] for one in told[1::2]],
                         [f"ae.openfinance.{family}.status" for family, *_ in expected])
        self.assertEqual([(one["subject"], one["data"]["previousStatus"], one["data"]["status"]) for one in told[2::2]],
                         [(number, first, second) for _, _, number, first, second, _ in expected])
        self.assertIsNone(self.api("/v1/consents/c-1")[1]["status"])

    def test_a_rejected_payment_says_why_in_both_shapes_of_the_standard(self):
        self.announce("c-1")
        for number, version in (("p-1", "v2.1"), ("p-2", "v1.2")):
            self.deliver("payment-status", "Rejected", "--consent-id", "c-1", "--resource-id", number, "--version", version)
            self.assertEqual(self.resource("payment", number)[1]["rejectReasonCodes"], ["AANI.AC04"])

    def test_a_payment_waits_for_its_consent_and_obeys_its_issuer(self):
        held = self.deliver("payment-status", "Pending", "--consent-id", "c-1", "--resource-id", "p-1")
        self.assertEqual((held["state"], held["waitsFor"]), ("waiting-for-consent", "c-1"))
        self.assertEqual(self.resource("payment", "p-1")[0], 404)
        self.announce("c-1")
        until(lambda: self.resource("payment", "p-1")[0] == 200, "the held payment")
        forged = self.deliver("payment-status", "Rejected", "--consent-id", "c-1", "--resource-id", "p-1", "--issuer", "bank-b")
        self.assertEqual((forged["state"], forged["reason"]), ("quarantined", "issuer-mismatch"))
        self.assertEqual(self.resource("payment", "p-1")[1]["status"], "Pending")
        self.assertEqual(self.resource("payment", "p-1", "bank-b")[0], 404)

    def test_an_unknown_family_is_passed_on_once_and_is_no_state(self):
        sent = self.folder / "sent"
        became = self.deliver("loan", "Granted", "--resource-id", "l-1", "--save", sent)
        self.assertEqual((became["state"], became["disposition"], became["reason"]), ("decided", None, None))
        again = self.send("--family", "loan", "--resend", sent)  # the same token and body: answered, and not kept again
        self.assertEqual(again.returncode, 0, again.stderr)
        told = self.told(1)[0]
        self.assertEqual((told["type"], told["subject"]), ("ae.openfinance.unknown", "l-1"))
        self.assertEqual(told["data"]["idName"], "LoanId")
        self.assertEqual(told["data"]["resource"]["LoanStatus"], "Granted")
        self.assertEqual(self.api("/v1/status")[1]["journal"]["lastSequence"], 1)

    def test_states_stand_after_a_kill(self):
        self.deliver("fx-quote", "Accepted", "--resource-id", "f-1")
        self.daemon.kill()
        self.daemon.wait()
        self.log.write_text("")
        self.start()
        self.assertEqual(self.resource("fx-quote", "f-1")[1]["status"], "Accepted")
        shown = self.ctl("resources", "get", "fx-quote", "f-1", "--issuer", self.issuers()["bank-a"])
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("Accepted", shown.stdout)
        absent = self.ctl("resources", "get", "fx-quote", "f-2", "--issuer", self.issuers()["bank-a"])
        self.assertNotEqual(absent.returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
