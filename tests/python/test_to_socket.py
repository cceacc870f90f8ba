"""A Socket as the standard library wants it: to_socket, and what has words of refusal."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Callable
from typing import Any

import pytest

import netsocket
from netsocket import aio
from support.fronts.front import Front
from support.machine_lag import PATIENCE
from support.net.peers import Peers
from support.processes.limits import descriptors_left

covers = pytest.mark.covers


@covers("PY_SOCKET.to_socket", "success")
def test_it_is_the_same_open_socket(python_net: Front, peers: Peers) -> None:
    """The connection stays; the Socket is closed."""
    listener = peers.listener()
    made = python_net.connect_inet_stream(*listener.getsockname(), PATIENCE).value
    theirs = peers.accept(listener)
    number = made.to_socket().value
    assert made.fd().value == -1
    made.send(b"x").fails("EBADF")
    theirs.sendall(b"x")
    assert python_net.wrap(os.dup(number)).value.recvall(1, PATIENCE).value == b"x"


@covers("PY_SOCKET.to_socket", "error")
def test_out_of_descriptors(python_net: Front) -> None:
    """It takes one more for a moment; refused, the Socket goes on."""
    a, b = python_net.pair_stream().all
    with descriptors_left(python_net, 0):
        a.to_socket().fails("EMFILE", op="to_socket")
    assert a.send(b"x").value == 1
    assert b.recvall(1, PATIENCE).value == b"x"


@covers("PY_SOCKET.to_socket", "error")
def test_what_it_refuses(python_net: Front) -> None:
    """As unwrap does, and under its own name."""
    a, b = python_net.pair_stream().all
    b.send(b"line\nrest")
    assert a.reader().value.readline(PATIENCE).value == b"line\n"
    a.to_socket().fails("EBUSY", op="to_socket")
    assert a.recv().value == b"rest"
    a.close()
    a.to_socket().fails("EBADF", op="to_socket")


@pytest.mark.parametrize("timeout", [0, 5, None])
def test_mode(timeout: float | None) -> None:
    """It waits as the Socket did, and the descriptor's mode is as CPython expects it."""
    a, b = netsocket.pair_stream()
    a.settimeout(timeout)
    with b, a.to_socket() as given:
        assert given.gettimeout() == timeout
        assert os.get_blocking(given.fileno()) is (timeout is None)
        assert not os.get_inheritable(given.fileno())
        if timeout == 0:
            with pytest.raises(BlockingIOError):
                given.recv(1)
        b.send(b"x")
        assert given.recv(1) == b"x"


def test_blocking_mode() -> None:
    """What was put into blocking mode has no limit."""
    a, b = netsocket.pair_stream()
    a.nonblock(False)
    with b, a.to_socket() as given:
        assert given.gettimeout() is None
        assert os.get_blocking(given.fileno())


@pytest.mark.parametrize(
    ("make", "family", "kind"),
    [
        (netsocket.new_inet_stream, socket.AF_INET, socket.SOCK_STREAM),
        (netsocket.new_inet6_dgram, socket.AF_INET6, socket.SOCK_DGRAM),
        (netsocket.new_unix_stream, socket.AF_UNIX, socket.SOCK_STREAM),
    ],
)
def test_what_it_is(make: Callable[[], netsocket.Socket], family: int, kind: int) -> None:
    with make().to_socket() as given:
        assert type(given) is socket.socket
        assert (given.family, given.type) == (family, kind)


def test_both() -> None:
    """A duplicate is handed over where the Socket stays."""
    a, b = netsocket.pair_stream()
    with a, b:
        with a.dup().to_socket() as given:
            given.sendall(b"x")
        a.send(b"y")
        assert b.recvall(2, PATIENCE) == b"xy"


def test_a_path_stays(tmp_path: Any) -> None:
    """The file of a bound socket goes over with it, as by unwrap."""
    path = tmp_path / "path"
    with netsocket.bind_unix_stream(path, unlink=True).to_socket() as given:
        assert given.getsockname() == str(path)
    assert path.exists()


def test_a_waiting_coroutine_is_woken() -> None:
    """Its loop has forgotten the descriptor, and knows the new one."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        task = asyncio.create_task(aio.recv(a))
        await asyncio.sleep(0)
        with b, a.to_socket() as given:
            with pytest.raises(OSError, match="Bad file descriptor"):
                await task
            b.send(b"x")
            assert await asyncio.get_running_loop().sock_recv(given, 1) == b"x"

    asyncio.run(main())


def test_ssl() -> None:
    """SSLContext refuses a Socket itself, and takes what to_socket gives."""
    a, b = netsocket.pair_stream()
    context: Any = ssl.create_default_context()
    with b:
        with pytest.raises((TypeError, AttributeError)):
            context.wrap_socket(a, server_hostname="name", do_handshake_on_connect=False)
        given = a.to_socket()
        with (
            context.wrap_socket(
                given, server_hostname="name", do_handshake_on_connect=False
            ) as layer,
            pytest.raises(ssl.SSLWantReadError),
        ):
            layer.do_handshake()
        assert b.recv()[:1] == b"\x16"


@pytest.mark.parametrize("what", [iter, list, tuple, lambda made: [*made]])
def test_a_socket_is_no_pair(what: Callable[[Any], Any]) -> None:
    a, b = netsocket.pair_stream()
    with a, b, pytest.raises(TypeError, match=r"accept\(with_ai=True\)"):
        what(a)


def test_accept_is_no_pair() -> None:
    """What a program of CPython's sockets does says what to do."""
    with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
        listener.listen()
        port = listener.getsockname().port()
        with netsocket.connect_inet_stream("127.0.0.1", port, PATIENCE):
            made: Any = listener.acceptwait(PATIENCE)
            with pytest.raises(TypeError, match=r"accept\(with_ai=True\)"):
                _, _ = made
            made.close()


def test_no_subclass() -> None:
    with pytest.raises(TypeError, match="netsocket.Socket"):
        type("Sub", (netsocket.Socket,), {})
    assert "no subclasses" in str(netsocket.Socket.__doc__)
