"""Records of TLS: read in parts, begun and not sent to the end, and lost by no close."""

from __future__ import annotations

import asyncio
from typing import Any

import netsocket
from python.tls_styles import EACH, WITHIN, Style
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
