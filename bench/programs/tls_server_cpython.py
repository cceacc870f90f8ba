"""tls_server_cpython.py PORT COUNT CERTIFICATE KEY: tls_server.py with CPython's socket
and ssl."""

from __future__ import annotations

import socket
import ssl
import sys

port, count = int(sys.argv[1]), int(sys.argv[2])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[3], sys.argv[4])

with socket.create_server(("127.0.0.1", port)) as server:
    server.settimeout(60)
    print(server.getsockname()[1], flush=True)
    for _ in range(count):
        client, _ = server.accept()
        client.settimeout(60)
        with context.wrap_socket(client, server_side=True) as conn:
            for line in conn.makefile("rb"):
                conn.sendall(line)
