"""The envelope (contract section 3): what is no JWE is answered 400, what does not open is kept aside, always for one reason."""
import os
import zlib

from cryptography.hazmat.primitives import hashes

from foreign import cbc_hs512, compact, oaep, pkcs1, raw_rsa
from table import bend_last, each, flip, member, part, put, refused, set_aside, then, without


def envelope(message):
    return message.envelope


def header(message):
    return message.envelope.header


def text(message):
    return message.envelope.after


def parts(message):
    return message.envelope.parts


def one(index, change):
    """A change of one of the five decoded parts."""
    def edit(all_parts):
        return all_parts[:index] + [change(all_parts[index])] + all_parts[index + 1:]
    return then(parts, edit)


HEADER, KEY, VECTOR, TEXT, TAG = range(5)
FORM = "7 400 not a JWE"


def no_jwe(name, check, change):
    return refused(400, "jwe-" + name, FORM, check, "not-a-jwe", then(text, change))


def whole_body(name, check, change, reason="not-a-jwe"):
    return refused(400, "body-" + name, FORM, check, reason, lambda m: m.body.append(change))


FORMS = [
    no_jwe("four-parts", "parts", lambda t: t.rsplit(".", 1)[0]),
    no_jwe("six-parts", "parts", lambda t: t + ".AAAA"),
    no_jwe("dot-at-the-end", "parts", lambda t: t + "."),
    no_jwe("dot-at-the-front", "parts", lambda t: "." + t),
    no_jwe("one-part", "parts", lambda t: t.split(".")[0]),
    no_jwe("empty-header", "empty-part", part(HEADER, lambda p: "")),
    no_jwe("empty-key", "empty-part", part(KEY, lambda p: "")),
    no_jwe("empty-vector", "empty-part", part(VECTOR, lambda p: "")),
    no_jwe("empty-ciphertext", "empty-part", part(TEXT, lambda p: "")),
    no_jwe("empty-tag", "empty-part", part(TAG, lambda p: "")),
    no_jwe("key-bits-behind-the-last-byte", "trailing-bits", part(KEY, bend_last)),
    no_jwe("tag-bits-behind-the-last-byte", "trailing-bits", part(TAG, bend_last)),
    no_jwe("tag-padded", "alphabet", part(TAG, lambda p: p + "==")),
    no_jwe("standard-alphabet", "alphabet", part(TEXT, lambda p: p[:4] + "+/+/" + p[8:])),
    no_jwe("line-end-behind", "alphabet", lambda t: t + "\r\n"),
    no_jwe("blank-before", "alphabet", lambda t: " " + t),
    no_jwe("lines-of-76", "alphabet", lambda t: "\n".join(t[i:i + 76] for i in range(0, len(t), 76))),
    no_jwe("json-flattened", "parts", lambda t: '{"protected":"%s","encrypted_key":"%s","iv":"%s","ciphertext":"%s","tag":"%s"}'
           % tuple(t.split("."))),
    no_jwe("json-general", "parts",
           lambda t: '{"protected":"%s","recipients":[{"encrypted_key":"%s"}],"iv":"%s","ciphertext":"%s","tag":"%s"}'
           % tuple(t.split("."))),
    no_jwe("quoted", "alphabet", lambda t: f'"{t}"'),
    no_jwe("two-envelopes", "parts", lambda t: t + t),
    whole_body("empty", "parts", lambda b: b""),
    whole_body("byte-order-mark", "alphabet", lambda b: b"\xef\xbb\xbf" + b),
    whole_body("nul-behind", "alphabet", lambda b: b + b"\0"),
    whole_body("compressed", "parts", zlib.compress),
    refused(400, "body-a-jws-instead", FORM, "parts", "not-a-jwe", lambda m: m.body.append(lambda b: m.event.text().encode())),
    refused(400, "body-plain-json-instead", FORM, "parts", "not-a-jwe", lambda m: m.body.append(lambda b: compact(m.event.claims))),
]


def bad_header_object(name, check, change):
    def edit(message):
        message.envelope.header_bytes = change(compact(header(message)))
    return refused(400, "jwe-header-" + name, "7 400 JSON header", check, "jwe-header", edit)


