"""Unix seqpacket sockets, abstract names, peers without a name."""

from __future__ import annotations

import socket

import pytest

from conformance.parts import bytes_of, flags_of, message
from support.fronts.front import Front, Handle
from support.net.peers import Peers

SEQPACKET, UNIX = socket.SOCK_SEQPACKET, socket.AF_UNIX


def listening(net: Front, name: bytes | str) -> Handle:
    made: Handle = net.bind(net.addrinfo.unix(name, SEQPACKET).value).value
    assert made.listen().value is True
    return made


def test_over_an_abstract_name(net: Front, peers: Peers) -> None:
    """Bind, listen, connect and accept, by a name that no file has."""
    name = peers.abstract()
    listener = listening(net, name)
    assert listener.getsockname().value.addr().value == name
    client = net.connect(net.addrinfo.unix(name, SEQPACKET).value, 5).value
    taken, ai = listener.accept(True).all
    assert ai is None or ai.addr().value is None
    assert client.getpeername().value.addr().value == name
    assert taken.socktype().value == SEQPACKET
    assert client.send(b"packet").value == 6
    assert taken.recv().value == b"packet"


def test_with_cpython(net: Front, peers: Peers) -> None:
    name = peers.abstract()
    listener = listening(net, name)
    theirs = peers.open(UNIX, SEQPACKET)
    theirs.connect(name)
    taken = listener.accept().value
    theirs.send(b"one")
    theirs.send(b"two")
    assert [taken.recv().value, taken.recv().value] == [b"one", b"two"]
    assert taken.send(b"back").value == 4
    assert theirs.recv(10) == b"back"


@pytest.mark.parametrize("name", [b"\0a\0b", b"\0" + b"x" * 107, b"\0\xff\xfe\x01"])
def test_h014_abstract_names_whole(net: Front, name: bytes) -> None:
    """Every byte of the name counts, NULs too: another length is another name."""
    listener = listening(net, name)
    try:
        other = name[:-1] if len(name) == 108 else name + b"\0"
        net.connect(net.addrinfo.unix(other, SEQPACKET).value, 5).fails("ECONNREFUSED")
        client = net.connect(net.addrinfo.unix(name, SEQPACKET).value, 5).value
        assert client.getpeername().value.addr().value == name
    finally:
        listener.close()


def test_records_keep_their_borders(net: Front) -> None:
    """A receive takes one packet, cut where the room is; the rest of it is gone."""
    a, b = net.pair_seqpacket().all
    for text in (b"first packet", b"second"):
        a.send(text)
    into = message(net, 5)
    assert b.recvmsg(into).value == 5
    assert bytes_of(into) == b"first"
    assert flags_of(into) & socket.MSG_TRUNC
    assert b.recv().value == b"second"


def test_h052_empty_packet_and_end(lua_net: Front) -> None:
    """In Lua an empty packet is a string, and the end is no value at all."""
    a, b = lua_net.pair_seqpacket().all
    a.send(b"")
    a.send(b"after")
    assert b.recv().value == b""
    assert b.recv().value == b"after"
    a.close()
    assert b.recv().is_end()
    assert b.recv().is_end()


def test_one_side_ends(net: Front) -> None:
    """The peer sends no more; what it receives still comes to it."""
    a, b = net.pair_seqpacket().all
    a.send(b"last")
    assert a.shutdown(socket.SHUT_WR).value is True
    assert b.recv().value == b"last"
    assert b.recv().is_end()
    assert b.send(b"back").value == 4
    assert a.recv().value == b"back"


def test_unnamed_sender(net: Front, peers: Peers) -> None:
    """recvfrom from a socket without a name gives no address."""
    ours = net.bind_unix_dgram(peers.path()).value
    theirs = peers.open(UNIX, socket.SOCK_DGRAM)
    with ours.second_reader() as own:
        theirs.sendto(b"nobody", own.getsockname())
    data, ai = ours.recvfrom().all
    assert (data, ai) == (b"nobody", None)


def test_wrong_kind_of_listener(net: Front, peers: Peers) -> None:
    """A stream cannot connect to a seqpacket listener: abstract names are a type's own,
    a path is there for all."""
    path, name = peers.path(), peers.abstract()
    listeners = [listening(net, path), listening(net, name)]
    net.connect_unix_stream(path, 5).fails("EPROTOTYPE")
    net.connect_unix_stream(name, 5).fails("ECONNREFUSED")
    assert [one.accept().is_again() for one in listeners] == [True, True]
