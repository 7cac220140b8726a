"""Python's own HTTP server on a free port of the loopback, which it prints first.

usage: http_server.py [CERTIFICATE KEY]
"""

import http.server
import socket
import ssl
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        _, name, *rest = self.path.split("/")
        getattr(self, name.replace("-", "_"))(*rest)

    do_PUT = do_GET

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def status(self, code):
        self.answer(int(code), b"")

    def count(self):
        """How many bytes the body has, read in pieces."""
        missing = size = int(self.headers["Content-Length"])
        while missing > 0:
            missing -= len(self.rfile.read(min(missing, 65536)))
        self.answer(200, str(size).encode())

    def large(self, framing, size):
        """So many bytes; in chunks of odd sizes."""
        body = b"x" * int(size)
        if framing == "length":
            return self.answer(200, body)
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for start in range(0, len(body), 99_991):
            chunk = body[start : start + 99_991]
            self.wfile.write(b"%X;a=b\r\n%s\r\n" % (len(chunk), chunk))
        self.wfile.write(b"0\r\nDigest: none\r\n\r\n")

    def refuse(self, manner):
        """Answers without reading the body, then resets the connection or reads on."""
        self.answer(403, b"no")
        self.wfile.flush()
        if manner == "drain":
            while self.rfile.read(65536):
                pass
        self.hang_up()

    def until_end(self, manner):
        """A body that ends with the connection; over TLS with its farewell or without."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"whole")
        if manner == "orderly":
            try:
                self.connection.settimeout(30)
                self.connection.unwrap()
            except OSError:
                pass
        self.hang_up()

    def hang_up(self):
        self.close_connection = True
        # Without TLS's farewell: the socket below is closed, with whatever is unread in it.
        self.connection.shutdown(socket.SHUT_WR)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", 0), Handler)
if len(sys.argv) > 1:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
