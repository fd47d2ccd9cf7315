"""What an event says (contract sections 4, 5 and 8): its envelope, its family, its resource, and whose consent it is about."""
from message import FAMILIES
from table import each, member, set_aside, without

PAYMENT, INSURANCE, STATUS = "payment-consent", "insurance-consent", "payment-status"


def claims(message):
    return message.event.claims


def meta(message):
    return message.meta


def data(message):
    return message.data


def envelope(message):
    return message.event.claims["message"]


def no_event(name, check, edit, reason="not-an-event"):
    return set_aside("event-" + name, "4 Meta", check, reason, edit)


ENVELOPE = [
    no_event("meta-missing", "event-type-present", without(envelope, "Meta")),
    no_event("meta-null", "event-type-present", member(envelope, Meta=None)),
    no_event("meta-list", "event-type-present", member(envelope, Meta=lambda m: [m.meta])),
    no_event("type-missing", "event-type-present", without(meta, "EventType")),
    no_event("type-number", "event-type-present", member(meta, EventType=7)),
    no_event("type-null", "event-type-present", member(meta, EventType=None)),
    no_event("type-unknown", "event-type", member(meta, EventType="Resource.Renewed")),
    no_event("type-lower-case", "event-type", member(meta, EventType="resource.updated")),
    no_event("type-with-blank", "event-type", member(meta, EventType="Resource.Updated ")),
    no_event("type-empty", "event-type", member(meta, EventType="")),
    no_event("id-missing", "event-id-present", without(meta, "ConsentId")),
    no_event("id-null", "event-id-present", member(meta, ConsentId=None)),
    no_event("id-in-lower-case", "event-id-present", lambda m: m.meta.update(consentid=m.meta.pop("ConsentId"))),
    no_event("two-ids-with-quote", "event-one-id", member(meta, QuoteId="q-1"), "ambiguous"),
    no_event("two-ids-with-fx-quote", "event-one-id", member(meta, FxQuoteId="f-1"), "ambiguous"),
    no_event("two-ids-with-account", "event-one-id", member(meta, AccountId="a-1"), "ambiguous"),
    no_event("three-ids", "event-one-id", member(meta, AccountId="a-1", QuoteId="q-1"), "ambiguous"),
    no_event("two-ids-of-one-text", "event-one-id", member(meta, QuoteId=lambda m: m.number), "ambiguous"),
    set_aside("event-two-ids-without-consent", "5 two family ids", "event-one-id", "ambiguous",
              member(meta, FxQuoteId="f-1"), family="insurance-quote"),
    set_aside("event-two-unknown-ids", "5 two family ids", "event-one-unknown-id", "ambiguous",
              each(without(meta, "ConsentId"), member(meta, LoanId="l-1", LeaseId="l-2"))),
    no_event("time-missing", "event-time", without(meta, "EventDateTime"), "bad-time"),
    no_event("time-number", "event-time", member(meta, EventDateTime=1774618033), "bad-time"),
    no_event("time-null", "event-time", member(meta, EventDateTime=None), "bad-time"),
    no_event("time-without-offset", "time-form", member(meta, EventDateTime="2026-03-27T13:27:13"), "bad-time"),
    no_event("time-a-date", "time-form", member(meta, EventDateTime="2026-03-27"), "bad-time"),
    no_event("time-30-february", "time-calendar", member(meta, EventDateTime="2026-02-30T00:00:00Z"), "bad-time"),
]


def bad_id(name, check, value, family="account-access", where=meta, member_name="ConsentId"):
    return set_aside("event-id-" + name, "8.8", check, "bad-id", member(where, **{member_name: value}), family=family)


def then_text(more):
    return lambda message: message.number + more


