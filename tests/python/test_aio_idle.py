"""A process that waits on many sockets for what does not come makes no system call."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from python.loops import EACH
from support.processes.rested import rests_until_told

pytestmark = pytest.mark.measures

PROGRAM = """
import asyncio, importlib, sys
import netsocket
from netsocket import aio

kind, count = sys.argv[1], int(sys.argv[2])
sender = netsocket.new_inet_dgram()


def bound():
    return netsocket.bind_inet_dgram("127.0.0.1", 0)


async def wait(sock, sec, turn):
    for _ in range(2):
        assert await aio.recvable(sock, sec)
        sock.recv()
        turn.release()


async def main():
    one, turn = bound(), asyncio.Semaphore(0)
    socks = [bound() for _ in range(count)]

    async def wake():
        for sock in socks:
            sender.sendto(b"x", sock.getsockname())
        for _ in socks:
            await turn.acquire()

    tasks = [
        asyncio.ensure_future(wait(sock, 3600 if i % 2 else None, turn))
        for i, sock in enumerate(socks)
    ]
    await wake()
    print(one.getsockname().port(), flush=True)
    await aio.recvable(one, None)
    await wake()
    await asyncio.gather(*tasks)
    print("ended")


importlib.import_module(kind).new_event_loop().run_until_complete(main())
"""


@EACH
def test_many_idle(kind: str, tmp_path: Path) -> None:
    """Also though each was waited for before, and some have a deadline, far away."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    rests_until_told([sys.executable, str(program), kind])
