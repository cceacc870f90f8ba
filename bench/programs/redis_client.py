"""redis_client.py PORT COUNT: sets and reads COUNT keys of a Redis server."""

from __future__ import annotations

import sys
from typing import Any

import netsocket

port, count = int(sys.argv[1]), int(sys.argv[2])


def reply(rd: netsocket.Reader) -> Any:
    line = rd.line(60)
    if not line:
        raise EOFError("the server has closed the connection")
    kind, rest = line[:1], line[1:]
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
        return rd.readexactly(n + 2, 60)[:n]
    return [reply(rd) for _ in range(n)]


def call(sock: netsocket.Socket, rd: netsocket.Reader, *words: bytes) -> Any:
    parts = [b"*%d\r\n" % len(words)]
    parts += [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
    sock.sendall(b"".join(parts), 60)
    return reply(rd)


with netsocket.connect_inet_stream("127.0.0.1", port, 60) as sock:
    rd, length = sock.reader(), 0
    for i in range(1, count + 1):
        key = b"key:%d" % i
        assert call(sock, rd, b"SET", key, b"%d" % (i * i)) == b"OK"
        length += len(call(sock, rd, b"GET", key))
        assert call(sock, rd, b"MGET", key, b"missing")[1] is None
    print(length, call(sock, rd, b"DBSIZE"), sep="\t")
