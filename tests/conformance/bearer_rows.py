"""The authorization JWT (contract section 2): its header, its signature and its form. bearer_claim_rows.py has the claims."""
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from foreign import beginning_with_zero, compact, es256, hs256, ps256, pss, rs256, unb64, unsigned
from table import (bend_last, each, flip, json_serialised, member, of_bytes, part, put, signed_anew, standard_base64, then,
                   unauthorized, without)


def token(message):
    return message.bearer


def header(message):
    return message.bearer.header


def text(message):
    return message.bearer.after


def signed_by(signer):
    return put(token, signer=signer)


def keyed(make_secret):
    """HS256 with something public of the Hub's as the secret."""
    def edit(message):
        header(message)["alg"] = "HS256"
        message.bearer.signer = hs256(make_secret(message.parties.hub))
    return edit


def from_party(choose):
    def edit(message):
        message.bearer.party = choose(message.parties)
    return edit


def stranger(parties):
    return parties.stranger


def bank_a(parties):
    return parties.issuers["bank-a"]


def raw_header(change):
    """The header's JSON text, changed as text."""
    def edit(message):
        message.bearer.header_bytes = change(compact(header(message)))
    return edit


def inside(more):
    return raw_header(lambda text: text[:-1] + b"," + more + b"}")


def odd_length(choose_token, choose_part):
    """Pads a part until its last character has unused bits."""
    def edit(message):
        members = choose_part(message)
        while len(compact(members)) % 3 == 0:
            members["x"] = members.get("x", "") + "x"
    return edit


def bent(index, choose_part):
    def edit(message):
        odd_length(token, choose_part)(message)
        message.bearer.after.append(signed_anew(message.bearer, index, bend_last))
    return edit


def claims(message):
    return message.bearer.claims


def mixed_mask(private, data):
    return private.sign(data, padding.PSS(padding.MGF1(hashes.SHA1()), 32), hashes.SHA256())


def with_certificate_chain(message):
    header(message)["x5c"] = ["".join(message.parties.recipient.pem.decode().splitlines()[1:-1])]


ALG = "2 alg"
ALGORITHMS = [
    unauthorized("alg-none-unsigned", ALG, "empty-part", "malformed", each(member(header, alg="none"), signed_by(unsigned))),
    unauthorized("alg-none-over-a-good-signature", ALG, "bearer-alg", "header", member(header, alg="none")),
    unauthorized("alg-none-in-mixed-case", ALG, "bearer-alg", "header", member(header, alg="nOnE")),
    unauthorized("alg-hs256-keyed-with-the-public-pem", ALG, "bearer-alg", "header", keyed(lambda hub: hub.public_pem())),
    unauthorized("alg-hs256-keyed-with-the-public-jwk", ALG, "bearer-alg", "header",
                 keyed(lambda hub: compact(hub.public_jwk()))),
    unauthorized("alg-hs256-keyed-with-the-modulus", ALG, "bearer-alg", "header",
                 keyed(lambda hub: unb64(hub.public_jwk()["n"]))),
    unauthorized("alg-hs256-keyed-with-nothing", ALG, "bearer-alg", "header", keyed(lambda hub: b"")),
    unauthorized("alg-rs256", ALG, "bearer-alg", "header", each(member(header, alg="RS256"), signed_by(rs256))),
    unauthorized("alg-ps384", ALG, "bearer-alg", "header",
                 each(member(header, alg="PS384"), signed_by(pss(hashes.SHA384)))),
    unauthorized("alg-ps512", ALG, "bearer-alg", "header",
                 each(member(header, alg="PS512"), signed_by(pss(hashes.SHA512)))),
    unauthorized("alg-es256", ALG, "bearer-alg", "header", each(member(header, alg="ES256"), signed_by(es256))),
    unauthorized("alg-eddsa", ALG, "bearer-alg", "header", member(header, alg="EdDSA")),
    unauthorized("alg-lower-case", ALG, "bearer-alg", "header", member(header, alg="ps256")),
    unauthorized("alg-with-blank", ALG, "bearer-alg", "header", member(header, alg="PS256 ")),
    unauthorized("alg-missing", ALG, "header-members", "header", without(header, "alg")),
    unauthorized("alg-empty", ALG, "header-members", "header", member(header, alg="")),
    unauthorized("alg-number", ALG, "header-members", "header", member(header, alg=256)),
    unauthorized("alg-list", ALG, "header-members", "header", member(header, alg=["PS256"])),
    unauthorized("alg-rs256-signature-under-ps256", ALG, "signature", "signature", signed_by(rs256)),
]

