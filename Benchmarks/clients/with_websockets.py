"""Receives with `websockets`, its asyncio client: the faster of its two for receiving."""

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

import common


async def main(options):
    messages = size = 0
    watch = common.Watch() if options.mode == "watch" else None
    # No limit for messages and no pings: it does what the others do, not more.
    async with connect(
        options.url,
        ssl=common.tls(options),
        compression="deflate" if "deflate=1" in options.url else None,
        max_size=None,
        ping_interval=None,
        proxy=None,
    ) as socket:
        if watch:
            await socket.send(common.LOGIN, text=True)
        try:
            while True:
                payload = await socket.recv(decode=False)
                messages += 1
                size += len(payload)
                if watch:
                    answer = watch.receive(payload)
                    if answer:
                        await socket.send(answer, text=True)
                elif options.mode == "echo":
                    await socket.send(payload, text=True)
        except ConnectionClosed:
            pass
    if watch:
        watch.out.flush()
    common.report(messages, size)


common.run(main)
