"""netsocket.aio: the plain calls as coroutines: what is particular to each."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import netsocket
from netsocket import aio

from .aio_ends import fill, message
from .loops import run, turns

pytestmark = pytest.mark.measures

SHORT = 0.05
PLENTY = 30.0

anything: Any = aio  # for calls that no checker would take


def test_between_addresses() -> None:
    """sendto, recvfrom, sendmany and recvmany over UDP."""

    async def main() -> None:
        with (
            netsocket.bind_inet_dgram("127.0.0.1", 0) as a,
            netsocket.bind_inet_dgram("127.0.0.1", 0) as b,
        ):
            to = b.getsockname()
            received = asyncio.ensure_future(aio.recvfrom(b))
            await turns()
            assert await aio.sendto(a, b"hello", to, sec=PLENTY) == 5
            data, sender = await received
            assert data == b"hello" and sender is not None
            assert sender.port() == a.getsockname().port()
            assert await aio.sendmany(a, [b"1", b"2"], to) == 2
            assert await aio.sendmany(a, (b"3", b"4"), [to, to], sec=PLENTY) == 2
            got: list[Any] = []
            while len(got) < 4:
                got += await aio.recvmany(b, sec=PLENTY)
            assert [bytes(one[0]) for one in got] == [b"1", b"2", b"3", b"4"]

    run("asyncio", main)


def test_full_unix_receiver() -> None:
    """A wait for what poll(2) does not tell: it backs off; its error has the address."""

    async def main(path: str) -> None:
        with (
            netsocket.bind_unix_dgram(path) as receiver,
            netsocket.new_unix_dgram() as sender,
        ):
            ai = receiver.getsockname()
            fill(lambda: sender.sendto(b"x", ai))
            with pytest.raises(TimeoutError) as caught:
                await aio.sendto(sender, b"x", ai, sec=SHORT)
            assert caught.value.filename == "@netsocket-aio-plain"
            task = asyncio.ensure_future(aio.sendto(sender, b"late", ai, sec=PLENTY))
            await turns()
            while not task.done():
                receiver.recv()
                await asyncio.sleep(0.001)
            assert await task == 4

    run("asyncio", lambda: main("\0netsocket-aio-plain"))


def test_with_the_address() -> None:
    async def main() -> None:
        with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
            listener.listen()
            address = listener.getsockname()
            both = asyncio.ensure_future(aio.accept(listener, PLENTY, with_ai=True))
            await turns()
            with await aio.connect(address, PLENTY) as ours:
                sock, ai = await both
                with sock:
                    assert ai.port() == ours.getsockname().port()
            with pytest.raises(TimeoutError):
                await aio.accept(listener, SHORT, True)
            with pytest.raises(TypeError):
                await aio.accept(listener, SHORT, 1)  # type: ignore[call-overload]  # no bool

    run("asyncio", main)


def test_many_pieces() -> None:
    """A list, a tuple, an iovec; what is in it when the call is made."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            iov = netsocket.iovec.new()
            iov.add(b"one")
            iov.add(b"two")
            pieces: list[Any] = [b"one", bytearray(b"two")]
            call = aio.sendall(a, pieces)
            pieces.clear()
            assert await call == 6
            assert await aio.sendall(a, (b"", memoryview(b"onetwo"))) == 6
            call = aio.sendall(a, iov)
            with pytest.raises(BufferError):
                iov.add(b"more")
            assert await call == 6
            iov.add(b"more")
            assert await aio.recvall(b, 18) == b"onetwo" * 3
            big: list[Any] = [bytes([n]) * 300_000 for n in range(10)]
            sending = asyncio.ensure_future(aio.sendall(a, big))
            assert await aio.recvall(b, 3_000_000) == b"".join(big)
            assert await sending == 3_000_000
            with pytest.raises(TimeoutError) as caught:
                await aio.sendall(a, big, SHORT)
            done: int = vars(caught.value)["done"]
            assert 0 < done < 3_000_000
            with pytest.raises(TypeError, match=r"msg\[1\]"):
                anything.sendall(a, [b"x", 1])

    run("asyncio", main)