IDS = [
    bad_id("empty", "id-empty", ""),
    bad_id("of-129", "id-length", "x" * 129),
    bad_id("of-100000", "id-length", "x" * 100000),
    bad_id("dot", "id-dots", "."),
    bad_id("two-dots", "id-dots", ".."),
    bad_id("with-slash", "id-characters", then_text("/x")),
    bad_id("a-path-upwards", "id-characters", "../../etc/passwd"),
    bad_id("with-blank", "id-characters", then_text(" ")),
    bad_id("with-percent", "id-characters", then_text("%2e")),
    bad_id("with-question-mark", "id-characters", then_text("?x")),
    bad_id("with-plus", "id-characters", then_text("+")),
    bad_id("with-quote", "id-characters", then_text("'--")),
    bad_id("with-double-quote", "id-characters", then_text('"')),
    bad_id("with-backslash", "id-characters", then_text("\\")),
    bad_id("with-line-end", "id-characters", then_text("\n2026-01-01T00:00:00Z info")),
    bad_id("with-nul", "id-characters", then_text("\0")),
    bad_id("with-letter-outside-ascii", "id-characters", then_text("\u00e9")),
    bad_id("with-fullwidth-letter", "id-characters", then_text("\uff41")),
    bad_id("with-zero-width-joiner", "id-characters", then_text("\u200d")),
    bad_id("number", "id-text", 7),
    bad_id("list", "id-text", lambda m: [m.number]),
    bad_id("object", "id-text", {}),
    bad_id("of-a-quote-with-slash", "id-characters", "q/1", "insurance-quote", member_name="QuoteId"),
    bad_id("of-an-fx-quote-too-long", "id-length", "x" * 129, "fx-quote", member_name="FxQuoteId"),
    bad_id("of-an-account-number", "id-text", 7, "account-opening", member_name="AccountId"),
    bad_id("of-a-payment-with-slash", "id-characters", "p/1", STATUS, data, "PaymentId"),
    bad_id("of-a-payment-empty", "id-empty", "", STATUS, data, "PaymentId"),
    bad_id("of-a-payment-number", "payment-id", 7, STATUS, data, "PaymentId"),
    bad_id("of-a-base-consent-with-slash", "id-characters", "b/1", where=data, member_name="BaseConsentId"),
    bad_id("of-a-base-consent-number", "base-id", 7, where=data, member_name="BaseConsentId"),
]

MISMATCH = "8.7"
IDENTITIES = [
    set_aside("event-data-of-another-consent", MISMATCH, "id-mismatch", "id-mismatch", member(data, ConsentId="another-consent")),
    set_aside("event-data-of-another-case", MISMATCH, "id-mismatch", "id-mismatch", member(data, ConsentId=lambda m: m.number.upper())),
    set_aside("event-data-consent-id-number", MISMATCH, "id-mismatch", "id-mismatch", member(data, ConsentId=7)),
    set_aside("event-data-of-another-payment-consent", MISMATCH, "id-mismatch", "id-mismatch",
              member(data, ConsentId="another-consent"), family=PAYMENT),
    set_aside("event-data-of-another-insurance-consent", MISMATCH, "id-mismatch", "id-mismatch",
              member(data, ConsentId="another-consent"), family=INSURANCE),
    set_aside("event-payment-of-another-consent", MISMATCH, "resource-id-mismatch", "id-mismatch",
              member(data, ConsentId="another-consent"), family=STATUS),
    set_aside("event-data-of-another-quote", MISMATCH, "resource-id-mismatch", "id-mismatch", member(data, QuoteId="another"),
              family="insurance-quote"),
    set_aside("event-data-of-another-fx-quote", MISMATCH, "resource-id-mismatch", "id-mismatch", member(data, FxQuoteId="another"),
              family="fx-quote"),
    set_aside("event-data-of-another-account", MISMATCH, "resource-id-mismatch", "id-mismatch", member(data, AccountId="another"),
              family="account-opening"),
]


def malformed(name, check, edit, rule="5 Data", **more):
    return set_aside("event-" + name, rule, check, "resource-malformed", edit, **more)


def unknown(name, edit, check="status-words", **more):
    return set_aside("event-" + name, "5 state", check, "unknown-status", edit, **more)


