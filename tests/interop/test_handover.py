"""Sockets handed from one language to the other, through the library on both sides."""

from __future__ import annotations

import os
import socket

import pytest

from conformance.parts import cmsgs, message
from support.fronts import process
from support.fronts.front import Front, Handle
from support.fronts.lua_front import LuaFront
from support.net.peers import Peers, arrived, port_of

Both = tuple[Front, LuaFront]
Sides = tuple[Front, Front, Handle, Handle]


@pytest.fixture(params=["python to lua", "lua to python"])
def sides(both: Both, peers: Peers, request: pytest.FixtureRequest) -> Sides:
    """(giver, taker, the giver's end of a connection between them, the taker's)."""
    giver, taker = both if request.param == "python to lua" else both[::-1]
    listener = taker.bind_unix_stream(peers.path()).value
    listener.listen()
    with listener.second_reader() as own:
        near = giver.connect_unix_stream(own.getsockname(), 5).value
    arrived(listener)
    return giver, taker, near, listener.accept().value


def test_a_connection(sides: Sides, peers: Peers) -> None:
    """A TCP connection made in one language goes on in the other, with its options."""
    giver, taker, near, far = sides
    ours, theirs = peers.stream(giver)
    ours.tcpnodelay(True)
    name = ours.getsockname().value.text()
    theirs.sendall(b"before")
    assert near.sendfd(ours.fd().value).value == 0
    ours.close()
    arrived(far)
    heir = taker.wrap(far.recvfd().value).value
    assert heir.getsockname().value.text() == name
    assert heir.tcpnodelay().value is True
    assert heir.flags() & os.O_CLOEXEC
    assert heir.flags() & os.O_NONBLOCK
    arrived(heir)
    assert heir.recv().value == b"before"
    heir.send(b"after")
    assert theirs.recv(10) == b"after"
    heir.close()
    assert theirs.recv(10) == b""


def test_a_listener(sides: Sides, peers: Peers) -> None:
    """Both accept from the same queue."""
    giver, taker, near, far = sides
    ours = giver.bind_inet_stream("127.0.0.1", 0).value
    ours.listen()
    near.sendfd(ours.fd().value)
    arrived(far)
    heir = taker.wrap(far.recvfd().value).value
    assert heir.acceptconn().value is True
    with ours.second_reader() as own:
        port = port_of(own)
    for listener in (ours, heir):
        client = peers.open()
        client.connect(("127.0.0.1", port))
        arrived(listener)
        taken, ai = listener.accept(True).all
        assert ai.port().value == client.getsockname()[1]
        client.sendall(b"x")
        arrived(taken)
        assert taken.recv().value == b"x"


def test_many_in_a_message(sides: Sides) -> None:
    """Several sockets of several kinds in one message, in their order."""
    giver, taker, near, far = sides
    made = [
        giver.new_inet_stream().value,
        giver.new_inet6_dgram().value,
        giver.new_unix_dgram().value,
    ]
    rights = giver.cmsghdr.rights(*(one.fd().value for one in made)).value
    assert near.sendmsg(message(giver, b"three", control=cmsgs(giver, rights))).value == 5
    into = message(taker, 9, control=cmsgs(taker))
    arrived(far)
    assert far.recvmsg(into).value == 5
    fds = into.control().value.shift().value.data().value
    heirs = [taker.wrap(fd).value for fd in fds]
    assert [one.family().value for one in heirs] == [
        socket.AF_INET,
        socket.AF_INET6,
        socket.AF_UNIX,
    ]


def test_credentials(sides: Sides) -> None:
    """Each sees the other's process."""
    giver, taker, near, far = sides
    assert near.peercred().value[b"pid"] == taker.pid
    far.passcred(True)
    near.send(b"who")
    into = message(taker, 9, control=cmsgs(taker))
    arrived(far)
    assert far.recvmsg(into).value == 3
    assert into.control().value.shift().value.value().value[b"pid"] == giver.pid


def test_unwrap_here_wrap_there(sides: Sides) -> None:
    """The object gives its descriptor away for good; the number is sent and closed."""
    giver, taker, near, far = sides
    a, b = giver.pair_stream().all
    number = a.unwrap().value
    near.sendfd(number)
    assert giver.close(number).value is True
    arrived(far)
    heir = taker.wrap(far.recvfd().value).value
    b.send(b"still connected")
    arrived(heir)
    assert heir.recv().value == b"still connected"
    assert number not in process.descriptors(giver.pid)


def test_h061_mode_changed_by_the_other(sides: Sides) -> None:
    """The other makes the shared socket blocking: plain calls here still do not wait."""
    giver, taker, near, far = sides
    a, _ = giver.pair_stream().all
    near.sendfd(a.fd().value)
    arrived(far)
    heir = taker.wrap(far.recvfd().value).value
    heir.nonblock(False)
    assert not a.flags() & os.O_NONBLOCK
    assert a.recv().is_again()


def test_back_and_forth(sides: Sides) -> None:
    """There and back again: the same open socket each time."""
    giver, taker, near, far = sides
    a, b = giver.pair_stream().all
    near.sendfd(a.fd().value)
    arrived(far)
    there = far.recvfd().value
    far.sendfd(there)
    taker.close(there)
    arrived(near)
    again = giver.wrap(near.recvfd().value).value
    a.close()
    again.send(b"round trip")
    assert b.recv().value == b"round trip"
