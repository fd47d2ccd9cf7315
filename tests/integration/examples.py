#!/usr/bin/python3
"""The example subscribers of docs/examples against the real daemon: each is killed, and the daemon too, and nothing is missed.
Those in C++ are built against an installed copy of the client library.

usage: examples.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import atexit
import collections
import functools
import http.client
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)
from daemon_process import until  # noqa: E402


# The library as others get it, and the compiler and flags that made it.
Installed = collections.namedtuple("Installed", "folder compiler flags")


def ran(*command, **how):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **how)
    if done.returncode != 0:
        raise AssertionError(done.stdout)
    return done.stdout


@functools.cache
def installed():
    scratch = tempfile.TemporaryDirectory()
    atexit.register(scratch.cleanup)
    build = harness.PROGRAMS.parent
    cache = (build / "CMakeCache.txt").read_text()
    sanitizers = re.search(r"^CONSENTD_SANITIZE:STRING=(.*)$", cache, re.M).group(1)
    compiler = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", cache, re.M).group(1)
    flags = ["-Wall", "-Wextra", "-Werror"] + (["-fsanitize=" + sanitizers] if sanitizers else [])
    ran("cmake", "--install", build, "--component", "client", "--prefix", Path(scratch.name) / "installed")
    return Installed(Path(scratch.name), compiler, flags)


@functools.cache
def built_examples():
    """Builds docs/examples/cpp as another project would: from what was installed alone, by the compiler that made the library."""
    by = installed()
    made = by.folder / "examples"
    ran("cmake", "-S", harness.SOURCE / "docs/examples/cpp", "-B", made, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={by.folder / 'installed'}",
        f"-DCMAKE_CXX_COMPILER={by.compiler}", f"-DCMAKE_CXX_FLAGS={' '.join(by.flags)}")
    ran("cmake", "--build", made)
    return made


class ImpatientDoor:
    """A socket before the daemon's that ends each connection once a call was answered, as the daemon ends one that stays idle. Streams go on."""

    def __init__(self, path, daemon):
        self.path = path
        self.daemon = daemon
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client, socket.socket(socket.AF_UNIX) as behind:
            try:
                behind.connect(self.daemon)
                threading.Thread(target=self.pass_on, args=(client, behind), daemon=True).start()
                answer = b""
                while part := behind.recv(65536):
                    client.sendall(part)
                    answer += part
                    length = re.search(rb"\r\nContent-Length: (\d+)\r\n", answer, re.I)
                    if length and len(answer) >= answer.find(b"\r\n\r\n") + 4 + int(length.group(1)):
                        client.shutdown(socket.SHUT_RDWR)
                        return
            except OSError:
                pass

    @staticmethod
    def pass_on(client, behind):
        try:
            while part := client.recv(65536):
                behind.sendall(part)
            behind.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


# The example, and the line behind which what is to be done with an entry stands, and how that is made to fail while a file is not there.
EXAMPLES = {
    "subscriber.sh": ("sh", "deal_with() { # LINE\n", "[ -e {file} ] || {{ echo no {file} >&2; return 1; }}\n"),
    "subscriber.py": (sys.executable, "def deal_with(entry):\n", "    import os; os.stat('{file}')\n"),
    "subscriber.mjs": ("node", "function dealWith(entry) {\n",
                       "await sleep(1); if (!(await import('node:fs')).existsSync('{file}')) throw new Error('no {file}');\n"),
}

# How each says how long it bears silence, the same for less than the pause between two heartbeats, and what it says then.
SILENCE = {
    "subscriber.sh": ("--speed-time 60", "--speed-time 2", "Operation too slow"),
    "subscriber.py": ("timeout=60", "timeout=2", "timed out"),
    "subscriber.mjs": ("60_000", "2_000", "aborted"),
}


def for_each_example(test):
    """Runs a test for each example that can run here, each with output and a consumer of its own."""
    @functools.wraps(test)
    def tests(self):
        for name in EXAMPLES:
            if not shutil.which(EXAMPLES[name][0]):
                continue
            with self.subTest(example=name):
                try:
                    test(self, name)
                finally:
                    self.kill_all(self.running)
                    self.ctl("consumers", "remove", "example")
                    for left in ("subscriber.out", "subscriber.err"):
                        (self.folder / left).unlink()
    return tests


def example(name):
    return EXAMPLES[name][0], harness.SOURCE / "docs/examples" / name


def package_flags(*asked):
    """What pkg-config says of the installed copy, in whichever folder of libraries it is, moved elsewhere or not."""
    [described] = (installed().folder / "installed").rglob("consentd-client.pc")
    return ran("pkg-config", *asked, "consentd-client", env={**os.environ, "PKG_CONFIG_PATH": str(described.parent)}).split()


