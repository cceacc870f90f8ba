"""A name server of a test's own, in a network namespace: it hears every question and
answers when it is told to, so the order in which a resolver gets its answers is the
test's.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from support.net.peers import WITHIN

A, PTR, AAAA = 1, 12, 28
NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME = 0, 2, 3
DISCARD = 9  # a port at which nothing is
FAMILIES = {A: socket.AF_INET, AAAA: socket.AF_INET6}


class NameServer:
    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._asked: dict[int, list[tuple[bytes, Any]]] = {A: [], PTR: [], AAAA: []}

    def end(self) -> None:
        """The test waits no longer: who asks from now on is refused by the system, and
        who has asked is told that there is no answer."""
        self._sock.connect(("127.0.0.1", DISCARD))
        self._sock.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                self._hear()
        for kind, questions in self._asked.items():
            while questions:
                self.answer(kind, code=SERVER_FAILURE)

    def _hear(self) -> int:
        """Take the next question; its type."""
        question, asker = self._sock.recvfrom(512)
        end = question.index(b"\0", 12) + 5
        (kind,) = struct.unpack("!H", question[end - 4 : end - 2])
        self._asked[kind].append((question[:end], asker))
        return int(kind)

    def asked(self, *kinds: int) -> None:
        """Wait until each of these has been asked for."""
        while any(not self._asked[kind] for kind in kinds):
            self._hear()

    def answer(self, kind: int, *values: str, code: int = NO_ERROR) -> None:
        """Answer the oldest question of this type, with no address or with these; of PTR
        with these names."""
        self.asked(kind)
        question, asker = self._asked[kind].pop(0)
        flags = struct.pack("!H", 0x8180 | code)
        head = question[:2] + flags + struct.pack("!4H", 1, len(values), 0, 0)
        records = b"".join(_record(kind, value) for value in values)
        self._sock.sendto(head + question[12:] + records, asker)

    def answer_until(self, ended: Callable[[], bool]) -> None:
        """127.0.0.1 for whatever is asked about IPv4; no address for the others."""
        until = time.monotonic() + WITHIN
        while not ended():
            assert time.monotonic() < until, "there are still questions"
            if select.select([self._sock], [], [], 0.01)[0]:
                kind = self._hear()
                self.answer(kind, *(["127.0.0.1"] if kind == A else []))


def _name(text: str) -> bytes:
    parts = (part.encode() for part in text.split("."))
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def _record(kind: int, value: str) -> bytes:
    """About the name at offset 12, which is the question's; not to be kept."""
    data = _name(value) if kind == PTR else socket.inet_pton(FAMILIES[kind], value)
    return struct.pack("!3HIH", 0xC00C, kind, 1, 0, len(data)) + data


@contextmanager
def name_server() -> Iterator[NameServer]:
    """It answers nothing by itself, and goes with the block."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 53))
        sock.settimeout(WITHIN)
        server = NameServer(sock)
        try:
            yield server
        finally:
            server.end()
