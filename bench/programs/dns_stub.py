"""dns_stub.py PORT COUNT: asks a name server for the IPv4 addresses of COUNT names. A
question is sent again when its answer does not come."""

from __future__ import annotations

import random
import struct
import sys

import netsocket

port, count = int(sys.argv[1]), int(sys.argv[2])


def question(ident: int, name: str) -> bytes:
    labels = b"".join(struct.pack("B", len(s)) + s for s in name.encode().split(b"."))
    return struct.pack(">6H", ident, 0x100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"


def after_name(message: bytes, at: int) -> int:
    while 0 < message[at] < 0xC0:
        at += 1 + message[at]
    return at + (2 if message[at] else 1)


def addresses(message: bytes) -> list[str]:
    _, flags, _, answers = struct.unpack_from(">4H", message)
    if flags & 15:
        raise LookupError("there is no such name")
    found, at = [], after_name(message, 12) + 4
    for _ in range(answers):
        at = after_name(message, at)
        kind, _, _, length = struct.unpack_from(">HHIH", message, at)
        at += 10 + length
        if kind == 1:
            found.append(".".join(map(str, message[at - 4 : at])))
    return found


def resolve(sock: netsocket.Socket, name: str) -> list[str]:
    ident = random.randrange(0x10000)
    request = question(ident, name)
    for pause in (10, 20, 30):
        sock.send(request)
        deadline = netsocket.deadline(pause)
        while sock.recvable(deadline):
            message = sock.recv()
            if struct.unpack_from(">H", message)[0] == ident:
                return addresses(message)
    raise TimeoutError("the name server does not answer")


with netsocket.connect_inet_dgram("127.0.0.1", port) as sock:
    for i in range(1, count + 1):
        last = resolve(sock, f"host{i}.example.org")
    print(*last)
