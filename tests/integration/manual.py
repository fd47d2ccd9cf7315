#!/usr/bin/python3
"""The manual pages and the shell completion: complete, and such that groff and bash have nothing to say against them.

usage: manual.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import re
import subprocess
import sys
import tempfile
import tomllib
import unittest
from pathlib import Path

SOURCE = Path(sys.argv.pop())
PROGRAMS = Path(sys.argv.pop())


def read(page):
    done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=120n", page], capture_output=True, text=True, check=True)
    assert not done.stderr, done.stderr
    return done.stdout


class Manual(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = Path(scratch.name)
        subprocess.run([SOURCE / "scripts/manual", PROGRAMS, cls.folder], check=True)

    def help_of(self, *path):
        done = subprocess.run([PROGRAMS / "consentctl", *path, "--help"], capture_output=True, text=True, check=True)
        return done.stdout

    def commands(self, path=()):
        text = self.help_of(*path)
        listed = text.partition("\nSubcommands:\n")[2]
        names = re.findall(r"^  (\S+)", listed, re.M)
        for name in names:
            yield from self.commands((*path, name))
        if not names:
            yield path, set(re.findall(r"^ +(--[a-z0-9-]+)", text, re.M))

    def test_every_command_and_option_is_in_the_page(self):
        page = read(self.folder / "consentctl.1")
        seen = 0
        for path, options in self.commands():
            heading = "\n   " + " ".join(path) + "\n"
            self.assertIn(heading, page)
            section = page.partition(heading)[2].partition("\n   " + "consent")[0]
            for option in options:
                self.assertIn(option, section, path)
            seen += 1
        self.assertGreater(seen, 25)

    def test_every_setting_is_in_the_page_with_its_default(self):
        page = re.sub(r"\s+", " ", read(self.folder / "consentd.toml.5"))
        settings = (SOURCE / "config/consentd.toml").read_text()
        for table, keys in tomllib.loads(settings).items():
            for key, value in (keys[0] if isinstance(keys, list) else keys).items():
                shown = f'"{value}"' if isinstance(value, str) else str(value)
                if not isinstance(value, (list, bool)) and not hasattr(value, "year"):
                    self.assertIn(f"{key} = {shown}", page, table)
        for name in re.findall(r"^# (?:\[+(\w+)\]+|(\w+) = )", settings, re.M):
            self.assertIn(name[0] or name[1], page)

    def test_daemon_s_options_and_signals_are_in_its_page(self):
        page = read(self.folder / "consentd.8")
        for word in ("--config", "--check-config", "--version", "SIGHUP", "SIGTERM", "64", "78", "/etc/consentd/consentd.toml"):
            self.assertIn(word, page)

    def test_page_tells_statuses_files_and_examples(self):
        page = read(self.folder / "consentctl.1")
        for part in ("EXIT STATUS", "FILES", "EXAMPLES"):
            self.assertIn(f"\n{part}\n", page)
        status = page.partition("\nEXIT STATUS\n")[2].partition("\nENVIRONMENT\n")[0]
        self.assertEqual(re.findall(r"^ +(\d+) ", status, re.M), ["0", "1", "2", "64", "69", "74"])
        for word in ("/run/consentd/api.sock", "/etc/consentd/consentd.toml", "on standard error, with --json too"):
            self.assertIn(word, re.sub(r"\s+", " ", page))

    # As far as a daemon that is not there lets them.
    def test_examples_are_command_lines_that_are_understood(self):
        page = read(self.folder / "consentctl.1").partition("\nEXAMPLES\n")[2].partition("\nSEE ALSO\n")[0]
        examples = re.findall(r"^ +(consentctl .*?)(?: && .*| > .*)?$", page, re.M)
        self.assertGreater(len(examples), 4)
        for example in examples:
            done = subprocess.run([PROGRAMS / "consentctl", "--socket", self.folder / "none", *example.split()[1:]], capture_output=True, text=True)
            self.assertIn(done.returncode, (2, 69), done.stderr)

    def complete(self, *words):
        script = (f"cd {self.folder}; source {self.folder}/consentctl.bash; COMP_WORDS=({' '.join(repr(word) for word in words)}); "
                  "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _consentctl; printf '%s\\n' \"${COMPREPLY[@]}\"")
        done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True)
        return set(done.stdout.split())

    def test_shell_completes_commands_and_options(self):
        self.assertEqual(self.complete("consentctl", "quar"), {"quarantine"})
        self.assertEqual(self.complete("consentctl", "consumers", ""), {"list", "keep", "get", "follow", "ack", "seek", "pause", "resume", "remove"})
        self.assertEqual(self.complete("consentctl", "--json", "consents", "list", "--st"), {"--status"})
        self.assertEqual(self.complete("consentctl", "consents", "list", "--status", "Authorized", "--exp"), {"--expires-before"})
        self.assertIn("--socket", self.complete("consentctl", "-"))
        self.assertIn("--version", self.complete("consentctl", "-"))

    def test_shell_completes_options_of_all_behind_a_command(self):
        self.assertEqual(self.complete("consentctl", "consents", "get", "--j"), {"--json"})
        self.assertEqual(self.complete("consentctl", "consents", "--s"), {"--socket"})
        self.assertEqual(self.complete("consentctl", "status", ""), {"--json", "--socket", "--help"})

    def test_shell_takes_no_value_for_a_command(self):
        self.assertEqual(self.complete("consentctl", "--socket", "consents", "consu"), {"consumers"})
        self.assertEqual(self.complete("consentctl", "--socket", "=", "consents", "consu"), {"consumers"})
        self.assertEqual(self.complete("consentctl", "consumers", "keep", "x", "--subject", "list", "--af"), {"--after"})

    def test_shell_completes_values(self):
        kinds = {"account-access", "payment", "insurance"}
        self.assertEqual(self.complete("consentctl", "consents", "list", "--kind", ""), kinds)
        self.assertEqual(self.complete("consentctl", "events", "tail", "--kind", "=", ""), kinds)
        self.assertEqual(self.complete("consentctl", "consents", "list", "--status", "Re"), {"Rejected", "Revoked"})
        self.assertIn("AcceptedWithoutPosting", self.complete("consentctl", "events", "tail", "--status", "Acc"))
        self.assertIn("Suspended", self.complete("consentctl", "consumers", "keep", "x", "--status", ""))
        self.assertIn("Suspended", self.complete("consentctl", "consents", "wait", "c-1", ""))
        self.assertEqual(self.complete("consentctl", "quarantine", "list", "--reason", "keys"), {"keys-unavailable"})
        self.assertEqual(self.complete("consentctl", "resources", "get", "pay"), {"payment"})
        self.assertEqual(self.complete("consentctl", "consents", "list", "--issuer", ""), set())

    def test_shell_completes_names_of_files(self):
        files = {"consentd.8", "consentd.toml.5"}
        for words in (("inspect",), ("inspect", "x", "--config"), ("--socket",), ("consents", "get", "c-1", "--socket", "=")):
            self.assertEqual(self.complete("consentctl", *words, "consentd"), files)
        self.assertTrue(files <= self.complete("consentctl", "inspect", ""))


if __name__ == "__main__":
    unittest.main(verbosity=2)
