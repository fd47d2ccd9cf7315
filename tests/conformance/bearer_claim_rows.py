"""The authorization JWT (contract section 2): its claims, its times, and that it is spent once."""
from table import each, in_text, member, put, unauthorized, uuid_of, without


def token(message):
    return message.bearer


def claims(message):
    return message.bearer.claims


def claim(name, rule, check, reason="claim", **values):
    return unauthorized(name, rule, check, reason, member(claims, **values))


def missing(name, check):
    return unauthorized(name + "-missing", "2 " + name, check, "claim", without(claims, name))


def ahead(seconds):
    """Seconds after the moment at which the message is made. Far enough from each bound for a slow machine."""
    return lambda message: message.now + seconds


PARTIES = [
    missing("iss", "bearer-iss"),
    claim("iss-of-a-bank", "2 iss", "bearer-iss", iss=lambda m: m.parties.issuers["bank-a"].issuer),
    claim("iss-with-slash-behind", "2 iss", "bearer-iss", iss=lambda m: m.parties.hub.issuer + "/"),
    claim("iss-in-capitals", "2 iss", "bearer-iss", iss=lambda m: m.parties.hub.issuer.upper()),
    claim("iss-with-nul-behind", "2 iss", "bearer-iss", iss=lambda m: m.parties.hub.issuer + "\0"),
    claim("iss-list", "2 iss", "claim-types-and-presence", iss=lambda m: [m.parties.hub.issuer]),
    claim("iss-number", "2 iss", "claim-types-and-presence", iss=1),
    claim("iss-null", "2 iss", "claim-types-and-presence", iss=None),
    claim("iss-empty", "2 iss", "claim-types-and-presence", iss=""),
    missing("sub", "bearer-sub-present"),
    claim("sub-of-another", "2 sub", "bearer-sub", sub="another-client"),
    claim("sub-in-capitals", "2 sub", "bearer-sub", sub="HUB"),
    claim("sub-number", "2 sub", "claim-types-and-presence", sub=7),
    claim("sub-empty", "2 sub", "claim-types-and-presence", sub=""),
    missing("aud", "bearer-aud"),
    claim("aud-of-another", "2 aud", "bearer-aud", aud="tpp-client-2"),
    claim("aud-list-without-us", "2 aud", "bearer-aud", aud=["tpp-client-2", "tpp-client-3"]),
    claim("aud-our-name-with-more", "2 aud", "bearer-aud", aud=lambda m: m.parties.audience + "0"),
    claim("aud-our-name-cut", "2 aud", "bearer-aud", aud=lambda m: m.parties.audience[:-1]),
    claim("aud-in-capitals", "2 aud", "bearer-aud", aud=lambda m: m.parties.audience.upper()),
    claim("aud-our-name-among-blanks", "2 aud", "bearer-aud", aud=lambda m: "other " + m.parties.audience),
    claim("aud-empty-list", "2 aud", "claim-types-and-presence", aud=[]),
    claim("aud-list-with-a-number", "2 aud", "claim-types", aud=lambda m: [m.parties.audience, 7]),
    claim("aud-object", "2 aud", "claim-types-and-presence", aud=lambda m: {"0": m.parties.audience}),
    claim("aud-list-in-list", "2 aud", "claim-types-and-presence", aud=lambda m: [[m.parties.audience]]),
    claim("aud-too-many", "2 aud", "claim-types-and-presence", aud=lambda m: [m.parties.audience] + [f"other-{i}" for i in range(16)]),
]

TIMES = [
    missing("exp", "bearer-exp-present"),
    claim("exp-text", "2 exp", "claim-types-and-presence", exp=lambda m: str(m.now + 30)),
    claim("exp-null", "2 exp", "claim-types-and-presence", exp=None),
    claim("exp-true", "2 exp", "claim-types-and-presence", exp=True),
    claim("exp-list", "2 exp", "claim-types-and-presence", exp=lambda m: [m.now + 30]),
    claim("exp-negative", "2 exp", "claim-types-and-presence", exp=-1),
    claim("exp-beyond-the-year-9999", "2 exp", "claim-types-and-presence", exp=253402300800),
    unauthorized("exp-beyond-every-double", "2 exp", "json-grammar", "malformed",
                 in_text(token, lambda m: b'"exp":%d' % (m.now + 30), b'"exp":1e400')),
    unauthorized("exp-beyond-64-bits", "2 exp", "claim-types-and-presence", "claim",
                 in_text(token, lambda m: b'"exp":%d' % (m.now + 30), b'"exp":18446744073709551646')),
    claim("exp-a-minute-ago", "2 exp", "bearer-expired", "expired", iat=ahead(-90), exp=ahead(-60)),
    claim("exp-just-beyond-the-leeway", "2 leeway", "bearer-expired", "expired", iat=ahead(-40), exp=ahead(-10)),
    claim("exp-zero", "2 exp", "bearer-expired", "expired", exp=0),
    missing("iat", "bearer-iat-present"),
    claim("iat-text", "2 iat", "claim-types-and-presence", iat=lambda m: str(m.now)),
    claim("iat-null", "2 iat", "claim-types-and-presence", iat=None),
    claim("iat-ahead", "2 iat", "bearer-iat", iat=ahead(900), exp=ahead(930)),
    claim("iat-equal-to-exp", "2 exp", "bearer-exp-after-iat", iat=ahead(5), exp=ahead(5)),
    claim("iat-after-exp", "2 exp", "bearer-exp-after-iat", iat=ahead(8), exp=ahead(5)),
    claim("lifetime-one-second-over", "2 exp (lifetime)", "bearer-lifetime", exp=ahead(61)),
    claim("lifetime-half-a-second-over", "2 exp (lifetime)", "bearer-lifetime", exp=lambda m: m.now + 60.5),
    claim("lifetime-of-a-year", "2 exp (lifetime)", "bearer-lifetime", exp=ahead(365 * 86400)),
    claim("lifetime-from-1970", "2 exp (lifetime)", "bearer-lifetime", iat=0),
    claim("nbf-ahead", "2 nbf", "bearer-nbf", nbf=ahead(900)),
    claim("nbf-text", "2 nbf", "claim-types", nbf="now"),
    claim("nbf-null", "2 nbf", "claim-types", nbf=None),
    claim("jti-no-uuid", "2 jti", "bearer-jti", jti="7"),
    claim("jti-uuid-in-braces", "2 jti", "bearer-jti", jti="{%s}" % uuid_of("braces")),
    claim("jti-uuid-without-hyphens", "2 jti", "bearer-jti", jti=uuid_of("bare").replace("-", "")),
    claim("jti-urn", "2 jti", "bearer-jti", jti="urn:uuid:" + uuid_of("urn")),
    claim("jti-number", "2 jti", "claim-types", jti=7),
    claim("jti-empty", "2 jti", "claim-types", jti=""),
    claim("jti-null", "2 jti", "claim-types", jti=None),
]


