"""What the Python clients share: options, TLS, and a watch written the way a user would."""

import argparse
import asyncio
import json
import ssl
import sys
from datetime import datetime, timezone

import orjson

LOGIN = b'[1,1,{"type":"login","connectionId":"bench"}]'
WATCH = (
    b'[1,2,{"type":"repo/watch_branch","recordName":null,"inst":"bench","branch":"default"}]'
)


def run(main):
    """Runs `main(options)` on the event loop that suits the mode best."""
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["count", "watch", "echo"])
    parser.add_argument("url")
    parser.add_argument("--cacert")
    options = parser.parse_args()
    if options.mode == "echo":  # uvloop answers sooner; it receives no faster than asyncio
        import uvloop

        uvloop.run(main(options))
    else:
        asyncio.run(main(options))


def tls(options):
    """The context for a wss: URL, or None."""
    if not options.url.startswith("wss:"):
        return None
    return ssl.create_default_context(cafile=options.cacert)


class Watch:
    """Turns messages into the lines that `instctl watch` prints."""

    def __init__(self):
        self.out = open(1, "wb", buffering=1 << 17, closefd=False)

    def receive(self, payload):
        """Prints the message if it holds updates; returns what is to be sent, or None."""
        message = orjson.loads(payload)[2]
        if message["type"] == "repo/add_updates":
            line = {
                "type": "updates",
                "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
                "recordName": message["recordName"],
                "inst": message["inst"],
                "branch": message["branch"],
                "updates": message["updates"],
                "initial": message.get("initial", False),
            }
            self.out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        elif message["type"] == "login_result":
            return WATCH
        return None


def report(messages, size):
    """Says on stderr what was received."""
    print(json.dumps({"messages": messages, "bytes": size}), file=sys.stderr)
