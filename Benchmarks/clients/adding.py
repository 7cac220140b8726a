"""What the Python clients that add updates share: a window, and the lines that
`instctl add-updates` prints, written the way a user would."""

import argparse
import time
from datetime import datetime, timezone

import orjson

from common import LOGIN, tls  # noqa: F401 (for the clients)


def run(main):
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("window", type=int)
    parser.add_argument("url")
    parser.add_argument("--cacert")
    options = parser.parse_args()
    with open(options.file, "rb") as lines:
        main(options, Adder(lines, options.window))


class Adder:
    """Says what to send, so that no more than a window of updates has no acknowledgement."""

    def __init__(self, lines, window):
        self.lines, self.window = lines, window
        self.out = open(1, "wb", buffering=1 << 17, closefd=False)
        self.sent = {}  # when, by id
        self.last_id = 0
        self.is_done = False

    def receive(self, payload):
        """Takes a message; returns those to be sent now."""
        message = orjson.loads(payload)[2]
        if message["type"] == "repo/updates_received":
            self.acknowledged(message)
        elif message["type"] != "login_result":
            return []
        messages = []
        while len(self.sent) < self.window and (line := self.lines.readline()):
            messages.append(self.message(line.rstrip().decode()))
        self.is_done = not self.sent
        return messages

    def message(self, update):
        self.last_id += 1
        self.sent[self.last_id] = time.perf_counter()
        return orjson.dumps(
            [1, self.last_id + 1, {
                "type": "repo/add_updates", "recordName": None, "inst": "bench",
                "branch": "default", "updates": [update], "updateId": self.last_id}])

    def acknowledged(self, message):
        now, number = time.perf_counter(), message["updateId"]
        line = {
            "type": "ack",
            "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            "recordName": message["recordName"], "inst": message["inst"],
            "branch": message["branch"], "updateId": number,
            "ackMs": round((now - self.sent.pop(number)) * 1000, 3), "tries": 1,
        }
        self.out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        if not self.sent or self.window == 1:
            self.out.flush()