HEADER_OBJECTS = [
    bad_header_object("list", "header-object", lambda t: b"[" + t + b"]"),
    bad_header_object("number", "header-object", lambda t: b"7"),
    bad_header_object("no-json", "header-object", lambda t: b"alg=RSA-OAEP-256"),
    bad_header_object("alg-twice", "json-duplicates", lambda t: t[:-1] + b',"alg":"dir"}'),
    bad_header_object("kid-twice", "json-duplicates", lambda t: t[:-1] + b',"kid":"another"}'),
    bad_header_object("byte-order-mark", "json-bom", lambda t: b"\xef\xbb\xbf" + t),
    bad_header_object("text-behind", "json-end", lambda t: t + b"\0{}"),
    bad_header_object("not-utf8", "json-utf8", lambda t: t[:-1] + b',"x":"\xff"}'),
    bad_header_object("deep", "json-depth", lambda t: t[:-1] + b',"x":' + b"[" * 20 + b"]" * 20 + b"}"),
    bad_header_object("oversized", "header-size", lambda t: t[:-1] + b',"x":"' + b"x" * 4096 + b'"}'),
]


def bad_header(name, rule, check, edit):
    return set_aside("jwe-" + name, rule, check, "jwe-header", edit)


HEADERS = [
    bad_header("alg-missing", "3 alg", "header-members", without(header, "alg")),
    bad_header("alg-number", "3 alg", "header-members", member(header, alg=256)),
    bad_header("enc-missing", "3 enc", "jwe-enc-present", without(header, "enc")),
    bad_header("enc-number", "3 enc", "header-members", member(header, enc=256)),
    bad_header("kid-number", "3 kid", "header-member-types", member(header, kid=7)),
    bad_header("cty-json", "3 cty", "jwe-cty", member(header, cty="json")),
    bad_header("cty-empty", "3 cty", "jwe-cty", member(header, cty="")),
    bad_header("cty-event-type", "3 cty", "jwe-cty", member(header, cty="JWT+event")),
    bad_header("cty-list", "3 cty", "header-member-types", member(header, cty=["JWT"])),
    bad_header("zip", "3 zip", "header-zip", member(header, zip="DEF")),
    bad_header("zip-bomb", "3 zip", "header-zip",
               each(member(header, zip="DEF"),
                    then(lambda m: m.envelope.before, lambda t: zlib.compress(t + b" " * 50_000_000, 9)[2:-4]))),
    bad_header("crit-known", "3 crit (RFC 7516 4.1.13)", "header-crit", member(header, crit=["exp"], exp=1)),
    bad_header("crit-unknown", "3 crit (RFC 7516 4.1.13)", "header-crit", member(header, crit=["x-new"], **{"x-new": True})),
    bad_header("crit-empty", "3 crit (RFC 7516 4.1.13)", "header-crit", member(header, crit=[])),
    bad_header("b64", "3 b64 (RFC 7797)", "header-b64", member(header, b64=True)),
]


def bad_algorithm(name, rule, check, edit):
    return set_aside("jwe-" + name, rule, check, "jwe-algorithm", edit)


def wrapped(name, wrap):
    return each(member(header, alg=name), put(envelope, wrap=wrap))


def cbc(message):
    header(message)["enc"] = "A256CBC-HS512"
    envelope(message).key, envelope(message).vector, envelope(message).seal = os.urandom(64), os.urandom(16), cbc_hs512


