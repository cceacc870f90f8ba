"""The arguments of a TLS connection and its readers, as those of a socket."""

from __future__ import annotations

import copy
import ctypes
import pickle
import ssl
from multiprocessing.reduction import ForkingPickler
from typing import Any

import pytest

import netsocket
from python.tls_styles import EACH, Style
from support.net.certificates import Authority


@EACH
def test_what_is_left_out(style: str, authority: Authority) -> None:
    """None counts as left out, as in every call."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            await client.sendall(b"one\ntwo\nthree\nfour")
            assert await server.recvline(None) == b"one\n"
            assert await server.reader(None, None).readline(None) == b"two\n"
            assert await server.reader().line() == b"three"
            assert await server.recv(None) == b"four"

    Style(style, authority).run(main)


@EACH
@pytest.mark.parametrize("wrong", [True, 1.0, "1"])
def test_no_number(style: str, authority: Authority, wrong: Any) -> None:
    """It is said at once, and nothing is waited for."""
    words = f"n: int expected, got {type(wrong).__name__}"

    async def refused(call: Any, op: str) -> None:
        with pytest.raises(TypeError, match=rf"{op}\(\) {words}"):
            await call

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            reader = server.reader()
            await refused(server.recv(wrong), "recv")
            await refused(server.recvall(wrong), "recvall")
            for op in ("read", "readexactly", "peek"):
                await refused(getattr(reader, op)(wrong), op)
            with pytest.raises(TypeError, match=r"recvline\(\) max: int expected"):
                await server.recvline(wrong)
            with pytest.raises(TypeError, match=r"readall\(\) max: int expected"):
                await reader.readall(wrong)
            for name, args in (("limit", (wrong,)), ("size", (1, wrong))):
                with pytest.raises(TypeError, match=rf"reader\(\) {name}: int expected"):
                    server.reader(*args)

    Style(style, authority).run(main)


@EACH
def test_mark(style: str, authority: Authority) -> None:
    """A number is none, be it one from which bytes could be made."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            reader = server.reader()
            wrong: Any
            for wrong in (2, "two", None, [50]):
                with pytest.raises(TypeError) as caught:
                    await reader.readuntil(wrong)
                words = f"bytes-like object expected, got {type(wrong).__name__}"
                assert str(caught.value) == f"readuntil() mark: {words}"
            with pytest.raises(ValueError, match="readuntil mark: .* must not be empty"):
                await reader.readuntil(bytearray())
            await client.sendall(b"one, two")
            assert await reader.readuntil(memoryview(b", ")) == b"one, "

    Style(style, authority).run(main)


ODD = (ctypes.c_short * 2)(0x6F6E, 0x6F6E)  # of elements that memoryview cannot cast


@EACH
def test_messages(style: str, authority: Authority) -> None:
    """Any C-contiguous buffer, and for sendall a sequence of them; what is none is told
    with its name and its place, and nothing of it has gone."""

    async def refused(call: Any, kind: type[Exception], words: str) -> None:
        with pytest.raises(kind) as caught:
            await call
        assert str(caught.value) == words

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        wrong: Any
        with client, server:
            for wrong in (5, None, "text", [b"x"]):
                words = f"bytes-like object expected, got {type(wrong).__name__}"
                await refused(client.send(wrong), TypeError, f"send() msg: {words}")
                if wrong != [b"x"]:
                    words = f"sendall() msg: {words}"
                    await refused(client.sendall(wrong), TypeError, words)
            for wrong in ([b"x", 5], (b"x", 5)):
                words = "sendall() msg[1]: bytes-like object expected, got int"
                await refused(client.sendall(wrong), TypeError, words)
            gaps = memoryview(b"abcd")[::2]
            words = "underlying buffer is not C-contiguous"
            await refused(client.send(gaps), BufferError, f"send() msg: {words}")
            words = f"sendall() msg[0]: {words}"
            await refused(client.sendall([gaps]), BufferError, words)
            square = memoryview(b"rectangl").cast("B", [4, 2])
            for message, sent in ((ODD, b"nono"), (square, b"rectangl")):
                assert await client.send(message) == len(sent)
                assert await client.sendall([b"-", message]) == len(sent) + 1
                both = await server.recvall(2 * len(sent) + 1)
                assert both == sent + b"-" + sent

    Style(style, authority).run(main)


@EACH
def test_no_second_object(style: str, authority: Authority) -> None:
    """Copied or pickled, a connection and its readers are refused as a socket is: not
    after a descriptor was duplicated for another process."""

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            reader = client.reader()
            for one in (client, reader):
                one = getattr(one, "plain", one)
                for call in (
                    copy.copy,
                    copy.deepcopy,
                    pickle.dumps,
                    ForkingPickler.dumps,
                ):
                    with pytest.raises(TypeError) as caught:
                        call(one)
                    assert str(caught.value) == f"cannot pickle {type(one)}"

    Style(style, authority).run(main)


NAMES = {
    "": "must not be empty",
    "local\0host": "has a NUL in it",
    ".host": "is no host name, not by IDNA either",
    "x" * 64: "is no host name, not by IDNA either",
    "\xe4" * 64: "is no host name, not by IDNA either",
    "\udc80": "is no host name, not by IDNA either",
}


@EACH
def test_values_of_the_handshake(style: str, authority: Authority) -> None:
    """What the standard library refuses is an argument of this call; the socket stays as
    it was."""

    async def refused(call: Any, side: str, words: str) -> None:
        name = side if style == "plain" else f"tls_{side}"
        argument, _, why = words.partition(" ")
        with pytest.raises(ValueError, match=argument) as caught:
            await call
        assert str(caught.value) == f"{name} {argument}: EINVAL (22) {why}"
        assert getattr(caught.value, "op", None) == name

    async def main(tls: Style) -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            for host, words in NAMES.items():
                await refused(tls.client(a, host), "client", f"host {words}")
            words = "host is needed, since the context checks it"
            left_out: Any = None
            await refused(tls.client(a, left_out), "client", words)
            other = tls.server_context
            await refused(tls.client(a, context=other), "client", "context is a server's")
            other = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # 3.9's default is for both
            await refused(tls.server(a, other), "server", "context is a client's")
            b.send(b"x")
            assert a.recv() == b"x"

    Style(style, authority).run(main)


@EACH
def test_no_time(style: str, authority: Authority) -> None:
    """It is told with the call's name, and the socket stays the caller's."""

    async def main(tls: Style) -> None:
        wrong: Any = "soon"
        prefix = "" if style == "plain" else "tls_"
        a, b = netsocket.pair_stream()
        with a, b:
            with pytest.raises(TypeError, match=rf"^{prefix}client\(\) sec: float"):
                await tls.client(a, sec=wrong)
            with pytest.raises(TypeError, match=rf"^{prefix}server\(\) sec: float"):
                await tls.server(b, sec=wrong)
            assert a.send(b"x") == 1
            assert b.recv(1) == b"x"

    Style(style, authority).run(main)
