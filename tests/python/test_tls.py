"""netsocket.tls and the TLS of netsocket.aio, against openssl and each other."""

from __future__ import annotations

import asyncio
import errno
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import netsocket
from netsocket import tls
from netsocket._idna import encoded
from python.tls_styles import EACH, WITHIN, Style, failed
from support.machine_lag import PATIENCE
from support.net.certificates import Authority
from support.net.tls_peers import REFUSED, WORDS, cutter, s_client, s_server


def connected(port: int) -> netsocket.Socket:
    return netsocket.connect_inet_stream("127.0.0.1", port, WITHIN)


def listening() -> netsocket.Socket:
    listener = netsocket.bind_inet_stream("127.0.0.1", 0)
    listener.listen()
    return listener


@EACH
def test_client_of_openssl(style: str, authority: Authority) -> None:
    async def main(tls: Style) -> None:
        with await tls.client(connected(port)) as conn:
            reader = conn.reader()
            for line in (b"hello", b"x" * 5000):
                assert await conn.sendall([line, b"\n"], WITHIN) == len(line) + 1
                assert await reader.line(WITHIN) == line[::-1]
            assert conn.getpeername().port() == port
            assert conn.getpeercert()["subject"] == ((("commonName", "server"),),)

    with s_server(authority, "server") as port:
        Style(style, authority).run(main)


@EACH
def test_server_of_openssl(style: str, authority: Authority) -> None:
    """s_client checks the name, and ends well."""

    async def main(tls: Style) -> None:
        conn = await tls.server(listener.acceptwait(WITHIN))
        assert await conn.recvline() == b"hello\n"
        assert await conn.sendall(b"HELLO\n") == 6
        assert await conn.shutdown(WITHIN) is True

    with listening() as listener:
        with s_client(authority, listener.getsockname().port() or 0) as client:
            assert client.stdin is not None
            client.stdin.write(b"hello\n")
            client.stdin.flush()
            Style(style, authority).run(main)
            out, _ = client.communicate(timeout=PATIENCE)
            assert (out, client.returncode) == (b"HELLO\n", 0)


@pytest.mark.parametrize(
    ("certificate", "name", "how", "words"),
    [*REFUSED, ("server", "a.EXAMPLE.com", "", "fine")],
)
def test_certificates(
    authority: Authority, certificate: str, name: str, how: str, words: str
) -> None:
    style = Style("plain", authority)
    context = style.client_context("client.pem" if how == "unknown" else "ca.pem")
    context.check_hostname = how != "unchecked"
    with s_server(authority, certificate) as port:
        sock = connected(port)
        if words == "fine":
            tls.client(sock, context, name, WITHIN).close()
        else:
            with pytest.raises(OSError, match=words) as caught:
                tls.client(sock, context, name, WITHIN)
            assert caught.value.errno == errno.EPROTO
            assert caught.value.__cause__ is not None
        assert sock.fd() == -1


def test_name_beyond_ascii(authority: Authority) -> None:
    """The server is asked for the name that the resolver was asked for."""
    style = Style("plain", authority)
    asked: list[str | None] = []
    style.server_context.sni_callback = lambda _, name, __: asked.append(name)
    context = style.client_context()
    context.check_hostname = False
    a, b = netsocket.pair_stream()
    with ThreadPoolExecutor(1) as pool:
        server = pool.submit(tls.server, b, style.server_context, WITHIN)
        with tls.client(a, context, "straße.example", WITHIN):
            server.result(WITHIN).close()
    assert asked == [encoded("straße.example").decode()]


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
@pytest.mark.parametrize("own", ["client", ""])
def test_client_certificates_of_openssl(
    authority: Authority, own: str, version: str
) -> None:
    def ask() -> bytes | None:
        context = Style("plain", authority).client_context(own=own)
        with tls.client(connected(port), context, "localhost", WITHIN) as conn:
            conn.sendall(b"hello\n", WITHIN)
            return conn.reader().line(WITHIN)

    options = ("-Verify", "1", "-CAfile", authority.path("ca.pem"), version)
    with s_server(authority, "server", *options) as port:
        if own:
            assert ask() == b"olleh"
        else:
            with pytest.raises(OSError, match="certificate required|handshake failure"):
                ask()


@EACH
def test_client_certificates(style: str, authority: Authority) -> None:
    async def main(tls: Style) -> None:
        for own in ("client", ""):
            a, b = netsocket.pair_stream()
            mine = tls.client(a, context=tls.client_context(own=own))
            both = await asyncio.gather(
                mine, tls.server(b, tls.strict_context()), return_exceptions=True
            )
            client: Any = both[0]
            server: Any = both[1]
            if own:
                names = server.getpeercert()["subjectAltName"]
                assert names == (("DNS", "client.example.com"),)
                server.close()
            else:
                assert server.errno == errno.EPROTO
                assert "peer did not return a certificate" in str(server)
                await failed(client.recv(), errno.EPROTO, "recv")
            client.close()

    Style(style, authority).run(main)


@EACH
def test_silent_peer(style: str, authority: Authority) -> None:
    """The deadline is one for the whole handshake, and nothing is left open."""

    async def main(tls: Style) -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            error = await failed(tls.client(a, sec=0.2), errno.ETIMEDOUT, "handshake")
            assert error.timeout and "not done within 0.2 s" in str(error)
            assert a.fd() == -1

    Style(style, authority).run(main)


@EACH
def test_cut_without_close_notify(style: str, authority: Authority) -> None:
    """An error, again at each call, and never a clean end."""

    async def main(tls: Style) -> None:
        with await tls.client(connected(port)) as conn:
            reader = conn.reader()
            assert await reader.readexactly(4) == b"part"
            for _ in range(2):
                error = await failed(reader.read(10), errno.EPROTO, "read")
                assert WORDS["cut"] in str(error)
            await failed(conn.recv(), errno.EPROTO, "recv")
            await failed(conn.recvall(1), errno.EPROTO, "recvall")

    with cutter(authority) as port:
        Style(style, authority).run(main)


@EACH
def test_reset(style: str, authority: Authority) -> None:
    """An error too, which the first call is told of; the next ones know it as cut."""

    async def main(tls: Style) -> None:
        with await tls.client(connected(port)) as conn:
            reader = conn.reader()
            assert await reader.readexactly(4) == b"part"
            assert await conn.sendall(b"x") == 1
            await failed(reader.read(10), errno.ECONNRESET, "read")
            await failed(reader.read(10), errno.EPROTO, "read")

    with cutter(authority, resets=True) as port:
        Style(style, authority).run(main)


@EACH
def test_peer_that_ends_in_the_handshake(style: str, authority: Authority) -> None:
    async def main(tls: Style) -> None:
        a, b = netsocket.pair_stream()
        b.shutdown(netsocket.SHUT_WR)
        with b:
            await failed(tls.client(a), errno.EPROTO, "handshake")

    Style(style, authority).run(main)


def test_aio_is_without_ssl() -> None:
    """asyncio imports ssl, but does without it, and so does netsocket.aio."""
    program = "import sys; sys.modules['ssl'] = None; import netsocket.aio"
    subprocess.run([sys.executable, "-c", program], timeout=PATIENCE, check=True)
