"""What every test in Python needs of a running daemon: patience, and its Unix socket."""
import http.client
import socket
import time

PATIENCE = 60  # seconds; far beyond any expectation, so that a hanging test ends


def until(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError("never came about: " + what)
        time.sleep(0.002)
    return value


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)
