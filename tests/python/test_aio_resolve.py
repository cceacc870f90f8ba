"""aio.getaddrinfo and getnameinfo: a thread asks the resolver, and the loop goes on."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from netsocket import addrinfo, aio
from support.fronts import process
from support.machine_lag import PATIENCE
from support.net.nameserver import AAAA, NO_SUCH_NAME, PTR, A, NameServer, name_server
from support.net.peers import wait_until

from .loops import EACH, loop_of, run, turns

NAME = "dual.example"
NAMED = "192.0.2.9"
PLENTY = 30.0


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


@EACH
def test_names(in_netns: None, kind: str) -> None:
    """Others go on until there is an answer."""

    async def main() -> None:
        ai = addrinfo.inet(NAMED, 80)
        task = asyncio.ensure_future(aio.getnameinfo(ai, socket.NI_NUMERICSERV))
        await asked(server, PTR)
        assert not task.done()
        server.answer(PTR, NAME)
        assert await task == {"host": NAME, "service": "80"}

    with name_server() as server:
        in_loop(kind, main())


@EACH
def test_names_in_digits_need_no_wait(kind: str) -> None:
    async def main() -> None:
        digits = socket.NI_NUMERICHOST, socket.NI_NUMERICSERV
        task = asyncio.ensure_future(aio.getnameinfo(addrinfo.inet(NAMED, 80), *digits))
        await asyncio.sleep(0)
        assert task.done()
        assert await task == {"host": NAMED, "service": "80"}

    run(kind, main)


@EACH
def test_no_name(in_netns: None, kind: str) -> None:
    """An error where a name is asked for, and only there."""

    async def main() -> None:
        ai = addrinfo.inet(NAMED, 80)
        task = asyncio.ensure_future(aio.getnameinfo(ai, socket.NI_NAMEREQD, sec=PLENTY))
        await asked(server, PTR)
        server.answer(PTR, code=NO_SUCH_NAME)
        with pytest.raises(socket.gaierror, match=f"getnameinfo {NAMED}:80") as told:
            await task
        assert told.value.errno == socket.EAI_NONAME

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
    names: Any = aio.getnameinfo
    with pytest.raises(TypeError, match="ai"):
        names(NAME)
    with pytest.raises(TypeError, match="flags"):
        names(addrinfo.inet(NAMED, 80), "x")
    with pytest.raises(socket.gaierror):
        names(addrinfo.vsock(2, 80), socket.NI_NUMERICHOST, socket.NI_NUMERICSERV)


CALLS: dict[str, tuple[Callable[[float | None], Coroutine[Any, Any, Any]], str]] = {
    "getaddrinfo": (lambda sec: aio.getaddrinfo(NAME, 80, sec=sec), NAME),
    "getnameinfo": (
        lambda sec: aio.getnameinfo(addrinfo.inet(NAMED, 80), sec=sec),
        f"{NAMED}:80",
    ),
}


@EACH
@pytest.mark.parametrize("ending", ["late", "cancelled"])
@pytest.mark.parametrize("name", CALLS)
def test_silent_server(in_netns: None, kind: str, name: str, ending: str) -> None:
    """The loop goes on; nothing is left but a question that ends by itself."""
    call, subject = CALLS[name]

    async def main() -> None:
        task = asyncio.ensure_future(call(0.1 if ending == "late" else None))
        await turns()
        if ending == "late":
            late = f"{name} {subject}: no answer within 0.1 s"
            with pytest.raises(TimeoutError, match=late) as told:
                await task
            assert getattr(told.value, "timeout", False)
        else:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    before = descriptors()
    with name_server() as server:
        in_loop(kind, main())
        for question in [A, AAAA] if name == "getaddrinfo" else [PTR]:
            server.answer(question)
    wait_until(lambda: descriptors() == before, "the resolver is done")
