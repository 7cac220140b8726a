"""Receives with `picows`, in its callback, without a copy of the payload.

picows speaks no permessage-deflate; its users offer it in a header and inflate with zlib.
"""

import zlib

import picows

import common

TEXT, CLOSE = picows.WSMsgType.TEXT, picows.WSMsgType.CLOSE


class Listener(picows.WSListener):
    def __init__(self, mode, deflate):
        super().__init__()
        self.messages = self.size = 0
        self.watch = common.Watch() if mode == "watch" else None
        self.echo = mode == "echo"
        self.inflate = zlib.decompressobj(-15).decompress if deflate else None

    def on_ws_connected(self, transport):
        if self.watch:
            transport.send(TEXT, common.LOGIN)

    def on_ws_frame(self, transport, frame):
        if frame.msg_type == TEXT:
            payload = frame.get_payload_as_memoryview()
            if frame.rsv1:
                payload = self.inflate(payload) + self.inflate(b"\0\0\xff\xff")
            self.messages += 1
            self.size += len(payload)
            if self.watch:
                answer = self.watch.receive(payload)
                if answer:
                    transport.send(TEXT, answer)
                if frame.last_in_buffer:
                    self.watch.out.flush()
            elif self.echo:
                transport.send(TEXT, bytes(payload))
        elif frame.msg_type == CLOSE:
            if self.watch:
                self.watch.out.flush()
            transport.send_close(frame.get_close_code())
            transport.disconnect()


async def main(options):
    deflate = "deflate=1" in options.url
    transport, listener = await picows.ws_connect(
        lambda: Listener(options.mode, deflate),
        options.url,
        ssl_context=common.tls(options),
        max_frame_size=1 << 30,
        read_buffer_init_size=128 * 1024,
        extra_headers={"Sec-WebSocket-Extensions": "permessage-deflate"} if deflate else None,
    )
    await transport.wait_disconnected()
    common.report(listener.messages, listener.size)


common.run(main)
