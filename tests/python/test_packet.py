"""Packets of recvmany: tuples of two with names, whose type says whether one was cut."""

from __future__ import annotations

import copy
import pickle

import netsocket


def received(size: int = 65536) -> list[netsocket.Packet]:
    a, b = netsocket.pair_dgram()
    with a, b:
        b.send(b"abcdef")
        b.send(b"xy")
        return a.recvmany(4, size)


def test_is_a_tuple_of_two() -> None:
    first, second = received()
    assert type(first) is type(second) is netsocket.Packet
    assert tuple(first) == (b"abcdef", None)
    assert hash(first) == hash((b"abcdef", None))
    msg, sender = first
    assert (msg, sender) == (first.msg, first.sender) == (b"abcdef", None)
    assert len(first) == 2
    assert not first.cut
    assert netsocket.Packet.__match_args__ == ("msg", "sender")


def test_cut() -> None:
    first, second = received(3)
    assert tuple(first) == (b"abc", None)
    assert first.cut
    assert isinstance(first, netsocket.CutPacket)
    assert isinstance(first, netsocket.Packet)
    assert tuple(second) == (b"xy", None)
    assert not second.cut


def test_text() -> None:
    first, second = received(3)
    assert repr(first) == "netsocket.Packet(msg=b'abc', sender=None, cut=True)"
    assert repr(second) == "netsocket.Packet(msg=b'xy', sender=None)"


def test_copies() -> None:
    for one in received(3):
        for other in (
            pickle.loads(pickle.dumps(one)),
            copy.copy(one),
            copy.deepcopy(one),
        ):
            assert type(other) is type(one)
            assert (other, other.cut) == (one, one.cut)


def test_made_by_hand() -> None:
    """For tests of programs that receive them."""
    made = netsocket.Packet((b"x", None))
    assert (made.msg, made.sender, made.cut) == (b"x", None, False)
    short = netsocket.Packet((b"x",))
    try:
        assert short.sender is None
    except IndexError:
        pass
    else:
        raise AssertionError("there is no sender")