HEADERS = [
    unauthorized("typ-missing", "2 typ", "bearer-typ", "header", without(header, "typ")),
    unauthorized("typ-access-token", "2 typ", "bearer-typ", "header", member(header, typ="at+jwt")),
    unauthorized("typ-security-event", "2 typ", "bearer-typ", "header", member(header, typ="secevent+jwt")),
    unauthorized("typ-empty", "2 typ", "bearer-typ", "header", member(header, typ="")),
    unauthorized("typ-number", "2 typ", "header-members", "header", member(header, typ=1)),
    unauthorized("cty-jwt", "2 cty", "bearer-cty", "header", member(header, cty="JWT")),
    unauthorized("cty-empty", "2 cty", "bearer-cty", "header", member(header, cty="")),
    unauthorized("cty-number", "2 cty", "header-member-types", "header", member(header, cty=1)),
    unauthorized("kid-missing", "2 kid", "bearer-kid", "header", without(header, "kid")),
    unauthorized("kid-empty", "2 kid", "bearer-kid", "header", member(header, kid="")),
    unauthorized("kid-number", "2 kid", "header-members", "header", member(header, kid=7)),
    unauthorized("kid-unknown", "2 kid", "key-by-kid", "unknown-key", member(header, kid="no-such-key")),
    unauthorized("kid-in-another-case", "2 kid", "key-by-kid", "unknown-key",
                 member(header, kid=lambda m: m.parties.hub.kid.swapcase())),
    unauthorized("kid-cut-short", "2 kid", "key-by-kid", "unknown-key", member(header, kid=lambda m: m.parties.hub.kid[:-1])),
    unauthorized("kid-and-key-of-a-bank", "3 keys by issuer", "key-roles", "unknown-key",
                 each(member(header, kid=lambda m: bank_a(m.parties).kid), from_party(bank_a))),
    unauthorized("kid-of-our-encryption-certificate", "3 keys by issuer", "key-roles", "unknown-key",
                 member(header, kid=lambda m: m.parties.recipient.kid)),
    unauthorized("crit-known", "2 crit (RFC 7515 4.1.11)", "header-crit", "header", member(header, crit=["exp"], exp=1)),
    unauthorized("crit-unknown", "2 crit (RFC 7515 4.1.11)", "header-crit", "header",
                 member(header, crit=["x-new"], **{"x-new": 1})),
    unauthorized("crit-empty", "2 crit (RFC 7515 4.1.11)", "header-crit", "header", member(header, crit=[])),
    unauthorized("crit-null", "2 crit (RFC 7515 4.1.11)", "header-crit", "header", member(header, crit=None)),
    unauthorized("b64-false", "2 b64 (RFC 7797)", "header-b64", "header", member(header, b64=False)),
    unauthorized("b64-true", "2 b64 (RFC 7797)", "header-b64", "header", member(header, b64=True)),
    unauthorized("zip", "2 zip", "header-zip", "header", member(header, zip="DEF")),
    unauthorized("header-member-twice", "2 header (RFC 7515 4)", "json-duplicates", "header", inside(b'"alg":"none"')),
    unauthorized("header-kid-twice", "2 header (RFC 7515 4)", "json-duplicates", "header", inside(b'"kid":"another"')),
    unauthorized("header-name-twice-by-escape", "2 header (RFC 7515 4)", "json-duplicates", "header",
                 inside(b'"\\u0061lg":"none"')),
    unauthorized("header-list", "2 header", "header-object", "header", put(token, header_bytes=b'["PS256"]')),
    unauthorized("header-text", "2 header", "header-object", "header", put(token, header_bytes=b'"PS256"')),
    unauthorized("header-no-json", "2 header", "header-object", "header", put(token, header_bytes=b"alg=PS256")),
    unauthorized("header-with-byte-order-mark", "2 header", "json-bom", "header", raw_header(lambda t: b"\xef\xbb\xbf" + t)),
    unauthorized("header-with-text-behind", "2 header", "json-end", "header", raw_header(lambda t: t + b"\0{}")),
    unauthorized("header-with-comment", "2 header", "json-grammar", "header", raw_header(lambda t: b"/**/" + t)),
    unauthorized("header-single-quotes", "2 header", "json-grammar", "header", raw_header(lambda t: t.replace(b'"', b"'"))),
    unauthorized("header-not-utf8", "2 header", "json-utf8", "header", inside(b'"x":"\xff"')),
    unauthorized("header-deep", "2 header", "json-depth", "header", inside(b'"x":' + b"[" * 20 + b"]" * 20)),
    unauthorized("header-oversized", "2 header", "header-size", "header", inside(b'"x":"' + b"x" * 4096 + b'"')),
]

