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


@EACH
def test_the_end_after_a_shutdown_that_was_late(style: str, authority: Authority) -> None:
    """The peer's close-notify is the end, also where this end has said its own before."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            waits = getattr(client, "plain", client)._channel.waits
            waits.send = full
            await failed(client.shutdown(0), errno.ETIMEDOUT, "shutdown")
            await server.sendall(b"last\n")
            assert await server.shutdown(WITHIN) is True
            assert await client.recvline() == b"last\n"
            assert [await client.recv(), await client.recv()] == [b"", b""]

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


WHOLE = b"0123456789abcdef" * 1024  # as much as a record has at most
# What comes with the third of three records, and what a call then says.
ENDS: dict[str, Any] = {
    "whole": lambda record: (record, None),
    "cut": lambda record: (record[:-1], "EPROTO"),
    "broken": lambda record: (record[:-1] + bytes([record[-1] ^ 1]), "EPROTO"),
}


def record_of(conn: Any, plain: bytes) -> bytes:
    """The encrypted bytes, which are not sent."""
    engine = getattr(conn, "plain", conn)._channel.engine
    assert engine.encrypt(plain, "send") == len(plain)
    encrypted: bytes = engine.encrypted.read()
    return encrypted


@EACH
@pytest.mark.parametrize("ending", [*ENDS])
@pytest.mark.parametrize("size", [1, 3, len(WHOLE) - 1, len(WHOLE), 1 << 20])
def test_several_in_one_receive(
    style: str, authority: Authority, ending: str, size: int
) -> None:
    """All come in their order, in pieces of any size; what is wrong with the third says
    so behind the bytes of the first two, again and again."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            assert await server.sendall(b"x") == 1  # so that no ticket comes between
            assert await client.recv(1) == b"x"
            sent = [WHOLE, WHOLE[::-1], b"the last one"]
            records = [record_of(server, plain) for plain in sent]
            records[2], fails = ENDS[ending](records[2])
            sock = getattr(server, "plain", server)._channel.sock
            await asyncio.to_thread(sock.sendall, b"".join(records), WITHIN)
            sock.shutdown(netsocket.SHUT_WR)
            whole = b"".join(sent[: 2 if fails else 3])
            got = [await client.recv(size)]
            while sum(map(len, got)) < min(len(whole), 100):
                got.append(await client.recv(size))
            assert all(1 <= len(one) <= size for one in got)
            rest = len(whole) - sum(map(len, got))
            assert b"".join(got) + await client.recvall(rest, WITHIN) == whole
            for _ in range(2):  # no close-notify has come
                await failed(client.recv(size), errno.EPROTO, "recv")

    Style(style, authority).run(main)


@EACH
@pytest.mark.parametrize("size", [1, len(WHOLE)])
def test_end_behind_several(style: str, authority: Authority, size: int) -> None:
    """A close-notify in the same receive ends the stream behind them, and no byte of it
    is one of theirs."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            await server.sendall(WHOLE * 3)
            assert await server.shutdown(WITHIN) is True
            assert await client.recv(size) == WHOLE[:size]
            assert await client.recvall(len(WHOLE) * 4, WITHIN) == (WHOLE * 3)[size:]
            assert [await client.recv(size), await client.recv(size)] == [b"", b""]

    Style(style, authority).run(main)


@EACH
def test_pending_is_what_is_decrypted(style: str, authority: Authority) -> None:
    """Of what a call takes in part, the rest; and records that came with it."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            await server.sendall(b"abcd")
            assert await client.recv(1) == b"a"
            assert client.pending() == 3
            assert await client.recv() == b"bcd"
            assert client.pending() == 0
            sock = getattr(server, "plain", server)._channel.sock
            both = record_of(server, WHOLE) + record_of(server, WHOLE)
            await asyncio.to_thread(sock.sendall, both, WITHIN)
            assert await client.recv(5) == WHOLE[:5]
            assert client.pending() == len(WHOLE) * 2 - 5
            assert await client.recv(len(WHOLE)) == WHOLE[5:]
            assert await client.recv(5) == WHOLE[:5]  # of the next
            left = WHOLE[5:]
            assert await client.reader().peek(len(left)) == left
            assert client.pending() == len(left)
            assert await client.recvall(len(left), WITHIN) == left
            assert client.pending() == 0

    Style(style, authority).run(main)
