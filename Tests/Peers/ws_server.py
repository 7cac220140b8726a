"""A WebSocket server that nobody of us wrote: the `websockets` library.

Prints its port, then a line for each connection that has ended: the close code and reason it got.
The path says what happens on a connection; see `scenarios`.
"""

import argparse
import asyncio
import ssl
import sys
import urllib.parse

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed


async def echo(ws):
    """Everything back, until the client closes."""
    async for message in ws:
        await ws.send(message)


async def fragments(ws):
    """Two messages in fragments, of text cut within a character, and of bytes, with pings between."""

    async def parts(whole, step):
        for start in range(0, len(whole), step):
            yield whole[start : start + step]
            await ws.ping()

    await ws.send(parts("häppchen " * 1000, 7))
    await ws.send(parts(bytes(range(256)) * 100, 999))
    await ws.wait_closed()


async def ping(ws):
    """A ping, and how its pong came."""
    latency = await (await ws.ping(b"are you there?"))
    await ws.send("pong" if latency >= 0 else "?")
    await ws.wait_closed()


async def later(ws, milliseconds):
    """Silence, then a word."""
    await asyncio.sleep(int(milliseconds) / 1000)
    await ws.send("later")
    await ws.wait_closed()


async def close(ws, code, reason=""):
    """The server closes."""
    await ws.close(int(code), urllib.parse.unquote(reason))


async def drive(ws, count, size):
    """The server sends and expects every message back, in order."""
    count, size = int(count), int(size)
    messages = [f"{i} ".ljust(size, "ä") if i % 2 else bytes([i % 256]) * size for i in range(count)]

    async def send():
        for message in messages:
            await ws.send(message)

    sending = asyncio.create_task(send())
    for message in messages:
        answer = await ws.recv()
        if answer != message:
            return await ws.close(4000, "wrong echo")
    await sending
    await ws.close(1000, "all echoed")


scenarios = {f.__name__: f for f in (echo, fragments, ping, later, close, drive)}


async def handle(ws):
    name, *arguments = ws.request.path.strip("/").split("/")
    try:
        await scenarios[name or "echo"](ws, *arguments)
    except ConnectionClosed:
        pass
    await ws.wait_closed()
    deflate = " deflate" if ws.protocol.extensions else ""
    print(f"{ws.close_code} {ws.close_reason}{deflate}", flush=True)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--no-deflate", action="store_true")
    options = parser.parse_args()
    tls = None
    if options.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.certificate, options.key)
    compression = None if options.no_deflate else "deflate"
    # A busy machine is no fault of the client.
    patience = {"open_timeout": 60, "ping_timeout": 60, "close_timeout": 60}
    async with serve(
        handle, "127.0.0.1", 0, ssl=tls, compression=compression, max_size=None, **patience
    ) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, wait_for_end_of_input)


def wait_for_end_of_input():
    """Whoever started this has gone when standard input ends."""
    while sys.stdin.read(1):
        pass


asyncio.run(main())
