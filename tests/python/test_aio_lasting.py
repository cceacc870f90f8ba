"""netsocket.aio: what a loop keeps of a socket between two waits, and how it forgets."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import socket
import subprocess
import sys
import threading
import time
import weakref
from typing import Any

import pytest

import netsocket
from fronts import process
from netsocket import aio
from peers import port_of, reset
from python.loops import EACH, loop_of, run, turns, wait_once

SHORT = 0.1


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
        assert calls.since() == ["remove_reader"]

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
            assert await aio.recvline(b, 1) == b"x"
            with pytest.raises(TimeoutError):
                await aio.recvline(b, 5, 0.01)
            a.send(b"more")
            await turns(10)
            before = time.process_time()
            await asyncio.sleep(0.3)
            assert time.process_time() - before < 0.05
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
                before = time.process_time()
                await asyncio.sleep(0.2)
                assert time.process_time() - before < 0.05
                with pytest.raises(ConnectionResetError):
                    await aio.recvall(made, 1, 5)
                assert await aio.recvall(made, 1, 5) == b""

    run(kind, main)


async def readable(loop: Any, sock: Any) -> None:
    """By a reader of the test's own, which is removed afterwards."""
    ready = loop.create_future()
    loop.add_reader(sock, lambda: ready.done() or ready.set_result(None))
    await asyncio.wait_for(ready, 5)
    loop.remove_reader(sock)


@EACH
def test_the_loops_own_calls_between(kind: str) -> None:
    """sock_recv and add_reader take the number over and drop it; ours is new then."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        a, b = netsocket.pair_stream()
        with a, b:
            for _ in range(3):
                task = asyncio.create_task(aio.recvall(b, 1, 5))
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
        task = asyncio.create_task(aio.recvall(b, 1, 5))
        await turns()
        a.send(what)
        assert await task == what
        assert await aio.sendall(b, what) == 1
        assert await aio.recvall(a, 1, 5) == what

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
def test_the_loop_is_closed(kind: str) -> None:
    """Neither closing nor collecting says a word, whoever waits."""
    for end in ("close", "collect"):
        a, b = netsocket.pair_stream()
        with loop_of(kind) as loop:
            loop.run_until_complete(wait_once(b))
        if end == "close":
            b.close()
        else:
            dropped = [b]
            del b
            with pytest.warns(ResourceWarning):
                dropped.clear()
        assert a.recv() == b""
        a.close()


@EACH
def test_collected(kind: str) -> None:
    """The loop keeps no socket alive, and forgets the number of one that goes."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        a, b = netsocket.pair_stream()
        with a:
            await wait_once(b)
            number, seen = b.fileno(), weakref.ref(b)
            dropped = [b]
            del b
            with pytest.warns(ResourceWarning):
                dropped.clear()
            assert seen() is None
            x, y = socket.socketpair()
            with x, y:
                mine, other = (x, y) if x.fileno() == number else (y, x)
                assert mine.fileno() == number
                mine.setblocking(False)
                other.send(b"x")
                await readable(loop, mine)

    run(kind, main)


