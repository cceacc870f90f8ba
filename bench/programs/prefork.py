"""prefork.py PORT COUNT: two processes accept from one listener, and send to each client
the line that it has sent. They end after COUNT connections, half of them each."""

from __future__ import annotations

import os
import sys

import netsocket

port, count = int(sys.argv[1]), int(sys.argv[2])


def serve(server: netsocket.Socket) -> None:
    for _ in range(count // 2):
        with server.acceptwait(60) as client:
            line = client.reader().line(60)
            client.sendall((line or b"") + b"\n", 60)


with netsocket.bind_inet_stream("127.0.0.1", port, True) as server:
    server.listen()
    print(server.getsockname().port(), flush=True)
    for _ in range(2):
        if os.fork() == 0:
            status = 1
            try:
                serve(server)
                status = 0
            finally:
                os._exit(status)
    for _ in range(2):
        if os.wait()[1] != 0:
            raise RuntimeError("a worker has failed")
