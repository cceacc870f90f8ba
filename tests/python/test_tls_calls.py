"""The calls of a TLS connection: what they take and give, and how they end."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from typing import Any

import pytest

import netsocket
from netsocket import aio
from python.tls_styles import EACH, WITHIN, Style, failed, plain_pair
from support.net.certificates import Authority


@EACH
def test_end(style: str, authority: Authority) -> None:
    """The close-notify is the end; what was sent before is read."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        assert await client.sendall(b"one\r\ntwo\nrest") == 13
        assert await client.shutdown(WITHIN) is True
        await failed(client.sendall(b"x"), errno.EBADF, "sendall")
        reader = server.reader()
        assert await reader.line() == b"one"
        assert await reader.peek(3) == b"two"
        assert server.pending() == 8
        assert await reader.readuntil(b"o") == b"two"
        assert await server.recvline(2) == b"\n"
        with pytest.raises(netsocket.EndOfStream, match="after 4 bytes") as caught:
            await reader.line()
        assert (caught.value.errno, caught.value.op) == (errno.EPROTO, "line")
        assert caught.value.done == 4
        assert await server.recvall(100) == b"rest"
        assert await server.recv() == await reader.readline() == b""
        assert await reader.line() is None
        assert await reader.readall(10) == b""
        server.close()

    Style(style, authority).run(main)


@EACH
def test_arguments_of_the_handshake(style: str, authority: Authority) -> None:
    """The error names the call and the argument; the socket stays as it was."""

    async def refused(call: Any, side: str, words: str) -> None:
        name = side if style == "plain" else f"tls_{side}"
        with pytest.raises(TypeError) as caught:
            await call
        assert str(caught.value) == f"{name}() {words}"

    async def main(tls: Style) -> None:
        wrong: Any = 5
        a, b = netsocket.pair_stream()
        with a, b:
            for side in ("client", "server"):
                call = getattr(tls, side)
                await refused(call(wrong), side, "sock: Socket expected, got int")
                words = "context: SSLContext expected, got int"
                await refused(call(a, context=wrong), side, words)
            words = "host: str or None expected, got int"
            await refused(tls.client(a, wrong), "client", words)
            b.send(b"x")
            assert await aio.recv(a) == b"x"

    Style(style, authority).run(main)


@EACH
@pytest.mark.parametrize("call", ["recv", "recvline", "sendall"])
def test_waiters(style: str, authority: Authority, call: str) -> None:
    """A second one gets EBUSY, and close() wakes the first with EBADF."""

    def begin(client: Any) -> Any:
        if call != "sendall":
            return getattr(client, call)()
        return client.sendall(b"x" * (1 << 24), WITHIN)

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        channel = getattr(client, "plain", client)._channel
        lock = channel.writing if call == "sendall" else channel.reading
        with server:
            first = asyncio.ensure_future(begin(client))
            while not lock.locked():
                await asyncio.sleep(0.001)
            await failed(begin(client), errno.EBUSY, call)
            assert client.close() is True
            await failed(first, errno.EBADF, call)
            await failed(begin(client), errno.EBADF, call)

    Style(style, authority).run(main)


@EACH
@pytest.mark.parametrize("call", ["recv", "sendall"])
def test_closed_between_records(style: str, authority: Authority, call: str) -> None:
    """The call that comes back to OpenSSL after a close gets EBADF, not its words."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        engine = getattr(client, "plain", client)._channel.engine
        name = "decrypt" if call == "recv" else "encrypt"
        asked = getattr(engine, name)

        def closed_meanwhile(*args: Any) -> Any:
            if args[1:] == (None, False):  # nothing has come yet
                return asked(*args)
            client.close()
            return asked(*args)

        setattr(engine, name, closed_meanwhile)
        with server:
            await server.sendall(b"half", WITHIN)
            waits = client.recv() if call == "recv" else client.sendall(b"x", WITHIN)
            await failed(waits, errno.EBADF, call)

    Style(style, authority).run(main)


@EACH
def test_deadlines(style: str, authority: Authority) -> None:
    """A call whose time is up has taken nothing; one deadline holds for many."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            await server.sendall(b"half a li")
            reader = client.reader()
            error = await failed(reader.line(0.05), errno.ETIMEDOUT, "line")
            assert (error.done, error.timeout) == (9, True)
            assert "not done within 0.05 s" in str(error)
            assert client.pending() == 9
            await server.sendall(b"ne\n")
            assert await reader.line(netsocket.deadline(WITHIN)) == b"half a line"
            client.timeout(0.05)
            await failed(client.recvall(3), errno.ETIMEDOUT, "recvall")
            for sec in (-1, float("nan")):
                with pytest.raises(ValueError, match="readline sec: EINVAL"):
                    await reader.readline(sec)
            with pytest.raises(TypeError, match="sendall"):
                await client.sendall(b"", "1")

    Style(style, authority).run(main)