# A stranger's signature with the key material for it in the header: RFC 7515 would let a reader trust it (4.1.2 to 4.1.6).
JWK = "3 key choice from kid alone"
KEY_MATERIAL = [
    unauthorized("jwk-of-a-stranger", JWK, "signature", "signature",
                 each(from_party(stranger), member(header, jwk=lambda m: m.parties.stranger.public_jwk()))),
    unauthorized("jwk-of-a-stranger-without-kid", JWK, "bearer-kid", "header",
                 each(from_party(stranger), without(header, "kid"), member(header, jwk=lambda m: m.parties.stranger.public_jwk()))),
    unauthorized("jwk-of-a-stranger-under-its-own-kid", JWK, "key-by-kid", "unknown-key",
                 each(from_party(stranger), member(header, kid="own", jwk=lambda m: m.parties.stranger.public_jwk()))),
    unauthorized("jku-of-a-stranger", JWK, "signature", "signature",
                 each(from_party(stranger), member(header, jku=lambda m: m.parties.lure + "/jku"))),
    unauthorized("jku-of-a-stranger-under-its-own-kid", JWK, "key-by-kid", "unknown-key",
                 each(from_party(stranger), member(header, kid="own", jku=lambda m: m.parties.lure + "/jku-own"))),
    unauthorized("x5u-of-a-stranger", JWK, "signature", "signature",
                 each(from_party(stranger), member(header, x5u=lambda m: m.parties.lure + "/x5u"))),
    unauthorized("x5c-of-another-certificate", JWK, "signature", "signature",
                 each(from_party(stranger), with_certificate_chain)),
    unauthorized("x5t-of-another-certificate", JWK, "signature", "signature",
                 each(from_party(stranger), member(header, **{"x5t#S256": lambda m: m.parties.recipient.kid}))),
]

SIG = "2 signature"
SIGNATURES = [
    unauthorized("signed-by-a-stranger", SIG, "signature", "signature", from_party(stranger)),
    unauthorized("signed-by-a-bank-under-the-hubs-kid", SIG, "signature", "signature", from_party(bank_a)),
    unauthorized("signature-first-bit", SIG, "signature", "signature", then(text, part(2, of_bytes(flip(0))))),
    unauthorized("signature-last-bit", SIG, "signature", "signature", then(text, part(2, of_bytes(flip(-1))))),
    unauthorized("signature-middle-bit", SIG, "signature", "signature", then(text, part(2, of_bytes(flip(128, 5))))),
    unauthorized("signature-zeroed", SIG, "signature", "signature", then(text, part(2, of_bytes(lambda s: bytes(len(s)))))),
    unauthorized("signature-all-ones", SIG, "signature", "signature", then(text, part(2, of_bytes(lambda s: b"\xff" * len(s))))),
    unauthorized("signature-cut-by-a-byte", SIG, "signature-value-and-length", "signature",
                 then(text, part(2, of_bytes(lambda s: s[:-1])))),
    unauthorized("signature-cut-to-half", SIG, "signature-value-and-length", "signature",
                 then(text, part(2, of_bytes(lambda s: s[:128])))),
    unauthorized("signature-one-byte", SIG, "signature-value-and-length", "signature",
                 then(text, part(2, of_bytes(lambda s: s[:1])))),
    unauthorized("signature-without-its-leading-zero", SIG, "signature-length", "signature",
                 each(signed_by(beginning_with_zero), then(text, part(2, of_bytes(lambda s: s[1:]))))),
    unauthorized("signature-with-a-zero-before", SIG, "signature-value-and-length", "signature",
                 then(text, part(2, of_bytes(lambda s: b"\0" + s)))),
    unauthorized("signature-with-a-zero-behind", SIG, "signature-value-and-length", "signature",
                 then(text, part(2, of_bytes(lambda s: s + b"\0")))),
    unauthorized("signature-stripped", SIG, "empty-part", "malformed", then(text, part(2, lambda s: ""))),
    unauthorized("signature-without-salt", SIG, "signature", "signature", signed_by(pss(hashes.SHA256, 0))),
    unauthorized("signature-with-long-salt", SIG, "signature", "signature", signed_by(pss(hashes.SHA256, 64))),
    unauthorized("signature-with-sha1-mask", SIG, "signature", "signature", signed_by(mixed_mask)),
    unauthorized("signature-with-sha384", SIG, "signature", "signature", signed_by(pss(hashes.SHA384))),
    unauthorized("signature-of-the-payload-alone", SIG, "signature", "signature",
                 signed_by(lambda key, data: ps256(key, data.split(b".")[1]))),
    unauthorized("payload-changed-after-signing", SIG, "signature", "signature",
                 then(text, part(1, of_bytes(lambda p: p.replace(b'"sub":"hub"', b'"sub":"hub" '))))),
    unauthorized("header-changed-after-signing", SIG, "signature", "signature",
                 then(text, part(0, of_bytes(lambda h: h.replace(b'"JWT"', b'"JOSE"'))))),
]

