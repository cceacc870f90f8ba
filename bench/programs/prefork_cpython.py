"""prefork_cpython.py PORT COUNT: prefork.py with CPython's socket."""

from __future__ import annotations

import os
import socket
import sys

port, count = int(sys.argv[1]), int(sys.argv[2])


def serve(server: socket.socket) -> None:
    for _ in range(count // 2):
        client, _ = server.accept()
        client.settimeout(60)
        with client, client.makefile("rb") as file:
            line = file.readline().rstrip(b"\r\n")
            client.sendall(line + b"\n")


with socket.create_server(("127.0.0.1", port)) as server:
    server.settimeout(60)
    print(server.getsockname()[1], flush=True)
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
