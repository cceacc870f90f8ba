"""netsocket.aio: what a loop keeps of a socket between two waits."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import threading
import time
from typing import Any

import pytest

import netsocket
from netsocket import aio
from python.loops import EACH, loop_of, readable, run, turns, wait_once
from support.fronts import process
from support.net.peers import port_of, reset


class Told:
    """What a loop is told about readers and writers, and by which timers."""

    def __init__(self, loop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        for name in ("add_reader", "remove_reader", "add_writer", "remove_writer"):
            self._watch(loop, name, monkeypatch)
        self._watch(loop, "call_later", monkeypatch)

    def _watch(self, loop: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        real = getattr(loop, name)

        def told(*arguments: Any) -> Any:
            self.calls.append(name)
            return real(*arguments)

        monkeypatch.setattr(loop, name, told)

    def since(self) -> list[str]:
        calls, self.calls = self.calls, []
        return calls


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda: Told(asyncio.get_running_loop(), monkeypatch)


def test_waiting_again_tells_the_loop_nothing(told: Any) -> None:
    """Neither a registration nor a timer for the second wait and all that follow."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            await wait_once(a)  # begins a turn, whatever other tests have left of it
            calls = told()
            for i in range(20):
                line = asyncio.create_task(aio.recvline(b, sec=20))
                await asyncio.sleep(0)
                assert not line.done()
                a.send(b"line\n")
                assert await line == b"line\n"
                if i == 0:
                    assert calls.since() == ["call_later", "add_reader"]
            assert calls.since() == []
        assert calls.since() == ["remove_reader"] * 2

    run("asyncio", main)


def test_one_wait_is_one_turn() -> None:
    """The task goes on when the loop has seen the descriptor, and is woken once."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        a, b = netsocket.pair_stream()
        woken = 0
        with a, b:

            async def read() -> None:
                nonlocal woken
                while await aio.recvable(b):
                    woken += 1
                    assert b.recv() == b"x"

            task = asyncio.create_task(read())
            await turns()
            for i in range(10):
                a.send(b"x")
                while woken == i:
                    await asyncio.sleep(0)
                await turns()
                assert woken == i + 1
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert loop.is_running()

    run("asyncio", main)


@EACH
def test_readiness_while_idle(kind: str) -> None:
    """One callback, and the loop sleeps again."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            a.send(b"x")
            assert await aio.recvline(b, max=1) == b"x"
            with pytest.raises(TimeoutError):
                await aio.recvline(b, max=5, sec=0.01)
            a.send(b"more")
            await turns(10)
            before = time.thread_time()
            await asyncio.sleep(0.3)
            assert time.thread_time() - before < 0.05
            assert await aio.recvall(b, 4) == b"more"

    run(kind, main)


@EACH
def test_reset_while_idle(kind: str) -> None:
    """The next call tells of it, and the loop has not been kept busy."""

    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            with await aio.connect_inet_stream("127.0.0.1", port_of(listener)) as made:
                theirs = listener.accept()[0]
                await wait_once(made)
                reset(theirs)
                await turns(10)
                before = time.thread_time()
                await asyncio.sleep(0.2)
                assert time.thread_time() - before < 0.05
                with pytest.raises(ConnectionResetError):
                    await aio.recvall(made, 1)
                assert await aio.recvall(made, 1) == b""

    run(kind, main)


@EACH
def test_the_loops_own_calls_between(kind: str) -> None:
    """sock_recv and add_reader take the number over and drop it; ours is new then."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        a, b = netsocket.pair_stream()
        with a, b:
            for _ in range(3):
                task = asyncio.create_task(aio.recvall(b, 1))
                await turns()
                a.send(b"1")
                assert await task == b"1"
                theirs = asyncio.create_task(loop.sock_recv(b, 1))
                await turns()
                a.send(b"2")
                assert await theirs == b"2"
                a.send(b"3")
                await readable(loop, b)
                assert b.recv() == b"3"

    run(kind, main)


@EACH
def test_a_second_loop(kind: str) -> None:
    """The socket moves to it; the first may be at rest or closed."""
    a, b = netsocket.pair_stream()

    async def one(what: bytes) -> None:
        task = asyncio.create_task(aio.recvall(b, 1))
        await turns()
        a.send(what)
        assert await task == what
        assert await aio.sendall(b, what) == 1
        assert await aio.recvall(a, 1) == what

    with a, b, loop_of(kind) as first, loop_of(kind) as second:
        for loop in (first, second, first, second):
            loop.run_until_complete(one(b"x"))
        second.close()
        first.run_until_complete(one(b"y"))
    run(kind, lambda: asyncio.sleep(0))


@EACH
def test_a_loop_in_another_thread(kind: str) -> None:
    """While a coroutine waits there it is refused; between two waits it moves."""
    a, b = netsocket.pair_stream()
    with a, b, loop_of(kind) as there, loop_of(kind) as here:
        thread = threading.Thread(target=there.run_forever)
        thread.start()
        try:
            first = asyncio.run_coroutine_threadsafe(aio.recvall(b, 1, 20), there)
            asyncio.run_coroutine_threadsafe(turns(), there).result(20)
            with pytest.raises(OSError) as caught:  # noqa: PT011 # its errno is next
                here.run_until_complete(aio.recvable(b, 5))
            assert caught.value.errno == errno.EBUSY
            a.send(b"1")
            assert first.result(20) == b"1"
            second = here.create_task(aio.recvall(b, 1, 20))
            here.run_until_complete(turns())
            a.send(b"2")
            assert here.run_until_complete(second) == b"2"
            again = asyncio.run_coroutine_threadsafe(aio.recvall(b, 1, 20), there)
            a.send(b"3")
            assert again.result(20) == b"3"
        finally:
            there.call_soon_threadsafe(there.stop)
            thread.join()


@EACH
def test_blocking_socket_stays_so(kind: str) -> None:
    """uvloop makes what it watches non-blocking, behind its object."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            a.nonblock(False)
            line = asyncio.create_task(aio.recvline(a, sec=20))
            await turns()
            assert not a.nonblock()
            b.send(b"line\n")
            assert await line == b"line\n"
            assert not a.nonblock()

    run(kind, main)


@EACH
def test_numbers_are_reused(kind: str) -> None:
    """Sockets come and go under the same numbers, each watched, and none is confused."""

    async def main() -> None:
        for i in range(200):
            a, b = netsocket.pair_stream()
            with a, b:
                task = asyncio.create_task(aio.recvall(b, 1, 20))
                await asyncio.sleep(0)
                if i % 3 == 0:
                    task.cancel()
                elif i % 3 == 1:
                    b.close()
                else:
                    a.send(b"x")
                assert (await asyncio.gather(task, return_exceptions=True))[0] is not None
        assert len(process.descriptors(os.getpid())) < 100

    run(kind, main)
