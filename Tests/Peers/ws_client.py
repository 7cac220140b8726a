"""A WebSocket client that nobody of us wrote: the `websockets` library.

Connects to the URL, does what the scenario says, and prints how that went: `ok` or the fault, then
the close code and reason it got, with `deflate` where the connection was compressed.
"""

import argparse
import asyncio
import ssl

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus


async def echo(ws):
    """Messages of all kinds and sizes, each expected back; then the client closes."""
    large = bytes(range(256)) * (5 << 12)
    for message in ["", "hällo 🦆", b"", b"\x00\xff", "x" * 125, "y" * 126, b"z" * 65536, large]:
        await ws.send(message)
        if await ws.recv() != message:
            return "wrong echo"

    async def parts():
        for start in range(0, 100_000, 999):
            yield ("ä" * 100_000)[start : start + 999]
            await ws.ping()

    await ws.send(parts())
    if await ws.recv() != "ä" * 100_000:
        return "wrong echo of fragments"
    await ws.close(4001, "tschüss")
    return "ok"


async def many(ws):
    """A thousand messages under way at once."""
    messages = [f"message {i} ".ljust(i, "-") for i in range(1000)]

    async def send():
        for message in messages:
            await ws.send(message)

    sending = asyncio.create_task(send())
    for message in messages:
        if await ws.recv() != message:
            return "wrong order"
    await sending
    await ws.close()
    return "ok"


async def ping(ws):
    """Pings between messages, each with its pong."""
    for _ in range(10):
        await (await ws.ping())
        await ws.send("x")
        await ws.recv()
    await ws.close()
    return "ok"


async def closed(ws, code, reason):
    """The server is asked to close."""
    await ws.send(f"close {code} {reason}")
    try:
        await ws.recv()
        return "not closed"
    except ConnectionClosed:
        return "ok"


async def vanish(ws):
    """The connection breaks without a close frame."""
    await ws.send("x")
    await ws.recv()
    ws.transport.abort()
    return "ok"


scenarios = {f.__name__: f for f in (echo, many, ping, closed, vanish)}


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cacert")
    parser.add_argument("--no-deflate", action="store_true")
    parser.add_argument("url")
    parser.add_argument("scenario")
    parser.add_argument("arguments", nargs="*")
    options = parser.parse_args()
    tls = ssl.create_default_context(cafile=options.cacert) if options.cacert else None
    compression = None if options.no_deflate else "deflate"
    # A busy machine is no fault of the server.
    patience = {"open_timeout": 60, "ping_timeout": 60, "close_timeout": 60}
    try:
        async with connect(
            options.url, ssl=tls, compression=compression, max_size=None, **patience
        ) as ws:
            print(await scenarios[options.scenario](ws, *options.arguments))
            await ws.wait_closed()
            deflate = " deflate" if ws.protocol.extensions else ""
            print(f"{ws.close_code} {ws.close_reason}{deflate}")
    except InvalidStatus as error:
        print(f"status {error.response.status_code}")
        print(bytes(error.response.body).decode().strip())


asyncio.run(main())
