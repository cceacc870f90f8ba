"""netsocket.aio: sendall, recvall, recvline and accept with their time."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import netsocket
from netsocket import aio
from python.aio_transfers import waiting
from python.test_aio import SHORT, run
from support.machine_lag import LATE
from support.net.peers import reset

pytestmark = pytest.mark.measures


def test_everything_arrives() -> None:
    """More than the buffers hold, in one call each way; any buffer will do."""

    async def main() -> None:
        data = os.urandom(1 << 20)
        a, b = netsocket.pair_stream()
        with a, b:
            for message in (data, bytearray(data), memoryview(data).cast("I")):
                sending = asyncio.create_task(aio.sendall(a, message, 10))
                await waiting(sending)
                assert await aio.recvall(b, len(data), 10) == data
                assert await sending == len(data)
            assert await aio.sendall(a, b"") == 0

    run(main)


def test_lines_as_they_come() -> None:
    """A line in pieces is one line, and what follows it stays in the socket."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            line = asyncio.create_task(aio.recvline(b, sec=10))
            for piece in (b"one", b" line", b"\nand more"):
                await waiting(line)
                a.send(piece)
            assert await line == b"one line\n"
            assert b.recv() == b"and more"
            a.send(b"12345678")
            assert await aio.recvline(b, max=5) == b"12345"
            a.close()
            assert await aio.recvline(b, max=5) == b"678"
            assert await aio.recvline(b, max=5) == b""

    run(main)


def test_end_before_all_has_come() -> None:
    """What there was, then the end."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with b:
            with a:
                task = asyncio.create_task(aio.recvall(b, 9, 10))
                await waiting(task)
                a.send(b"half")
                await waiting(task)
            assert await task == b"half"
            assert await aio.recvall(b, 9, 10) == b""

    run(main)


HALF = 0.5  # seconds, in which a busy machine sends twice


def half_received(call: Callable[..., Coroutine[Any, Any, bytes]]) -> Any:
    """The task, which has taken `half` and waits for more, and both ends."""
    a, b = netsocket.pair_stream()
    size = {"n" if call is aio.recvall else "max": 9}
    task = asyncio.create_task(call(b, **size, sec=HALF))
    return a, b, task


RECEIVES = pytest.mark.parametrize("call", [aio.recvall, aio.recvline])


@RECEIVES
def test_h034_deadline_of_a_receive(call: Any) -> None:
    """One for all pieces; what came is pending, and the error says how many bytes."""

    async def main() -> None:
        start = time.monotonic()
        a, b, task = half_received(call)
        with a, b:
            await waiting(task)
            a.send(b"ha")
            await waiting(task)
            a.send(b"lf")
            with pytest.raises(TimeoutError) as caught:
                await task
            assert HALF - 0.01 <= time.monotonic() - start < HALF + LATE
            error: Any = caught.value
            assert (error.timeout, error.op, error.done) == (True, call.__name__, 4)
            assert error.strerror == "not done within 0.5 s"
            assert error.args == (errno.ETIMEDOUT, error.strerror)
            a.send(b" line\n")
            assert await aio.recvline(b, sec=5) == b"half line\n"

    run(main)


@RECEIVES
def test_h055_cancelled_receive_keeps_what_came(call: Any) -> None:
    """The bytes are the next receive's, before those that come later."""

    async def main() -> None:
        a, b, task = half_received(call)
        with a, b:
            await waiting(task)
            a.send(b"half ")
            await waiting(task)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            a.send(b"line\n")
            assert await aio.recvline(b, sec=5) == b"half line\n"

    run(main)


@RECEIVES
def test_close_takes_what_came(call: Any) -> None:
    """The bytes go with the socket, and the error says that none are pending."""

    async def main() -> None:
        a, b, task = half_received(call)
        with a:
            await waiting(task)
            a.send(b"half")
            await waiting(task)
            b.close()
            with pytest.raises(OSError, match="Bad file descriptor") as caught:
                await task
            error: Any = caught.value
            assert (error.errno, error.done) == (errno.EBADF, 0)

    run(main)


