"""When a TLS connection is collected, and what keeps it."""

from __future__ import annotations

import asyncio
import errno
import gc
import sys
from typing import Any

import pytest

from python.loops import KINDS, loop_of, turns
from python.tls_styles import WITHIN, Style, failed, plain_pair
from support.net.certificates import Authority

UNCLOSED = "unclosed <netsocket.tls.Connection"


def test_collected(authority: Authority) -> None:
    client, server = plain_pair(Style("plain", authority))
    with server:
        ends = [client]
        del client
        with pytest.warns(ResourceWarning, match=UNCLOSED):
            ends.clear()
        server.timeout(WITHIN)
        assert server.recv() == b""


@pytest.mark.filterwarnings("error")
def test_collected_where_warnings_are_errors(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The peer learns of the end all the same."""
    seen: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda it: seen.append(it.exc_type))
    client, server = plain_pair(Style("plain", authority))
    with server:
        del client
        gc.collect()
        assert seen == [ResourceWarning]
        server.timeout(WITHIN)
        assert server.recv() == b""


def test_a_reader_keeps_its_connection(authority: Authority) -> None:
    """As one of a socket does: it is collected with the last of them."""
    client, server = plain_pair(Style("plain", authority))
    with client:
        readers = [server.reader()]
        del server
        client.sendall(b"one\ntwo\n")
        assert readers[0].line(WITHIN) == b"one"
        with pytest.warns(ResourceWarning, match=UNCLOSED):
            readers.clear()
        client.timeout(WITHIN)
        assert client.recv() == b""


@pytest.mark.parametrize("style", KINDS)
def test_a_call_keeps_its_connection(style: str, authority: Authority) -> None:
    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client:
            task = asyncio.create_task(server.recv())
            del server
            await asyncio.sleep(0)
            gc.collect()
            await client.sendall(b"here")
            with pytest.warns(ResourceWarning, match=UNCLOSED):
                assert await task == b"here"

    Style(style, authority).run(main)


def stranded(style: str, tls: Style, ends: list[Any]) -> list[asyncio.Task[Any]]:
    """A call that receives and one that sends, whose loop closes while they wait."""

    async def main() -> list[asyncio.Task[Any]]:
        client, server = await tls.pair()
        ends[:] = client, server
        await client.sendall(b"abc")
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(server.recvall(6)),
            asyncio.create_task(server.sendall(b"x" * (8 << 20))),
        ]
        await turns(20)
        return tasks

    with loop_of(style) as loop:
        tasks: list[asyncio.Task[Any]] = loop.run_until_complete(main())
    assert not any(task.done() for task in tasks)
    return tasks


@pytest.mark.parametrize(
    "when", ["before", "between", "meanwhile", "later", "at the end"]
)
@pytest.mark.parametrize("style", KINDS)
def test_a_loop_that_has_closed(
    style: str, when: str, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    """Its calls keep no direction: what they had received comes next, and the record that
    was begun goes on, whenever they are collected."""
    tls = Style(style, authority)
    ends: list[Any] = []

    async def main() -> None:
        client, server = ends
        assert await server.recv() == b"abc"
        waiting = asyncio.create_task(server.recv())
        with pytest.raises(ValueError, match="a record of other bytes was begun"):
            await server.sendall(b"other")
        if when == "between":
            late = server.sendall(b"x" * 200_000, 0)
            await failed(late, errno.ETIMEDOUT, "sendall")
            tasks.clear()
            gc.collect()
        sending = asyncio.create_task(server.sendall(b"x" * 200_000))
        await turns()
        if when == "meanwhile":
            tasks.clear()
            gc.collect()
        await failed(server.recvall(1), errno.EBUSY, "recvall")
        await failed(server.sendall(b"x"), errno.EBUSY, "sendall")
        await client.sendall(b"def")
        assert await waiting == b"def"
        every = asyncio.create_task(client.reader().readall(16 << 20))
        assert await sending == 200_000
        if when == "later":
            tasks.clear()
            gc.collect()
        await server.shutdown()
        data = await every
        assert len(data) >= 200_000 and not data.strip(b"x")
        client.close()

    with caplog.at_level("CRITICAL"):  # asyncio logs each task that was destroyed
        tasks = stranded(style, tls, ends)
        if when == "before":
            tasks.clear()
            gc.collect()
        with loop_of(style) as loop:
            loop.run_until_complete(asyncio.wait_for(main(), WITHIN))
        tasks.clear()
        gc.collect()
