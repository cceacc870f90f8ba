"""http_server_cpython.py PORT COUNT: http_server.py with CPython's socket."""

from __future__ import annotations

import socket
import sys
from typing import BinaryIO

port, count = int(sys.argv[1]), int(sys.argv[2])


def read_request(file: BinaryIO) -> tuple[bytes, bool]:
    """The path, and whether the connection stays."""
    first = file.readline()
    if not first.endswith(b"\n"):
        return b"", False
    path, keep = first.split()[1], True
    while field := file.readline().rstrip(b"\r\n"):
        if field.lower() == b"connection: close":
            keep = False
    return path, keep


def serve(client: socket.socket) -> None:
    client.settimeout(60)
    keep = True
    with client.makefile("rb") as file:
        while keep:
            path, keep = read_request(file)
            if path:
                body = b"You asked for %b.\n" % path
                head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
                client.sendall(head + body)


with socket.create_server(("127.0.0.1", port)) as server:
    server.settimeout(60)
    print(server.getsockname()[1], flush=True)
    for _ in range(count):
        client, _ = server.accept()
        with client:
            serve(client)
