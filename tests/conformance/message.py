"""A control message: one that the daemon accepts. Each row of the tables changes it in one respect."""
import json
import time
import uuid
from datetime import datetime, timedelta, timezone

import foreign
from foreign import Envelope, Party, Recipient, Token


def instant(seconds_ago=0, form="%Y-%m-%dT%H:%M:%SZ"):
    return (datetime.now(timezone.utc) - timedelta(seconds=seconds_ago)).strftime(form)


class Parties:
    """Everybody of a folder that `consent-hubsim init` made."""

    def __init__(self, folder):
        hub = json.loads((folder / "hubsim.json").read_text())
        self.audience = hub["audience"]
        self.hub = self.read(folder, hub["hub"])
        self.issuers = {each["name"]: self.read(folder, each) for each in hub["issuers"]}
        self.stranger = Party((folder / "keys/stranger.key").read_bytes())
        self.recipient = Recipient((folder / "keys/encryption-1.crt").read_bytes())

    @staticmethod
    def read(folder, one):
        return Party((folder / f"keys/{one['name']}.key").read_bytes(), one["id"], one["kid"])


# The resources of the families of contract section 5, as v2.1 has them.

def consent_data(consent, **more):
    return {"ConsentId": consent, "Status": "Authorized", "CreationDateTime": instant(7200),
            "StatusUpdateDateTime": instant(60), "ExpirationDateTime": instant(-86400), **more}


def account_access(consent):
    return consent_data(consent, Permissions=["ReadAccountsBasic", "ReadBalances"])


def payment_consent(consent):
    return consent_data(consent, ControlParameters={"ConsentSchedule": {}}, PaymentPurposeCode="ACM")


def insurance_consent(consent):
    return consent_data(consent, Permissions=[{"InsuranceType": "Motor", "Permissions": ["ReadInsurancePolicies"]}])


def payment_status(consent):
    return {"PaymentId": "p-" + consent, "ConsentId": consent, "Status": "Pending", "CreationDateTime": instant(7200),
            "StatusUpdateDateTime": instant(60), "PaymentPurposeCode": "ACM"}


def insurance_quote(number):
    return {"QuoteId": number, "QuoteStatus": "ApplicationPending", "QuoteCreationDateTime": instant(7200)}


def fx_quote(number):
    return {"FxQuoteId": number, "QuoteStatus": "Available", "QuoteCreationDateTime": instant(7200)}


def account_opening(number):
    return {"AccountId": number, "OpeningStatus": "Pending", "OpeningStatusUpdateDateTime": instant(60)}


class Family:
    def __init__(self, make, issuer, id_name, announced=None, resource=None):
        self.make, self.issuer, self.id_name = make, issuer, id_name
        self.announced = announced  # the kind of consent that a TPP service announces for it
        self.resource = resource    # its name at the local API; None for consents


FAMILIES = {
    "account-access": Family(account_access, "bank-a", "ConsentId", announced="account-access"),
    "payment-consent": Family(payment_consent, "bank-a", "ConsentId", announced="payment"),
    "insurance-consent": Family(insurance_consent, "insurer", "ConsentId", announced="insurance"),
    "payment-status": Family(payment_status, "bank-a", "ConsentId", announced="payment", resource="payment"),
    "insurance-quote": Family(insurance_quote, "insurer", "QuoteId", resource="insurance-quote"),
    "fx-quote": Family(fx_quote, "bank-a", "FxQuoteId", resource="fx-quote"),
    "account-opening": Family(account_opening, "bank-a", "AccountId", resource="account-opening"),
}


class Message:
    """One delivery, in the order in which it is made: event, envelope, authorization token, request."""

    def __init__(self, parties, family, number):
        self.parties, self.family, self.number = parties, FAMILIES[family], number
        now = self.now = int(time.time())
        issuer = parties.issuers[self.family.issuer]
        data = self.family.make(number)
        meta = {"EventDateTime": instant(60), "EventResource": f"/consents/{number}", "EventType": "Resource.Updated",
                self.family.id_name: number}
        self.event = Token({"alg": "PS256", "kid": issuer.kid, "typ": "JWT"},
                           {"iss": issuer.issuer, "aud": [parties.audience], "iat": now, "nbf": now, "exp": now + 300,
                            "jti": str(uuid.uuid4()), "message": {"Data": data, "Meta": meta}}, issuer)
        self.envelope = Envelope({"alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT", "kid": parties.recipient.kid},
                                 parties.recipient.public)
        self.bearer = Token({"alg": "PS256", "kid": parties.hub.kid, "typ": "JWT"},
                            {"iss": parties.hub.issuer, "sub": "hub", "aud": parties.audience, "iat": now, "exp": now + 30,
                             "jti": str(uuid.uuid4())}, parties.hub)
        self.interaction = str(uuid.uuid4())
        self.line = "POST /webhook HTTP/1.1"
        self.fields = {"Host": "localhost", "Content-Type": "application/jwe", "x-fapi-interaction-id": self.interaction,
                       "Authorization": self.authorization, "Content-Length": lambda body: str(len(body))}
        self.more_fields = []  # beside those: pairs, or whole lines as bytes
        self.head = []         # changes of the header section's bytes
        self.body = []         # changes of the body's bytes

    @property
    def data(self):
        return self.event.claims["message"]["Data"]

    @property
    def meta(self):
        return self.event.claims["message"]["Meta"]

    def authorization(self, _=None):
        return "Bearer " + self.bearer.text()

    def event_from(self, name, kid=None):
        """The event comes from another issuer, whole: its name, its key, its key id."""
        party = self.parties.issuers[name]
        self.event.party = party
        self.event.claims["iss"] = party.issuer
        self.event.header["kid"] = kid or party.kid

    def sealed(self):
        return self.envelope.text(self.event.text().encode("utf-8", "surrogatepass"))

    def request(self):
        """The bytes of header section and body."""
        body = self.sealed().encode()
        for change in self.body:
            body = change(body)
        lines = [self.line.encode()]
        for name, value in self.fields.items():
            if value is not None:
                text = value(body) if callable(value) else value
                lines.append(name.encode() + b": " + (text if isinstance(text, bytes) else text.encode()))
        for field in self.more_fields:
            lines.append(field if isinstance(field, bytes) else f"{field[0]}: {field[1]}".encode())
        head = b"\r\n".join(lines) + b"\r\n\r\n"
        for change in self.head:
            head = change(head)
        return head, body

    def by_jwcrypto(self):
        """Header section and body as jwcrypto makes them; nothing of Envelope's and Token's own changes applies."""
        event = foreign.jwcrypto_token(self.event)
        body = foreign.jwcrypto_envelope(self.envelope.header, self.parties.recipient, event).encode()
        token = foreign.jwcrypto_token(self.bearer)
        fields = {**self.fields, "Authorization": "Bearer " + token, "Content-Length": str(len(body))}
        lines = [self.line] + [f"{name}: {value}" for name, value in fields.items() if value is not None]
        return "\r\n".join(lines + ["", ""]).encode(), body
