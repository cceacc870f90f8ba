"""Sockets handed between each language and CPython's own `socket`, over a unix socket."""

from __future__ import annotations

import os
import socket

import pytest

from support.fronts.front import Front
from support.net.peers import Peers, arrived

STREAM, DGRAM, SEQPACKET = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET


@pytest.mark.parametrize("kind", [STREAM, DGRAM, SEQPACKET])
def test_from_cpython(net: Front, peers: Peers, kind: int) -> None:
    """send_fds hands one over, and it goes on here in our mode."""
    channel, theirs = peers.stream(net, socket.AF_UNIX)
    kept, given = socket.socketpair(socket.AF_UNIX, kind)
    with kept:
        with given:
            socket.send_fds(theirs, [b"x"], [given.fileno()])
        arrived(channel)
        heir = net.wrap(channel.recvfd().value).value
        assert heir.socktype().value == kind
        assert heir.flags() & os.O_NONBLOCK and heir.flags() & os.O_CLOEXEC
        kept.send(b"from cpython")
        arrived(heir)
        assert heir.recv().value == b"from cpython"
        heir.send(b"from us")
        assert kept.recv(100) == b"from us"


@pytest.mark.parametrize("name", ["pair_stream", "pair_dgram", "pair_seqpacket"])
def test_to_cpython(net: Front, peers: Peers, name: str) -> None:
    """recv_fds takes ours, and CPython finds its type and what is in it."""
    channel, theirs = peers.stream(net, socket.AF_UNIX)
    kept, given = net.call(name).all
    kept.send(b"from us")
    channel.sendfd(given.fd().value)
    given.close()
    _, (fd,), _, _ = socket.recv_fds(theirs, 1, 1)
    with socket.socket(fileno=fd) as heir:
        assert heir.type == kept.socktype().value
        assert heir.recv(100) == b"from us"
        heir.send(b"from cpython")
        arrived(kept)
        assert kept.recv().value == b"from cpython"


def test_a_listener_to_cpython(net: Front, peers: Peers) -> None:
    """Both accept from one queue."""
    channel, theirs = peers.stream(net, socket.AF_UNIX)
    listener = net.bind_inet_stream("127.0.0.1", 0).value
    listener.listen()
    channel.sendfd(listener.fd().value)
    _, (fd,), _, _ = socket.recv_fds(theirs, 1, 1)
    port = listener.getsockname().value.port().value
    with socket.socket(fileno=fd) as heir:
        first, second = peers.open(), peers.open()
        first.connect(("127.0.0.1", port))
        with heir.accept()[0] as taken:
            assert taken.getpeername() == first.getsockname()
        second.connect(("127.0.0.1", port))
        arrived(listener)
        ai = listener.accept(True).all[1]
        assert ai.port().value == second.getsockname()[1]
