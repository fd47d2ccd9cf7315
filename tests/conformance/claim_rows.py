"""The event's claims (contract section 4)."""
import json

from foreign import compact
from table import each, in_text, member, put, set_aside, uuid_of, without


def token(message):
    return message.event


def claims(message):
    return message.event.claims


def malformed(name, rule, check, **values):
    return set_aside("claim-" + name, rule, check, "claims-malformed", member(claims, **values))


def ahead(seconds):
    return lambda message: message.now + seconds


DAY = 86400
ISSUER = [
    set_aside("claim-iss-missing", "4 iss", "event-iss", "claims-malformed", without(claims, "iss")),
    malformed("iss-number", "4 iss", "event-iss", iss=7),
    malformed("iss-null", "4 iss", "event-iss", iss=None),
    malformed("iss-list", "4 iss", "event-iss", iss=lambda m: [m.event.party.issuer]),
    malformed("iss-empty", "4 iss", "event-iss-length", iss=""),
    malformed("iss-too-long", "4 iss", "event-iss-length", iss="https://" + "x" * 600),
    set_aside("claim-iss-unknown", "3 iss configured", "unknown-issuer", "unknown-issuer",
              member(claims, iss="https://bank.example.com")),
    set_aside("claim-iss-with-slash-behind", "3 iss configured", "unknown-issuer", "unknown-issuer",
              member(claims, iss=lambda m: m.event.party.issuer + "/")),
    set_aside("claim-iss-in-capitals", "3 iss configured", "unknown-issuer", "unknown-issuer",
              member(claims, iss=lambda m: m.event.party.issuer.upper())),
    set_aside("claim-iss-with-nul-behind", "3 iss configured", "unknown-issuer", "unknown-issuer",
              member(claims, iss=lambda m: m.event.party.issuer + "\0")),
    set_aside("claim-iss-of-the-hub", "3 iss configured", "unknown-issuer", "unknown-issuer",
              lambda m: (put(token, party=m.parties.hub)(m), member(claims, iss=m.parties.hub.issuer)(m),
                         m.event.header.update(kid=m.parties.hub.kid))),
    # The URL of a listener of ours that nobody may call: keys are looked for only at issuers that the settings name.
    set_aside("claim-iss-that-would-be-asked-for-keys", "3 iss configured", "unknown-issuer", "unknown-issuer",
              member(claims, iss=lambda m: m.parties.lure)),
]


def audience(name, aud):
    return set_aside("claim-aud-" + name, "4 aud", "event-aud", "audience", member(claims, aud=aud))


AUDIENCE = [
    set_aside("claim-aud-missing", "4 aud", "event-aud", "audience", without(claims, "aud")),
    audience("of-another", "tpp-client-2"),
    audience("list-without-us", ["tpp-client-2", "tpp-client-3"]),
    audience("our-name-with-more", lambda m: m.parties.audience + "0"),
    audience("our-name-cut", lambda m: m.parties.audience[:-1]),
    audience("in-capitals", lambda m: m.parties.audience.upper()),
    audience("our-name-among-blanks", lambda m: "other " + m.parties.audience),
    malformed("aud-empty-list", "4 aud", "claim-types", aud=[]),
    malformed("aud-list-with-a-number", "4 aud", "claim-types", aud=lambda m: [m.parties.audience, 7]),
    malformed("aud-object", "4 aud", "claim-types", aud=lambda m: {"0": m.parties.audience}),
    malformed("aud-null", "4 aud", "claim-types", aud=None),
    malformed("aud-number", "4 aud", "claim-types", aud=1),
    malformed("aud-too-many", "4 aud", "claim-types", aud=lambda m: [m.parties.audience] + [f"other-{i}" for i in range(16)]),
]

