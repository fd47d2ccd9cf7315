#!/usr/bin/python3
"""Runs the tables of bad and good messages against the real daemon; says each row that came out otherwise, and fails then.

usage: conformance.py FOLDER_OF_PROGRAMS [--bad-only] [--report FILE] [--only PART_OF_A_NAME]

--bad-only leaves out the good messages and the control behind each bad one, for mutation runs; --report writes the names of the
rows that failed, as JSON.
"""
import argparse
import json
import signal
import sys
import tempfile
import time
import uuid
from pathlib import Path

import bearer_claim_rows
import bearer_rows
import claim_rows
import event_rows
import good_rows
import http_rows
import jwe_rows
import jws_rows
from checks import CHECKS
from daemon import Daemon, Gone, Lure
from message import FAMILIES, Message, Parties

BAD = (http_rows.ROWS + bearer_rows.ROWS + bearer_claim_rows.ROWS + jwe_rows.ROWS + jws_rows.ROWS + claim_rows.ROWS +
       event_rows.ROWS)
GOOD = good_rows.ROWS


class Differs(AssertionError):
    pass


def same(found, expected, what):
    if found != expected:
        raise Differs(f"{what}: {found!r}, not {expected!r}")


def true(found, what):
    if not found:
        raise Differs(f"{what}: {found!r}")


def is_uuid(text):
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


class Run:
    """`same` and `true` are also what the good rows look at their state with."""

    same, true = staticmethod(same), staticmethod(true)

    def __init__(self, daemon, parties, controls):
        self.daemon, self.parties, self.controls = daemon, parties, controls
        self.details = {}  # of what failed to open: all must be one

    def make(self, family, number):
        return lambda: Message(self.parties, family, number)

    def prepare(self, family, number):
        kind = FAMILIES[family].announced
        if kind:
            self.daemon.announce(number, kind, self.parties.issuers[FAMILIES[family].issuer].issuer)

    def place(self, family, message_number):
        """Everything that a refused message must leave as it is."""
        known = FAMILIES[family]
        issuer = self.parties.issuers[known.issuer].issuer
        number = "p-" + message_number if known.resource == "payment" else message_number
        states = [self.daemon.state(known, number, issuer)]
        if known.resource == "payment":
            states.append(self.daemon.state(FAMILIES["payment-consent"], message_number, issuer))
        return states, self.daemon.last_sequence()

    def look_at_answer(self, answer, row, interaction):
        same(answer.status, row.status, "answer")
        if row.status is None:
            return
        echoed = answer.fields.get("x-fapi-interaction-id", "")
        true(is_uuid(echoed), "x-fapi-interaction-id of the answer")
        # A head that could not be read has no interaction id to echo.
        if row.reason not in ("request-malformed", "header-too-large"):
            same(echoed, interaction, "x-fapi-interaction-id")
        challenge = 'Bearer error="invalid_token"' if row.reason != "bearer-missing" else "Bearer"
        same(answer.fields.get("www-authenticate"), challenge if row.status == 401 else None, "WWW-Authenticate")
        same(answer.fields.get("allow"), row.allow, "Allow")

    def look_at_reason(self, answer, row, interaction):
        if row.status != 202:
            same(self.daemon.logged_reason(answer.fields["x-fapi-interaction-id"]), row.reason, "reason in the log")
            same(self.daemon.api("GET", f"/v1/deliveries?interaction_id={interaction}")[1]["deliveries"], [], "deliveries kept")
            return
        became = self.daemon.outcome(interaction)
        same((became["state"], became["reason"]), ("quarantined", row.reason), "what became of it")
        kept = self.daemon.api("GET", f"/v1/quarantine/{became['deliveryId']}")
        same((kept[0], kept[1].get("reason")), (200, row.reason), "the quarantine's word")
        if row.reason == "decryption":
            self.details.setdefault(kept[1]["detail"], row.name)
            same(len(self.details), 1, "words for what does not open")

    def accepted(self, message, parts=None):
        answer = self.daemon.post(*(parts or message.request()))
        same(answer.status, 202, "answer to a good message")
        became = self.daemon.outcome(answer.fields["x-fapi-interaction-id"])
        same((became["state"], became["reason"]), ("decided", None), "what became of a good message")
        return became

    def bad(self, row):
        number = "row-" + row.name
        make = self.make(row.family, number)
        self.prepare(row.family, number)
        for first in row.before(make) if row.before else ():
            self.accepted(first)
        before = self.place(row.family, number)
        message = make()
        row.edit(message)
        answer = self.daemon.post(*message.request())
        self.daemon.settle()  # also what should not have been stored, or it would move the next row's world
        self.look_at_answer(answer, row, message.interaction)
        if row.status is not None:
            self.look_at_reason(answer, row, message.interaction)
        same(self.place(row.family, number), before, "the state")
        if self.controls:
            same(self.accepted(make())["disposition"], "applied", "the control behind it")

    def good(self, row):
        number = good_rows.NUMBERS.get(row.name, "good-" + str(uuid.uuid4()))
        self.prepare(row.family, number)
        message = Message(self.parties, row.family, number)
        row.edit(message)
        became = self.accepted(message, None if row.by_hand else message.by_jwcrypto())
        same(became["disposition"], row.becomes, "disposition")
        states, _ = self.place(row.family, number)
        true(states[0] is not None, "a state")
        if row.becomes == "applied":
            said = next(message.data[name] for name in ("Status", "QuoteStatus", "OpeningStatus", "ConsentStatus") if name in message.data)
            same(states[0]["status"], said, "status")
        if row.after:
            row.after(self, states[0])


