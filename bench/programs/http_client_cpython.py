"""http_client_cpython.py PORT COUNT: http_client.py with CPython's socket."""

from __future__ import annotations

import socket
import sys
from typing import BinaryIO

port, count = int(sys.argv[1]), int(sys.argv[2])


def read_line(file: BinaryIO) -> bytes:
    line = file.readline()
    if not line.endswith(b"\n"):
        raise EOFError("the answer has been cut short")
    return line.rstrip(b"\r\n")


def read_exactly(file: BinaryIO, n: int) -> bytes:
    data = file.read(n)
    if len(data) < n:
        raise EOFError("the answer has been cut short")
    return data


def fields(file: BinaryIO) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    while line := read_line(file):
        name, _, value = line.partition(b":")
        found[name.lower()] = value.strip()
    return found


def chunks(file: BinaryIO) -> bytes:
    pieces: list[bytes] = []
    while size := int(read_line(file).partition(b";")[0], 16):
        pieces.append(read_exactly(file, size))
        read_line(file)
    fields(file)
    return b"".join(pieces)


def get(sock: socket.socket, file: BinaryIO, path: bytes) -> bytes:
    sock.sendall(b"GET %b HTTP/1.1\r\nHost: localhost\r\n\r\n" % path)
    if read_line(file).split()[1] != b"200":
        raise LookupError("the page is not there")
    head = fields(file)
    if head.get(b"transfer-encoding") == b"chunked":
        return chunks(file)
    return read_exactly(file, int(head[b"content-length"]))


with socket.create_connection(("127.0.0.1", port), 60) as sock:
    file = sock.makefile("rb")
    print(sum(len(get(sock, file, b"/%d" % i)) for i in range(1, count + 1)))