TIMES = [
    set_aside("claim-exp-missing", "4 exp", "event-exp-present", "claims-malformed", without(claims, "exp")),
    malformed("exp-text", "4 exp", "claim-types-and-presence", exp=lambda m: str(m.now + 300)),
    malformed("exp-date-time", "4 exp", "claim-types-and-presence", exp="2030-01-01T00:00:00Z"),
    malformed("exp-null", "4 exp", "claim-types-and-presence", exp=None),
    malformed("exp-true", "4 exp", "claim-types-and-presence", exp=True),
    malformed("exp-negative", "4 exp", "claim-types-and-presence", exp=-1),
    malformed("exp-in-milliseconds", "4 exp", "claim-types-and-presence", exp=lambda m: (m.now + 300) * 1000),
    set_aside("claim-exp-beyond-every-double", "4 exp", "json-grammar", "claims-malformed",
              in_text(token, lambda m: b'"exp":%d' % (m.now + 300), b'"exp":1e400')),
    set_aside("claim-exp-beyond-64-bits", "4 exp", "claim-types-and-presence", "claims-malformed",
              in_text(token, lambda m: b'"exp":%d' % (m.now + 300), b'"exp":18446744073709551916')),
    set_aside("claim-exp-a-minute-ago", "4 exp", "event-exp", "expired", member(claims, exp=ahead(-60))),
    # No leeway here: the moment of receipt itself is too late.
    set_aside("claim-exp-just-passed", "4 exp", "event-exp", "expired", member(claims, exp=lambda m: m.now)),
    set_aside("claim-exp-in-1970", "4 exp", "event-exp", "expired", member(claims, exp=0)),
    set_aside("claim-exp-too-far", "4 exp (30 days)", "event-exp-far", "expiry-too-far", member(claims, exp=ahead(31 * DAY))),
    set_aside("claim-exp-in-the-year-9999", "4 exp (30 days)", "event-exp-far", "expiry-too-far",
              member(claims, exp=253402300799)),
    set_aside("claim-nbf-ahead", "4 nbf", "event-nbf", "not-yet-valid", member(claims, nbf=ahead(250))),
    malformed("nbf-text", "4 nbf", "claim-types", nbf="0"),
    malformed("nbf-null", "4 nbf", "claim-types", nbf=None),
    malformed("iat-text", "4 iat", "claim-types", iat="now"),
    malformed("iat-negative", "4 iat", "claim-types", iat=-1),
    malformed("jti-number", "4 jti", "claim-types", jti=7),
    malformed("jti-empty", "4 jti", "claim-types", jti=""),
    malformed("jti-null", "4 jti", "claim-types", jti=None),
    malformed("jti-too-long", "4 jti", "claim-types", jti="x" * 600),
    malformed("sub-number", "4 claims", "claim-types", sub=7),
]

MESSAGE = [
    set_aside("claim-message-missing", "4 message", "event-message", "claims-malformed", without(claims, "message")),
    malformed("message-null", "4 message", "event-message", message=None),
    malformed("message-list", "4 message", "event-message", message=lambda m: [m.event.claims["message"]]),
    malformed("message-as-text", "4 message", "event-message", message=lambda m: json.dumps(m.event.claims["message"])),
    set_aside("claim-message-at-the-top", "4 message", "event-message", "claims-malformed",
              lambda m: m.event.claims.update(m.event.claims.pop("message"))),
    # Another JWT of the same issuer: an id token and an access token have no message at all (RFC 8725 section 3.12).
    set_aside("claim-set-of-an-id-token", "4 not an event", "event-message", "claims-malformed",
              lambda m: (m.event.claims.pop("message"), m.event.claims.update(sub="user", nonce="n", auth_time=m.now))),
]


def payload(name, check, text):
    return set_aside("payload-" + name, "4 claims (RFC 7519 7.2)", check, "claims-malformed", put(token, payload=text))


def bent(name, check, old, new):
    return set_aside("payload-" + name, "4 claims (RFC 7519 7.2)", check, "claims-malformed", in_text(token, old, new))