class Examples(harness.DaemonCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start()
        self.announced = 0

    def announce_some(self, count):
        for _ in range(count):
            self.announced += 1
            self.announce(f"c-{self.announced}")

    def subscriber(self, *command, socket=None):
        with open(self.folder / "subscriber.out", "a") as out, open(self.folder / "subscriber.err", "a") as errors:
            process = subprocess.Popen([*command, socket or self.folder / "api.sock", "example"], stdout=out, stderr=errors,
                                       start_new_session=True)
        self.addCleanup(self.kill_all, process)
        self.running = process
        return process

    # The example with one place changed.
    def changed(self, name, old, new):
        program, file = example(name)
        text = file.read_text()
        self.assertIn(old, text)
        copy = self.folder / name
        copy.write_text(text.replace(old, new))
        return program, copy

    # A shell has children, who would go on without it.
    def kill_all(self, subscriber):
        if subscriber.poll() is None:
            os.killpg(subscriber.pid, signal.SIGKILL)
            subscriber.wait(harness.PATIENCE)

    def printed(self):
        return re.findall(r"^\S+-\d+ ae\.openfinance\.consent\.announced (\S+) ", (self.folder / "subscriber.out").read_text(), re.M)

    def said(self):
        return (self.folder / "subscriber.err").read_text()

    def has_acknowledged_all(self):
        return self.api("/v1/consumers/example")[1]["lagEntries"] == 0

    def connected(self):
        status, consumer = self.api("/v1/consumers/example")
        return status == 200 and consumer["connected"]

    # Each once, but for what was printed and not acknowledged when something was killed.
    def has_printed_all(self):
        return list(dict.fromkeys(self.printed())) == [f"c-{number + 1}" for number in range(self.announced)]

    def loses_nothing(self, *command):
        subscriber = self.subscriber(*command)
        until(self.connected, "a subscriber that follows")
        self.announce_some(3)
        until(self.has_printed_all, "the first entries")
        self.kill_all(subscriber)
        self.announce_some(3)
        subscriber = self.subscriber(*command)
        until(self.has_printed_all, "what came while it was dead")
        self.daemon.kill()
        self.daemon.wait(harness.PATIENCE)
        self.daemon = self.start()
        self.announce_some(3)
        try:
            until(self.has_printed_all, "what came after the daemon was dead")
        except AssertionError:
            self.fail(self.said() + "\n".join(self.printed()))
        until(self.has_acknowledged_all, "the last acknowledgement")
        self.assertLessEqual(len(self.printed()), self.announced + 2)
        # Operators see from their dashboards who is behind.
        connection = http.client.HTTPConnection("127.0.0.1", self.port("operations"), timeout=harness.PATIENCE)
        self.addCleanup(connection.close)
        lag = 'consentd_consumer_lag_entries{consumer="example"} '
        metrics = self.asked(connection)
        self.assertIn(lag + "0\n", metrics)
        self.kill_all(subscriber)
        self.announce_some(2)
        self.assertIn(lag + "2\n", self.asked(connection))

    def asked(self, connection):
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()

    def test_shell(self):
        self.loses_nothing("sh", harness.SOURCE / "docs/examples/subscriber.sh")

    def test_python(self):
        self.loses_nothing(sys.executable, harness.SOURCE / "docs/examples/subscriber.py")

    @unittest.skipUnless(shutil.which("node"), "no node")
    def test_node(self):
        self.loses_nothing("node", harness.SOURCE / "docs/examples/subscriber.mjs")

    @for_each_example
    def test_connection_that_the_daemon_ended_meanwhile_brings_no_entry_twice(self, name):
        door = ImpatientDoor(self.folder / f"{name}.sock", str(self.folder / "api.sock"))
        self.addCleanup(door.close)
        self.announce_some(5)
        self.subscriber(*example(name), socket=door.path)
        until(lambda: self.connected() and self.has_acknowledged_all(), "all acknowledged")
        self.kill_all(self.running)
        self.assertEqual(self.printed(), [f"c-{number + 1}" for number in range(self.announced)], self.said())

    @for_each_example
    def test_what_cannot_be_dealt_with_is_not_acknowledged(self, name):
        self.announce_some(3)
        _, begin, failing = EXAMPLES[name]
        mended = self.folder / (name + ".mended")
        self.subscriber(*self.changed(name, begin, begin + failing.format(file=mended)))
        until(lambda: self.said().count(str(mended)) >= 2, "two failures")
        self.assertEqual(self.api("/v1/consumers/example")[1]["lagEntries"], self.announced)
        mended.touch()
        until(self.has_printed_all, "all of them")
        until(self.has_acknowledged_all, "the last acknowledgement")

    @for_each_example
    def test_stream_that_has_fallen_silent_is_given_up(self, name):
        patient, impatient, words = SILENCE[name]
        self.subscriber(*self.changed(name, patient, impatient))
        until(lambda: words in self.said(), "the end of a silent stream")
        self.announce_some(2)
        until(self.has_printed_all, "what came afterwards")

    # Whoever stays away for too long is forgotten.
    @for_each_example
    def test_forgotten_subscriber_begins_anew_and_misses_nothing(self, name):
        subscriber = self.subscriber(*example(name))
        until(self.connected, "a subscriber that follows")
        self.announce_some(2)
        until(self.has_printed_all, "the first entries")
        # While it follows,
        self.assertEqual(self.ctl("consumers", "remove", "example").returncode, 0)
        self.announce_some(2)
        until(self.has_printed_all, "what came after it was forgotten")
        until(self.connected, "a subscriber that follows again")
        # and while it is away.
        self.kill_all(subscriber)
        self.assertEqual(self.ctl("consumers", "remove", "example").returncode, 0)
        self.announce_some(2)
        self.subscriber(*example(name))
        until(self.has_printed_all, "what came while it was away")

    def test_cpp(self):
        self.loses_nothing(built_examples() / "subscriber")

    @unittest.skipUnless(shutil.which("pkg-config"), "no pkg-config")
    def test_cpp_without_cmake(self):
        by = installed()
        made = by.folder / "by-hand"
        ran(by.compiler, "-std=c++20", *by.flags, harness.SOURCE / "docs/examples/cpp/subscriber.cpp", "-o", made,
            *package_flags("--cflags", "--libs"))
        self.announce_some(1)
        self.subscriber(made)
        until(self.connected, "a subscriber that follows")
        self.announce_some(1)
        until(lambda: self.printed() == ["c-1", "c-2"], "the entry of before and the one that came since")

    def test_failure_that_is_dropped_unseen_does_not_compile(self):
        by = installed()
        source = by.folder / "dropped.cpp"
        for dropped in ('daemon.ask(client::remove_consumer("a"))', 'daemon.ask(client::request{.target = "/"})',
                        'async.ask(client::remove_consumer("a"))', 'async.ask(client::request{.target = "/"})', "changes.next()",
                        "changes.next(std::chrono::seconds(1))", "async_changes.next()"):
            source.write_text("#include <consentd/client.hpp>\nnamespace client = consentd::client;\n"
                              "void drop(client::daemon& daemon, client::async_daemon& async, client::event_stream& changes,\n"
                              "          client::async_event_stream& async_changes) {\n"
                              "  (void)daemon, (void)async, (void)changes, (void)async_changes;\n"
                              f"  {dropped};\n}}\n")
            done = subprocess.run([by.compiler, "-std=c++20", *by.flags, "-fsyntax-only", source, "-I", by.folder / "installed/include"],
                                  stderr=subprocess.PIPE, text=True)
            self.assertNotEqual(done.returncode, 0, dropped)
            self.assertRegex(done.stderr, "nodiscard|-Wunused-result", dropped)
            self.assertEqual(len(re.findall("error: ", done.stderr)), 1, done.stderr)

    def cache(self, changes):
        cache = subprocess.Popen([built_examples() / "cache", self.folder / "api.sock", str(changes)], stdout=subprocess.PIPE, text=True)
        self.addCleanup(cache.stdout.close)
        self.addCleanup(cache.wait, harness.PATIENCE)
        self.addCleanup(cache.kill)
        self.assertEqual(cache.stdout.readline(), f"{self.announced} consents\n")
        return cache

    # One that stands still has the entry, and asks about it when there is no daemon. Where the daemon died before it had written to that
    # stream, the entry comes with the next connection.
    def test_cpp_cache_outlives_a_daemon_that_goes_before_it_asks(self):
        cache = self.cache(2)
        watcher = self.cache(1)
        cache.send_signal(signal.SIGSTOP)
        self.announce_some(1)
        self.assertEqual(watcher.wait(harness.PATIENCE), 0)
        self.daemon.kill()
        self.daemon.wait(harness.PATIENCE)
        cache.send_signal(signal.SIGCONT)
        select.select([cache.stdout], [], [], 2)
        self.daemon = self.start()
        self.assertRegex(cache.stdout.readline(), "^c-1 (not known now: .*|unknown)$")
        self.announce_some(1)
        self.assertEqual(cache.stdout.readline(), "c-2 unknown\n")
        self.assertEqual(cache.wait(harness.PATIENCE), 0)

    def test_cpp_cache(self):
        self.announce_some(3)
        cache = self.cache(2)
        self.announce_some(1)
        self.assertEqual(cache.stdout.readline(), "c-4 unknown\n")
        self.daemon.kill()
        self.daemon.wait(harness.PATIENCE)
        self.daemon = self.start()
        self.announce_some(1)
        self.assertEqual(cache.stdout.readline(), "c-5 unknown\n")
        self.assertEqual(cache.wait(harness.PATIENCE), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
