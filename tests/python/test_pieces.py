"""sendall of pieces and sendfileall in Python: what may change while they wait."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

import netsocket

MUCH = 1_500_000


class Sending(threading.Thread):
    """A call that waits for its peer, in a thread of its own."""

    def __init__(self, call: object, *args: object) -> None:
        super().__init__(daemon=True)
        self._call, self._args = call, args
        self.sent: object = None
        self.start()

    def run(self) -> None:
        assert callable(self._call)
        self.sent = self._call(*self._args)


def receive_all(sock: netsocket.Socket, count: int) -> bytes:
    return sock.recvall(count, 20)


def test_list_that_changes() -> None:
    a, b = netsocket.pair_stream()
    with a, b:
        pieces = [b"a" * MUCH, b"b" * MUCH]
        sending = Sending(a.sendall, pieces, 20)
        received = receive_all(b, 10)
        pieces.clear()
        received += receive_all(b, 2 * MUCH - 10)
        sending.join(20)
        assert received == b"a" * MUCH + b"b" * MUCH
        assert sending.sent == 2 * MUCH


def test_buffers_that_may_not_change() -> None:
    a, b = netsocket.pair_stream()
    with a, b:
        memory, iov = bytearray(MUCH), netsocket.iovec.new()
        iov.addn(MUCH)
        for message, change in (
            ([memory], lambda: memory.append(1)),
            (iov, lambda: iov.consume(1)),
        ):
            sending = Sending(a.sendall, message, 20)
            received = receive_all(b, 10)
            with pytest.raises(BufferError):
                change()
            received += receive_all(b, MUCH - 10)
            sending.join(20)
            assert received == bytes(MUCH) and sending.sent == MUCH
            change()


def test_no_bytes() -> None:
    a, b = netsocket.pair_stream()
    with a, b:
        for pieces in ([b"x", "y"], (b"x", 5), [None], [[b"x"]]):
            with pytest.raises(TypeError, match=r"sendall\(\) msg\[\d\]: bytes-like obj"):
                a.sendall(pieces)  # type: ignore[arg-type]  # what it is about
        memory = bytearray(4)
        with pytest.raises(TypeError):
            a.sendall([memory, 5])
        memory.append(1)  # nothing holds it any more
        with pytest.raises(BlockingIOError):
            b.recv()


def test_code_that_changes_the_list() -> None:
    """A piece whose buffer is made by code of the user's, from 3.12 on."""
    a, b = netsocket.pair_stream()
    pieces: list[object] = []

    class Piece(bytearray):
        def __buffer__(self, flags: int) -> memoryview:
            pieces.clear()
            return memoryview(b"made")

    with a, b:
        pieces += [Piece(b"made"), b"left"]
        assert a.sendall(pieces) == 8
        assert b.recv() == b"madeleft"


def test_file_that_is_closed(tmp_path: Path) -> None:
    """Its number may be another file's by then; the call has one of its own."""
    path = tmp_path / "file"
    path.write_bytes(b"f" * MUCH)
    a, b = netsocket.pair_stream()
    with a, b:
        fd = os.open(path, os.O_RDONLY)
        sending = Sending(a.sendfileall, fd, None, 0, 20)
        received = receive_all(b, 10)
        os.close(fd)
        received += receive_all(b, MUCH - 10)
        sending.join(20)
        assert received == b"f" * MUCH and sending.sent == MUCH


def test_a_buffer_is_let_go() -> None:
    """It may change its size after sendall, however that ended."""
    a, b = netsocket.pair_stream()
    with a, b:
        data = bytearray(b"x")
        assert a.sendall(data) == 1
        data.extend(b"y" * (4 << 20))
        with pytest.raises(TimeoutError):
            a.sendall(data, 0)
        data.extend(b"z")
