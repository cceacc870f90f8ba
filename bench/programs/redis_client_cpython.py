"""redis_client_cpython.py PORT COUNT: redis_client.py with CPython's socket."""

from __future__ import annotations

import socket
import sys
from typing import Any, BinaryIO

port, count = int(sys.argv[1]), int(sys.argv[2])


def reply(file: BinaryIO) -> Any:
    line = file.readline()
    if not line.endswith(b"\r\n"):
        raise EOFError("the server has closed the connection")
    kind, rest = line[:1], line[1:-2]
    if kind == b"+":
        return rest
    if kind == b"-":
        raise RuntimeError(rest.decode())
    n = int(rest)
    if kind == b":":
        return n
    if n < 0:
        return None
    if kind == b"$":
        data = file.read(n + 2)
        if len(data) < n + 2:
            raise EOFError("the server has closed the connection")
        return data[:n]
    return [reply(file) for _ in range(n)]


def call(sock: socket.socket, file: BinaryIO, *words: bytes) -> Any:
    parts = [b"*%d\r\n" % len(words)]
    parts += [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
    sock.sendall(b"".join(parts))
    return reply(file)


with socket.create_connection(("127.0.0.1", port), 60) as sock:
    file, length = sock.makefile("rb"), 0
    for i in range(1, count + 1):
        key = b"key:%d" % i
        assert call(sock, file, b"SET", key, b"%d" % (i * i)) == b"OK"
        length += len(call(sock, file, b"GET", key))
        assert call(sock, file, b"MGET", key, b"missing")[1] is None
    print(length, call(sock, file, b"DBSIZE"), sep="\t")