def test_the_file_may_be_closed(tmp_path: Path) -> None:
    """A part of a file, though its own object has gone; at its end nothing."""
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            with path.open("rb") as file:
                call = aio.sendfile(a, file, 4, 3)
            assert await call == 4
            assert await aio.recv(b) == b"3456"
            with path.open("rb") as file:
                assert await aio.sendfile(a, file, 100, 10) == 0
                for numbers in ((-1, 0), (1, -1)):
                    with pytest.raises(ValueError, match="must be 0 or more"):
                        anything.sendfile(a, file, *numbers)
            with pytest.raises(OSError, match="Bad file descriptor"):
                anything.sendfile(a, 2**31 - 1, 1)

    run("asyncio", main)


def test_messages_are_busy() -> None:
    """While a coroutine has a message nothing else may use it."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            mh, iov = message(10)
            task = asyncio.ensure_future(aio.recvmsg(a, mh))
            await turns()
            for change in (lambda: iov.add(b"x"), lambda: mh.iov(None)):
                with pytest.raises(BufferError):
                    change()
            with pytest.raises(BufferError):
                anything.recvmsg(a, mh)
            b.send(b"data")
            assert await task == 4
            assert iov.add(b"x") == 2

    run("asyncio", main)


@pytest.mark.parametrize(
    "begin",
    [
        lambda sock: anything.recv(sock, sec="1"),
        lambda sock: anything.recv(sock, bufsize=1),
        lambda sock: anything.recv(sock, 1, "flag"),
        lambda sock: anything.recv(sock, "1"),
        lambda sock: anything.recv(sock, 1, secs=1),
        lambda sock: anything.recv(1),
        lambda sock: anything.send(sock),
        lambda sock: anything.send(sock, 1),
        lambda sock: anything.sendto(sock, b"x", "there"),
        lambda sock: anything.recv_into(sock, b"read only"),
        lambda sock: anything.recvmsg(sock, 1),
        lambda sock: anything.sendmany(sock, b"x"),
        lambda sock: anything.recvfd(sock, sec=True),
    ],
)
def test_bad_types(begin: Callable[[Any], Any]) -> None:
    a, b = netsocket.pair_stream()
    with a, b, pytest.raises((TypeError, BufferError)):
        begin(a)


@pytest.mark.parametrize(
    "begin",
    [
        lambda sock: aio.recv(sock, 0),
        lambda sock: aio.recv(sock, sec=-1),
        lambda sock: aio.recv_into(sock, bytearray(2), 3),
        lambda sock: aio.recv_into(sock, bytearray()),
        lambda sock: aio.recvmany(sock, 0),
        lambda sock: aio.send(sock, b"x", -1),
    ],
)
def test_bad_values(begin: Callable[[Any], Any]) -> None:
    a, b = netsocket.pair_stream()
    with a, b, pytest.raises(ValueError, match=r"\(22\)"):
        begin(a)


def test_what_is_pending_comes_first() -> None:
    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            b.send(b"one\ntwo\nthree")
            assert await aio.reader(a).line() == b"one"
            assert a.pending() == 9
            assert await aio.recv(a, 4) == b"two\n"
            assert await aio.recv(a, 2, netsocket.MSG_PEEK) == b"th"
            assert await aio.recvfrom(a) == (b"three", None)

    run("asyncio", main)


def test_a_reset_comes_once() -> None:
    async def main() -> None:
        with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
            listener.listen()
            port = listener.getsockname().port()
            theirs = socket.create_connection(("127.0.0.1", port))
            with await aio.accept(listener, PLENTY) as sock:
                task = asyncio.ensure_future(aio.recv(sock))
                await turns()
                theirs.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"
                )
                theirs.close()
                with pytest.raises(ConnectionResetError):
                    await task
                assert await aio.recv(sock) == b""

    run("asyncio", main)
