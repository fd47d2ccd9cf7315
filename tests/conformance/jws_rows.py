"""The signed event inside the envelope (contract section 3): its form, its header, whose key, and the signature."""
from cryptography.hazmat.primitives import hashes

from foreign import (b64, beginning_with_zero, compact, es256, hs256, pss, ps256, rs256, unb64, unsigned)
from table import (bend_last, each, flip, json_serialised, member, of_bytes, part, put, set_aside, signed_anew, then, without)


def token(message):
    return message.event


def header(message):
    return message.event.header


def text(message):
    return message.event.after


def claims(message):
    return message.event.claims


def signed_by(signer):
    return put(token, signer=signer)


def from_party(choose):
    def edit(message):
        message.event.party = choose(message.parties)
    return edit


def stranger(parties):
    return parties.stranger


def bank_b(parties):
    return parties.issuers["bank-b"]


def hub(parties):
    return parties.hub


FORM = "3 compact JWS inside"


def no_jws(name, check, change):
    return set_aside("jws-" + name, FORM, check, "not-a-jws", then(text, change))


def payload_bent(message):
    members = claims(message)
    while len(compact(members)) % 3 == 0:
        members["x"] = members.get("x", "") + "x"
    text(message).append(signed_anew(message.event, 1, bend_last))


FORMS = [
    set_aside("jws-unsigned-json-instead", FORM, "jws-parts", "not-a-jws",
              lambda m: text(m).append(lambda t: compact(m.event.claims).decode())),
    set_aside("jws-nested-jwe-instead", FORM, "jws-parts", "not-a-jws",
              lambda m: text(m).append(lambda t: m.envelope.text(t.encode()))),
    no_jws("words", "jws-parts", lambda t: "hello"),
    no_jws("two-parts", "jws-parts", lambda t: t.rsplit(".", 1)[0]),
    no_jws("four-parts", "jws-parts", lambda t: t + ".AAAA"),
    no_jws("json-serialised", "jws-parts", json_serialised),
    no_jws("signature-stripped", "empty-part", part(2, lambda s: "")),
    no_jws("empty-header", "empty-part", part(0, lambda h: "")),
    no_jws("signature-padded", "alphabet", part(2, lambda s: s + "==")),
    no_jws("signature-misplaced-padding", "alphabet", part(2, lambda s: "A===")),
    no_jws("line-end-behind", "alphabet", lambda t: t + "\n"),
    no_jws("blank-before", "alphabet", lambda t: " " + t),
    no_jws("byte-order-mark", "alphabet", lambda t: "\ufeff" + t),
    no_jws("nul-behind", "alphabet", lambda t: t + "\0"),
    no_jws("signature-bits-behind-the-last-byte", "trailing-bits", part(2, bend_last)),
    set_aside("jws-payload-bits-behind-the-last-byte", FORM, "trailing-bits", "not-a-jws", payload_bent),
    set_aside("jws-alg-none-unsigned", "3 PS256", "empty-part", "not-a-jws", each(member(header, alg="none"), signed_by(unsigned))),
    set_aside("jws-payload-detached", FORM, "claims-object", "claims-malformed", then(text, part(1, lambda p: ""))),
]


def algorithm(name, edit):
    return set_aside("jws-alg-" + name, "3 PS256", "jws-alg", "jws-algorithm", edit)


def keyed(make_secret):
    def edit(message):
        header(message)["alg"] = "HS256"
        message.event.signer = hs256(make_secret(message.event.party))
    return edit


ALGORITHMS = [
    algorithm("none", member(header, alg="none")),
    algorithm("none-in-mixed-case", member(header, alg="NoNe")),
    algorithm("hs256-keyed-with-the-public-pem", keyed(lambda party: party.public_pem())),
    algorithm("hs256-keyed-with-the-modulus", keyed(lambda party: unb64(party.public_jwk()["n"]))),
    algorithm("rs256", each(member(header, alg="RS256"), signed_by(rs256))),
    algorithm("ps384", each(member(header, alg="PS384"), signed_by(pss(hashes.SHA384)))),
    algorithm("ps512", each(member(header, alg="PS512"), signed_by(pss(hashes.SHA512)))),
    algorithm("es256", each(member(header, alg="ES256"), signed_by(es256))),
    algorithm("eddsa", member(header, alg="EdDSA")),
    algorithm("lower-case", member(header, alg="ps256")),
]


