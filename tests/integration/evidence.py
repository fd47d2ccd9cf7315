#!/usr/bin/python3
"""Signed originals and their erasure, against the real daemon; verified by jwcrypto and cryptography, and by consentctl offline.

usage: evidence.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import base64
import contextlib
import hashlib
import json
import sqlite3
import subprocess
import sys
import unittest
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, utils
from jwcrypto import jwk, jws

sys.path.insert(0, str(Path(__file__).resolve().parent))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Evidence(harness.DaemonCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start()
        self.announce("c-1")

    def deliver(self, *more):
        done = self.send("--consent-id", "c-1", "--json", *more)
        interaction = json.loads(done.stdout.splitlines()[-1])["interaction_id"]
        return self.outcome(interaction)

    def evidence(self, delivery):
        return self.api(f"/v1/deliveries/{delivery}/evidence")

    # As an auditor would: from a file, with nothing of ours but the program.
    def inspect(self, evidence, *more):
        file = self.folder / "evidence.json"
        file.write_text(json.dumps(evidence))
        return subprocess.run([harness.PROGRAMS / "consentctl", "inspect", "--evidence", *more, file],
                              capture_output=True, text=True, timeout=harness.PATIENCE)

    def test_original_verifies_with_the_key_that_is_kept_beside_it(self):
        became = self.deliver("--status", "Authorized")
        saved = self.ctl("evidence", str(became["deliveryId"]))
        self.assertEqual(saved.returncode, 0, saved.stderr)
        kept = json.loads(saved.stdout)
        self.assertEqual((kept["disposition"], kept["erasedAt"], kept["signingInputDigest"]), ("applied", None, None))
        token = jws.JWS()
        token.deserialize(kept["jws"], jwk.JWK(**kept["jwk"]))
        message = json.loads(token.payload)["message"]
        self.assertEqual(message["Data"]["Status"], "Authorized")
        self.daemon.terminate()
        self.daemon.wait(harness.PATIENCE)
        published = f"{self.issuers()['bank-a']}={self.folder / 'jwks/bank-a.json'}"
        for more in ((), ("--jwks", published)):
            done = self.inspect(kept, *more)
            self.assertEqual(done.returncode, 0, done.stdout)
        done = self.inspect(kept, "--jwks", f"x={self.folder / 'jwks/bank-b.json'}")
        self.assertEqual(done.returncode, 1, done.stdout)
        # Of a set that cannot be read nothing follows, unless another one has the key.
        unread = ("--jwks", f"x={self.folder / 'none.json'}")
        self.assertEqual(self.inspect(kept, *unread).returncode, 2)
        self.assertEqual(self.inspect(kept, *unread, "--jwks", published).returncode, 0)
        forged = dict(kept, jws=kept["jws"].replace(".", ".e30.", 1).replace(".e30.", ".e30", 1))
        self.assertEqual(self.inspect(forged).returncode, 1)

    def test_refused_event_leaves_its_original_and_the_reason(self):
        became = self.deliver("--fault", "issuer-mismatch", "--status", "Revoked")
        self.assertEqual(became["state"], "quarantined")
        status, kept = self.evidence(became["deliveryId"])
        self.assertEqual((status, kept["reason"]), (200, became["reason"]))
        self.assertEqual(self.inspect(kept).returncode, 0)  # it was signed: it is another bank's word

    def test_event_that_does_not_open_leaves_none(self):
        became = self.deliver("--fault", "cut-tag")
        self.assertEqual(became["reason"], "decryption")
        self.assertEqual(self.evidence(became["deliveryId"])[0], 404)

    def test_erasure_leaves_what_the_signature_holds_with(self):
        became = self.deliver("--status", "Revoked", "--revoked-by", "LFI")
        whole = self.evidence(became["deliveryId"])[1]
        self.assertNotEqual(self.ctl("consents", "erase", "c-1").returncode, 0)  # without --yes
        done = self.ctl("consents", "erase", "c-1", "--yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        consent = self.api("/v1/consents/c-1")[1]
        self.assertEqual((consent["status"], consent["resource"]), ("Revoked", None))
        kept = self.evidence(became["deliveryId"])[1]
        header, payload, signature = kept["jws"].split(".")
        self.assertEqual((header, payload, signature), (whole["jws"].split(".")[0], "", whole["jws"].split(".")[2]))
        digest = decoded(kept["signingInputDigest"])
        self.assertEqual(digest, hashlib.sha256(whole["jws"].rpartition(".")[0].encode()).digest())
        public = jwk.JWK(**kept["jwk"]).get_op_key("verify")
        scheme = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
        public.verify(decoded(signature), digest, scheme, utils.Prehashed(hashes.SHA256()))
        with self.assertRaises(InvalidSignature):
            public.verify(decoded(signature), bytes(32), scheme, utils.Prehashed(hashes.SHA256()))
        self.assertEqual(self.inspect(kept).returncode, 0)
        other = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
        self.assertEqual(self.inspect(dict(kept, signingInputDigest=other)).returncode, 1)
        history = self.api("/v1/consents/c-1/history")[1]["history"]
        self.assertEqual([one["type"] for one in history], ["announced", "status", "erased"])
        secret = whole["jws"].split(".")[1][:200].encode()
        for file in self.folder.glob("consentd.db*"):
            self.assertNotIn(secret, file.read_bytes(), file.name)

    # Five years later, as the database sees it.
    def age(self):
        with contextlib.closing(sqlite3.connect(self.folder / "consentd.db")) as database, database:
            for table, column in (("consents", "updated"), ("journal", "recorded")):
                database.execute(f"UPDATE {table} SET {column} = {column} - 1827 * 86400 * 1000000")

    def test_removed_consent_is_not_raised_by_any_event(self):
        self.deliver("--status", "Authorized")
        self.deliver("--status", "Revoked")
        self.announce("c-live")
        self.daemon.terminate()
        self.daemon.wait(harness.PATIENCE)
        self.age()
        self.daemon = self.start()
        harness.until(lambda: self.api("/v1/consents/c-1")[0] == 404, "the removal")
        self.assertEqual(self.api("/v1/consents/c-live")[0], 200)
        became = self.deliver("--status", "Authorized")
        self.assertEqual((became["state"], became["disposition"]), ("decided", "refused"))
        self.assertEqual(self.api("/v1/consents/c-1")[0], 404)
        self.assertEqual(self.api("/v1/consents/c-1/usable")[1]["usable"], False)
        refused = self.ctl("consents", "announce", "c-1", "--kind", "account-access", "--issuer", self.issuers()["bank-a"])
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("has ended", refused.stderr)
        status = self.api("/v1/status")[1]["journal"]
        self.assertGreater(status["prunedUpTo"], 0)

    def test_erasure_reaches_what_was_refused_before_its_signature_held(self):
        refused = [self.deliver("--fault", fault) for fault in ("wrong-signing-key", "unknown-kid", "wrong-audience")]
        self.assertEqual([one["consentId"] for one in refused], ["c-1"] * 3)
        self.assertEqual(len(self.api("/v1/quarantine")[1]["quarantine"]), 3)
        payloads = [self.evidence(one["deliveryId"])[1]["jws"].split(".")[1] for one in refused]
        self.assertTrue(all(payloads))
        done = self.ctl("consents", "erase", "c-1", "--yes")
        self.assertIn("3 signed originals, 3 deliveries in quarantine", done.stdout)
        for one in refused:
            self.assertEqual(self.evidence(one["deliveryId"])[1]["jws"].split(".")[1], "")
        self.assertEqual(self.api("/v1/quarantine")[1]["quarantine"], [])
        for file in self.folder.glob("consentd.db*"):
            for payload in payloads:
                self.assertNotIn(payload[:200].encode(), file.read_bytes(), file.name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
