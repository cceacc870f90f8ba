"""netsocket.aio: the plain calls as coroutines, one transfer each."""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pytest

import netsocket
from lateness import LATE
from netsocket import aio

from .loops import EACH, run, turns

pytestmark = pytest.mark.measures

SHORT = 0.05
PLENTY = 30.0
ROOM = 1 << 20

anything: Any = aio  # for calls that no checker would take

Begin = Callable[..., Coroutine[Any, Any, Any]]


@dataclass
class Ends:
    """Two ends, of which `a` is tried, and what makes its call go on."""

    a: netsocket.Socket
    b: netsocket.Socket
    begin: Begin  # takes `sec` and flags
    ready: Callable[[], Any]
    right: Callable[[Any], bool]
    file: BinaryIO | None = None

    def close(self) -> None:
        self.a.close()
        self.b.close()
        if self.file is not None:
            self.file.close()


def fill(send: Callable[[], int]) -> None:
    try:
        while True:
            send()
    except BlockingIOError:
        pass


def message(data: bytes | int) -> tuple[netsocket.MsgHdr, netsocket.IoVec]:
    mh, iov = netsocket.msghdr.new(), netsocket.iovec.new()
    if isinstance(data, int):
        iov.addn(data)
    else:
        iov.add(data)
    mh.iov(iov)
    return mh, iov


def receives(name: str) -> Ends:
    a, b = netsocket.pair_dgram() if name == "recvmany" else netsocket.pair_stream()
    into = bytearray(10)
    mh, iov = message(10)
    begins: dict[str, Begin] = {
        "recv": lambda *f, **k: aio.recv(a, 10, *f, **k),
        "recvfrom": lambda *f, **k: aio.recvfrom(a, 10, *f, **k),
        "recv_into": lambda *f, **k: aio.recv_into(a, into, 0, *f, **k),
        "recvmsg": lambda *f, **k: aio.recvmsg(a, mh, *f, **k),
        "recvmany": lambda **k: aio.recvmany(a, 5, 100, **k),
        "recvfd": lambda *f, **k: aio.recvfd(a, *f, **k),
    }
    rights: dict[str, Callable[[Any], bool]] = {
        "recv": lambda got: bool(got == b"data"),
        "recvfrom": lambda got: bool(got == (b"data", None)),
        "recv_into": lambda got: got == 4 and into[:4] == b"data",
        "recvmsg": lambda got: got == 4 and (iov.get(1) or b"")[:4] == b"data",
        "recvmany": lambda got: [(one[0], one[1]) for one in got] == [(b"data", None)],
        "recvfd": lambda got: netsocket.close(got) is True,
    }
    ready = (lambda: b.sendfd(b)) if name == "recvfd" else (lambda: b.send(b"data"))
    return Ends(a, b, begins[name], ready, rights[name])


def sends(name: str, folder: Path) -> Ends:
    a, b = netsocket.pair_dgram() if name == "sendmany" else netsocket.pair_stream()
    fill(lambda: a.send(b"x" * 4096))
    path = folder / "file"
    path.write_bytes(b"some data")
    mh, _ = message(b"data")
    file = path.open("rb")
    begins: dict[str, Begin] = {
        "send": lambda *f, **k: aio.send(a, b"data", *f, **k),
        "sendmsg": lambda *f, **k: aio.sendmsg(a, mh, *f, **k),
        "sendmany": lambda *f, **k: aio.sendmany(a, [b"data"], None, *f, **k),
        "sendfile": lambda **k: aio.sendfile(a, file, 4, 5, **k),
    }
    ends: list[bytes] = []

    def ready() -> None:
        """All that is there; what comes later is the call's own."""
        try:
            while True:
                ends.append(b.recv(ROOM))
        except BlockingIOError:
            pass

    def right(sent: Any) -> bool:
        return bool(
            sent == (1 if name == "sendmany" else 4) and b.recv(ROOM)[-4:] == b"data"
        )

    return Ends(a, b, begins[name], ready, right, file)


RECEIVES = ["recv", "recvfrom", "recv_into", "recvmsg", "recvmany", "recvfd"]
SENDS = ["send", "sendmsg", "sendmany", "sendfile"]
NO_FLAGS = ("recvmany", "sendfile")


@pytest.fixture
def ends(name: str, tmp_path: Path) -> Iterator[Ends]:
    made = receives(name) if name in RECEIVES else sends(name, tmp_path)
    yield made
    made.close()


each = pytest.mark.parametrize("name", RECEIVES + SENDS)
each_receive = pytest.mark.parametrize("name", RECEIVES)
each_with_flags = pytest.mark.parametrize(
    "name", [name for name in RECEIVES + SENDS if name not in NO_FLAGS]
)


