"""Messages that must be accepted: every family of contract section 5, every quirk of section 8, the bodies of v1.2, v2.0 and v2.1."""
import uuid

from bearer_rows import claims as bearer_claims, header as bearer_header
from event_rows import PAYMENT, INSURANCE, STATUS, claims, data, envelope, meta
from http_rows import chunked, field, line, more, one_chunk
from jwe_rows import header as jwe_header
from jws_rows import header as jws_header
from table import GoodRow, each, member, without


def nothing(message):
    pass


def resource_of(test, state, name, value):
    test.same(state["resource"][name], value, "the resource keeps " + name)


def normalised(text, utc):
    """The time is understood, and its text is kept."""
    def after(test, state):
        test.same(state["statusUpdateDateTime"], utc, "the time in UTC")
        resource_of(test, state, "StatusUpdateDateTime", text)
    return GoodRow("time-" + text, "8.5", member(data, StatusUpdateDateTime=text), after=after)


def renamed(old, new):
    return lambda message: message.data.update({new: message.data.pop(old)})


def nested(name):
    return lambda message: message.data.update({name: {name: message.data[name]}})


def status(value, name="Status"):
    return member(data, **{name: value})


FAMILIES = [GoodRow("family-" + name, "5 " + name, nothing, name) for name in
            ("account-access", PAYMENT, INSURANCE, STATUS, "insurance-quote", "fx-quote", "account-opening")]

WORDS = [GoodRow(f"consent-{value}", "5 the seven", status(value)) for value in
         ("AwaitingAuthorization", "Suspended", "Rejected", "Expired", "Revoked")]
WORDS += [GoodRow("payment-consent-Consumed", "5 the seven", status("Consumed"), PAYMENT)]
WORDS += [GoodRow(f"payment-{value}", "5 payment status", status(value), STATUS) for value in
          ("AcceptedWithoutPosting", "AcceptedSettlementCompleted", "AcceptedCreditSettlementCompleted", "Rejected")]
WORDS += [GoodRow(f"quote-{value}", "5 insurance quote", status(value, "QuoteStatus"), "insurance-quote") for value in
          ("ApplicationApproved", "PaymentRequired", "PolicyIssued", "Completed", "Expired", "Rejected", "CustomerCancelled",
           "LFICancelled")]
WORDS += [GoodRow(f"fx-quote-{value}", "5 FX quote", status(value, "QuoteStatus"), "fx-quote") for value in
          ("Accepted", "Actioned", "AccountOpened", "Funded", "Completed", "Expired", "Rejected", "Cancelled")]
WORDS += [GoodRow(f"opening-{value}", "5 account opening", status(value, "OpeningStatus"), "account-opening") for value in
          ("AwaitingUserInput", "AwaitingLFIProcesses", "Rejected", "Completed")]

TYPES = [
    GoodRow("type-created", "4 EventType", member(meta, EventType="Resource.Created")),
    GoodRow("type-deleted", "4 EventType", member(meta, EventType="Resource.Deleted"), becomes="deleted"),
    GoodRow("type-deleted-without-data", "4 Data", each(member(meta, EventType="Resource.Deleted"), without(envelope, "Data")),
            "insurance-quote", becomes="deleted"),
    GoodRow("unknown-members-everywhere", "4 unknown members", each(
        member(data, FromTheFuture={"x": [1, None, True]}), member(meta, Trace="t"), member(envelope, Links={}),
        member(claims, extra=1)), after=lambda test, state: resource_of(test, state, "FromTheFuture", {"x": [1, None, True]})),
    GoodRow("encrypted-premium-untouched", "5 encrypted inside Data", member(data, Premium="eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d"), INSURANCE,
            after=lambda test, state: resource_of(test, state, "Premium", "eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d")),
    GoodRow("other-kinds-of-id-beside-a-known-one", "4 one resource id", member(meta, CorrelationId="c-1")),
]

