"""What an error says: the call that was made, and of a connected socket the peer."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from support.fronts.front import Front
from support.net.peers import Peers, port_of, reset

INET = (socket.AF_INET, socket.AF_INET6)


def shown(address: Any) -> str:
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def line(net: Front, op: str, addr: str, name: str, code: int, words: str) -> str:
    """A failure as each language prints it."""
    if net.language == "lua":
        return f"{op} {addr}: {name} ({code}) {words}"
    return f"[Errno {code}] {op} {addr}: {words}"


RECEIVES: dict[str, tuple[Any, ...]] = {
    "recv": (10,),
    "read": (10,),
    "recvfrom": (10,),
    "recvall": (10, 20),
    "recvline": (10, 20),
}


@pytest.mark.parametrize("family", INET, ids=["inet", "inet6"])
@pytest.mark.parametrize("call", RECEIVES)
def test_reset_names_the_peer(
    net: Front, peers: Peers, call: str, family: socket.AddressFamily
) -> None:
    """The system has given the connection up by then, and getpeername(2) fails."""
    ours, theirs = peers.stream(net, family)
    peer = shown(theirs.getsockname())
    reset(theirs)
    assert ours.recvable(20).value is True
    failure = ours.call(call, *RECEIVES[call]).fails("ECONNRESET", op=call, addr=peer)
    words = "Connection reset by peer"
    assert failure.text == line(net, call, peer, "ECONNRESET", 104, words)
    if call.startswith("recv") and call != "recvfrom":
        ours.getpeername().fails("ENOTCONN", op="getpeername")


@pytest.mark.parametrize("call", ["send", "write", "sendall"])
def test_broken_pipe_names_the_peer(net: Front, peers: Peers, call: str) -> None:
    ours, theirs = peers.stream(net)
    assert ours.shutdown(net.const("SHUT_WR")).value is True
    failure = ours.call(call, b"x").fails("EPIPE", op=call)
    assert failure.addr == shown(theirs.getsockname())


@pytest.mark.parametrize("call", ["recvall", "recvline"])
def test_deadline_names_the_peer(net: Front, peers: Peers, call: str) -> None:
    ours, theirs = peers.stream(net)
    failure = ours.call(call, 10, 0).timeout
    assert failure is not None
    peer = shown(theirs.getsockname())
    words = "not done within 0 s"
    assert failure.text == line(net, call, peer, "ETIMEDOUT", 110, words)


def test_reader_names_the_peer(net: Front, peers: Peers) -> None:
    ours, theirs = peers.stream(net)
    theirs.sendall(b"ab")
    theirs.shutdown(socket.SHUT_WR)
    failure = ours.reader().value.readexactly(4, 20).fails("EPROTO", op="readexactly")
    assert failure.addr == shown(theirs.getsockname())


def test_refused_datagram_names_the_peer(net: Front, peers: Peers) -> None:
    """A socket that has a peer hears of it; the address is that of the connect."""
    port = port_of(peers.refused_udp())
    ours = net.new_inet_dgram().value
    assert ours.connect(net.addrinfo.inet("127.0.0.1", port).value).value is True
    assert ours.send(b"x").value == 1
    assert ours.recvable(20).value is True
    ours.recv(10).fails("ECONNREFUSED", op="recv", addr=f"127.0.0.1:{port}")


def test_pending_error_names_the_peer(net: Front, peers: Peers) -> None:
    port = peers.refused_port()
    ours = net.new_inet_dgram().value
    assert ours.connect(net.addrinfo.inet("127.0.0.1", port).value).value is True
    assert ours.send(b"x").value == 1
    assert ours.recvable(20).value is True
    pending = ours.error().value
    assert (pending.op, pending.addr) == ("error", f"127.0.0.1:{port}")


def test_target_is_named_where_there_is_one(net: Front, peers: Peers) -> None:
    """An error about another address than the peer's is about that one."""
    ours, _ = peers.stream(net)
    wrong = net.addrinfo.inet6("::1", 7).value
    ours.sendto(b"x", wrong).fails("EAFNOSUPPORT", op="sendto", addr="[::1]:7")


def test_without_a_peer_there_is_none(net: Front) -> None:
    ours = net.new_inet_stream().value
    assert ours.recvall(1, 5).fails("ENOTCONN", op="recvall").addr is None
    a, b = net.pair_stream().all
    assert b.close().value is True
    assert a.send(b"x").fails("EPIPE", op="send").addr is None


@pytest.mark.parametrize("size", [1, 100_000])
@pytest.mark.parametrize("blocking", [False, True])
def test_error_that_a_send_has_met(
    net: Front, peers: Peers, blocking: bool, size: int
) -> None:
    """`error` tells it once, in the place of a receive."""
    ours, theirs = peers.stream(net)
    reset(theirs)
    assert ours.recvable(20).value is True
    ours.nonblock(not blocking)
    ours.send(bytes(size)).fails("ECONNRESET", op="send")
    assert ours.error().value is not None
    assert ours.error().value is None
    assert ours.recv().is_end()