TYPE = b'"EventType":"Resource.Updated"'
STATUS = b'"Status":"Authorized"'
SHAPES = [
    payload("list", "claims-object", b"[]"),
    payload("text", "claims-object", b'"iss"'),
    payload("no-json", "json-grammar", b"<event/>"),
    payload("blank", "json-grammar", b" "),
    bent("iss-twice", "json-duplicates", b'"nbf":', b'"iss":"https://bank.example.com","nbf":'),
    bent("status-twice", "json-duplicates", STATUS, STATUS + b',"Status":"Revoked"'),
    bent("consent-id-twice", "json-duplicates", TYPE, TYPE + b',"EventType":"Resource.Deleted"'),
    bent("name-twice-by-escape", "json-duplicates", STATUS, STATUS + b',"\\u0053tatus":"Revoked"'),
    bent("byte-order-mark", "json-bom", b'{"iss"', b'\xef\xbb\xbf{"iss"'),
    bent("not-utf8", "json-utf8", STATUS, STATUS + b',"x":"\xc3\x28"'),
    bent("overlong-utf8", "json-utf8", STATUS, STATUS + b',"x":"\xe0\x80\xaf"'),
    bent("surrogate-in-utf8", "json-utf8", STATUS, STATUS + b',"x":"\xed\xa0\x80"'),
    bent("lone-surrogate", "json-surrogates", STATUS, STATUS + b',"x":"\\udfff"'),
    bent("not-a-number", "json-grammar", STATUS, STATUS + b',"x":NaN'),
    bent("infinity", "json-grammar", STATUS, STATUS + b',"x":-Infinity'),
    bent("plus-sign", "json-grammar", STATUS, STATUS + b',"x":+1'),
    bent("comment", "json-grammar", STATUS, STATUS + b'/**/'),
    bent("comma-at-the-end", "json-grammar", STATUS, STATUS + b',"x":[1,]'),
    bent("control-character", "json-grammar", STATUS, STATUS + b',"x":"\x01"'),
    bent("nul-inside", "json-grammar", STATUS, STATUS + b'\0'),
    bent("deep", "json-depth", STATUS, STATUS + b',"x":' + b"[" * 40 + b"]" * 40),
    bent("many-values", "json-values", STATUS, STATUS + b',"x":[' + b"1," * 50100 + b"1]"),
    set_aside("payload-text-behind", "4 claims (RFC 7519 7.2)", "json-end", "claims-malformed",
              lambda m: put(token, payload=compact(m.event.claims) + b"\0{}")(m)),
    set_aside("payload-second-object-behind", "4 claims (RFC 7519 7.2)", "json-grammar", "claims-malformed",
              lambda m: put(token, payload=compact(m.event.claims) + b"{}")(m)),
    set_aside("payload-cut-short", "4 claims (RFC 7519 7.2)", "json-grammar", "claims-malformed",
              lambda m: put(token, payload=compact(m.event.claims)[:-1])(m)),
]


def earlier(change):
    """An accepted event of the same consent, of an earlier time, that has `change` done to it."""
    def before(make):
        first = make()
        first.data.update(Status="AwaitingAuthorization", StatusUpdateDateTime="2026-01-01T00:00:00Z")
        change(first)
        return [first]
    return before


def same_jti(name):
    return member(claims, jti=uuid_of(name))


REPLAYS = [
    set_aside("claim-jti-with-another-message", "4 jti", "event-jti-replay", "replay", same_jti("event-jti"),
              before=earlier(same_jti("event-jti"))),
    set_aside("claim-jti-with-another-message-signed-with-later-exp", "4 jti", "event-jti-replay", "replay",
              each(same_jti("event-jti-later"), member(claims, exp=ahead(3000))), before=earlier(same_jti("event-jti-later"))),
    set_aside("claim-jti-that-is-no-uuid-with-another-message", "4 jti", "event-jti-replay", "replay",
              member(claims, jti="number 7"), before=earlier(member(claims, jti="number 7"))),
]

ROWS = ISSUER + AUDIENCE + TIMES + MESSAGE + SHAPES + REPLAYS
