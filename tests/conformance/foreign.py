"""Tokens and envelopes without the daemon's own code: python3-cryptography for what is bent, python3-jwcrypto for what is good.

jwcrypto refuses to make most of what the table of bad messages needs (two members of one name, a key of the wrong kind, a cut
signature), so the parts are put together here, and only the primitives are the library's.
"""
import base64
import hashlib
import json
import os

from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography import x509
from jwcrypto import jwe, jwk, jws

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


class Party:
    """A private key with the name that its holder is known by."""

    def __init__(self, pem, issuer="", kid=""):
        self.private = serialization.load_pem_private_key(pem, None)
        self.pem, self.issuer, self.kid = pem, issuer, kid
        self.jwk = jwk.JWK.from_pem(pem)

    def public_pem(self):
        return self.private.public_key().public_bytes(serialization.Encoding.PEM,
                                                      serialization.PublicFormat.SubjectPublicKeyInfo)

    def public_jwk(self):
        return {**json.loads(self.jwk.export_public()), "kid": self.kid}


class Recipient:
    """Whom events are encrypted to: a certificate, named by its x5t#S256."""

    def __init__(self, pem):
        self.certificate = x509.load_pem_x509_certificate(pem)
        self.pem, self.jwk = pem, jwk.JWK.from_pem(pem)
        self.kid = b64(hashlib.sha256(self.certificate.public_bytes(serialization.Encoding.DER)).digest())
        self.public = self.certificate.public_key()


# Signers: (private key, signing input) -> signature.

def pss(hash_type, salt=None):
    def sign(private, text):
        digest = hash_type()
        return private.sign(text, padding.PSS(padding.MGF1(digest), digest.digest_size if salt is None else salt), digest)
    return sign


ps256 = pss(hashes.SHA256)


def rs256(private, text):
    return private.sign(text, padding.PKCS1v15(), hashes.SHA256())


def hs256(secret):
    def sign(_, text):
        mac = hmac.HMAC(secret, hashes.SHA256())
        mac.update(text)
        return mac.finalize()
    return sign


def es256(_, text):
    der = ec.generate_private_key(ec.SECP256R1()).sign(text, ec.ECDSA(hashes.SHA256()))
    return der  # DER, not the pair that ES256 asks for: no reader may get so far as to care


def unsigned(_, __):
    return b""


def beginning_with_zero(private, text):
    """A PS256 signature whose first byte is zero: its salt is random, so one in 256 is."""
    while (signature := ps256(private, text))[0]:
        pass
    return signature


class Token:
    """A compact JWS: header, claims, key, and what is done to the text when it is made."""

    def __init__(self, header, claims, party):
        self.header, self.claims, self.party = header, claims, party
        self.header_bytes = self.payload = None  # in place of the JSON of header and claims
        self.signer = ps256
        self.after = []

    def text(self):
        header = compact(self.header) if self.header_bytes is None else self.header_bytes
        payload = compact(self.claims) if self.payload is None else self.payload
        signed = b64(header) + "." + b64(payload)
        made = signed + "." + b64(self.signer(self.party.private, signed.encode()))
        for change in self.after:
            made = change(made)
        return made


# Wrappers of the content key: (public key, content key) -> encrypted key.

def oaep(hash_type, mask_hash_type=None):
    def wrap(public, key):
        scheme = padding.OAEP(padding.MGF1((mask_hash_type or hash_type)()), hash_type(), None)
        return public.encrypt(key, scheme)
    return wrap


def pkcs1(public, key):
    return public.encrypt(key, padding.PKCS1v15())


def raw_rsa(block):
    """The block itself to the public exponent: what a padding oracle is asked with."""
    def wrap(public, _):
        numbers = public.public_numbers()
        size = (numbers.n.bit_length() + 7) // 8
        number = int.from_bytes(block(size), "big") % numbers.n
        return pow(number, numbers.e, numbers.n).to_bytes(size, "big")
    return wrap


def gcm(key, vector, plaintext, additional):
    sealed = AESGCM(key).encrypt(vector, plaintext, additional)
    return sealed[:-16], sealed[-16:]


def cbc_hs512(key, vector, plaintext, additional):
    """A256CBC-HS512 of RFC 7518 section 5.2, complete and right, under a header that the contract does not allow."""
    mac_key, cipher_key = key[:32], key[32:]
    pad = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(cipher_key), modes.CBC(vector)).encryptor()
    text = encryptor.update(pad.update(plaintext) + pad.finalize()) + encryptor.finalize()
    mac = hmac.HMAC(mac_key, hashes.SHA512())
    mac.update(additional + vector + text + (8 * len(additional)).to_bytes(8, "big"))
    return text, mac.finalize()[:32]


class Envelope:
    """A compact JWE around any bytes."""

    def __init__(self, header, public):
        self.header, self.public = header, public
        self.header_bytes = None
        self.key, self.vector = os.urandom(32), os.urandom(12)
        self.wrap, self.seal = oaep(hashes.SHA256), gcm
        self.before = []  # of the plaintext
        self.parts = []   # changes of the five decoded parts
        self.after = []   # of the text

    def text(self, plaintext):
        for change in self.before:
            plaintext = change(plaintext)
        header = compact(self.header) if self.header_bytes is None else self.header_bytes
        text, tag = self.seal(self.key, self.vector, plaintext, b64(header).encode())
        parts = [header, self.wrap(self.public, self.key), self.vector, text, tag]
        for change in self.parts:
            parts = change(parts)
        made = ".".join(map(b64, parts))
        for change in self.after:
            made = change(made)
        return made


# The same by jwcrypto, for messages that must be accepted.

def jwcrypto_token(token):
    made = jws.JWS(compact(token.claims))
    made.add_signature(token.party.jwk, None, compact(token.header).decode(), None)
    return made.serialize(compact=True)


def jwcrypto_envelope(header, recipient, plaintext):
    made = jwe.JWE(plaintext, compact(header).decode())
    made.add_recipient(recipient.jwk)
    return made.serialize(compact=True)
