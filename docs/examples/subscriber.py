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
        """The answer's status. For what may be asked twice: a connection that was kept may have been closed by the daemon meanwhile."""
        try:
            status, told = self.exchange(method, target, body)
        except OSError:
            self.close()  # the next request opens it anew
            status, told = self.exchange(method, target, body)
        if status >= 400:
            raise http.client.HTTPException(told)
        return status

    def exchange(self, method, target, body):
        self.request(method, target, json.dumps(body), {"Content-Type": "application/json"})
        answer = self.getresponse()
        return answer.status, answer.read()


def deal_with(entry):
    """What is to be done with an entry goes here. It may come twice: what was not acknowledged comes again."""
    print(entry["id"], entry["type"], entry["subject"], entry["data"].get("status"), flush=True)


def follow(path, name):
    calls, stream = Daemon(path), Daemon(path)
    try:
        # Makes the consumer if it is not there, or there no more: then it begins with the oldest entry kept, since seeing some twice is
        # better than missing one; otherwise it goes on where it was.
        if calls.ask("PUT", f"/v1/consumers/{name}", {"after": "earliest"}) == 201:
            print("a new consumer: from the oldest entry kept", file=sys.stderr)
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
