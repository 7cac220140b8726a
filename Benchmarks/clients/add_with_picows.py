"""Adds updates with `picows`, in its callback."""

import asyncio

import picows

import adding

TEXT = picows.WSMsgType.TEXT


class Listener(picows.WSListener):
    def __init__(self, adder):
        super().__init__()
        self.adder = adder

    def on_ws_connected(self, transport):
        transport.send(TEXT, adding.LOGIN)

    def on_ws_frame(self, transport, frame):
        if frame.msg_type != TEXT:
            return
        for message in self.adder.receive(frame.get_payload_as_memoryview()):
            transport.send(TEXT, message)
        if self.adder.is_done:
            transport.send_close(1000)
            transport.disconnect()


async def main(options, adder):
    transport, _ = await picows.ws_connect(
        lambda: Listener(adder), options.url, ssl_context=adding.tls(options),
        max_frame_size=1 << 30,
    )
    await transport.wait_disconnected()
    adder.out.flush()
    if not adder.is_done:
        raise SystemExit("the connection ended early")


adding.run(lambda options, adder: asyncio.run(main(options, adder)))
