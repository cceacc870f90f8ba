"""accept and acceptfd."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest

from support.fronts import process
from support.fronts.front import Front, Handle
from support.net.peers import Peers, reset
from support.processes.limits import descriptors_left

covers = pytest.mark.covers

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX


def listening(net: Front, peers: Peers, family: int = INET) -> Handle:
    """A listener of ours."""
    if family == UNIX:
        made: Handle = net.bind_unix_stream(peers.path()).value
    elif family == INET6:
        made = net.bind_inet6_stream("::1", 0).value
    else:
        made = net.bind_inet_stream("127.0.0.1", 0).value
    assert made.listen().value is True
    return made


def name_of(listener: Handle) -> Any:
    with listener.second_reader() as own:
        return own.getsockname()


def client_of(peers: Peers, listener: Handle, family: int = INET) -> socket.socket:
    client = peers.open(family)
    client.connect(name_of(listener))
    return client


@covers("SOCKET.accept", "success")
@pytest.mark.parametrize("family", [INET, INET6, UNIX])
def test_h004_accept(net: Front, peers: Peers, family: int) -> None:
    """A socket of the listener's family, with both flags, connected."""
    listener = listening(net, peers, family)
    client = client_of(peers, listener, family)
    taken = listener.accept().value
    assert taken.family().value == family
    assert taken.socktype().value == socket.SOCK_STREAM
    assert taken.flags() & os.O_NONBLOCK
    assert taken.flags() & os.O_CLOEXEC
    client.sendall(b"in")
    assert taken.recvable(5).value is True
    assert taken.recv().value == b"in"


@covers("SOCKET.accept", "again")
@covers("SOCKET.acceptfd", "again")
def test_nobody_waits(net: Front, peers: Peers) -> None:
    listener = listening(net, peers)
    with net.no_new_descriptors():
        for with_ai in (None, False, True):
            assert listener.accept(with_ai).is_again()
        assert listener.acceptfd().is_again()


@pytest.mark.parametrize("family", [INET, INET6])
def test_accept_with_address(net: Front, peers: Peers, family: int) -> None:
    """The address is the client's own."""
    listener = listening(net, peers, family)
    client = client_of(peers, listener, family)
    taken, ai = listener.accept(True).all
    host, port = client.getsockname()[:2]
    assert (ai.addr().value, ai.port().value) == (host.encode(), port)
    assert ai.family().value == family
    assert ai == taken.getpeername().value


def test_accept_unnamed_peer(net: Front, peers: Peers) -> None:
    """A unix client that is not bound has an address, and that has no name."""
    listener = listening(net, peers, UNIX)
    client_of(peers, listener, UNIX)
    taken, ai = listener.accept(True).all
    assert ai.addr().value is None
    assert (ai.family().value, ai.socktype().value) == (UNIX, socket.SOCK_STREAM)
    assert ai == taken.getpeername().value


def test_accept_named_unix_peer(net: Front, peers: Peers) -> None:
    listener = listening(net, peers, UNIX)
    client = peers.bound(UNIX, socket.SOCK_STREAM)
    with listener.second_reader() as own:
        client.connect(own.getsockname())
    _, ai = listener.accept(True).all
    assert ai.addr().value == client.getsockname().encode()


@covers("SOCKET.acceptfd", "success")
def test_acceptfd(net: Front, peers: Peers) -> None:
    """The integer is the caller's: nothing of ours closes it."""
    listener = listening(net, peers)
    client = client_of(peers, listener)
    fd = listener.acceptfd().value
    flags = process.flags(net.pid, fd)
    assert flags & os.O_NONBLOCK
    assert flags & os.O_CLOEXEC
    listener.close()
    listener.forget()
    taken = net.wrap(fd).value
    client.sendall(b"x")
    assert taken.recvable(5).value is True
    assert taken.recv().value == b"x"


@covers("SOCKET.accept", "error")
@covers("SOCKET.acceptfd", "error")
def test_h044_not_a_listener(net: Front) -> None:
    """Permanent refusals are errors, not retried without end."""
    stream = net.new_inet_stream().value
    datagrams = net.new_inet_dgram().value
    with net.no_new_descriptors():
        for method in ("accept", "acceptfd"):
            stream.call(method).fails("EINVAL", op=method)
            datagrams.call(method).fails("EOPNOTSUPP", op=method)


@pytest.mark.parametrize("method", ["accept", "acceptfd"])
def test_h045_no_descriptor_left(net: Front, peers: Peers, method: str) -> None:
    """EMFILE, told apart from again; the connection waits and a later accept gets it."""
    listener = listening(net, peers)
    client = client_of(peers, listener)
    with descriptors_left(net, 0):
        refusals = [listener.call(method) for _ in range(3)]
    for refusal in refusals:
        refusal.fails("EMFILE", op=method)
    taken = listener.accept().value
    client.sendall(b"still here")
    assert taken.recvable(5).value is True
    assert taken.recv().value == b"still here"


def test_client_gone_before_accept(net: Front, peers: Peers) -> None:
    """A connection that was reset in the queue is no failure of the listener."""
    listener = listening(net, peers)
    reset(client_of(peers, listener))
    survivor = client_of(peers, listener)
    taken = [listener.accept().value, listener.accept().value]
    survivor.sendall(b"x")
    assert taken[1].recvable(5).value is True
    taken[0].recv().fails("ECONNRESET", op="recv")
    assert taken[1].recv().value == b"x"


def test_accept_in_order(net: Front, peers: Peers) -> None:
    listener = listening(net, peers)
    clients = [client_of(peers, listener) for _ in range(5)]
    for client in clients:
        _, ai = listener.accept(True).all
        assert ai.port().value == client.getsockname()[1]
    assert listener.accept().is_again()


def test_recvable_announces_a_connection(net: Front, peers: Peers) -> None:
    listener = listening(net, peers)
    assert listener.recvable(0).kind == "timeout"
    name = name_of(listener)
    pending = listener.start("recvable", 10)
    peers.open().connect(name)
    assert pending.result().value is True
    assert listener.accept().value.fd().value >= 0


def test_blocking_listener_waits(net: Front, peers: Peers) -> None:
    """nonblock(false) makes accept wait; what it takes does not block."""
    listener = listening(net, peers)
    assert listener.nonblock(False).value is True
    name = name_of(listener)
    pending = listener.start("accept")
    assert not pending.done()
    peers.open().connect(name)
    taken = pending.result().value
    assert taken.flags() & os.O_NONBLOCK