def test_deadline_of_a_send() -> None:
    """How much went, and the buffer is free to be changed at once."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            message = bytearray(1 << 22)
            with pytest.raises(TimeoutError) as caught:
                await aio.sendall(a, message, SHORT)
            error: Any = caught.value
            assert (error.timeout, error.op) == (True, "sendall")
            del message[: error.done]
            assert 0 < len(message) < 1 << 22
            assert len(await aio.recvall(b, error.done, 5)) == error.done
            assert not b.recvable()

    run(main)


def test_failure_in_the_middle() -> None:
    """The kernel's error, as the plain call has it, and how far it had come."""

    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            with await aio.connect_inet_stream("127.0.0.1", port, 5) as made:
                theirs = listener.accept()[0]
                sending = asyncio.create_task(aio.sendall(made, b"x" * (1 << 24), 10))
                await waiting(sending)
                reset(theirs)
                with pytest.raises(ConnectionError) as caught:
                    await sending
                error: Any = caught.value
                assert error.op == "sendall"
                assert error.filename is not None
                assert 0 < error.done < 1 << 24
                assert error.timeout is False

    run(main)


def test_accept_within_its_time() -> None:
    async def main() -> None:
        with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
            listener.listen()
            start = time.monotonic()
            for sec in (SHORT, 0):
                with pytest.raises(TimeoutError) as caught:
                    await aio.accept(listener, sec)
                error: Any = caught.value
                assert (error.timeout, error.op) == (True, "accept")
                assert error.strerror == f"no connection within {sec} s"
                assert error.args == (error.errno, error.strerror)
            assert SHORT <= time.monotonic() - start < SHORT + LATE
            port = listener.getsockname().port()
            task = asyncio.create_task(aio.accept(listener, 5))
            with await aio.connect_inet_stream("127.0.0.1", port, 5):
                (await task).close()

    run(main)


def test_time_begins_with_the_call() -> None:
    """Not with the await: what is awaited too late is tried once and has no time left."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            call = aio.recvall(b, 1, 0.01)
            await asyncio.sleep(0.02)
            task = asyncio.ensure_future(call)
            for _ in range(3):
                await asyncio.sleep(0)
            assert task.done()
            assert isinstance(task.exception(), TimeoutError)

    run(main)


def test_bytes_that_come_do_not_stretch_the_time() -> None:
    """A byte every hundredth of a second would take two seconds for all."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            task = asyncio.ensure_future(aio.recvall(b, 200, 0.1))
            sent = 0
            while not task.done() and sent < 200:
                sent += a.send(b"x")
                await asyncio.sleep(0.01)
            with pytest.raises(TimeoutError):
                await task

    run(main)


def room_for(sock: netsocket.Socket, size: int) -> bool:
    """Whether its buffer may be as large; beyond the system's limit by right only."""
    force = 32  # SO_SNDBUFFORCE
    with socket.socket(fileno=os.dup(sock.fd())) as own:
        try:
            own.setsockopt(socket.SOL_SOCKET, force, size)
        except PermissionError:
            return False
    return True


def test_the_place_is_kept_while_the_loop_has_its_turn() -> None:
    """A long send lets the loop go on in the middle, and no other send in between."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            if not room_for(a, 16 << 20):
                pytest.skip("needs CAP_NET_ADMIN for a large buffer")
            first = asyncio.ensure_future(aio.sendall(a, bytes(6 << 20), 20))
            await asyncio.sleep(0)
            assert not first.done()
            with pytest.raises(OSError, match="another coroutine waits") as caught:
                await aio.sendall(a, b"another")
            assert caught.value.errno == errno.EBUSY
            assert await aio.recvall(b, 6 << 20, 20) == bytes(6 << 20)
            assert await first == 6 << 20
            assert await aio.sendall(a, b"another") == 7

    run(main)
