#!/usr/bin/python3
"""Events made by JOSE implementations that are not ours go through the real daemon: python3-jwcrypto and npm's jose.

usage: foreign_jose.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import base64
import hashlib
import http.client
import json
import re
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

from jwcrypto import jwe, jwk, jws

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from local_api import UnixConnection  # noqa: E402

SOURCE = Path(sys.argv.pop())
PROGRAMS = Path(sys.argv.pop())
NODE = ["node", str(SOURCE / "tests/integration/foreign_jose.mjs")]


def instant(seconds_ago):
    return (datetime.now(timezone.utc) - timedelta(seconds=seconds_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def jwcrypto_sign(claims, header, pem):
    token = jws.JWS(compact(claims))
    token.add_signature(jwk.JWK.from_pem(pem.encode()), None, compact(header), None)
    return token.serialize(compact=True)


def jwcrypto_make(order):
    inner = jwcrypto_sign(order["claims"], order["jwsHeader"], order["signingKey"])
    token = jwe.JWE(inner, compact(order["jweHeader"]))
    token.add_recipient(jwk.JWK.from_pem(order["encryptionCertificate"].encode()))
    bearer = jwcrypto_sign(order["bearerClaims"], order["bearerHeader"], order["bearerKey"])
    return {"body": token.serialize(compact=True), "bearer": bearer}


def node(mode, orders):
    done = subprocess.run([*NODE, mode], input=json.dumps(orders), capture_output=True, text=True, cwd=SOURCE, check=True)
    return json.loads(done.stdout)


def node_make(order):
    return node("make", [order])[0]


class ForeignJose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = Path(scratch.name)
        subprocess.run([PROGRAMS / "consent-hubsim", "init", cls.folder, "--listen", "127.0.0.1:0", "--operations",
                        "127.0.0.1:0", "--jwks", "file"], check=True, capture_output=True)
        cls.settings = json.loads((cls.folder / "hubsim.json").read_text())
        cls.log = open(cls.folder / "daemon.log", "w")
        cls.addClassCleanup(cls.log.close)
        cls.daemon = subprocess.Popen([PROGRAMS / "consentd", "--config", cls.folder / "consentd.toml"],
                                      stdout=cls.log, stderr=subprocess.STDOUT)
        cls.addClassCleanup(cls.daemon.wait, 60)
        cls.addClassCleanup(cls.daemon.terminate)
        deadline = time.monotonic() + 60
        while "ready" not in (said := (cls.folder / "daemon.log").read_text()):
            if cls.daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("consentd did not come up: " + said)
            time.sleep(0.01)
        cls.port = int(re.search(r"listening.*for=hub.*at=\S*?:(\d+)\s", said).group(1))

    def text(self, name):
        return (self.folder / name).read_text()

    def issuer(self, name):
        return next(each for each in self.settings["issuers"] if each["name"] == name)

    def kid(self, name):
        return json.loads(self.text(f"jwks/{name}.json"))["keys"][0]["kid"]

    def order(self, issuer, consent_id, status, data):
        now = int(time.time())
        certificate = self.text("keys/encryption-1.crt")
        der = base64.b64decode("".join(certificate.splitlines()[1:-1]))
        message = {
            "Data": {"ConsentId": consent_id, "Status": status, "CreationDateTime": instant(7200),
                     "StatusUpdateDateTime": instant(60), "ExpirationDateTime": instant(-86400), **data},
            "Meta": {"EventDateTime": instant(60), "EventResource": f"/consents/{consent_id}",
                     "EventType": "Resource.Updated", "ConsentId": consent_id},
        }
        return {
            "claims": {"iss": self.issuer(issuer)["id"], "aud": [self.settings["audience"]], "iat": now, "nbf": now,
                       "exp": now + 300, "jti": str(uuid.uuid4()), "message": message},
            "jwsHeader": {"alg": "PS256", "kid": self.kid(issuer), "typ": "JWT"},
            "signingKey": self.text(f"keys/{issuer}.key"),
            "jweHeader": {"alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT",
                          "kid": base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()},
            "encryptionCertificate": certificate,
            "bearerClaims": {"iss": self.settings["hub"]["id"], "sub": "hub", "aud": self.settings["audience"], "iat": now,
                             "exp": now + 30, "jti": str(uuid.uuid4())},
            "bearerHeader": {"alg": "PS256", "kid": self.kid("hub"), "typ": "JWT"},
            "bearerKey": self.text("keys/hub.key"),
        }

    def post(self, made):
        context = ssl.create_default_context(cafile=self.folder / "tls/ca.crt")
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=60)
        interaction_id = str(uuid.uuid4())
        connection.request("POST", "/webhook", made["body"], {
            "Content-Type": "application/jwe", "Authorization": "Bearer " + made["bearer"],
            "x-fapi-interaction-id": interaction_id})
        answer = connection.getresponse()
        self.assertEqual(answer.read(), b"")
        return answer.status, interaction_id

    def api(self, method, path, body=None):
        connection = UnixConnection(str(self.folder / "api.sock"))
        connection.request(method, path, compact(body) if body else None,
                           {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def outcome(self, interaction_id):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            deliveries = self.api("GET", f"/v1/deliveries?interaction_id={interaction_id}")[1]["deliveries"]
            if deliveries and deliveries[0]["state"] != "pending":
                return deliveries[0]
            time.sleep(0.01)
        self.fail("no outcome")

    FAMILIES = (
        ("account-access", "bank-a", {"Permissions": ["ReadAccountsBasic", "ReadBalances"]}),
        ("payment", "bank-b", {"ControlParameters": {"ConsentSchedule": {}}, "PaymentPurposeCode": "ACM"}),
        ("insurance", "insurer", {"Permissions": [{"InsuranceType": "Motor", "Permissions": ["ReadInsurancePolicies"]}]}),
    )

    def accepted(self, maker, name):
        for kind, issuer, data in self.FAMILIES:
            with self.subTest(kind=kind):
                consent_id = f"{name}-{kind}"
                self.assertEqual(self.api("PUT", f"/v1/consents/{consent_id}", {
                    "kind": kind, "issuer": self.issuer(issuer)["id"]})[0], 201)
                status, interaction_id = self.post(maker(self.order(issuer, consent_id, "Authorized", data)))
                self.assertEqual(status, 202)
                self.assertEqual(self.outcome(interaction_id)["disposition"], "applied")
                consent = self.api("GET", f"/v1/consents/{consent_id}")[1]
                self.assertEqual((consent["status"], consent["resource"]["ConsentId"]), ("Authorized", consent_id))

    def refused(self, maker, name):
        """The same maker with one thing changed: the accepted ones were accepted for the right reason."""
        data = self.FAMILIES[0][2]
        changes = {
            "jws-algorithm": lambda order: order["jwsHeader"].update(alg="PS512"),
            "jwe-algorithm": lambda order: order["jweHeader"].update(enc="A128GCM"),
            "unknown-signing-key": lambda order: order["jwsHeader"].update(kid="other"),
            "signature": lambda order: order.update(signingKey=self.text("keys/stranger.key")),
            "audience": lambda order: order["claims"].update(aud="somebody-else"),
        }
        for reason, change in changes.items():
            with self.subTest(reason=reason):
                order = self.order("bank-a", f"{name}-refused", "Authorized", data)
                change(order)
                status, interaction_id = self.post(maker(order))
                self.assertEqual(status, 202)
                self.assertEqual(self.outcome(interaction_id)["reason"], reason)
        order = self.order("bank-a", f"{name}-refused", "Authorized", data)
        order["bearerClaims"]["aud"] = "somebody-else"
        self.assertEqual(self.post(maker(order))[0], 401)

    def test_events_of_jwcrypto_are_accepted(self):
        self.accepted(jwcrypto_make, "jwcrypto")

    def test_bad_events_of_jwcrypto_are_refused(self):
        self.refused(jwcrypto_make, "jwcrypto")

    def test_events_of_npm_jose_are_accepted(self):
        self.accepted(node_make, "jose")

    def test_npm_jose_opens_what_the_simulator_makes(self):
        for kind, issuer, _ in self.FAMILIES:
            with self.subTest(kind=kind):
                printed = subprocess.run([PROGRAMS / "consent-hubsim", "send", self.folder, "--print", "--family", kind,
                                          "--issuer", issuer, "--consent-id", "printed"],
                                         check=True, capture_output=True, text=True).stdout
                made = json.loads(printed.splitlines()[-1])
                claims = node("open", [{"body": made["body"], "decryptionKey": self.text("keys/encryption-1.key"),
                                        "keySet": json.loads(self.text(f"jwks/{issuer}.json"))}])[0]
                self.assertEqual(claims, json.loads(made["claims"]))


if __name__ == "__main__":
    unittest.main()
