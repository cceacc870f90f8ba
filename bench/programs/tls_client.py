"""tls_client.py PORT COUNT CA: sends COUNT lines through TLS, and reads each again."""

from __future__ import annotations

import ssl
import sys

import netsocket
from netsocket import tls

port, count, ca = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
context = ssl.create_default_context(cafile=ca)
sock = netsocket.connect_inet_stream("127.0.0.1", port, 60)
with tls.client(sock, context, "localhost", 60) as conn:
    rd, length = conn.reader(), 0
    for i in range(1, count + 1):
        conn.sendall(b"line %d\n" % i, 60)
        length += len(rd.line(60) or b"")
    print(length)
