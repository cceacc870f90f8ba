"""Many packets in one call: what is sent, what comes, and what is refused."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from support.fronts.front import Front, Handle
from support.net.peers import Peers, arrived, wait_until

covers = pytest.mark.covers


def udp(net: Front) -> tuple[Handle, Handle]:
    """A bound socket and its address."""
    made = net.bind_inet_dgram("127.0.0.1", 0).value
    return made, made.getsockname().value


def messages(found: list[list[Any]]) -> list[bytes]:
    return [packet[0] for packet in found]


def drained(sock: Handle, count: int) -> list[list[Any]]:
    """So many packets, in as many calls as it takes."""
    found: list[list[Any]] = []
    while len(found) < count:
        arrived(sock)
        found += sock.recvmany(1024, 2048).value
    return found


@covers("SOCKET.sendmany", "success", "error")
@covers("LUA_SOCKET.recvmany", "success", "again")
@covers("PY_SOCKET.recvmany", "success", "again")
def test_to_one_address(net: Front) -> None:
    """An empty message is one too; what comes is in its order, with its sender."""
    (ours, source), (theirs, at) = udp(net), udp(net)
    assert theirs.recvmany().is_again()
    assert ours.sendmany([b"one", b"", b"three"], at).value == 3
    found = drained(theirs, 3)
    assert messages(found) == [b"one", b"", b"three"]
    assert all(packet[1] == source and packet[2] is False for packet in found)
    assert ours.sendmany([], at).value == 0
    ours.close()
    ours.sendmany([b"x"], at).fails("EBADF", op="sendmany")
    ours.recvmany().fails("EBADF", op="recvmany")


def test_to_many_addresses(net: Front) -> None:
    (ours, _), (one, to_one), (two, to_two) = udp(net), udp(net), udp(net)
    assert ours.sendmany([b"1", b"2", b"11"], [to_one, to_two, to_one]).value == 3
    assert messages(drained(one, 2)) == [b"1", b"11"]
    assert messages(drained(two, 1)) == [b"2"]


def test_to_the_peer(net: Front) -> None:
    (ours, _), (theirs, at) = udp(net), udp(net)
    ours.connect(at)
    assert ours.sendmany([b"a", b"b"]).value == 2
    assert ours.sendmany([b"c"], None, socket.MSG_DONTWAIT).value == 1
    assert messages(drained(theirs, 3)) == [b"a", b"b", b"c"]


def test_several_senders(net: Front) -> None:
    """Each message has its own sender, also where they take turns."""
    first, second, (ours, at) = udp(net), udp(net), udp(net)
    for i in range(6):
        (first, second)[i % 2][0].sendto(b"%d" % i, at)
    found = drained(ours, 6)
    for i, packet in enumerate(found):
        assert (packet[0], packet[1]) == (b"%d" % i, (first, second)[i % 2][1])


def test_more_than_one_system_call_takes(net: Front) -> None:
    (ours, _), (theirs, at) = udp(net), udp(net)
    theirs.rcvbuf(400_000)
    wanted = [b"%d" % i for i in range(300)]
    sent = 0
    while sent < len(wanted):
        sent += ours.sendmany(wanted[sent:], at).value
    assert messages(drained(theirs, 300)) == wanted


def test_at_most_max(net: Front) -> None:
    (ours, _), (theirs, at) = udp(net), udp(net)
    assert ours.sendmany([b"1", b"2", b"3"], at).value == 3
    arrived(theirs)
    assert messages(theirs.recvmany(2).value) == [b"1", b"2"]
    arrived(theirs)
    assert messages(theirs.recvmany(2).value) == [b"3"]


def test_what_is_cut_is_marked(net: Front) -> None:
    a, b = net.pair_dgram().all
    assert a.sendmany([b"whole", b"much too long", b"short"]).value == 3
    assert b.recvmany(10, 5).value == [
        [b"whole", None, False],
        [b"much ", None, True],
        [b"short", None, False],
    ]


@covers("SOCKET.sendmany", "again")
def test_no_more_room(net: Front) -> None:
    """The count says where to go on."""
    a, b = net.pair_dgram().all
    wanted = [b"%d" % i for i in range(2000)]
    sent = a.sendmany(wanted).value
    assert 0 < sent < 2000
    assert a.sendmany(wanted[sent:]).is_again()
    found = drained(b, sent)
    while len(found) < 2000:
        sent += a.sendmany(wanted[sent:]).value
        found += drained(b, sent - len(found))
    assert messages(found) == wanted


@covers("LUA_SOCKET.recvmany", "end")
@covers("PY_SOCKET.recvmany", "end")
def test_end_of_a_connection(net: Front) -> None:
    """What came before the end comes first."""
    a, b = net.pair_seqpacket().all
    assert a.sendmany([b"one", b"two"]).value == 2
    a.close()
    assert messages(b.recvmany().value) == [b"one", b"two"]
    assert b.recvmany().is_end()


@pytest.mark.level("strict")
def test_an_empty_packet_before_another(net: Front) -> None:
    """It is data, and takes nothing with it, though the end reads as empty packets do."""
    a, b = net.pair_seqpacket().all
    assert a.sendmany([b"one", b"", b"two"]).value == 3
    a.close()
    assert messages(b.recvmany().value) == [b"one", b"", b"two"]
    assert b.recvmany().is_end()


@covers("LUA_SOCKET.recvmany", "error")
@covers("PY_SOCKET.recvmany", "error")
def test_a_stream_has_no_packets(net: Front) -> None:
    a, b = net.pair_stream().all
    a.sendmany([b"x"]).fails("EOPNOTSUPP", op="sendmany")
    b.recvmany().fails("EOPNOTSUPP", op="recvmany")
    assert b.recv().is_again()


@pytest.mark.parametrize("most, size", [(0, 10), (1025, 10), (-1, 10), (5, 0), (5, -1)])
def test_out_of_range(net: Front, most: int, size: int) -> None:
    net.pair_dgram().all[0].recvmany(most, size).fails("EINVAL")


def test_addresses_that_do_not_fit(net: Front) -> None:
    """Nothing goes before all of them have been looked at."""
    (ours, _), (theirs, at) = udp(net), udp(net)
    six = net.addrinfo.inet6("::1", 9).value
    ours.sendmany([b"x", b"y"], [at, six]).fails("EAFNOSUPPORT", op="sendmany")
    ours.sendmany([b"x", b"y"], [at]).fails("EINVAL", text="to")
    ours.sendmany([b"x"], []).fails("EINVAL", text="to")
    assert ours.sendmany([b"x", 5], at).raised
    assert ours.sendmany([b"x", b"y"], [at, 5]).raised
    assert theirs.recv().is_again()


def test_one_is_refused(net: Front) -> None:
    """Those before it have gone, and the next call says what is wrong with it."""
    (ours, _), (theirs, at) = udp(net), udp(net)
    wanted = [b"good", bytes(70_000), b"after"]
    assert ours.sendmany(wanted, at).value == 1
    ours.sendmany(wanted[1:], at).fails("EMSGSIZE", op="sendmany")
    assert ours.sendmany(wanted[2:], at).value == 1
    assert messages(drained(theirs, 2)) == [b"good", b"after"]


def test_the_blocking_ones_wait(net: Front) -> None:
    """For one message to come, and for room for all."""
    a, b = net.pair_dgram().all
    a.nonblock(False)
    b.nonblock(False)
    b.rcvtimeo(0.01)
    assert b.recvmany().is_again()
    a.send(b"one")
    assert messages(b.recvmany().value) == [b"one"]
    assert a.sendmany([b"two", b"three"]).value == 2
    assert messages(drained(b, 2)) == [b"two", b"three"]


@pytest.mark.parametrize("nonblock", [True, False])
def test_the_count_goes_before_the_error(net: Front, nonblock: bool) -> None:
    """What has gone is told; the error comes with the next call."""
    (ours, _), (theirs, at) = udp(net), udp(net)
    ours.nonblock(nonblock)
    too_long = bytes(70_000)
    assert ours.sendmany([b"one", too_long], at).value == 1
    ours.sendmany([too_long], at).fails("EMSGSIZE", op="sendmany")
    assert messages(drained(theirs, 1)) == [b"one"]


def test_refused_port_is_told_once(net: Front, peers: Peers) -> None:
    ours = net.new_inet_dgram().value
    ours.connect(net.addrinfo.inet(*peers.refused_udp().getsockname()).value)
    assert ours.send(b"x").value == 1
    wait_until(lambda: ours.recvable(0, True).kind == "value", "the refusal has come")
    ours.recvmany().fails("ECONNREFUSED", op="recvmany")
    assert ours.recvmany().is_again()


def test_as_many_as_there_is_room_for(net: Front) -> None:
    """The count of those that went, though the next one would have to wait."""
    a, b = net.pair_dgram().all
    sent = a.sendmany([b"x"] * 5000).value
    assert 0 < sent < 5000
    assert a.sendmany([b"x"]).is_again()
    received = 0
    while (outcome := b.recvmany(1024, 10)).kind == "value":
        received += len(outcome.value)
    assert received == sent
