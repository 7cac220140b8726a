"""Adds updates with `websockets`, its asyncio client."""

import asyncio

from websockets.asyncio.client import connect

import adding


async def main(options, adder):
    async with connect(
        options.url, ssl=adding.tls(options), compression=None, max_size=None,
        ping_interval=None, proxy=None,
    ) as socket:
        await socket.send(adding.LOGIN, text=True)
        while not adder.is_done:
            for message in adder.receive(await socket.recv(decode=False)):
                await socket.send(message, text=True)
    adder.out.flush()


adding.run(lambda options, adder: asyncio.run(main(options, adder)))