@EACH
@pytest.mark.parametrize("waiting", [True, False], ids=["waiting", "idle"])
@pytest.mark.parametrize("turned", [True, False], ids=["polled", "new"])
def test_close_in_a_thread(kind: str, waiting: bool, turned: bool) -> None:
    """The number is given back when the loop has forgotten it, and to no stranger before;
    a peer sees the end, and a coroutine that waits gets EBADF."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        a, b = netsocket.pair_stream()
        if waiting:
            task = asyncio.create_task(aio.recvline(b))
            await turns(3 if turned else 1)
        else:
            await wait_once(b)
        number = b.fileno()
        thread = threading.Thread(target=b.close)
        thread.start()
        thread.join()
        x, y = socket.socketpair()
        with a, x, y:
            assert number not in (x.fileno(), y.fileno())
            x.setblocking(False)
            y.send(b"x")
            await readable(loop, x)
            if waiting:
                with pytest.raises(OSError, match="Bad file descriptor"):
                    await asyncio.wait_for(task, 5)
            assert await aio.recvall(a, 1, 5) == b""
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(number)

    run(kind, main)


@EACH
def test_close_in_a_thread_of_a_loop_that_stops(kind: str) -> None:
    """The loop ends before it has forgotten: the descriptor is closed with it."""
    a, b = netsocket.pair_stream()
    with loop_of(kind) as loop:

        async def main() -> None:
            await wait_once(b)
            thread = threading.Thread(target=b.close)
            thread.start()
            thread.join()
            loop.stop()

        task = loop.create_task(main())
        loop.run_forever()
        assert b.fileno() == -1
    assert task.done()
    gc.collect()
    assert a.recvable(5) and a.recv() == b""
    a.close()


@EACH
def test_unwrap(kind: str) -> None:
    """The loop has forgotten what is given away; in a thread beside it the caller gets a
    duplicate, for the number is the loop's until then."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        for beside in (False, True):
            a, b = netsocket.pair_stream()
            await wait_once(b)
            number = b.fileno()
            got: list[int] = []
            if beside:
                thread = threading.Thread(target=lambda s=b, g=got: g.append(s.unwrap()))
                thread.start()
                thread.join()
                assert got[0] != number
            else:
                got.append(b.unwrap())
                assert got[0] == number
            await turns()
            with a, netsocket.wrap(got[0]) as again:
                a.send(b"x")
                assert await aio.recvall(again, 1, 5) == b"x"
                assert await loop.sock_sendall(again, b"y") is None
                assert a.recv() == b"y"

    run(kind, main)


@EACH
def test_a_descriptor_closed_behind_us(kind: str) -> None:
    """The next call says so, and the loop goes on."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a:
            await wait_once(b)
            os.close(b.fileno())
            with pytest.raises(OSError, match="Bad file descriptor"):
                await aio.recvall(b, 1, 5)
            with pytest.raises(OSError, match="Bad file descriptor"):
                b.close()
            assert await aio.recvall(a, 1, 5) == b""

    run(kind, main)


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


FORK = """
import asyncio, os, sys, warnings
import netsocket
from netsocket import aio
warnings.simplefilter("ignore")

async def turns():
    for _ in range(3):
        await asyncio.sleep(0)

async def main():
    a, b = netsocket.pair_stream()
    c, d = netsocket.pair_stream()
    task = asyncio.create_task(aio.recvline(b, sec=20))
    idle = asyncio.create_task(aio.recvall(d, 1))
    await turns()
    idle.cancel()
    await turns()
    pid = os.fork()
    if pid == 0:
        b.close()
        del task, d
        async def own():
            x, y = netsocket.pair_stream()
            with x, y:
                later = asyncio.create_task(aio.recvall(y, 1, 20))
                await turns()
                x.send(b"x")
                return await later
        asyncio._set_running_loop(None)
        os._exit(new_loop().run_until_complete(own()) != b"x")
    assert os.waitpid(pid, 0)[1] == 0, "the child"
    a.send(b"line\\n")
    assert await task == b"line\\n"
    waits = asyncio.create_task(aio.recvall(d, 1, 20))
    await turns()
    c.send(b"x")
    assert await waits == b"x"
    for s in (a, b, c, d):
        s.close()

new_loop = __import__(sys.argv[1]).new_event_loop
loop = new_loop()
loop.run_until_complete(main())
loop.close()
print("right")
"""


@EACH
def test_fork(kind: str) -> None:
    """A child that closes or waits in its own loop takes nothing from its parent's."""
    done = subprocess.run(
        [sys.executable, "-c", FORK, kind], capture_output=True, text=True, timeout=50
    )
    assert (done.stdout, done.returncode) == ("right\n", 0), done.stderr


IDLE = """
import asyncio, sys
import netsocket
from netsocket import aio

async def main():
    sockets = [netsocket.pair_stream() for _ in range(10)]
    for a, b in sockets:
        task = asyncio.create_task(aio.recvall(b, 1))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        assert await aio.sendable(b)
    return sockets

loop = __import__(sys.argv[1]).new_event_loop()
sockets = loop.run_until_complete(main())
loop.close()
if sys.argv[2] == "closed":
    for pair in sockets:
        for s in pair:
            s.close()
print("right")
"""


@EACH
@pytest.mark.parametrize("how", ["closed", "left"])
def test_an_idle_program_ends(kind: str, how: str) -> None:
    """Registrations keep no loop running, and the end of the interpreter is silent."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IDLE, kind, how],
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("right\n", "", 0)


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