@EACH
def test_one_deadline(style: str, authority: Authority) -> None:
    """For all receives of a call, also where it is the connection's timeout."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        client.timeout(WITHIN)
        channel = getattr(client, "plain", client)._channel
        limits: list[Any] = []
        receive = channel.waits.receive

        async def seen(limit: Any) -> bytes:
            limits.append(limit)
            got: bytes = await receive(limit)
            return got

        channel.waits.receive = seen
        with client, server:
            task = asyncio.ensure_future(client.recvall(2))
            await server.sendall(b"1")
            while client.pending() == 0:
                await asyncio.sleep(0.001)
            await server.sendall(b"2")
            assert await task == b"12"
        assert len(limits) > 1
        assert isinstance(limits[0], netsocket.Deadline)
        assert all(limit is limits[0] for limit in limits)

    Style(style, authority).run(main)


@EACH
def test_timeout_of_the_socket(style: str, authority: Authority) -> None:
    """It is the connection's."""

    async def main(tls: Style) -> None:
        a, b = netsocket.pair_stream()
        a.timeout(0.05)
        client, server = await asyncio.gather(tls.client(a), tls.server(b))
        with client, server:
            assert client.timeout() == 0.05
            await failed(client.recv(), errno.ETIMEDOUT, "recv")

    Style(style, authority).run(main)


@EACH
def test_arguments(style: str, authority: Authority) -> None:
    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            reader = client.reader(10)
            wrong: list[Callable[[], Any]] = [
                lambda: client.recv(0),
                lambda: client.recvall(-1),
                lambda: client.recvline(0),
                lambda: reader.read(0),
                lambda: reader.readexactly(-1),
                lambda: reader.readuntil(b""),
                lambda: reader.readall(-1),
                lambda: reader.peek(0),
                lambda: reader.peek(11),
            ]
            for call in wrong:
                with pytest.raises(ValueError, match="EINVAL"):
                    await call()
            for numbers in ((0,), (10, 0)):
                with pytest.raises(ValueError, match="reader"):
                    client.reader(*numbers)
            await server.sendall(b"0123456789abcdef\n")
            error = await failed(reader.readline(), errno.EMSGSIZE, "readline")
            assert error.done == 17
            await failed(reader.readall(16), errno.EMSGSIZE, "readall")
            assert await client.recvline(10) == b"0123456789"
            assert await reader.line() == b"abcdef"

    Style(style, authority).run(main)


@EACH
def test_pending_bytes(style: str, authority: Authority) -> None:
    """What came before the handshake is no part of it (STARTTLS)."""

    async def main(tls: Style) -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            a.sendall(b"OK\r\nextra")
            assert b.reader().line(WITHIN) == b"OK"
            error = await failed(tls.client(b), errno.EBUSY, "handshake")
            assert "received bytes are pending" in str(error)
            assert b.recv() == b"extra"
            a.send(b"O")
            assert b.recv() == b"O"
            client, server = await asyncio.gather(tls.client(b), tls.server(a))
            with client, server:
                await client.sendall(b"x")
                assert await server.recv() == b"x"

    Style(style, authority).run(main)


