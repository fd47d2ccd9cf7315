"""What a row of the tables is, and the small changes that rows are made of."""
import base64
import dataclasses
import uuid
from typing import Callable, Optional

from foreign import ALPHABET, b64, compact, unb64


@dataclasses.dataclass(frozen=True)
class Row:
    """One bad message: the control of its family with one respect changed."""
    name: str
    rule: str                 # of the contract: section, and the word that is meant
    checks: tuple             # keys of checks.CHECKS: what holds the rule. Switched off, each alone makes the row fail
    edit: Callable
    status: Optional[int]     # None: the connection ends without an answer
    reason: Optional[str]
    family: str = "account-access"
    before: Optional[Callable] = None  # (make) -> messages that are accepted first; make() gives a control
    allow: Optional[str] = None        # the answer's Allow


@dataclasses.dataclass(frozen=True)
class GoodRow:
    """One message that must be accepted. Made by jwcrypto unless it needs what jwcrypto does not make."""
    name: str
    rule: str
    edit: Callable
    family: str = "account-access"
    becomes: str = "applied"
    after: Optional[Callable] = None   # (test, state) -> checks of the state that came of it
    by_hand: bool = False


def refused(status, name, rule, checks, reason, edit, **more):
    return Row(name, rule, tuple(checks.split()), edit, status, reason, **more)


def unauthorized(name, rule, checks, reason, edit, **more):
    return refused(401, "bearer-" + name, rule, checks, "bearer-" + reason, edit, **more)


def set_aside(name, rule, checks, reason, edit, **more):
    """Stored and acknowledged; kept aside once opened."""
    return refused(202, name, rule, checks, reason, edit, **more)


def each(*edits):
    def edit(message):
        for one in edits:
            one(message)
    return edit


def put(choose, **members):
    """Sets attributes of what `choose` picks of the message."""
    def edit(message):
        for name, value in members.items():
            setattr(choose(message), name, value)
    return edit


def member(choose, **members):
    """Sets members of the dictionary that `choose` picks; a callable is asked with the message."""
    def edit(message):
        for name, value in members.items():
            choose(message)[name] = value(message) if callable(value) else value
    return edit


def without(choose, name):
    return lambda message: choose(message).pop(name)


def then(choose, change):
    """Adds a change to the list that `choose` picks."""
    return lambda message: choose(message).append(change)


def in_text(choose, old, new):
    """The JSON text of a token's claims with one piece replaced: for what no dictionary can say."""
    def edit(message):
        token = choose(message)
        text = compact(token.claims)
        before = old(message) if callable(old) else old
        if text.count(before) != 1:
            raise AssertionError(f"{before} is not in the claims exactly once")
        token.payload = text.replace(before, new(message) if callable(new) else new)
    return edit


def uuid_of(name):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


# Changes of a compact text, by its parts.

def part(index, change):
    def edit(text):
        parts = text.split(".")
        parts[index] = change(parts[index])
        return ".".join(parts)
    return edit


def of_bytes(change):
    """A change of a part's bytes, as a change of its text."""
    return lambda text: b64(change(unb64(text)))


def flip(place, bit=0):
    def change(data):
        bent = bytearray(data)
        bent[place] ^= 1 << bit
        return bytes(bent)
    return change


def bend_last(text):
    """Another spelling of the same bytes: a bit of the last character that belongs to none of them."""
    if len(text) % 4 not in (2, 3):
        raise AssertionError("no unused bits")
    return text[:-1] + ALPHABET[ALPHABET.index(text[-1]) | 1]


def signed_anew(token, index, change):
    """Bends header (0) or payload (1) of a JWS and signs what came of it, so that its signature is not what is wrong."""
    def edit(text):
        head, payload, _ = text.split(".")
        parts = [head, payload]
        parts[index] = change(parts[index])
        signed = ".".join(parts)
        return signed + "." + b64(token.signer(token.party.private, signed.encode()))
    return edit


def json_serialised(text):
    head, payload, signature = text.split(".")
    return '{"protected":"%s","payload":"%s","signature":"%s"}' % (head, payload, signature)


def standard_base64(text):
    return base64.b64encode(unb64(text)).decode()