QUIRKS = [
    GoodRow("event-aud-text", "8.1", member(claims, aud=lambda m: m.parties.audience)),
    GoodRow("event-aud-list-of-several", "8.1", member(claims, aud=lambda m: ["other", m.parties.audience])),
    GoodRow("bearer-aud-list", "8.1", member(bearer_claims, aud=lambda m: ["other", m.parties.audience])),
    GoodRow("event-without-nbf", "8.2", without(claims, "nbf")),
    GoodRow("event-without-jti", "8.2", without(claims, "jti")),
    GoodRow("event-without-nbf-iat-and-jti", "8.2", each(*(without(claims, name) for name in ("nbf", "iat", "jti")))),
    GoodRow("bearer-without-jti", "8.2", without(bearer_claims, "jti")),
    GoodRow("payment-times-nested", "8.3", each(nested("CreationDateTime"), nested("StatusUpdateDateTime")), PAYMENT,
            after=lambda test, state: test.true(state["statusUpdateDateTime"], "a status time")),
    GoodRow("payment-times-plain", "8.3", nothing, PAYMENT),
    GoodRow("permissions-in-a-list-of-lists", "8.4", member(data, Permissions=[["ReadAccountsBasic"], ["ReadBalances"]])),
    GoodRow("insurance-permissions-in-a-list-of-lists", "8.4",
            member(data, Permissions=[[{"InsuranceType": "Motor", "Permissions": ["ReadInsurancePolicies"]}]]), INSURANCE),
    normalised("2026-03-27T16:27:13+0300", "2026-03-27T13:27:13Z"),
    normalised("2026-03-27T16:27:13+03:00", "2026-03-27T13:27:13Z"),
    normalised("2026-03-27T16:27:13Z", "2026-03-27T16:27:13Z"),
    normalised("2026-03-27T16:27:13.25Z", "2026-03-27T16:27:13.25Z"),
    normalised("2026-03-27T16:27:13.123456789+0400", "2026-03-27T12:27:13.123456Z"),
    normalised("2026-03-27T00:27:13-00:30", "2026-03-27T00:57:13Z"),
    *(GoodRow("event-resource-" + form.strip("/").split("/")[0].replace(":", ""), "8.6",
              lambda m, form=form: m.meta.update(EventResource=form.format(m.number)))
      for form in ("/consents/{}", "/account-access-consents/{}", "/payment-consents/{}", "/insurance-consents/{}",
                   "https://rs.example/open-finance/account-access/v2.1/account-access-consents/{}")),
    GoodRow("event-resource-missing", "8.6", without(meta, "EventResource")),
    GoodRow("consent-id-of-128", "8.8", nothing),
    GoodRow("consent-id-with-every-character", "8.8", nothing),
    GoodRow("consent-id-that-is-no-uuid", "8.8", nothing),
    GoodRow("consent-id-of-three-dots", "8.8", nothing),
    GoodRow("older-names-of-status-and-time", "8.9", each(renamed("Status", "ConsentStatus"),
                                                         renamed("StatusUpdateDateTime", "ConsentStatusUpdateDateTime"))),
    GoodRow("older-names-of-a-payment-consent", "8.9", each(renamed("Status", "ConsentStatus"),
                                                            renamed("StatusUpdateDateTime", "ConsentStatusUpdateDateTime")), PAYMENT),
]
# Where the id itself is the quirk.
NUMBERS = {
    "consent-id-of-128": "x" * 128,
    "consent-id-with-every-character": "AZaz09._:~-",
    "consent-id-that-is-no-uuid": "urn:example:77",
    "consent-id-of-three-dots": "...",
}

VERSIONS = [
    GoodRow("v1.2-content-type", "1 Content-Type", field("Content-Type", "application/jwt")),
    GoodRow("v2.1-content-type-with-parameter", "1 Content-Type", field("Content-Type", "application/jwe; charset=utf-8")),
    GoodRow("v1.2-insurance-permissions", "5 insurance (v1.2)",
            member(data, Permissions=["ReadMotorInsurancePolicies", "ReadMotorInsuranceProduct"]), INSURANCE),
    GoodRow("v1.2-insurance-permissions-without-motor", "5 insurance (v1.2)", member(data, Permissions=["ReadInsurancePolicies"]),
            INSURANCE),
    GoodRow("v2.1-payment-consent-with-permissions", "5 payment consent", member(data, Permissions=["ReadAccountsBasic"]), PAYMENT),
    GoodRow("v2.1-payment-consent-known-by-purpose", "5 payment consent", without(data, "ControlParameters"), PAYMENT),
    GoodRow("v2.0-payment-consent-known-by-control-parameters", "5 payment consent", without(data, "PaymentPurposeCode"), PAYMENT),
    GoodRow("v1.2-reject-reason-an-object", "5 RejectReasonCode",
            member(data, Status="Rejected", RejectReasonCode={"Code": "AANI.AC04", "Message": "closed"}), STATUS,
            after=lambda test, state: test.same(state["rejectReasonCodes"], ["AANI.AC04"], "reject reasons")),
    GoodRow("v2.1-reject-reason-a-list", "5 RejectReasonCode",
            member(data, Status="Rejected", RejectReasonCode=[{"Code": "AANI.AC04", "Message": "closed"}]), STATUS,
            after=lambda test, state: test.same(state["rejectReasonCodes"], ["AANI.AC04"], "reject reasons")),
    GoodRow("quote-without-repeated-id", "5 insurance quote", without(data, "QuoteId"), "insurance-quote"),
    GoodRow("payment-without-status-time", "5 EventDateTime", without(data, "StatusUpdateDateTime"), STATUS),
    *(GoodRow("revoked-by-" + who, "5 RevokedBy", member(data, Status="Revoked", RevokedBy=who),
              after=lambda test, state, who=who: test.same(state["revokedBy"], who, "who revoked"))
      for who in ("LFI", "TPP", "LFI.InitiatedByUser", "TPP.InitiatedByUser")),
    # What takes use away is held up by nothing beside it.
    GoodRow("revoked-without-status-time", "6 a terminal status ends", each(status("Revoked"), without(data, "StatusUpdateDateTime"))),
    GoodRow("suspended-with-a-time-of-no-form", "6 a suspension counts", member(data, Status="Suspended", StatusUpdateDateTime="soon")),
    GoodRow("revoked-with-an-expiry-of-no-form", "6 a terminal status ends", member(data, Status="Revoked", ExpirationDateTime="never")),
]