ALGORITHMS = [
    bad_algorithm("rsa1-5", "3 alg", "jwe-alg", wrapped("RSA1_5", pkcs1)),
    bad_algorithm("rsa-oaep-with-sha1", "3 alg", "jwe-alg jwe-sha1", wrapped("RSA-OAEP", oaep(hashes.SHA1))),
    bad_algorithm("rsa-oaep-384", "3 alg", "jwe-alg", wrapped("RSA-OAEP-384", oaep(hashes.SHA384))),
    bad_algorithm("rsa-oaep-512", "3 alg", "jwe-alg", wrapped("RSA-OAEP-512", oaep(hashes.SHA512))),
    bad_algorithm("dir", "3 alg", "jwe-alg", member(header, alg="dir")),
    bad_algorithm("a256kw", "3 alg", "jwe-alg", member(header, alg="A256KW")),
    bad_algorithm("ecdh-es", "3 alg", "jwe-alg", member(header, alg="ECDH-ES")),
    bad_algorithm("pbes2", "3 alg", "jwe-alg", member(header, alg="PBES2-HS512+A256KW", p2c=2**31 - 1, p2s="AAAA")),
    bad_algorithm("alg-none", "3 alg", "jwe-alg", member(header, alg="none")),
    bad_algorithm("alg-lower-case", "3 alg", "jwe-alg", member(header, alg="rsa-oaep-256")),
    bad_algorithm("a128gcm", "3 enc", "jwe-enc", each(member(header, enc="A128GCM"), lambda m: put(envelope, key=os.urandom(16))(m))),
    bad_algorithm("a192gcm", "3 enc", "jwe-enc", each(member(header, enc="A192GCM"), lambda m: put(envelope, key=os.urandom(24))(m))),
    bad_algorithm("a256cbc-hs512", "3 enc", "jwe-enc", cbc),
    bad_algorithm("enc-none", "3 enc", "jwe-enc", member(header, enc="none")),
    bad_algorithm("enc-lower-case", "3 enc", "jwe-enc", member(header, enc="a256gcm")),
]


def no_key(name, edit):
    return set_aside("jwe-kid-" + name, "3 kid", "jwe-kid", "unknown-decryption-key", edit)


KIDS = [
    no_key("missing", without(header, "kid")),
    no_key("empty", member(header, kid="")),
    no_key("unknown", member(header, kid="no-such-certificate")),
    no_key("of-a-signing-key", member(header, kid=lambda m: m.parties.hub.kid)),
    no_key("cut-short", member(header, kid=lambda m: m.parties.recipient.kid[:-1])),
    no_key("in-another-case", member(header, kid=lambda m: m.parties.recipient.kid.swapcase())),
    no_key("padded", member(header, kid=lambda m: m.parties.recipient.kid + "=")),
    no_key("a-path", member(header, kid="../keys/encryption-1.key")),
]

ONE_PATH = "3 one code, one path (RFC 7516 11.5)"


def unopened(name, check, edit):
    return set_aside("jwe-" + name, ONE_PATH, check, "decryption", edit)


def wrong_wrap(wrap):
    return put(envelope, wrap=wrap)


def block(make):
    """A block of the modulus' size goes to the public exponent as it is: the questions of Bleichenbacher and Manger."""
    return wrong_wrap(raw_rsa(make))


def to_stranger(message):
    envelope(message).public = message.parties.stranger.private.public_key()


def key_of(size):
    """A content key of another size, wrapped as it should be; the content itself is sealed with 32 bytes."""
    return wrong_wrap(lambda public, key: oaep(hashes.SHA256)(public, os.urandom(size)))


def labelled(public, key):
    from cryptography.hazmat.primitives.asymmetric import padding
    return public.encrypt(key, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), b"label"))