def in_loop(kind: str, main: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    loop: Any = __import__(kind).new_event_loop()
    try:
        loop.run_until_complete(asyncio.wait_for(main(), PLENTY))
    finally:
        loop.close()


@EACH
@each
def test_at_once(kind: str, ends: Ends) -> None:
    """It does not give its turn away."""
    ends.ready()

    async def main() -> None:
        coroutine = ends.begin(sec=PLENTY)
        with pytest.raises(StopIteration) as told:
            coroutine.send(None)
        assert ends.right(told.value.value)

    in_loop(kind, main)


@EACH
@each
@pytest.mark.parametrize("sec", [None, PLENTY])
def test_after_a_wait(kind: str, ends: Ends, sec: float | None) -> None:
    async def main() -> None:
        task = asyncio.ensure_future(ends.begin(sec=sec))
        await turns()
        assert not task.done()
        ends.ready()
        assert ends.right(await task)

    in_loop(kind, main)


@EACH
@each
@pytest.mark.parametrize("how", ["sec", "timeout", "deadline"])
def test_time_up(kind: str, ends: Ends, name: str, how: str) -> None:
    """Given, or the socket's own; the call may be made again."""

    async def main() -> None:
        start = time.monotonic()
        sec: Any = {"sec": SHORT, "timeout": None}.get(how, netsocket.deadline(SHORT))
        if how == "timeout":
            ends.a.timeout(SHORT)
        with pytest.raises(TimeoutError, match=r"not done within 0\.05 s") as caught:
            await ends.begin(sec=sec)
        error: Any = caught.value
        assert error.timeout is True and error.op == name
        assert SHORT <= time.monotonic() - start < SHORT + LATE
        ends.ready()
        assert ends.right(await ends.begin(sec=PLENTY))

    in_loop(kind, main)


@EACH
@each
def test_closed_meanwhile(kind: str, ends: Ends) -> None:
    async def main() -> None:
        task = asyncio.ensure_future(ends.begin(sec=PLENTY))
        await turns()
        ends.a.close()
        with pytest.raises(OSError, match="Bad file descriptor") as caught:
            await task
        assert caught.value.errno == errno.EBADF
        with pytest.raises(OSError, match="Bad file descriptor"):
            await ends.begin()

    in_loop(kind, main)


@EACH
@each
def test_cancelled(kind: str, ends: Ends) -> None:
    """Nothing is lost: what comes is the next call's."""

    async def main() -> None:
        task = asyncio.ensure_future(ends.begin())
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        ends.ready()
        assert ends.right(await ends.begin(sec=PLENTY))

    in_loop(kind, main)


@each_receive
def test_cancelled_when_ready(ends: Ends) -> None:
    """The bytes are there and the task has not had its turn."""

    async def main() -> None:
        task = asyncio.ensure_future(ends.begin())
        await turns()
        ends.ready()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ends.right(await ends.begin(sec=PLENTY))

    in_loop("asyncio", main)


@each
def test_second_waiter(ends: Ends, name: str) -> None:
    """It is refused at once; the first is not disturbed."""

    async def main() -> None:
        task = asyncio.ensure_future(ends.begin())
        await turns()
        second = aio.recv(ends.a) if name in RECEIVES else aio.send(ends.a, b"x")
        with pytest.raises(OSError, match="another coroutine waits") as caught:
            await second
        assert caught.value.errno == errno.EBUSY
        ends.ready()
        assert ends.right(await task)

    in_loop("asyncio", main)


@each_with_flags
def test_h041_not_with_dontwait(ends: Ends) -> None:
    async def main() -> None:
        with pytest.raises(BlockingIOError):
            await ends.begin(netsocket.MSG_DONTWAIT, sec=PLENTY)

    in_loop("asyncio", main)


def unawaited(coroutine: Coroutine[Any, Any, Any]) -> None:
    """It goes."""


@each
def test_never_awaited(ends: Ends) -> None:
    """It warns, and has done nothing."""
    with pytest.warns(RuntimeWarning, match="was never awaited"):
        unawaited(ends.begin())
    ends.ready()

    async def main() -> None:
        assert ends.right(await ends.begin(sec=PLENTY))

    in_loop("asyncio", main)


@pytest.mark.parametrize("name", [name for name in RECEIVES if name != "recvmany"])
def test_end(ends: Ends, name: str) -> None:
    wanted: dict[str, Any] = {"recv": b"", "recvfrom": (b"", None), "recvfd": None}

    async def main() -> None:
        task = asyncio.ensure_future(ends.begin())
        await turns()
        ends.b.close()
        assert await task == wanted.get(name, 0)

    in_loop("asyncio", main)


# -------------------------------------------------------------------- particulars


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