def run_rows(daemon, chosen, controls):
    """What was otherwise than expected, by the row's name."""
    parties, lure = Parties(daemon.folder), Lure()
    parties.lure = lure.url
    run = Run(daemon, parties, controls)
    failed = {}
    try:
        for row, kind in chosen:
            try:
                kind(run, row)
            except (AssertionError, OSError) as differs:
                failed[row.name] = f"(contract {row.rule}) {differs}"
        # Whatever came before: the daemon is as well as at first.
        run.prepare("account-access", "the-last")
        run.accepted(Message(parties, "account-access", "the-last"))
    except (Gone, AssertionError) as gone:
        failed["the daemon"] = str(gone)
    if lure.calls:
        failed["the lure"] = f"an address in a header or a claim was called {lure.calls} times"
    return failed


def check_tables():
    names = [row.name for row in BAD] + [row.name for row in GOOD]
    twice = sorted({name for name in names if names.count(name) > 1})
    assert not twice, f"names twice: {twice}"
    assert len(BAD) >= 200, len(BAD)
    named = {check for row in BAD for check in row.checks}
    assert named == set(CHECKS), f"not in both tables and checks.py: {sorted(named ^ set(CHECKS))}"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("programs", type=Path)
    arguments.add_argument("--bad-only", action="store_true")
    arguments.add_argument("--report", type=Path)
    arguments.add_argument("--only", default="")
    how = arguments.parse_args()
    check_tables()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends the daemon on its way out
    began = time.monotonic()
    chosen = [(row, Run.bad) for row in BAD] + ([] if how.bad_only else [(row, Run.good) for row in GOOD])
    chosen = [(row, kind) for row, kind in chosen if how.only in row.name]
    assert chosen, f"no row has {how.only} in its name"
    with tempfile.TemporaryDirectory() as scratch:
        daemon = Daemon(how.programs, Path(scratch))
        try:
            failed = run_rows(daemon, chosen, controls=not how.bad_only)
        finally:
            ended = daemon.stop()
    if ended != 0:
        failed["the end"] = f"exit status {ended}"
    for name, otherwise in failed.items():
        print(f"FAILED {name}: {otherwise}")
    if how.report:
        how.report.write_text(json.dumps({"rows": len(chosen), "failed": failed}))
    print(f"{len(chosen)} rows, {len(failed)} failed, {time.monotonic() - began:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
