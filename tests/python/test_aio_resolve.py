"""aio.getaddrinfo: a thread asks the resolver, and the loop goes on."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Coroutine
from typing import Any

import pytest

from netsocket import aio
from support.fronts import process
from support.machine_lag import PATIENCE
from support.net.nameserver import AAAA, NO_SUCH_NAME, A, NameServer, name_server
from support.net.peers import wait_until

from .loops import EACH, loop_of, run, turns

NAME = "dual.example"


async def asked(server: NameServer, *kinds: int) -> None:
    """The server hears in a thread, since the task that asks has the loop."""
    await asyncio.get_running_loop().run_in_executor(None, server.asked, *kinds)


def descriptors() -> dict[int, str]:
    return process.descriptors(os.getpid())


def in_loop(kind: str, main: Coroutine[Any, Any, None]) -> None:
    with loop_of(kind) as loop:
        loop.run_until_complete(asyncio.wait_for(main, PATIENCE))


@EACH
def test_answer(in_netns: None, kind: str) -> None:
    """Both families, as the plain call has them."""

    async def main() -> None:
        task = asyncio.ensure_future(aio.getaddrinfo(NAME, 80))
        await asked(server, A, AAAA)
        assert not task.done()
        server.answer(AAAA, "::1")
        server.answer(A, "127.0.0.1")
        found = await task
        assert sorted(map(str, found)) == ["127.0.0.1:80", "[::1]:80"]

    with name_server() as server:
        in_loop(kind, main())


@EACH
def test_canonical_name(in_netns: None, kind: str) -> None:
    async def main() -> None:
        call = aio.getaddrinfo(NAME, 80, socket.AF_INET, 0, 0, socket.AI_CANONNAME)
        task = asyncio.ensure_future(call)
        await asked(server, A)
        server.answer(A, "127.0.0.1")
        (found,) = await task
        assert found.canonname() == NAME

    with name_server() as server:
        in_loop(kind, main())


@EACH
@pytest.mark.parametrize("host", ["127.0.0.1", "::1", None])
def test_digits_need_no_wait(kind: str, host: str | None) -> None:
    """The task does not give its turn away."""

    async def main() -> None:
        task = asyncio.ensure_future(aio.getaddrinfo(host, 80))
        await asyncio.sleep(0)
        assert task.done()
        assert await task

    run(kind, main)


@EACH
def test_no_such_name(in_netns: None, kind: str) -> None:
    async def main() -> None:
        task = asyncio.ensure_future(aio.getaddrinfo(NAME, 80))
        await asked(server, A, AAAA)
        server.answer(A, code=NO_SUCH_NAME)
        server.answer(AAAA, code=NO_SUCH_NAME)
        with pytest.raises(socket.gaierror, match=NAME):
            await task

    with name_server() as server:
        in_loop(kind, main())


def test_wrong_arguments() -> None:
    """At once, before it is awaited."""
    call: Any = aio.getaddrinfo  # nothing is awaited here
    with pytest.raises(socket.gaierror):
        call(NAME, " 80")
    with pytest.raises(TypeError, match="family"):
        call(NAME, 80, "x")
    with pytest.raises(ValueError, match="sec"):
        call(NAME, 80, sec=-1)


@EACH
@pytest.mark.parametrize("ending", ["late", "cancelled"])
def test_silent_server(in_netns: None, kind: str, ending: str) -> None:
    """The loop goes on; nothing is left but a question that ends by itself."""

    async def main() -> None:
        sec = 0.1 if ending == "late" else None
        task = asyncio.ensure_future(aio.getaddrinfo(NAME, 80, sec=sec))
        await turns()
        if ending == "late":
            with pytest.raises(TimeoutError, match=r"no answer within 0.1 s"):
                await task
        else:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    before = descriptors()
    with name_server() as server:
        in_loop(kind, main())
        server.answer(A, "127.0.0.1")
        server.answer(AAAA)
    wait_until(lambda: descriptors() == before, "the resolver is done")