def bad_header(name, rule, check, edit):
    return set_aside("jws-" + name, rule, check, "jws-header", edit)


def raw(change):
    def edit(message):
        message.event.header_bytes = change(compact(header(message)))
    return edit


HEADERS = [
    bad_header("alg-missing", "3 PS256", "header-members", without(header, "alg")),
    bad_header("alg-number", "3 PS256", "header-members", member(header, alg=256)),
    bad_header("kid-missing", "3 kid", "jws-kid", without(header, "kid")),
    bad_header("kid-empty", "3 kid", "jws-kid", member(header, kid="")),
    bad_header("kid-number", "3 kid", "header-members", member(header, kid=7)),
    bad_header("typ-number", "3 header", "header-member-types", member(header, typ=7)),
    bad_header("cty-object", "3 header", "header-member-types", member(header, cty={})),
    bad_header("crit-known", "3 crit (RFC 7515 4.1.11)", "header-crit", member(header, crit=["exp"], exp=1)),
    bad_header("crit-unknown", "3 crit (RFC 7515 4.1.11)", "header-crit", member(header, crit=["x-new"], **{"x-new": 1})),
    bad_header("crit-empty", "3 crit (RFC 7515 4.1.11)", "header-crit", member(header, crit=[])),
    bad_header("b64-false", "3 b64 (RFC 7797)", "header-b64", member(header, b64=False)),
    bad_header("zip", "3 zip", "header-zip", member(header, zip="DEF")),
    bad_header("alg-twice", "3 header (RFC 7515 4)", "json-duplicates", raw(lambda t: t[:-1] + b',"alg":"none"}')),
    bad_header("kid-twice", "3 header (RFC 7515 4)", "json-duplicates", raw(lambda t: t[:-1] + b',"kid":"another"}')),
    bad_header("header-list", "3 header", "header-object", put(token, header_bytes=b"[]")),
    bad_header("header-no-json", "3 header", "header-object", put(token, header_bytes=b"alg")),
    bad_header("header-byte-order-mark", "3 header", "json-bom", raw(lambda t: b"\xef\xbb\xbf" + t)),
    bad_header("header-not-utf8", "3 header", "json-utf8", raw(lambda t: t[:-1] + b',"x":"\xff"}')),
    bad_header("header-oversized", "3 header", "header-size", raw(lambda t: t[:-1] + b',"x":"' + b"x" * 4096 + b'"}')),
]


def unknown_key(name, rule, check, edit):
    return set_aside("jws-" + name, rule, check, "unknown-signing-key", edit)


def wrong_signature(name, rule, check, edit):
    return set_aside("jws-" + name, rule, check, "signature", edit)