UNOPENED = [
    unopened("tag-flipped", "jwe-tag", one(TAG, flip(0))),
    unopened("tag-last-bit", "jwe-tag", one(TAG, flip(-1))),
    unopened("tag-zeroed", "jwe-tag", one(TAG, lambda t: bytes(16))),
    unopened("tag-cut-to-15", "jwe-tag-and-lengths", one(TAG, lambda t: t[:15])),
    unopened("tag-cut-to-12", "jwe-tag-and-lengths", one(TAG, lambda t: t[:12])),
    unopened("tag-cut-to-4", "jwe-tag-and-lengths", one(TAG, lambda t: t[:4])),
    unopened("tag-one-byte-more", "jwe-lengths", one(TAG, lambda t: t + b"\0")),
    unopened("tag-twice", "jwe-lengths", one(TAG, lambda t: t + t)),
    unopened("vector-flipped", "jwe-tag", one(VECTOR, flip(3))),
    unopened("vector-cut-to-11", "jwe-tag-and-lengths", one(VECTOR, lambda v: v[:11])),
    unopened("vector-one-byte-more", "jwe-lengths", one(VECTOR, lambda v: v + b"\0")),
    unopened("vector-of-16", "jwe-tag-and-lengths", lambda m: put(envelope, vector=os.urandom(16))(m)),
    unopened("vector-of-1", "jwe-tag-and-lengths", one(VECTOR, lambda v: v[:1])),
    unopened("ciphertext-first-bit", "jwe-tag", one(TEXT, flip(0))),
    unopened("ciphertext-last-bit", "jwe-tag", one(TEXT, flip(-1))),
    unopened("ciphertext-cut", "jwe-tag", one(TEXT, lambda t: t[:-1])),
    unopened("ciphertext-one-byte-more", "jwe-tag", one(TEXT, lambda t: t + b"\0")),
    unopened("ciphertext-one-byte", "jwe-tag", one(TEXT, lambda t: t[:1])),
    unopened("header-with-a-member-more", "jwe-tag", one(HEADER, lambda h: h[:-1] + b',"x":1}')),
    unopened("header-in-another-spelling", "jwe-tag", one(HEADER, lambda h: h + b" ")),
    unopened("key-flipped", "jwe-tag", one(KEY, flip(128))),
    unopened("key-zero", "jwe-tag", one(KEY, lambda k: bytes(len(k)))),
    unopened("key-one", "jwe-tag", one(KEY, lambda k: bytes(len(k) - 1) + b"\1")),
    unopened("key-above-the-modulus", "jwe-tag", one(KEY, lambda k: b"\xff" * len(k))),
    unopened("key-cut-by-a-byte", "jwe-tag", one(KEY, lambda k: k[:-1])),
    unopened("key-one-byte-more", "jwe-tag", one(KEY, lambda k: b"\0" + k)),
    unopened("key-of-one-byte", "jwe-tag", one(KEY, lambda k: k[:1])),
    unopened("key-of-another-size-of-rsa", "jwe-tag", one(KEY, lambda k: k + k)),
    unopened("key-wrapped-for-a-stranger", "jwe-tag", to_stranger),
    unopened("key-wrapped-with-pkcs1", "jwe-tag", wrong_wrap(pkcs1)),
    unopened("key-wrapped-with-sha1", "jwe-tag", wrong_wrap(oaep(hashes.SHA1))),
    unopened("key-wrapped-with-sha1-mask", "jwe-tag", wrong_wrap(oaep(hashes.SHA256, hashes.SHA1))),
    unopened("key-wrapped-with-sha512", "jwe-tag", wrong_wrap(oaep(hashes.SHA512))),
    unopened("key-wrapped-with-a-label", "jwe-tag", wrong_wrap(labelled)),
    unopened("key-wrapped-without-padding", "jwe-tag", block(lambda size: os.urandom(32).rjust(size, b"\0"))),
    unopened("key-block-begins-with-zero", "jwe-tag", block(lambda size: b"\0" + os.urandom(size - 1))),
    unopened("key-block-begins-with-one", "jwe-tag", block(lambda size: b"\1" + os.urandom(size - 1))),
    unopened("key-block-of-pkcs1-without-separator", "jwe-tag", block(lambda size: b"\0\2" + b"\x55" * (size - 2))),
    unopened("key-block-of-pkcs1-with-early-separator", "jwe-tag",
             block(lambda size: b"\0\2\x55\0" + b"\x55" * (size - 4))),
    unopened("content-key-of-16", "jwe-tag", key_of(16)),
    unopened("content-key-of-31", "jwe-tag", key_of(31)),
    unopened("content-key-of-33", "jwe-tag", key_of(33)),
    unopened("content-key-of-64", "jwe-tag", key_of(64)),
    unopened("content-key-another", "jwe-tag", key_of(32)),
]

ROWS = FORMS + HEADER_OBJECTS + HEADERS + ALGORITHMS + KIDS + UNOPENED