TOKENS = [
    GoodRow("bearer-typ-jose", "2 typ", member(bearer_header, typ="JOSE")),
    GoodRow("bearer-typ-in-lower-case", "2 typ", member(bearer_header, typ="jwt")),
    GoodRow("bearer-cty-json", "2 cty", member(bearer_header, cty="json")),
    GoodRow("bearer-of-60-seconds", "2 exp (lifetime)", member(bearer_claims, exp=lambda m: m.now + 60)),
    GoodRow("bearer-of-10-seconds", "2 exp", member(bearer_claims, exp=lambda m: m.now + 10)),
    GoodRow("bearer-with-fractions", "2 exp (RFC 7519 2)", member(bearer_claims, iat=lambda m: m.now - 0.5, exp=lambda m: m.now + 30.25)),
    GoodRow("bearer-issued-a-little-ahead", "2 leeway", member(bearer_claims, iat=lambda m: m.now + 5)),
    GoodRow("bearer-with-nbf", "2 nbf", member(bearer_claims, nbf=lambda m: m.now)),
    GoodRow("bearer-with-more-claims", "2 claims", member(bearer_claims, scope="x", act={"sub": "y"})),
    GoodRow("bearer-jti-in-capitals", "2 jti", member(bearer_claims, jti=lambda m: str(uuid.uuid4()).upper())),
    GoodRow("bearer-names-key-material-that-is-not-asked-for", "3 key choice from kid alone",
            member(bearer_header, jku=lambda m: m.parties.lure + "/good")),
    GoodRow("event-names-key-material-that-is-not-asked-for", "3 key choice from kid alone",
            member(jws_header, x5u=lambda m: m.parties.lure + "/good-x5u", jku=lambda m: m.parties.lure + "/good-jku")),
    GoodRow("envelope-names-key-material-that-is-not-asked-for", "3 key choice from kid alone",
            member(jwe_header, jku=lambda m: m.parties.lure + "/good-jwe")),
    GoodRow("envelope-cty-in-lower-case", "3 cty", member(jwe_header, cty="jwt")),
    GoodRow("event-exp-in-29-days", "4 exp (30 days)", member(claims, exp=lambda m: m.now + 29 * 86400)),
    GoodRow("event-nbf-a-little-ahead", "4 nbf (leeway)", member(claims, nbf=lambda m: m.now + 5)),
    GoodRow("event-jti-that-is-no-uuid", "4 jti", member(claims, jti=lambda m: "delivery of " + m.number)),
    GoodRow("event-iat-ahead", "4 iat", member(claims, iat=lambda m: m.now + 900)),
    GoodRow("event-without-typ", "3 header", without(jws_header, "typ")),
]

REQUESTS = [
    GoodRow("interaction-id-missing", "7 x-fapi-interaction-id", field("x-fapi-interaction-id", None), by_hand=True),
    GoodRow("interaction-id-no-uuid", "7 x-fapi-interaction-id", field("x-fapi-interaction-id", "7"), by_hand=True),
    GoodRow("scheme-in-lower-case", "1 Authorization", lambda m: m.fields.update(Authorization=lambda _: "bearer " + m.bearer.text()),
            by_hand=True),
    GoodRow("target-with-query", "1 path", line("POST /webhook?version=2 HTTP/1.1")),
    GoodRow("target-absolute", "1 path", line("POST https://localhost/webhook HTTP/1.1")),
    GoodRow("accept-what-we-answer", "7 406", more(("Accept", "application/jwt")), by_hand=True),
    GoodRow("accept-everything-after-html", "7 406", more(("Accept", "text/html, */*;q=0.1")), by_hand=True),
    GoodRow("content-encoding-identity", "7 415", more(("Content-Encoding", "identity")), by_hand=True),
    GoodRow("body-in-one-chunk", "1 body", chunked(one_chunk), by_hand=True),
    GoodRow("body-in-small-chunks", "1 body", chunked(
        lambda b: b"".join(one_chunk(b[i:i + 7])[:-5] for i in range(0, len(b), 7)) + b"0\r\n\r\n"), by_hand=True),
    GoodRow("fields-in-capitals", "1 HTTP/1.1", lambda m: m.fields.update({"CONTENT-TYPE": m.fields.pop("Content-Type")})),
]

ROWS = FAMILIES + WORDS + TYPES + QUIRKS + VERSIONS + TOKENS + REQUESTS