RESOURCES = [
    malformed("data-missing", "data-present", without(envelope, "Data"), rule="4 Data"),
    malformed("data-null", "data-present", member(envelope, Data=None), rule="4 Data"),
    malformed("data-list", "data-object", member(envelope, Data=lambda m: [m.data]), rule="4 Data"),
    malformed("data-text", "data-object", member(envelope, Data="Authorized"), rule="4 Data"),
    malformed("data-consent-id-missing", "consent-id-present", without(data, "ConsentId")),
    malformed("status-missing", "status-present", without(data, "Status")),
    malformed("status-number", "status-text", member(data, Status=1)),
    malformed("status-object", "status-text", member(data, Status={"Status": "Authorized"})),
    malformed("two-names-of-the-status-differ", "status-names-agree", member(data, ConsentStatus="Suspended"), rule="8.9"),
    unknown("status-unknown", member(data, Status="Active")),
    unknown("status-lower-case", member(data, Status="authorized")),
    unknown("status-with-blank", member(data, Status="Authorized ")),
    unknown("status-of-a-payment", member(data, Status="AcceptedSettlementCompleted"), family=PAYMENT),
    unknown("status-of-a-quote", member(data, Status="PolicyIssued"), family=INSURANCE),
    malformed("status-time-missing", "status-time-present", without(data, "StatusUpdateDateTime")),
    malformed("permissions-missing", "family-by-permissions", without(data, "Permissions")),
    malformed("permissions-text", "permission-shape", member(data, Permissions="ReadAccountsBasic")),
    malformed("permissions-object", "permission-shape", member(data, Permissions={"0": "ReadAccountsBasic"})),
    malformed("permissions-empty", "permission-shape-told", member(data, Permissions=[])),
    malformed("permissions-empty-in-list", "permission-shape-told", member(data, Permissions=[[]])),
    malformed("permissions-of-numbers", "permission-shape-and-bounds", member(data, Permissions=[1, 2])),
    malformed("permissions-of-both-shapes", "permission-shape-told",
              member(data, Permissions=["ReadBalances", {"InsuranceType": "Motor", "Permissions": []}])),
    malformed("permissions-two-lists-deep", "permission-shape-and-bounds", member(data, Permissions=[[["ReadBalances"]]]), rule="8.4"),
    malformed("permissions-too-many", "permissions-bounded", member(data, Permissions=[f"Read{i}" for i in range(3000)])),
    malformed("insurance-permissions-text", "permissions-bounded",
              member(data, Permissions=[{"InsuranceType": "Motor", "Permissions": "ReadInsurancePolicies"}]), family=INSURANCE),
    malformed("payment-status-missing", "resource-status-present", without(data, "Status"), family=STATUS),
    malformed("payment-status-number", "resource-status-text", member(data, Status=7), family=STATUS),
    malformed("quote-status-missing", "resource-status-present", without(data, "QuoteStatus"), family="insurance-quote"),
    malformed("quote-status-in-status", "resource-status-present", lambda m: m.data.update(Status=m.data.pop("QuoteStatus")),
              family="fx-quote"),
    malformed("opening-status-missing", "resource-status-present", without(data, "OpeningStatus"), family="account-opening"),
    malformed("quote-data-missing", "data-present", without(envelope, "Data"), rule="4 Data", family="insurance-quote"),
    unknown("payment-status-of-a-consent", member(data, Status="Authorized"), "resource-status-known", family=STATUS),
    unknown("payment-status-of-an-opening", member(data, Status="AwaitingUserInput"), "resource-status-words", family=STATUS),
    unknown("payment-status-lower-case", member(data, Status="pending"), "resource-status-known", family=STATUS),
    unknown("quote-status-of-an-fx-quote", member(data, QuoteStatus="Available"), "resource-status-words", family="insurance-quote"),
    unknown("fx-quote-status-of-a-quote", member(data, QuoteStatus="PolicyIssued"), "resource-status-words", family="fx-quote"),
    unknown("opening-status-of-a-quote", member(data, OpeningStatus="Expired"), "resource-status-words", family="account-opening"),
]


def bad_time(name, value, check="time-form", where="StatusUpdateDateTime", family="account-access"):
    return set_aside("event-status-time-" + name, "8.5", check, "bad-time", member(data, **{where: value}), family=family)


