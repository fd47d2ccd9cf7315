#!/usr/bin/python3
"""How long acknowledgements take while the Hub hangs, beside the same without: known keys must not wait for unknown ones.

usage: hanging_hub.py FOLDER_OF_PROGRAMS SOURCE_FOLDER

Takes turns: a stretch with a Hub that answers, a stretch in which its key server hangs. In both, strangers show keys that nobody has,
so that the daemon asks the Hub: at most every 30 seconds, for which each stretch waits. Prints a line for each stretch and one for all
of each sort.
"""
import json
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "integration"))
import rotation  # noqa: E402  (takes the folders from the command line)
from daemon_process import PROGRAMS, measure, until  # noqa: E402

EVENTS, PER_SECOND, TURNS = 1000, 200, 3  # as long as the daemon waits for the Hub
UNTIL_ASKED_AGAIN = 31


def quantile(of, part):
    return sorted(of)[min(len(of) - 1, int(len(of) * part))] / 1000


def describe(name, took):
    print(f"{name:12} {len(took):6} acknowledged  p50 {quantile(took, .5):6.2f} ms  p99 {quantile(took, .99):6.2f} ms  "
          f"most {quantile(took, 1):7.2f} ms", flush=True)


class HangingHub(rotation.Simulator):
    def load(self):
        done = self.sim("send", self.folder, "--url", self.url, "--issuer", "bank-a", "--consent-id", "c-1", "--count", str(EVENTS),
                        "--rate", str(PER_SECOND), "--connections", "8", "--json")
        sent = [json.loads(line) for line in done.splitlines()]
        self.assertEqual({one["answer"] for one in sent}, {202})
        return [one["microseconds"] for one in sent]

    # Their tokens wait for the Hub, so a 503 shows that it hangs.
    def strangers(self):
        return subprocess.Popen([PROGRAMS / "consent-hubsim", "send", self.folder, "--url", self.url, "--fault", "bearer-unknown-kid",
                                 "--count", "40", "--rate", "20", "--connections", "8", "--json"], stdout=subprocess.PIPE, text=True)

    def runTest(self):
        self.url = f"https://127.0.0.1:{self.port()}/webhook"
        self.announce("c-1")
        took = {"answering": [], "hanging": []}
        for turn in range(TURNS):
            for name, all_of_them in took.items():
                for server in ("hub", "bank-b"):
                    self.sim("trouble", self.folder, server, "slow" if name == "hanging" else "none")
                time.sleep(UNTIL_ASKED_AGAIN)
                strangers = self.strangers()
                stretch = self.load()
                waited = {json.loads(line)["answer"] for line in strangers.communicate()[0].splitlines()}
                self.assertEqual(503 in waited, name == "hanging", waited)
                describe(f"{name} {turn + 1}", stretch)
                all_of_them += stretch
        until(lambda: self.api("/v1/status")[1]["inbox"]["pending"] == 0, "an empty inbox")
        for name, all_of_them in took.items():
            describe(name, all_of_them)


if __name__ == "__main__":
    measure(HangingHub())
