"""tls_client_cpython.py PORT COUNT CA: tls_client.py with CPython's socket and ssl."""

from __future__ import annotations

import socket
import ssl
import sys

port, count, ca = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
context = ssl.create_default_context(cafile=ca)
sock = socket.create_connection(("127.0.0.1", port), 60)
with context.wrap_socket(sock, server_hostname="localhost") as conn:
    file, length = conn.makefile("rb"), 0
    for i in range(1, count + 1):
        conn.sendall(b"line %d\n" % i)
        length += len(file.readline().rstrip(b"\n"))
    print(length)