TIMES = [
    bad_time("without-offset", "2026-03-27T16:27:13"),
    bad_time("without-seconds", "2026-03-27T16:27Z"),
    bad_time("with-blank-for-t", "2026-03-27 16:27:13Z"),
    bad_time("with-comma-fraction", "2026-03-27T16:27:13,5Z"),
    bad_time("with-empty-fraction", "2026-03-27T16:27:13.Z"),
    bad_time("with-blank-behind", "2026-03-27T16:27:13Z "),
    bad_time("with-zone-name", "2026-03-27T16:27:13 GMT"),
    bad_time("with-two-offsets", "2026-03-27T16:27:13+03:00Z"),
    bad_time("with-short-offset", "2026-03-27T16:27:13+03"),
    bad_time("with-short-year", "26-03-27T16:27:13Z"),
    bad_time("with-wide-digits", "\uff12\uff10\uff12\uff16-03-27T16:27:13Z"),
    bad_time("words", "yesterday"),
    bad_time("empty", ""),
    bad_time("number", 1774618033),
    bad_time("number-as-text", "1774618033"),
    bad_time("list", ["2026-03-27T16:27:13Z"]),
    bad_time("month-13", "2026-13-01T00:00:00Z", "time-calendar"),
    bad_time("30-february", "2026-02-30T00:00:00Z", "time-calendar"),
    bad_time("29-february-of-a-common-year", "2026-02-29T00:00:00Z", "time-calendar"),
    bad_time("day-zero", "2026-03-00T00:00:00Z", "time-calendar"),
    bad_time("hour-24", "2026-03-27T24:00:00Z", "time-ranges"),
    bad_time("minute-60", "2026-03-27T16:60:00Z", "time-ranges"),
    bad_time("second-61", "2026-03-27T16:27:61Z", "time-ranges"),
    bad_time("offset-of-24-hours", "2026-03-27T16:27:13+24:00", "time-ranges"),
    bad_time("leap-second-at-noon", "2026-03-27T12:00:60Z", "time-leap-second"),
    bad_time("in-1969", "1969-12-31T23:59:59Z", "time-years"),
    bad_time("in-the-year-10000", "9999-12-31T23:59:59-01:00", "time-years"),
    bad_time("nested-under-another-name", {"DateTime": "2026-03-27T16:27:13Z"}, family=PAYMENT),
    bad_time("nested-twice", {"StatusUpdateDateTime": {"StatusUpdateDateTime": "2026-03-27T16:27:13Z"}}, family=PAYMENT),
    bad_time("of-a-payment", "soon", family=STATUS),
    bad_time("of-an-opening", "soon", where="OpeningStatusUpdateDateTime", family="account-opening"),
    set_aside("event-status-time-of-the-older-name", "8.9", "time-form", "bad-time",
              each(without(data, "StatusUpdateDateTime"), member(data, ConsentStatusUpdateDateTime="soon"))),
    set_aside("event-expiry-that-is-no-time", "8.5", "time-form", "bad-time", member(data, ExpirationDateTime="never")),
    set_aside("event-expiry-number", "8.5", "time-form", "bad-time", member(data, ExpirationDateTime=7)),
]


def from_bank_b(message):
    message.event_from("bank-b")


def foreign_issuer(name, family, check="issuer-binding"):
    return set_aside(f"event-of-another-issuer-for-{name}", "4 iss (binding)", check, "issuer-mismatch", from_bank_b, family=family)


def as_body_of(family):
    """The resource of another family, under the same consent id: what the event is about changes, and nothing else."""
    def edit(message):
        message.event.claims["message"]["Data"] = FAMILIES[family].make(message.number)
    return edit


def wrong_kind(family, body, check="kind-binding"):
    return set_aside(f"event-{body}-for-{family}", "5 kind", check, "kind-mismatch", as_body_of(body), family=family)


BINDINGS = [
    foreign_issuer("a-bank-consent", "account-access"),
    foreign_issuer("a-payment-consent", PAYMENT),
    foreign_issuer("an-insurance-consent", INSURANCE),
    foreign_issuer("a-payment", STATUS, "payment-issuer-binding"),
    set_aside("event-end-by-another-issuer", "4 iss (binding)", "issuer-binding", "issuer-mismatch",
              each(from_bank_b, member(data, Status="Revoked"))),
    set_aside("event-deletion-by-another-issuer", "4 iss (binding)", "issuer-binding", "issuer-mismatch",
              each(from_bank_b, member(meta, EventType="Resource.Deleted"))),
    wrong_kind("account-access", PAYMENT),
    wrong_kind("account-access", INSURANCE),
    wrong_kind(PAYMENT, "account-access"),
    wrong_kind(PAYMENT, INSURANCE),
    wrong_kind(INSURANCE, "account-access"),
    wrong_kind(INSURANCE, PAYMENT),
    wrong_kind("account-access", STATUS, "payment-kind-binding"),
    wrong_kind(INSURANCE, STATUS, "payment-kind-binding"),
]

ROWS = ENVELOPE + IDS + IDENTITIES + RESOURCES + TIMES + BINDINGS
