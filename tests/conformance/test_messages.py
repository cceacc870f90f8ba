"""sendmsg and recvmsg: bytes, names, flags, and the message object itself."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from conformance.parts import bytes_of, cmsg, cmsgs, flags_of, iovec, message
from support.fronts.front import Front, Handle
from support.net.peers import Peers, arrived, fill

covers = pytest.mark.covers

SOL, TRUNC, CTRUNC = socket.SOL_SOCKET, socket.MSG_TRUNC, socket.MSG_CTRUNC


@covers("MSGHDR_MAKE.new", "success")
@covers("MSGHDR.name", "success")
@covers("MSGHDR.iov", "success")
@covers("MSGHDR.control", "success")
@covers("MSGHDR.flags", "success")
def test_new_message_is_empty(net: Front) -> None:
    made = net.msghdr.new().value
    assert made.name().value is None
    assert made.iov().value is None
    assert made.control().value is None
    assert flags_of(made) == 0


def part(net: Front, name: str) -> Handle:
    if name == "name":
        ai: Handle = net.addrinfo.inet("127.0.0.1", 9).value
        return ai
    return iovec(net, b"x") if name == "iov" else cmsgs(net)


@pytest.mark.parametrize("name", ["name", "iov", "control"])
def test_parts(net: Front, name: str) -> None:
    """No argument reads, an object sets, nil removes; each gives what was there."""
    made = net.msghdr.new().value
    one, two = part(net, name), part(net, name)
    assert made.call(name, one).value is None
    assert made.call(name).value == one
    assert made.call(name, two).value == one
    assert made.call(name).value == two
    assert made.call(name, None).value == two
    assert made.call(name).value is None
    assert made.call(name, None).value is None


@pytest.mark.parametrize("name", ["name", "iov", "control"])
def test_parts_of_another_kind(net: Front, name: str) -> None:
    made = net.msghdr.new().value
    kept = part(net, name)
    made.call(name, kept)
    others = [part(net, other) for other in ("name", "iov", "control") if other != name]
    for wrong in (*others, made, 5, "x", True, [], {}):
        assert made.call(name, wrong).raised
    assert made.call(name).value == kept


def test_parts_are_kept_alive(net: Front) -> None:
    """The message alone holds its parts."""
    a, b = net.pair_stream().all
    made = net.msghdr.new().value
    for name in ("iov", "control"):
        own = part(net, name)
        made.call(name, own)
        own.forget()
    assert a.sendmsg(made).value == 1
    assert b.recv(9).value == b"x"


@covers("SOCKET.sendmsg", "success")
@covers("SOCKET.recvmsg", "success")
@pytest.mark.parametrize("pair", ["pair_stream", "pair_dgram", "pair_seqpacket"])
def test_gather_and_scatter(net: Front, pair: str) -> None:
    """Many elements out, other ones in, empty ones among them; the iovec stays whole."""
    a, b = net.call(pair).all
    out = message(net, b"", b"one", b"", b"two", b"three", b"")
    assert a.sendmsg(out).value == 11
    assert bytes_of(out) == b"onetwothree"
    into = message(net, 0, 4, 0, 1, 20)
    assert b.recvmsg(into).value == 11
    assert bytes_of(into) == b"onetwothree" + bytes(14)
    assert into.iov().value.get(2).value == b"onet"
    assert flags_of(into) & (TRUNC | CTRUNC) == 0


@covers("SOCKET.recvmsg", "again")
def test_nothing_there(net: Front) -> None:
    """Again, and the message is as it was."""
    a, b = net.pair_dgram().all
    queue = cmsgs(net, cmsg(net, SOL, 77, b"kept"))
    ai = net.addrinfo.unix("/somewhere").value
    into = message(net, b"kept", name=ai, control=queue)
    assert b.recvmsg(into).is_again()
    assert bytes_of(into) == b"kept"
    assert into.name().value == ai
    assert len(queue) == 1
    a.send(b"x")
    assert b.recvmsg(into).value == 1


@covers("SOCKET.sendmsg", "again")
def test_no_room(net: Front) -> None:
    a, b = net.pair_stream().all
    fill(a)
    made = message(net, b"x" * 100)
    assert a.sendmsg(made).is_again()
    assert bytes_of(made) == b"x" * 100
    b.recv(1)


@covers("SOCKET.recvmsg", "end")
@pytest.mark.parametrize("pair", ["pair_stream", "pair_seqpacket"])
def test_end(net: Front, pair: str) -> None:
    a, b = net.call(pair).all
    a.close()
    into = message(net, 10)
    assert b.recvmsg(into).is_end()
    assert flags_of(into) & TRUNC == 0


@covers("SOCKET.sendmsg", "error")
@covers("SOCKET.recvmsg", "error")
def test_errors(net: Front) -> None:
    made = message(net, b"x")
    net.new_inet_dgram().value.sendmsg(made).fails("EDESTADDRREQ", op="sendmsg")
    net.new_unix_stream().value.sendmsg(made).fails("ENOTCONN", op="sendmsg")
    listener = net.bind_inet_stream("127.0.0.1", 0).value
    listener.listen()
    listener.recvmsg(made).fails("ENOTCONN", op="recvmsg")


def test_broken_pipe(net: Front) -> None:
    a, b = net.pair_stream().all
    b.close()
    a.sendmsg(message(net, b"x")).fails("EPIPE", op="sendmsg")


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_names(net: Front, peers: Peers, family: int) -> None:
    """To the address in the message; the received one has the sender's."""
    theirs = peers.udp(socket.AddressFamily(family))
    host, port = theirs.getsockname()[:2]
    made = "inet" if family == socket.AF_INET else "inet6"
    ours = net.call(f"bind_{made}_dgram", host, 0).value
    to = net.addrinfo.call(made, host, port).value
    assert ours.sendmsg(message(net, b"ping", name=to)).value == 4
    data, where = theirs.recvfrom(10)
    assert data == b"ping"
    theirs.sendto(b"pong!", where)
    arrived(ours)
    into = message(net, 10, name=ours.getsockname().value)
    assert ours.recvmsg(into).value == 5
    sender = into.name().value
    assert (sender.addr().value, sender.port().value) == (host.encode(), port)
    assert sender.socktype().value == socket.SOCK_DGRAM
    assert sender.protocol().value == ours.protocol().value
    assert into.name().value == sender
    assert ours.sendmsg(into).value == 10  # back to where it came from
    assert theirs.recv(20) == b"pong!" + bytes(5)


