"""Lines, blocks and marks out of a unix stream, by one library: the processor's time."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Callable

import netsocket
from netsocket import aio

library, work, path = sys.argv[1:4]
size, count = int(sys.argv[4]), int(sys.argv[5])


def repeated(read: Callable[[], bytes | None], length: int) -> None:
    for _ in range(count):
        assert len(read() or b"") == length


def by_netsocket() -> None:
    with netsocket.connect_unix_stream(path) as sock:
        rd = sock.reader()
        if work == "line":
            repeated(rd.line, size - 1)
        elif work == "block":
            repeated(lambda: rd.readexactly(size), size)
        else:
            repeated(lambda: rd.readuntil(b"--"), size)


def by_makefile() -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(path)
        file = sock.makefile("rb")
        if work == "line":
            repeated(file.readline, size)
        else:
            repeated(lambda: file.read(size), size)


async def by_aio() -> None:
    with await aio.connect_unix_stream(path) as sock:
        rd = aio.reader(sock)
        for _ in range(count):
            if work == "line":
                item = await rd.line()
            elif work == "block":
                item = await rd.readexactly(size)
            else:
                item = await rd.readuntil(b"--")
            assert len(item or b"") == size - (work == "line")


async def by_asyncio() -> None:
    rd, writer = await asyncio.open_unix_connection(path)
    for _ in range(count):
        if work == "line":
            item = await rd.readline()
        elif work == "block":
            item = await rd.readexactly(size)
        else:
            item = await rd.readuntil(b"--")
        assert len(item) == size
    writer.close()


begin = time.process_time()
if library == "netsocket":
    by_netsocket()
elif library == "makefile":
    by_makefile()
elif library == "netsocket.aio":
    asyncio.run(by_aio())
else:
    asyncio.run(by_asyncio())
print(f"{time.process_time() - begin:.9f}")
