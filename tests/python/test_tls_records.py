"""Records of TLS: read in parts, begun and not sent to the end, and lost by no close."""

from __future__ import annotations

import asyncio
import errno
from typing import Any

import pytest

import netsocket
from python.tls_styles import EACH, WITHIN, InThread, Style, failed, plain_pair
from support.net.certificates import Authority

RECORD = b"0123456789abcdef" * 500


async def fill(conn: Any) -> int:
    """Sends records until one has no room, which is begun: how many went before."""
    count = 0
    while True:
        try:
            assert await conn.sendall(RECORD, 0) == len(RECORD)
        except TimeoutError:
            return count
        count += 1


@EACH
def test_read_in_parts(style: str, authority: Authority) -> None:
    """What a read leaves of a record is there for the next."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            await client.sendall(b"abcd")
            assert [await server.recv(1) for _ in range(4)] == [b"a", b"b", b"c", b"d"]
            await client.sendall(b"efgh")
            assert [await server.recv(3), await server.recv(3)] == [b"efg", b"h"]

    Style(style, authority).run(main)


@EACH
def test_shutdown_sends_what_was_begun(style: str, authority: Authority) -> None:
    """And the stream then ends well."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with server:
            count = await fill(client)
            task = asyncio.ensure_future(client.shutdown(WITHIN))
            reader = server.reader()
            assert await reader.readall(1 << 28, WITHIN) == RECORD * (count + 1)
            assert await task is True

    Style(style, authority).run(main)


@EACH
@pytest.mark.parametrize("again", [False, True])
def test_after_a_shutdown_that_was_late(
    style: str, authority: Authority, again: bool
) -> None:
    """The close-notify is said and has no room: nothing can follow it, what the peer has
    sent is there still, and the next try is about the same word."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            await server.sendall(RECORD)
            assert await client.recv(1) == RECORD[:1]
            waits = getattr(client, "plain", client)._channel.waits
            send, waits.send = waits.send, full
            for _ in range(1 + again):
                assert (
                    await failed(client.shutdown(0), errno.ETIMEDOUT, "shutdown")
                ).timeout
            await failed(client.sendall(b"more"), errno.EPIPE, "sendall")
            await failed(client.send(b"more"), errno.EPIPE, "send")
            assert await client.recvall(len(RECORD) - 1) == RECORD[1:]
            await server.sendall(b"more")
            assert await client.recvall(4) == b"more"
            waits.send = send
            assert await client.shutdown(WITHIN) is True
            assert await server.recv() == b""

    Style(style, authority).run(main)


async def full(view: memoryview, limit: Any) -> int:
    raise late()


def late() -> OSError:
    """The error of a send whose time is up."""
    a, b = netsocket.pair_stream()
    with a, b:
        try:
            b.recvall(1, 0)
        except TimeoutError as error:
            error.done = 0  # type: ignore[attr-defined]  # as every failure
            return error
    raise AssertionError


@pytest.mark.parametrize("call", ["recv", "recvall", "recvline", "line"])
def test_words_of_a_receive_beside_an_answer(authority: Authority, call: str) -> None:
    """While an answer has no room a receive looks at that too, by short waits. Its error
    names the caller's time all the same."""
    client, server = plain_pair(Style("plain", authority))
    with client, server:
        asyncio.run(fill(InThread(client)))
        client.timeout(0.03)
        calls: dict[str, Any] = {
            "recv": client.recv,
            "recvall": lambda: client.recvall(1),
            "recvline": client.recvline,
            "line": client.reader().line,
        }
        with pytest.raises(TimeoutError, match=r"within 0\.03 s") as caught:
            calls[call]()
        assert (caught.value.timeout, caught.value.op) == (True, call)  # type: ignore[attr-defined]


@EACH
def test_close_loses_nothing(style: str, authority: Authority) -> None:
    """More is on its way than the peer has room for, and a ticket of TLS 1.3 is unread:
    the close makes no reset of that."""

    async def main(tls: Style) -> None:
        with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
            listener.listen()
            a = netsocket.connect_inet_stream(*listening_at(listener), WITHIN)
            b = listener.acceptwait(WITHIN)
        client, server = await asyncio.gather(tls.client(a), tls.server(b))
        with server:
            count = await fill(client)
            client.close()
            assert await server.recvall(count * len(RECORD)) == RECORD * count

    Style(style, authority).run(main)


def listening_at(listener: netsocket.Socket) -> tuple[str, int]:
    return "127.0.0.1", listener.getsockname().port() or 0