@EACH
def test_what_is_no_stream(style: str, authority: Authority) -> None:
    async def main(tls: Style) -> None:
        a, b = netsocket.pair_dgram()
        with a, b:
            await failed(tls.client(a), errno.EOPNOTSUPP, "handshake")
            assert a.fd() >= 0
        await failed(tls.server(b), errno.EBADF, "handshake")
        with pytest.raises(ValueError, match="client host: .* must not be empty"):
            await tls.client(a, host="")

    Style(style, authority).run(main)


@EACH
def test_peer_that_is_gone(style: str, authority: Authority) -> None:
    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        server.close()
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            await for_ever(lambda: client.sendall(b"x" * 1000))
        client.close()

    async def for_ever(call: Callable[[], Any]) -> None:
        while True:
            await call()

    Style(style, authority).run(main)


@EACH
def test_both_ways_with_a_slow_reader(style: str, authority: Authority) -> None:
    """A send that fails says what has gone, and goes on with the same bytes only."""

    async def main(tls: Style) -> None:
        message = bytes(range(256)) * 40000
        client, server = await tls.pair()
        error = await failed(client.sendall(message, 0.05), errno.ETIMEDOUT, "sendall")
        assert error.timeout
        with pytest.raises(ValueError, match="a record of other bytes was begun"):
            await client.sendall(b"other")
        rest = asyncio.ensure_future(client.sendall(message[error.done :]))
        assert await server.recvall(len(message)) == message
        assert await rest == len(message) - error.done
        client.close()
        assert await server.recv() == b""
        server.close()

    Style(style, authority).run(main)


def test_plain_calls_that_would_wait(authority: Authority) -> None:
    """Without a timeout, recv and send do what can be done now."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        plain, other = client.plain, server.plain
        plain.timeout(0)
        with pytest.raises(BlockingIOError) as caught:
            plain.recv()
        assert getattr(caught.value, "op", None) == "recv"
        total, message, full = 0, bytes(range(256)) * 64, False
        while not full:
            try:
                total += plain.send(message[total % len(message) :])
            except BlockingIOError:
                full = True
        with pytest.raises(ValueError, match="other bytes"):
            plain.send(b"other")
        rest = message[total % len(message) :]
        last = asyncio.ensure_future(client.sendall(rest, WITHIN))
        got = await server.recvall(total + len(rest))
        assert got == message * (len(got) // len(message))
        assert await last == len(rest)
        other.close()
        assert plain.timeout() == 0 and plain.recv() == b""
        plain.close()

    Style("plain", authority).run(main)


@pytest.mark.parametrize("style", ["asyncio"])
def test_cancelled(style: str, authority: Authority) -> None:
    """A receive loses nothing; a send goes on with the same bytes; a handshake closes."""

    async def cancel(call: Any) -> None:
        task = asyncio.ensure_future(call)
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def main(tls: Style) -> None:
        a, b = netsocket.pair_stream()
        await cancel(tls.client(a))
        b.close()
        assert a.fd() == -1
        client, server = await tls.pair()
        await server.sendall(b"1234")
        await cancel(client.recvall(8))
        await server.sendall(b"5678")
        assert await client.recvall(8) == b"12345678"
        message = b"0123456789abcdef" * 100000
        await cancel(client.sendall(message))
        with pytest.raises(ValueError, match="other bytes"):
            await client.send(b"x")
        task = asyncio.ensure_future(client.sendall(message))
        got = await server.recvall(len(message))
        while len(got) < len(message) or not task.done():
            got += await server.recv()
        await task
        assert got.endswith(message[-1000:])
        client.close()
        server.close()

    Style(style, authority).run(main)


def test_child_of_a_fork(authority: Authority) -> None:
    """A child that closes its copy ends nothing of its parent's, and takes nothing."""
    client, server = plain_pair(Style("plain", authority))
    with client, server:
        child = os.fork()
        if child == 0:  # the other end would read what this one sends
            client.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        client.sendall(b"still here\n")
        assert server.recvline() == b"still here\n"
        server.sendall(b"and here\n")
        assert client.recvline() == b"and here\n"
        client.close()
        server.timeout(WITHIN)
        assert server.recv() == b""
