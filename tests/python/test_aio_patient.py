"""aio.accept that waits out EMFILE: the loop goes on, the pauses need no descriptor."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

import netsocket
from netsocket import aio
from support.machine_lag import PATIENCE
from support.net.peers import port_of
from support.processes.limits import no_descriptor_left

from .loops import EACH, run, turns


@asynccontextmanager
async def awaited() -> AsyncIterator[tuple[netsocket.Socket, socket.socket]]:
    """A listener with a connection in its queue."""
    with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
        listener.listen()
        assert not await aio.recvable(listener, 0.001)  # what the loop opens is open
        address = ("127.0.0.1", listener.getsockname().port())
        with socket.create_connection(address, timeout=PATIENCE) as client:
            yield listener, client


@EACH
def test_room_is_made(kind: str) -> None:
    async def main() -> None:
        async with awaited() as (listener, client):
            with no_descriptor_left():
                task = asyncio.create_task(
                    aio.accept(listener, PATIENCE, True, patient=True)
                )
                for _ in range(20):  # the loop's other work goes on
                    await asyncio.sleep(0.002)
                assert not task.done()
            sock, ai = await task
            with sock:
                assert ai.port() == port_of(client)

    run(kind, main)


@EACH
@pytest.mark.parametrize("sec", [0.05, 0])
def test_late(kind: str, sec: float) -> None:
    async def main() -> None:
        async with awaited() as (listener, client):
            with no_descriptor_left():
                with pytest.raises(TimeoutError, match="no free descriptor"):
                    await aio.accept(listener, sec, patient=True)
                with pytest.raises(OSError, match=os.strerror(errno.EMFILE)):
                    await aio.accept(listener, sec)
            with await aio.accept(listener, PATIENCE) as sock:
                assert sock.getpeername().port() == port_of(client)

    run(kind, main)


@EACH
def test_cancelled_and_closed(kind: str) -> None:
    """In the pause: the place is free at once, and a close wakes."""

    async def main() -> None:
        async with awaited() as (listener, _):
            with no_descriptor_left():
                task = asyncio.create_task(aio.accept(listener, patient=True))
                await turns()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                task = asyncio.create_task(aio.accept(listener, patient=True))
                await turns()
                listener.close()
                with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
                    await asyncio.wait_for(task, PATIENCE)

    run(kind, main)