def payload(name, check, text, reason="malformed"):
    return unauthorized("claims-" + name, "2 claims (RFC 7519 7.2)", check, reason, put(token, payload=text))


def bent(name, check, old, new, reason="malformed"):
    return unauthorized("claims-" + name, "2 claims (RFC 7519 7.2)", check, reason, in_text(token, old, new))


SHAPES = [
    payload("list", "claims-object", b"[]"),
    payload("empty", "claims-object", b""),
    payload("number", "claims-object", b"7"),
    payload("no-json", "json-grammar", b"iss=hub"),
    bent("name-twice", "json-duplicates", b'"sub":"hub"', b'"sub":"hub","sub":"hub"'),
    bent("aud-twice", "json-duplicates", b'"sub":"hub"', b'"sub":"hub","aud":"somebody-else"'),
    bent("name-twice-deep-inside", "json-duplicates", b'"sub":"hub"', b'"sub":"hub","x":[{"y":1,"y":2}]'),
    bent("byte-order-mark", "json-bom", b'{"iss"', b'\xef\xbb\xbf{"iss"'),
    bent("not-utf8", "json-utf8", b'"sub":"hub"', b'"sub":"hub","x":"\xc3\x28"'),
    bent("overlong-utf8", "json-utf8", b'"sub":"hub"', b'"sub":"hub","x":"\xc0\xaf"'),
    bent("lone-surrogate", "json-surrogates", b'"sub":"hub"', b'"sub":"hub","x":"\\udc00"'),
    bent("control-character", "json-grammar", b'"sub":"hub"', b'"sub":"hub","x":"\n"'),
    bent("not-a-number", "json-grammar", b'"sub":"hub"', b'"sub":"hub","x":NaN'),
    bent("leading-zero", "json-grammar", b'"sub":"hub"', b'"sub":"hub","x":07'),
    bent("hexadecimal", "json-grammar", b'"sub":"hub"', b'"sub":"hub","x":0x7'),
    bent("comma-at-the-end", "json-grammar", b'"sub":"hub"', b'"sub":"hub","x":[1,]'),
    bent("deep", "json-depth", b'"sub":"hub"', b'"sub":"hub","x":' + b"[" * 16 + b"]" * 16),
    bent("many-values", "json-values", b'"sub":"hub"', b'"sub":"hub","x":[' + b"1," * 2100 + b"1]"),
    bent("text-behind", "json-grammar", b'{"iss"', b'{}{"iss"'),
]


def spent_before(change):
    """The bearer of the row was spent just before, on the delivery of an earlier event."""
    def before(make):
        first = make()
        first.data.update(Status="AwaitingAuthorization", StatusUpdateDateTime="2026-01-01T00:00:00Z")
        change(first)
        return [first]
    return before


def same_jti(name):
    return member(claims, jti=uuid_of(name))


class SameToken:
    """The very token, letter for letter, with another body."""

    def __init__(self):
        self.text = None

    def keep(self, message):
        message.bearer.claims.pop("jti")
        message.bearer.after.append(self.note)

    def note(self, text):
        self.text = text
        return text

    def use(self, message):
        message.bearer.after.append(lambda _: self.text)


again = SameToken()

REPLAYS = [
    unauthorized("spent-jti-signed-again", "2 spent", "bearer-replay", "replay", same_jti("spent-jti"),
                 before=spent_before(same_jti("spent-jti"))),
    unauthorized("spent-jti-with-later-times", "2 spent", "bearer-replay", "replay",
                 each(same_jti("spent-later"), member(claims, exp=ahead(45))), before=spent_before(same_jti("spent-later"))),
    unauthorized("spent-token-without-jti", "2 spent", "bearer-replay", "replay", again.use, before=spent_before(again.keep)),
]

ROWS = PARTIES + TIMES + SHAPES + REPLAYS
