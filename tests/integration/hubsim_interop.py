#!/usr/bin/python3
"""What consent-hubsim makes, read by a JOSE implementation that is not ours (Debian's python3-jwcrypto).

usage: hubsim_interop.py PATH_OF_CONSENT_HUBSIM
"""
import base64
import hashlib
import json
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from jwcrypto import jwe, jwk, jws

HUBSIM = sys.argv.pop(1)
FAMILIES = ("account-access", "payment", "insurance")
VERSIONS = ("v2.1", "v2.0", "v1.2")


def hubsim(*arguments):
    return subprocess.run([HUBSIM, *arguments], check=True, capture_output=True, text=True).stdout


def header_of(token):
    part = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def verified(token, key_set, allowed=("PS256",)):
    """The claims, when the signature holds under the key that the header names."""
    key = key_set.get_key(header_of(token)["kid"])
    made = jws.JWS()
    made.allowed_algs = list(allowed)
    made.deserialize(token, key)
    return json.loads(made.payload)


class Interop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.folder = Path(cls.scratch.name) / "set-up"
        hubsim("init", str(cls.folder), "--encryption-keys", "2")
        cls.settings = json.loads((cls.folder / "hubsim.json").read_text())
        cls.key_sets = {
            path.stem: jwk.JWKSet.from_json(path.read_text()) for path in (cls.folder / "jwks").glob("*.json")
        }
        cls.private = jwk.JWK.from_pem((cls.folder / "keys/encryption-1.key").read_bytes())
        cls.certificate = (cls.folder / "keys/encryption-1.crt").read_text()

    def printed(self, *arguments):
        return json.loads(hubsim("send", str(self.folder), "--print", *arguments).splitlines()[-1])

    def opened(self, body):
        token = jwe.JWE()
        token.allowed_algs = ["RSA-OAEP-256", "A256GCM"]
        token.deserialize(body, self.private)
        return token.payload.decode()

    def test_every_family_and_version_decrypts_and_verifies(self):
        for family in FAMILIES:
            for version in VERSIONS:
                with self.subTest(family=family, version=version):
                    made = self.printed("--family", family, "--version", version, "--consent-id", "c-1")
                    issuer = "insurer" if family == "insurance" else "bank-a"
                    inner = self.opened(made["body"])
                    self.assertEqual(inner, made["jws"])
                    claims = verified(inner, self.key_sets[issuer])
                    self.assertEqual(claims, json.loads(made["claims"]))
                    self.assertEqual(claims["iss"], self.settings["base_url"] + "/" + issuer)
                    self.assertEqual(claims["message"]["Meta"]["ConsentId"], "c-1")
                    self.assertLess(abs(claims["iat"] - time.time()), 60)

    def test_bearer_verifies_against_the_key_set_of_the_hub(self):
        bearer = self.printed()["bearer"]
        self.assertEqual(header_of(bearer)["typ"], "JWT")
        claims = verified(bearer, self.key_sets["hub"])
        self.assertEqual(claims["iss"], self.settings["hub"]["id"])
        self.assertEqual(claims["aud"], self.settings["audience"])
        self.assertEqual(claims["exp"] - claims["iat"], 30)

    def test_header_names_the_certificate_by_its_fingerprint(self):
        header = header_of(self.printed()["body"])
        der = base64.b64decode("".join(self.certificate.splitlines()[1:-1]))
        fingerprint = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()
        self.assertEqual(header, {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": fingerprint, "cty": "JWT"})

    def test_kids_of_the_issuers_are_their_thumbprints(self):
        for name, key_set in self.key_sets.items():
            for key in key_set["keys"]:
                self.assertEqual(key.thumbprint(), key["kid"], name)

    def test_sha1_variant_is_a_proper_rsa_oaep(self):
        made = self.printed("--fault", "rsa-oaep-sha1")
        token = jwe.JWE()
        token.allowed_algs = ["RSA-OAEP", "A256GCM"]
        token.deserialize(made["body"], self.private)
        self.assertEqual(token.payload.decode(), made["jws"])

    def test_rs256_variant_is_a_proper_signature(self):
        inner = self.opened(self.printed("--fault", "rs256")["body"])
        verified(inner, self.key_sets["bank-a"], allowed=("RS256",))

    def test_what_must_not_open_does_not_open_here_either(self):
        for fault in ("wrong-encryption-key", "mixed-hashes", "pkcs1-padding", "tampered-key", "tampered-ciphertext",
                      "tampered-tag", "short-content-key"):
            with self.subTest(fault=fault):
                body = self.printed("--fault", fault)["body"]
                with self.assertRaises(jwe.InvalidJWEData):
                    self.opened(body)

    def test_what_must_not_verify_does_not_verify_here_either(self):
        for fault in ("wrong-signing-key", "embedded-key"):
            with self.subTest(fault=fault):
                inner = self.opened(self.printed("--fault", fault)["body"])
                with self.assertRaises(jws.InvalidJWSSignature):
                    verified(inner, self.key_sets["bank-a"])
        bearer = self.printed("--fault", "bearer-wrong-key")["bearer"]
        with self.assertRaises(jws.InvalidJWSSignature):
            verified(bearer, self.key_sets["hub"])


if __name__ == "__main__":
    unittest.main()
