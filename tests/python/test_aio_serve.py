"""netsocket.aio.serve: a task a connection, its limit and its end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import resource
import sys
from typing import Any, cast

import pytest

import netsocket
from netsocket import aio
from python.loops import EACH, loop_of, run, turns
from support.fronts import process


async def echo(sock: netsocket.Socket) -> None:
    while line := await aio.recvline(sock):
        await aio.sendall(sock, line.upper())


def listening() -> netsocket.Socket:
    listener = netsocket.bind_inet_stream("127.0.0.1", 0)
    listener.listen()
    return listener


async def ask(listener: netsocket.Socket, line: bytes) -> bytes:
    with await aio.connect(listener.getsockname(), 5) as sock:
        await aio.sendall(sock, line)
        return await aio.recvline(sock, sec=5)


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@EACH
def test_many(kind: str) -> None:
    async def main() -> None:
        with listening() as listener:
            server = asyncio.create_task(aio.serve(listener, echo))
            asked = [ask(listener, b"line %d\n" % i) for i in range(50)]
            assert await asyncio.gather(*asked) == [b"LINE %d\n" % i for i in range(50)]
            await cancelled(server)

    run(kind, main)


@EACH
def test_arguments(kind: str) -> None:
    """The error names the argument, before anything is accepted."""
    wrong: Any = 5

    async def main() -> None:
        with listening() as listener:
            for words, call in {
                "serve() listener: Socket expected, got int": aio.serve(wrong, echo),
                "serve() handler: callable expected, got int": aio.serve(listener, wrong),
                "serve() limit: int or None expected, got str": aio.serve(
                    listener, echo, limit=cast(Any, "5")
                ),
                "serve() limit: int or None expected, got bool": aio.serve(
                    listener, echo, limit=True
                ),
                "serve limit: EINVAL (22) must be at least 1": aio.serve(
                    listener, echo, limit=0
                ),
            }.items():
                with pytest.raises((TypeError, ValueError)) as caught:
                    await call
                assert str(caught.value) == words

    run(kind, main)


@EACH
def test_limit(kind: str) -> None:
    """No more handlers at a time; the next client is served when one has gone."""

    async def main() -> None:
        inside = most = 0

        async def handler(sock: netsocket.Socket) -> None:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            await echo(sock)
            inside -= 1

        with listening() as listener:
            server = asyncio.create_task(aio.serve(listener, handler, limit=2))
            asked = [ask(listener, b"x\n") for _ in range(9)]
            assert await asyncio.gather(*asked) == [b"X\n"] * 9
            assert most == 2
            await cancelled(server)

    run(kind, main)


@EACH
def test_cancelled_with_its_handlers(kind: str) -> None:
    """Each handler is cancelled, has its time to end, and its socket is closed."""

    async def main() -> None:
        ended: list[netsocket.Socket] = []

        async def handler(sock: netsocket.Socket) -> None:
            try:
                await echo(sock)
            finally:
                await asyncio.sleep(0.01)
                ended.append(sock)

        with listening() as listener:
            server = asyncio.create_task(aio.serve(listener, handler))
            with await aio.connect(listener.getsockname(), 5) as one:
                await aio.sendall(one, b"x\n")
                assert await aio.recvline(one, sec=5) == b"X\n"
                await cancelled(server)
                assert [sock.fileno() for sock in ended] == [-1]
                assert await aio.recvline(one, sec=5) == b""

    run(kind, main)


@EACH
def test_cancelled_again_meanwhile(kind: str) -> None:
    """The handlers are too, and it waits for them still."""

    async def main() -> None:
        heard: list[int] = []

        async def handler(sock: netsocket.Socket) -> None:
            while True:
                try:
                    return await echo(sock)
                except asyncio.CancelledError:
                    heard.append(sock.fileno())

        with listening() as listener:
            server = asyncio.create_task(aio.serve(listener, handler))
            with await aio.connect(listener.getsockname(), 5) as one:
                await aio.sendall(one, b"x\n")
                assert await aio.recvline(one, sec=5) == b"X\n"
                for times in (1, 2, 3):
                    server.cancel()
                    await turns(5)
                    assert len(heard) == times and not server.done()
                await aio.sendall(one, b"y\n")
                assert await aio.recvline(one, sec=5) == b"Y\n"
            with pytest.raises(asyncio.CancelledError):
                await server

    run(kind, main)


@EACH
def test_a_listener_with_a_timeout(kind: str) -> None:
    """It ends accepts, and no server."""

    async def main() -> None:
        with listening() as listener:
            listener.timeout(0.001)
            server = asyncio.create_task(aio.serve(listener, echo))
            await asyncio.sleep(0.05)
            assert not server.done()
            assert await ask(listener, b"x\n") == b"X\n"
            await cancelled(server)

    run(kind, main)


@EACH
def test_a_handler_cancelled_before_it_begins(kind: str) -> None:
    """Its connection is closed with it."""

    async def main() -> None:
        with listening() as listener, netsocket.connect(listener.getsockname()) as one:
            known = asyncio.all_tasks()
            server = asyncio.create_task(aio.serve(listener, echo))
            known.add(server)
            while not (handlers := asyncio.all_tasks() - known):
                await asyncio.sleep(0)
            handlers.pop().cancel()
            assert await aio.recvline(one, sec=5) == b""
            await cancelled(server)

    run(kind, main)


@EACH
def test_closing_the_listener_lets_handlers_end(kind: str) -> None:
    async def main() -> None:
        listener = listening()
        server = asyncio.create_task(aio.serve(listener, echo))
        with await aio.connect(listener.getsockname(), 5) as one:
            await aio.sendall(one, b"x\n")
            assert await aio.recvline(one, sec=5) == b"X\n"
            listener.close()
            await turns()
            assert not server.done()
            await aio.sendall(one, b"y\n")
            assert await aio.recvline(one, sec=5) == b"Y\n"
        await server

    run(kind, main)


def test_a_handler_that_fails_is_reported() -> None:
    async def main() -> None:
        told: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, c: told.append(c))

        async def handler(sock: netsocket.Socket) -> None:
            raise KeyError("mine")

        with listening() as listener:
            server = asyncio.create_task(aio.serve(listener, handler))
            with await aio.connect(listener.getsockname(), 5) as one:
                assert await aio.recvline(one, sec=5) == b""
            assert [repr(c["exception"]) for c in told] == ["KeyError('mine')"]
            await cancelled(server)

    run("asyncio", main)


@EACH
def test_out_of_descriptors(kind: str) -> None:
    """It waits until some are free, and what is in the backlog is served then."""

    async def main() -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with listening() as listener:
            server = asyncio.create_task(aio.serve(listener, echo))
            clients = [await aio.connect(listener.getsockname(), 5)]
            await aio.sendall(clients[0], b"one\n")
            assert await aio.recvline(clients[0], sec=5) == b"ONE\n"
            most = max(process.descriptors(os.getpid())) + 3
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            taken = []
            try:
                while True:
                    taken.append(os.dup(0))
            except OSError:
                os.close(taken.pop())
            try:
                waiting = await aio.connect(listener.getsockname(), 5)
                await aio.sendall(waiting, b"two\n")
                with pytest.raises(TimeoutError):
                    await aio.recvline(waiting, sec=0.2)
                assert not server.done()
            finally:
                for fd in taken:
                    os.close(fd)
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            assert await aio.recvline(waiting, sec=5) == b"TWO\n"
            waiting.close()
            clients[0].close()
            await cancelled(server)

    run(kind, main)


@EACH
@pytest.mark.parametrize("way", ["collected", "closed"])
def test_an_end_from_outside(
    kind: str,
    way: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A coroutine that is destroyed after its loop has closed, or is closed, says nothing
    and waits for nothing; its handlers end with it."""
    complaints: list[str] = []
    monkeypatch.setattr(
        sys, "unraisablehook", lambda event: complaints.append(repr(event.exc_value))
    )
    begun: list[int] = []
    ended: list[int] = []  # a socket itself would keep the task that waits for it

    async def handler(sock: netsocket.Socket) -> None:
        begun.append(sock.fd())
        try:
            await aio.recv(sock)
        finally:
            ended.append(sock.fd())

    async def main() -> None:
        listener = listening()
        coroutine = aio.serve(listener, handler)
        task = asyncio.create_task(coroutine)
        for count in range(1, 4):
            clients.append(await aio.connect(listener.getsockname(), 5))
            while len(begun) < count:
                await asyncio.sleep(0)
        if way == "closed":
            coroutine.close()
            while len(ended) < 3:
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            with contextlib.suppress(asyncio.CancelledError, RuntimeError):
                task.result()  # CPython cannot step what is closed
            listener.close()

    clients: list[netsocket.Socket] = []
    with caplog.at_level("CRITICAL"), loop_of(kind) as loop:
        loop.run_until_complete(asyncio.wait_for(main(), 30))
    with caplog.at_level("CRITICAL"):
        del loop
        gc.collect()
    # A socket may be collected before the coroutine that would have closed it.
    assert [one for one in complaints if "unclosed" not in one] == []
    assert len(ended) == len(begun) == 3
    for client in clients:
        client.close()
