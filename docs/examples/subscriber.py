#!/usr/bin/env python3
"""A subscriber in Python, with its standard library alone: a durable consumer. Prints one line for each entry, then acknowledges it.

    subscriber.py SOCKET NAME
"""
import http.client
import json
import socket
import sys
import time


class Daemon(http.client.HTTPConnection):
    """consentd's local API: HTTP over a Unix socket. The timeout is longer than the pause between two heartbeats of a stream."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)

    def ask(self, method, target, body):
        self.request(method, target, json.dumps(body), {"Content-Type": "application/json"})
        answer = self.getresponse()
        told = json.loads(answer.read())
        if answer.status >= 400:
            raise http.client.HTTPException(told)
        return told


def deal_with(entry):
    """What is to be done with an entry goes here. It may come twice: what was not acknowledged comes again."""
    print(entry["id"], entry["type"], entry["subject"], entry["data"].get("status"), flush=True)


def follow(path, name):
    calls, stream = Daemon(path), Daemon(path)
    try:
        # Makes the consumer if it is not there; then it begins with what comes from now on, and otherwise where it was.
        calls.ask("PUT", f"/v1/consumers/{name}", {"after": "latest"})
        stream.request("GET", f"/v1/consumers/{name}/events", headers={"Accept": "application/x-ndjson"})
        answer = stream.getresponse()
        if answer.status != 200:
            raise http.client.HTTPException(answer.read())
        while line := answer.readline():
            entry = json.loads(line)
            if entry.get("control") == "reset":
                print(entry["place"], "reset", flush=True)
                calls.ask("POST", f"/v1/consumers/{name}/ack", {"place": entry["place"]})
            elif "control" not in entry:
                deal_with(entry)
                calls.ask("POST", f"/v1/consumers/{name}/ack", {"place": entry["id"]})
    finally:
        calls.close()
        stream.close()


def main(path, name):
    while True:
        try:
            follow(path, name)
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as problem:
            print(problem, file=sys.stderr)
        time.sleep(1)  # the daemon restarts, or another of us follows


if __name__ == "__main__":
    main(*sys.argv[1:])
