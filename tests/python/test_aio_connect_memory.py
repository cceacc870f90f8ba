"""The connects of netsocket.aio without memory: each allocation of a first step fails
once. No descriptor is left, and the call may be made again."""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import netsocket
from netsocket import aio
from support.fronts import process
from support.net.peers import wait_until

from .loops import loop_of
from .nomemory import first_step

PLENTY = 30.0
ENOUGH = 12  # calls in a row that did not fail: the index is beyond the last allocation
Target = tuple[Any, ...]


def listener(family: int, address: Any) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.bind(address)
    sock.listen(128)
    return sock


def by_address(folder: Path) -> tuple[socket.socket, Target]:
    server = listener(socket.AF_INET, ("127.0.0.1", 0))
    host, port = server.getsockname()
    return server, (netsocket.addrinfo.inet(host, port, socket.SOCK_STREAM),)


def by_digits(folder: Path) -> tuple[socket.socket, Target]:
    server = listener(socket.AF_INET, ("127.0.0.1", 0))
    return server, server.getsockname()


def by_digits6(folder: Path) -> tuple[socket.socket, Target]:
    server = listener(socket.AF_INET6, ("::1", 0))
    return server, server.getsockname()[:2]


def by_name(folder: Path) -> tuple[socket.socket, Target]:
    server = listener(socket.AF_INET, ("127.0.0.1", 0))
    return server, ("localhost", server.getsockname()[1])


def by_path(folder: Path) -> tuple[socket.socket, Target]:
    path = str(folder / "path")
    return listener(socket.AF_UNIX, path), (path,)


CASES: dict[str, tuple[Any, Callable[[Path], tuple[socket.socket, Target]]]] = {
    "connect": (aio.connect, by_address),
    "connect_inet_stream": (aio.connect_inet_stream, by_digits),
    "connect_inet6_stream": (aio.connect_inet6_stream, by_digits6),
    "connect_stream": (aio.connect_stream, by_digits),
    "a name": (aio.connect_stream, by_name),
    "connect_unix_stream": (aio.connect_unix_stream, by_path),
    "options": (
        partial(aio.connect_stream, keepalive=True, linger=1, nonblock=False),
        by_digits,
    ),
}


async def sweep(call: Any, target: Target, server: socket.socket) -> int:
    """How many allocations failed."""
    failures = fine = 0
    for index in itertools.count(1):
        made, failed = first_step(partial(call, *target, conndeadl=PLENTY), index)
        if made is None:
            made = await call(*target, conndeadl=PLENTY)
        with made:
            taken_here(server, made)
        failures += failed
        fine = 0 if failed else fine + 1
        if fine == ENOUGH:
            break
    return failures


def taken_here(server: socket.socket, made: netsocket.Socket) -> None:
    """It is connected to the server, which may have those first that were given up."""
    assert made.send(b"x") == 1
    while True:
        connection, _ = server.accept()
        with connection:
            if connection.recv(1) == b"x":
                return


# Where the allocation of a coroutine's own frame fails, the call in it is not awaited.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
@pytest.mark.parametrize("case", CASES)
def test_every_allocation_fails(case: str, tmp_path: Path) -> None:
    call, made_for = CASES[case]
    before = process.descriptors(os.getpid())
    server, target = made_for(tmp_path)
    server.settimeout(PLENTY)
    with server, loop_of("asyncio") as loop:
        assert loop.run_until_complete(sweep(call, target, server)) > 0
    # The resolver's threads that were given up go on for a while.
    wait_until(lambda: process.descriptors(os.getpid()) == before, "no descriptor left")