FORM = "2 compact JWS"
FORMS = [
    unauthorized("signature-bits-behind-the-last-byte", FORM, "trailing-bits", "malformed", then(text, part(2, bend_last))),
    unauthorized("header-bits-behind-the-last-byte", FORM, "trailing-bits", "malformed", bent(0, header)),
    unauthorized("payload-bits-behind-the-last-byte", FORM, "trailing-bits", "malformed", bent(1, claims)),
    unauthorized("signature-padded", FORM, "alphabet", "malformed", then(text, part(2, lambda s: s + "=="))),
    unauthorized("signature-misplaced-padding", FORM, "alphabet", "malformed", then(text, part(2, lambda s: "A===" + s))),
    unauthorized("signature-of-an-impossible-length", FORM, "alphabet", "malformed", then(text, part(2, lambda s: s + "AAA"))),
    unauthorized("signature-in-standard-base64", FORM, "alphabet", "malformed",
                 then(text, part(2, lambda s: standard_base64(s) if "-" in s or "_" in s else s + "+/"))),
    unauthorized("blank-inside", FORM, "alphabet", "malformed", then(text, part(1, lambda p: p[:8] + " " + p[8:]))),
    unauthorized("tab-inside", FORM, "alphabet", "malformed", then(text, part(1, lambda p: p[:8] + "\t" + p[8:]))),
    unauthorized("quotes-around", FORM, "alphabet", "malformed", then(text, lambda t: f'"{t}"')),
    unauthorized("stray-character", FORM, "alphabet", "malformed", then(text, part(1, lambda p: p + "!~~~"))),
    unauthorized("letter-outside-ascii", FORM, "alphabet", "malformed", then(text, part(1, lambda p: p + "\u00e9abc"))),
    unauthorized("two-parts", FORM, "parts", "malformed", then(text, lambda t: t.rsplit(".", 1)[0])),
    unauthorized("four-parts", FORM, "parts", "malformed", then(text, lambda t: t + ".AAAA")),
    unauthorized("dot-at-the-end", FORM, "parts", "malformed", then(text, lambda t: t + ".")),
    unauthorized("one-part", FORM, "parts", "malformed", then(text, lambda t: t.split(".")[0])),
    unauthorized("opaque", FORM, "parts", "malformed", then(text, lambda t: "mF_9B5f41JqM")),
    unauthorized("empty-header", FORM, "empty-part", "malformed", then(text, part(0, lambda h: ""))),
    unauthorized("two-tokens", FORM, "parts", "malformed", then(text, lambda t: t + "," + t)),
    unauthorized("json-serialised", FORM, "parts", "malformed", then(text, json_serialised)),
    unauthorized("a-jwe-instead", FORM, "parts", "malformed",
                 lambda m: text(m).append(lambda t: m.envelope.text(t.encode()))),
    unauthorized("the-event-instead", "2 iss", "key-roles", "unknown-key",
                 lambda m: text(m).append(lambda t: m.event.text())),
    unauthorized("oversized", FORM, "bearer-size", "malformed", member(claims, x="x" * 9000)),
]

ROWS = ALGORITHMS + HEADERS + KEY_MATERIAL + SIGNATURES + FORMS
