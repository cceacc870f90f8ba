"""Datagrams that the system divides when they go and joins when they come."""

from __future__ import annotations

import random
import socket

import pytest

from conformance.test_many import drained, messages, udp
from support.fronts.front import Front, Handle

UDP_CORK, UDP_SEGMENT, UDP_GRO, SO_NO_CHECK = 1, 103, 104, 11

ONE_SIZE = [b"%03d" % i for i in range(100)]


def joined(sock: Handle) -> list[bytes]:
    """What the kernel has for a socket that joins, receive by receive."""
    found: list[bytes] = []
    with sock.second_reader() as own:
        own.setblocking(False)
        while True:
            try:
                found.append(own.recv(65536))
            except BlockingIOError:
                return found


def test_they_go_together(net: Front) -> None:
    """Those of one size do, with a shorter one at the end, and 64 at most."""
    (ours, _), (theirs, at) = udp(net), udp(net)
    theirs.udpgro(True)
    wanted = [*ONE_SIZE[:70], b"x", *ONE_SIZE[:2], b"", b"longer", b"longes"]
    assert ours.sendmany(wanted, at).value == len(wanted)
    assert joined(theirs) == [
        b"".join(ONE_SIZE[:64]),
        b"".join(ONE_SIZE[64:70]) + b"x",
        b"".join(ONE_SIZE[:2]),
        b"",
        b"longerlonges",
    ]


def test_not_more_than_one_datagram_holds(net: Front) -> None:
    (ours, _), (theirs, at) = udp(net), udp(net)
    theirs.udpgro(True)
    theirs.rcvbuf(400_000)
    assert ours.sendmany([bytes(9000)] * 9, at).value == 9
    assert [len(one) for one in joined(theirs)] == [7 * 9000, 2 * 9000]


def test_to_the_peer_and_to_a_list(net: Front) -> None:
    """The destination is one, however it is given."""
    (ours, _), (theirs, at), (others, away) = udp(net), udp(net), udp(net)
    same = net.addrinfo.inet("127.0.0.1", at.port().value).value
    for sock in (theirs, others):
        sock.udpgro(True)
    assert ours.sendmany([b"1", b"2", b"3", b"4"], [at, same, away, at]).value == 4
    assert joined(theirs) == [b"12", b"4"]
    assert joined(others) == [b"3"]
    ours.connect(at)
    assert ours.sendmany([b"5", b"6"]).value == 2
    assert joined(theirs) == [b"56"]


def test_joined_ones_are_told_apart(net: Front) -> None:
    """Also where there is less room for each than they have together."""
    (ours, source), (theirs, at) = udp(net), udp(net)
    theirs.udpgro(True)
    assert ours.sendmany([*ONE_SIZE, b"x"], at).value == 101
    found = drained(theirs, 101)
    assert messages(found) == [*ONE_SIZE, b"x"]
    assert all(packet[1] == source and packet[2] is False for packet in found)
    ours.sendmany([b"long", b"lung", b"s"], at)
    assert theirs.recvmany(1, 3).value == [
        [b"lon", source, True],
        [b"lun", source, True],
        [b"s", source, False],
    ]


def test_with_other_control_data(net: Front) -> None:
    (ours, _), (theirs, at) = udp(net), udp(net)
    theirs.udpgro(True)
    theirs.timestampns(True)
    theirs.recvttl(True)
    theirs.recvtos(True)
    theirs.recvpktinfo(True)
    theirs.rxqovfl(True)
    assert ours.sendmany(ONE_SIZE, at).value == 100
    assert messages(drained(theirs, 100)) == ONE_SIZE


def option(sock: Handle, level: int, name: int, value: int) -> None:
    with sock.second_reader() as own:
        own.setsockopt(level, name, value)


def test_where_they_may_not_be_divided(net: Front) -> None:
    """Without checksums the kernel refuses segments: they go one by one, and all go."""
    (ours, _), (theirs, at) = udp(net), udp(net)
    theirs.udpgro(True)
    option(ours, socket.SOL_SOCKET, SO_NO_CHECK, 1)
    wanted = [b"other size", *ONE_SIZE]
    assert ours.sendmany(wanted, at).value == 101
    assert joined(theirs) == wanted


def test_a_size_of_the_program(net: Front) -> None:
    """What the program has set divides each message, as it would without us."""
    (ours, _), (theirs, at) = udp(net), udp(net)
    ours.udpsegment(2)
    assert ours.sendmany([b"abcd", b"efgh"], at).value == 2
    assert messages(drained(theirs, 4)) == [b"ab", b"cd", b"ef", b"gh"]


def test_what_the_program_joins_itself(net: Front) -> None:
    """UDP_CORK and MSG_MORE make one datagram of them."""
    (ours, _), (theirs, at) = udp(net), udp(net)
    ours.connect(at)
    option(ours, socket.IPPROTO_UDP, UDP_CORK, 1)
    assert ours.sendmany([b"ab", b"cd"]).value == 2
    option(ours, socket.IPPROTO_UDP, UDP_CORK, 0)
    assert messages(drained(theirs, 1)) == [b"abcd"]
    assert ours.sendmany([b"ab", b"cd"], None, socket.MSG_MORE).value == 2
    assert ours.send(b"ef").value == 2
    assert messages(drained(theirs, 1)) == [b"abcdef"]


@pytest.mark.parametrize("seed", range(4))
def test_any_order(net: Front, seed: int) -> None:
    """Each receiver gets its own, in their order, whichever of them went together."""
    drawn = random.Random(seed)
    ours, _ = udp(net)
    receivers = [udp(net) for _ in range(2)]
    for (sock, _), joins in zip(receivers, (True, False)):
        sock.udpgro(joins)
    sizes = drawn.sample(range(6), 3)
    lengths = [drawn.choice(sizes) for _ in range(150)]
    wanted = [bytes([i]) * length for i, length in enumerate(lengths)]
    to = [0]
    while len(to) < len(wanted):
        to.append(to[-1] if drawn.random() < 0.8 else 1 - to[-1])
    assert ours.sendmany(wanted, [receivers[i][1] for i in to]).value == 150
    for which, (sock, _) in enumerate(receivers):
        expected = [msg for msg, i in zip(wanted, to) if i == which]
        assert messages(drained(sock, len(expected))) == expected
