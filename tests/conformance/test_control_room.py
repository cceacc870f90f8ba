"""control_room: a limit for the control data that a receive may bring."""

from __future__ import annotations

import socket
import struct

import pytest

from conformance.parts import bytes_of, cmsg, message, received
from support.fronts.front import Front

covers = pytest.mark.covers

MSG_CTRUNC = socket.MSG_CTRUNC
HEADER = socket.CMSG_LEN(0)


@covers("MSGHDR.control_room", "success")
def test_read_and_set(net: Front) -> None:
    made = net.msghdr.new().value
    assert made.control_room().value == 2048
    assert made.control_room(0).value == 2048
    assert made.control_room().value == 0
    assert made.control_room(20).value == 0
    assert made.control_room(None).value == 20
    assert made.control_room(2047).value == 2048
    assert made.control_room(2048).value == 2047
    assert made.control_room().value == 2048


@covers("MSGHDR.control_room", "error")
@pytest.mark.parametrize("limit", [-1, 2049, 65536 + 20, 2**31, 2**32 + 20, 2**63 - 1])
def test_out_of_range(net: Front, limit: int) -> None:
    made = net.msghdr.new().value
    made.control_room(100)
    made.control_room(limit).fails("EINVAL", op="control_room", text="limit")
    assert made.control_room().value == 100


@pytest.mark.parametrize("fits", [0, 1, 2, 3, 4])
def test_descriptors_that_do_not_fit(net: Front, fits: int) -> None:
    """Those that fit come; none of the others stays open."""
    a, b = net.pair_stream().all
    fds = [a.fd().value, b.fd().value] * 2
    rights = net.cmsghdr.rights(*fds).value
    assert b.sendmsg(message(net, b"hello", control=[rights])).value == 5
    into = message(net, 9, control=[])
    into.control_room(HEADER + 4 * fits)
    before = net.descriptors()
    assert a.recvmsg(into).value == 5
    assert bytes_of(into)[:5] == b"hello"
    assert bool(into.call("flags").value & MSG_CTRUNC) is (fits < 4)
    found = received(into)
    taken = found[0].data().value if found and len(found[0]) else []
    assert len(taken) == fits
    assert set(net.descriptors()) - set(before) == set(taken)
    for fd in taken:
        net.module.close(fd)


def test_it_lasts_and_ends(net: Front) -> None:
    """It counts for each receive into the message, until it is set anew."""
    a, b = net.pair_dgram().all
    into = message(net, 9, control=[])
    into.control_room(0)
    for _ in range(2):
        assert b.sendfd(a.fd().value).value == 0
        assert a.recvmsg(into).value == 1
        assert len(into.control().value) == 0
        assert into.call("flags").value & MSG_CTRUNC
    into.control_room(None)
    assert b.sendfd(a.fd().value).value == 0
    assert a.recvmsg(into).value == 1
    assert len(received(into)) == 1
    assert not into.call("flags").value & MSG_CTRUNC


def test_sending_has_no_such_limit(net: Front) -> None:
    a, b = net.pair_dgram().all
    out = message(net, b"x", control=[net.cmsghdr.rights(a.fd().value).value])
    out.control_room(0)
    assert b.sendmsg(out).value == 1
    into = message(net, 1, control=[])
    assert a.recvmsg(into).value == 1
    assert len(received(into)) == 1


def test_another_message_cut(net: Front) -> None:
    """What is cut short has no value, and says so."""
    a, b = net.pair_dgram().all
    a.passcred(True)
    assert b.send(b"x").value == 1
    into = message(net, 1, control=[])
    into.control_room(HEADER + 4)
    assert a.recvmsg(into).value == 1
    assert into.call("flags").value & MSG_CTRUNC
    (cut,) = received(into)
    assert cut.data().value == struct.pack("=i", net.pid)
    assert cut.value().value is None


@pytest.mark.level("strict")
def test_pushed_behind_one_that_was_cut(net: Front) -> None:
    """The queue that a receive has filled takes more, wherever the last one ended."""
    a, b = net.pair_dgram().all
    a.passcred(True)
    assert b.send(b"x").value == 1
    into = message(net, 1, control=[])
    into.control_room(HEADER + 5)
    assert a.recvmsg(into).value == 1
    assert into.control().value.push(cmsg(net, 7, 8, b"text")).value is True
    cut, pushed = received(into)
    assert len(cut) == 5
    assert (pushed.level().value, pushed.type().value) == (7, 8)
    assert pushed.data().value == b"text"