def test_name_is_the_address_that_was_set(net: Front) -> None:
    """All of it comes back, not only what the kernel needs."""
    given = net.addrinfo.inet("127.0.0.1", 9, socket.SOCK_DGRAM, 17).value
    made = message(net, name=given)
    for name in (made.name().value, made.name(None).value):
        assert (name.socktype().value, name.protocol().value) == (socket.SOCK_DGRAM, 17)
    assert made.name().value is None


def test_name_of_an_unnamed_peer(net: Front) -> None:
    """A unix peer without a name leaves none, also not the one of before."""
    a, b = net.pair_dgram().all
    into = message(net, 4, name=net.addrinfo.unix("/old").value)
    a.send(b"x")
    assert b.recvmsg(into).value == 1
    assert into.name().value is None


def test_name_of_an_abstract_peer(net: Front, peers: Peers) -> None:
    name = peers.abstract()
    ours = net.bind_unix_dgram(peers.path()).value
    theirs = peers.bound(socket.AF_UNIX, socket.SOCK_DGRAM, name)
    with ours.second_reader() as own:
        theirs.sendto(b"x", own.getsockname())
    into = message(net, 4)
    assert ours.recvmsg(into).value == 1
    assert into.name().value.addr().value == name


@pytest.mark.parametrize("wrong", ["inet6", "unix"])
def test_h018_name_of_another_family(net: Front, wrong: str) -> None:
    to = net.addrinfo.call(wrong, *(["::1", 9] if wrong == "inet6" else ["/x"])).value
    net.new_inet_dgram().value.sendmsg(message(net, b"x", name=to)).fails("EAFNOSUPPORT")


@pytest.mark.parametrize("pair", ["pair_dgram", "pair_seqpacket"])
@pytest.mark.parametrize("flags", [(), (socket.MSG_TRUNC,)])
def test_h053_truncation(net: Front, pair: str, flags: tuple[int, ...]) -> None:
    """The count is of the bytes that came, the flag says that there were more; asking
    for the packet's size does not make bytes up."""
    a, b = net.call(pair).all
    a.send(b"0123456789")
    a.send(b"next")
    into = message(net, 2, 2)
    assert b.recvmsg(into, *flags).value == 4
    assert bytes_of(into) == b"0123"
    assert flags_of(into) & TRUNC
    assert b.recvmsg(into).value == 4
    assert bytes_of(into) == b"next"
    assert not flags_of(into) & TRUNC


@pytest.mark.parametrize("pair", ["pair_dgram", "pair_seqpacket"])
def test_h051_empty_packet(net: Front, pair: str) -> None:
    """A message of no bytes is a packet, and receiving it is not the end."""
    a, b = net.call(pair).all
    for made in (net.msghdr.new().value, message(net), message(net, b"", b"")):
        assert a.sendmsg(made).value == 0
    a.send(b"after")
    into = message(net, 9)
    for _ in range(3):
        outcome = b.recvmsg(into)
        # Python has one 0 for both: the seqpacket front takes it for the end.
        assert outcome.kind == "end" or outcome.value == 0
        if net.language == "lua" or pair == "pair_dgram":
            assert outcome.value == 0
    assert b.recvmsg(into).value == 5


