"""netsocket.aio: how a loop forgets a socket that is closed, collected or given away, in
a thread or a child too."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import socket
import subprocess
import sys
import threading
import weakref
from typing import Any

import pytest

import netsocket
from netsocket import aio
from python.loops import EACH, loop_of, readable, run, turns, wait_once
from support.machine_lag import PATIENCE


@EACH
def test_the_loop_is_closed(kind: str) -> None:
    """Neither closing nor collecting says a word, whatever waits."""
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
def test_both_directions(kind: str) -> None:
    """A close has the loop forget who waited to receive and who waited to send."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        a, b = netsocket.pair_stream()
        with a:
            await wait_once(b)
            with contextlib.suppress(BlockingIOError):
                while True:
                    b.send(b"x" * 65536)
            task = asyncio.create_task(aio.sendable(b))
            await turns()
            task.cancel()
            await asyncio.wait([task])
            number = b.fileno()
            b.close()
            assert not loop.remove_reader(number)
            assert not loop.remove_writer(number)

    run(kind, main)


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
@pytest.mark.parametrize("how", ["waiting", "next"])
def test_back_before_it_is_forgotten(kind: str, how: str) -> None:
    """The loop that a socket came from forgets it in its next turn, and not what waits
    for it there again by then, or was told of it and waits later."""
    with loop_of(kind) as there:
        thread = threading.Thread(target=there.run_forever)
        thread.start()
        asyncio.run_coroutine_threadsafe(turns(), there).result(PATIENCE)

        async def main() -> None:
            loop = asyncio.get_running_loop()
            a, b = netsocket.pair_stream()
            with a, b:
                await wait_once(b)
                asyncio.run_coroutine_threadsafe(wait_once(b), there).result(PATIENCE)
                if how == "next":
                    call = aio.recv(b)
                    call.send(None)
                    call.close()
                    await turns()
                loop.call_soon(a.send, b"x")
                assert await aio.recv(b) == b"x"
            asyncio.run_coroutine_threadsafe(turns(), there).result(PATIENCE)

        try:
            run(kind, main)
        finally:
            there.call_soon_threadsafe(there.stop)
            thread.join()


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
        number = b.fileno()
        b.close()
        try:
            os.fstat(number)
            os._exit(2)  # it waits for the parent's loop to forget
        except OSError:
            pass
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
