"""dns_responder.py PORT NAME=ADDRESS...: answers questions for the IPv4 addresses of
these names, as many in a batch as have come; other names do not exist."""

from __future__ import annotations

import contextlib
import struct
import sys

import netsocket

KNOWN: dict[bytes, bytes] = {}
for argument in sys.argv[2:]:
    name, _, address = argument.partition("=")
    KNOWN[name.lower().encode()] = bytes(map(int, address.split(".")))


def question_of(message: bytes) -> tuple[bytes, int, bytes] | None:
    """The name, its type, and all of the question as it came; None when it is none."""
    at = 12
    labels: list[bytes] = []
    while at < len(message) and message[at] < 64:
        label = message[at + 1 : at + 1 + message[at]]
        at += 1 + message[at]
        if not label:
            kind = int.from_bytes(message[at : at + 2], "big")
            whole = len(message) >= at + 4
            return (b".".join(labels), kind, message[12 : at + 4]) if whole else None
        labels.append(label.lower())
    return None


def answer_to(message: bytes) -> bytes | None:
    if len(message) < 17 or message[2] & 0xF8 or message[4:6] != b"\0\1":
        return None
    question = question_of(message)
    if question is None:
        return None
    address = KNOWN.get(question[0])
    flags = 0x8400 | (message[2] & 1) << 8 | (3 if address is None else 0)
    record = b""
    if address is not None and question[1] == 1:
        record = struct.pack("!HHHIH", 0xC00C, 1, 1, 60, 4) + address
    head = struct.pack("!5H", flags, 1, 1 if record else 0, 0, 0)
    return message[:2] + head + question[2] + record


with netsocket.bind_inet_dgram("127.0.0.1", (*sys.argv, "5300")[1]) as server:
    server.nonblock(False)
    print("listening on", server.getsockname(), file=sys.stderr, flush=True)
    while True:
        answers: list[bytes] = []
        to: list[netsocket.AddrInfo] = []
        for message, sender in server.recvmany(64, 512):
            answer = answer_to(message)
            if answer is not None and sender is not None:
                answers.append(answer)
                to.append(sender)
        with contextlib.suppress(OSError):  # one that is lost is asked for again
            server.sendmany(answers, to)
