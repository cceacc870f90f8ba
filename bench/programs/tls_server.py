"""tls_server.py PORT COUNT CERTIFICATE KEY: COUNT connections, one after the other, get
each of their lines again through TLS. It says first which port it has."""

from __future__ import annotations

import ssl
import sys

import netsocket
from netsocket import tls

port, count = int(sys.argv[1]), int(sys.argv[2])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[3], sys.argv[4])

with netsocket.bind_inet_stream("127.0.0.1", port, True) as server:
    server.listen()
    print(server.getsockname().port(), flush=True)
    for _ in range(count):
        with tls.server(server.acceptwait(60), context, 60) as conn:
            for line in conn.reader():
                conn.sendall(line, 60)
