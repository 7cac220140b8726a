"""A TLS 1.3 server that demands a client certificate, and resets the connection right behind the alert
that says so. Prints its port.
"""

import argparse
import socket
import ssl
import struct

parser = argparse.ArgumentParser()
parser.add_argument("--certificate", required=True)
parser.add_argument("--key", required=True)
parser.add_argument("--ca", required=True)
arguments = parser.parse_args()

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.minimum_version = ssl.TLSVersion.TLSv1_3
context.load_cert_chain(arguments.certificate, arguments.key)
context.load_verify_locations(arguments.ca)
context.verify_mode = ssl.CERT_REQUIRED

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    # With no time to linger, closing resets the connection.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    try:
        context.wrap_socket(connection, server_side=True).close()
    except OSError:
        connection.close()