BY_ISSUER = "3 keys by (issuer, kid)"
FROM_KID = "3 key choice from kid alone"
KEYS = [
    unknown_key("kid-unknown", BY_ISSUER, "key-by-kid", member(header, kid="no-such-key")),
    unknown_key("kid-in-another-case", BY_ISSUER, "key-by-kid", member(header, kid=lambda m: m.event.party.kid.swapcase())),
    unknown_key("kid-and-key-of-another-issuer", BY_ISSUER, "keys-by-issuer",
                each(from_party(bank_b), member(header, kid=lambda m: bank_b(m.parties).kid))),
    unknown_key("kid-of-another-issuer-with-the-right-key", BY_ISSUER, "keys-by-issuer",
                member(header, kid=lambda m: bank_b(m.parties).kid)),
    unknown_key("kid-and-key-of-the-hub", BY_ISSUER, "key-roles",
                each(from_party(hub), member(header, kid=lambda m: m.parties.hub.kid))),
    unknown_key("kid-of-our-encryption-certificate", BY_ISSUER, "key-roles", member(header, kid=lambda m: m.parties.recipient.kid)),
    unknown_key("jwk-of-a-stranger-under-its-own-kid", FROM_KID, "key-by-kid",
                each(from_party(stranger), member(header, kid="own", jwk=lambda m: m.parties.stranger.public_jwk()))),
    unknown_key("jku-of-a-stranger-under-its-own-kid", FROM_KID, "key-by-kid",
                each(from_party(stranger), member(header, kid="own", jku=lambda m: m.parties.lure + "/event-jku"))),
    wrong_signature("jwk-of-a-stranger", FROM_KID, "signature",
                    each(from_party(stranger), member(header, jwk=lambda m: m.parties.stranger.public_jwk()))),
    wrong_signature("jku-of-a-stranger", FROM_KID, "signature",
                    each(from_party(stranger), member(header, jku=lambda m: m.parties.lure + "/event-jku-kid"))),
    wrong_signature("x5u-of-a-stranger", FROM_KID, "signature",
                    each(from_party(stranger), member(header, x5u=lambda m: m.parties.lure + "/event-x5u"))),
    wrong_signature("signed-by-a-stranger", BY_ISSUER, "signature", from_party(stranger)),
    wrong_signature("signed-by-another-issuer", BY_ISSUER, "signature", from_party(bank_b)),
    wrong_signature("signed-by-the-hub", BY_ISSUER, "signature", from_party(hub)),
]

SIG = "3 signature"
SIGNATURES = [
    wrong_signature("signature-first-bit", SIG, "signature", then(text, part(2, of_bytes(flip(0))))),
    wrong_signature("signature-last-bit", SIG, "signature", then(text, part(2, of_bytes(flip(-1))))),
    wrong_signature("signature-zeroed", SIG, "signature", then(text, part(2, of_bytes(lambda s: bytes(len(s)))))),
    wrong_signature("signature-cut-by-a-byte", SIG, "signature-value-and-length", then(text, part(2, of_bytes(lambda s: s[:-1])))),
    wrong_signature("signature-one-byte", SIG, "signature-value-and-length", then(text, part(2, of_bytes(lambda s: s[:1])))),
    wrong_signature("signature-without-its-leading-zero", SIG, "signature-length",
                    each(signed_by(beginning_with_zero), then(text, part(2, of_bytes(lambda s: s[1:]))))),
    wrong_signature("signature-with-a-zero-before", SIG, "signature-value-and-length", then(text, part(2, of_bytes(lambda s: b"\0" + s)))),
    wrong_signature("signature-of-rs256", SIG, "signature", signed_by(rs256)),
    wrong_signature("signature-without-salt", SIG, "signature", signed_by(pss(hashes.SHA256, 0))),
    wrong_signature("signature-of-the-payload-alone", SIG, "signature", signed_by(lambda key, data: ps256(key, data.split(b".")[1]))),
    wrong_signature("header-changed-after-signing", SIG, "signature",
                    then(text, part(0, of_bytes(lambda h: h.replace(b'"JWT"', b'"jwt"'))))),
    wrong_signature("status-changed-after-signing", SIG, "signature",
                    then(text, part(1, of_bytes(lambda p: p.replace(b'"Status":"Authorized"', b'"Status":"Revoked"'))))),
    wrong_signature("payload-of-another-spelling", SIG, "signature", then(text, part(1, of_bytes(lambda p: p + b" ")))),
    set_aside("jws-payload-of-another-event", SIG, "signature", "signature",
              lambda m: text(m).append(part(1, lambda p: b64(unb64(p).replace(m.number.encode(), b"another-consent"))))),
]

ROWS = FORMS + ALGORITHMS + HEADERS + KEYS + SIGNATURES