def test_h051_empty_message_on_a_stream(net: Front) -> None:
    """Nothing to send is sent at once, on a full stream too; on a closed one it fails."""
    a, b = net.pair_stream().all
    fill(a)
    assert a.sendmsg(message(net)).value == 0
    assert a.sendmsg(net.msghdr.new().value).value == 0
    a.close()
    a.sendmsg(message(net)).fails("EBADF")
    b.close()


def test_h052_no_room_is_not_the_end(net: Front) -> None:
    """A packet received into no bytes is dropped and truncated; it is no end."""
    a, b = net.pair_dgram().all
    a.send(b"lost")
    into = net.msghdr.new().value
    assert b.recvmsg(into).value == 0
    assert flags_of(into) & TRUNC
    assert b.recvmsg(into).is_again()


def test_peek(net: Front) -> None:
    a, b = net.pair_stream().all
    a.send(b"look")
    into = message(net, 9)
    for flags in ([socket.MSG_PEEK], [0, socket.MSG_PEEK, None], []):
        assert b.recvmsg(into, *flags).value == 4
    assert b.recvmsg(into).is_again()


def test_eor_is_seen(net: Front) -> None:
    a, b = net.pair_seqpacket().all
    a.sendmsg(message(net, b"x"), socket.MSG_EOR)
    into = message(net, 4)
    assert b.recvmsg(into).value == 1


def test_h058_udp_error_queue(net: Front, peers: Peers) -> None:
    """A refused datagram's error comes from the queue of errors, with its address."""
    made = net.new_inet_dgram().value
    made.setsockopt(socket.IPPROTO_IP, 11, 1)  # IP_RECVERR
    made.connect(net.addrinfo.inet(*peers.refused_udp().getsockname()).value)
    made.send(b"lost")
    assert made.recvable(20).value is True
    into = message(net, 64, control=[])
    failure = made.recvmsg(into).failure
    assert failure.name == "ECONNREFUSED"
    assert made.recvmsg(into, 0x2000).value == 4  # MSG_ERRQUEUE
    assert flags_of(into) & 0x2000
    queue = into.control().value
    first = queue.shift().value
    assert (first.level().value, first.type().value) == (socket.IPPROTO_IP, 11)
    assert first.data().value[:4] == (111).to_bytes(4, "little")


def test_reuse(net: Front) -> None:
    """One message back and forth; each receive replaces what the last one left."""
    a, b = net.pair_dgram().all
    made = message(net, 6, control=[])
    for text in (b"abcdef", b"ab", b"abcd"):
        a.send(text)
        assert b.recvmsg(made).value == len(text)
        assert bytes_of(made)[: len(text)] == text
        assert len(made.control().value) == 0


def test_h057_more_pieces_than_the_kernel_takes(net: Front) -> None:
    """A packet cannot be divided: EMSGSIZE. A stream goes short, and on from there."""
    pieces = [bytes([65 + i % 26]) for i in range(1500)]
    a, b = net.pair_dgram().all
    a.sendmsg(message(net, *pieces)).fails("EMSGSIZE", op="sendmsg")
    assert b.recv().is_again()
    apart = message(net, *(part for piece in pieces[:1024] for part in (piece, b"")))
    assert a.sendmsg(apart).value == 1024
    b.recvmsg(message(net, *([1] * 1025))).fails("EMSGSIZE", op="recvmsg")
    assert b.recvmsg(message(net, *([1, 0] * 1024))).value == 1024
    a, b = net.pair_stream().all
    made = message(net, *pieces)
    assert a.sendmsg(made).value == 1024
    made.iov().value.consume(1024)
    assert a.sendmsg(made).value == 476
    into = message(net, *([1] * 1500))
    count = b.recvmsg(into).value
    assert count == 1024
    assert bytes_of(into)[:1024] == b"".join(pieces)[:1024]


@pytest.mark.parametrize("value", [1.5, "0", True, [], 2**31, -(2**31) - 1, 2**63])
def test_bad_flags(net: Front, value: Any) -> None:
    a, b = net.pair_stream().all
    made = message(net, b"x")
    for sock, name in ((a, "sendmsg"), (b, "recvmsg")):
        assert sock.call(name, made, value).kind in ("raised", "error")
    assert b.recv().is_again()


def test_h061_blocking_receive(net: Front) -> None:
    """With nonblock(false) recvmsg waits for the message."""
    a, b = net.pair_stream().all
    b.nonblock(False)
    into = message(net, 9)
    with a.second_reader() as own:
        waiting = b.start("recvmsg", into)
        own.send(b"late")
        assert waiting.result(10).value == 4
    assert bytes_of(into)[:4] == b"late"
