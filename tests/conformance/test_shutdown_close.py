"""shutdown and close, of the object and of a raw descriptor; unwrap; dup."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from support.fronts import process
from support.fronts.front import Front
from support.net.peers import Peers, arrived

covers = pytest.mark.covers

HOW = {"SHUT_RD": 0, "SHUT_WR": 1, "SHUT_RDWR": 2}


@covers("SOCKET.shutdown", "success")
@pytest.mark.parametrize("how", [None, *HOW])
def test_shutdown_method(net: Front, how: str | None) -> None:
    """Each half ends for the peer as it should; absent is both."""
    a, b = net.pair_stream().all
    args = () if how is None else (net.const(how),)
    assert a.shutdown(*args).value is True
    if how == "SHUT_RD":
        b.send(b"x").fails("EPIPE", op="send")
        assert b.recv().is_again()
    else:
        assert b.recv().is_end()
    if how == "SHUT_WR":
        assert b.send(b"x").value == 1
        assert a.recv().value == b"x"


@covers("SOCKET.shutdown", "error")
def test_shutdown_unconnected(net: Front) -> None:
    made = net.new_inet_stream().value
    made.shutdown().fails("ENOTCONN", op="shutdown")
    assert made.fd().value >= 0


@pytest.mark.parametrize("flag", [3, 99, -1])
def test_shutdown_unknown_flag(net: Front, flag: int) -> None:
    a, b = net.pair_stream().all
    a.shutdown(flag).fails("EINVAL", op="shutdown")
    assert b.recv().is_again()


@covers("MODULE.shutdown", "success")
@pytest.mark.parametrize("how", [None, *HOW])
def test_shutdown_descriptor(net: Front, how: str | None) -> None:
    a, b = net.pair_stream().all
    args = () if how is None else (net.const(how),)
    assert net.shutdown(a.fd().value, *args).value is True
    if how == "SHUT_RD":
        b.send(b"x").fails("EPIPE")
    else:
        assert b.recv().is_end()


@covers("MODULE.shutdown", "error")
def test_shutdown_descriptor_failures(net: Front, folder: Path) -> None:
    fd = net.new_inet_stream().value.unwrap().value
    net.shutdown(fd).fails("ENOTCONN", op="shutdown")
    net.shutdown(fd, 17).fails("EINVAL", op="shutdown")
    assert net.close(fd).value is True
    net.shutdown(fd).fails("EBADF", op="shutdown")
    with (
        open(folder / "file", "w") as file,
        net.given(file.fileno()) as (front, (number,)),
    ):
        front.shutdown(number).fails("ENOTSOCK", op="shutdown")


@covers("MODULE.close", "success")
@pytest.mark.parametrize("flag", [None, "SHUT_RD", "SHUT_WR", "SHUT_RDWR"])
def test_close_descriptor(net: Front, flag: str | None) -> None:
    """Closed, and shut down first when a flag is given."""
    a, b = net.pair_stream().all
    fd = a.unwrap().value
    copy = process.take(net.pid, fd)
    try:
        args = () if flag is None else (net.const(flag),)
        assert net.close(fd, *args).value is True
        assert fd not in net.descriptors()
        if flag in ("SHUT_WR", "SHUT_RDWR"):
            assert b.recv().is_end()
        else:
            assert b.recv().is_again()
    finally:
        os.close(copy)


@covers("MODULE.close", "error")
def test_close_descriptor_failures(net: Front) -> None:
    """With a flag it closes in any case, and reports the shutdown."""
    fd = net.new_inet_stream().value.unwrap().value
    net.close(fd, net.const("SHUT_RDWR")).fails("ENOTCONN", op="shutdown")
    assert fd not in net.descriptors()
    net.close(fd).fails("EBADF", op="close")
    net.close(fd, net.const("SHUT_RDWR")).fails("EBADF")


@pytest.mark.parametrize("function", ["close", "shutdown"])
@pytest.mark.parametrize("fd", [-1, 2**31, 2**32 + 3, 2**63])
def test_h006_impossible_descriptor(net: Front, function: str, fd: int) -> None:
    net.call(function, fd).fails("EINVAL")


def test_h006_close_does_not_narrow(net: Front) -> None:
    made = net.new_inet_stream().value
    net.close(made.fd().value + 2**32).fails("EINVAL")
    assert made.fd().value in net.descriptors()


@covers("SOCKET.close", "success")
@pytest.mark.parametrize("flag", [None, "SHUT_WR"])
def test_h095_close_twice(net: Front, flag: str | None) -> None:
    """Once closed, closing is true again and touches no other descriptor."""
    a, b = net.pair_stream().all
    number = a.fd().value
    args = () if flag is None else (net.const(flag),)
    assert a.close(*args).value is True
    assert a.fd().value == -1
    assert number not in net.descriptors()
    other = net.new_inet_stream().value
    assert other.fd().value == number, "the kernel gives the lowest number again"
    assert a.close().value is True
    assert a.close(net.const("SHUT_RDWR")).value is True
    assert other.fd().value in net.descriptors()
    assert b.recv().is_end()


@covers("SOCKET.close", "error")
@pytest.mark.parametrize("flag", ["SHUT_RD", "SHUT_WR", "SHUT_RDWR"])
def test_h097_close_reports_the_shutdown(net: Front, flag: str) -> None:
    """ENOTCONN from the shutdown is told; the descriptor is gone all the same."""
    made = net.new_inet_stream().value
    number = made.fd().value
    made.close(net.const(flag)).fails("ENOTCONN", op="close")
    assert made.fd().value == -1
    assert number not in net.descriptors()
    assert made.close(net.const(flag)).value is True


def test_close_with_unknown_flag_closes(net: Front) -> None:
    a, _ = net.pair_stream().all
    number = a.fd().value
    a.close(99).fails("EINVAL", op="close")
    assert number not in net.descriptors()


def test_h097_close_does_not_shut_down(net: Front) -> None:
    """A descriptor that another process shares stays usable after our close."""
    a, b = net.pair_stream().all
    with a.second_reader() as own:
        assert a.close().value is True
        assert b.recv().is_again()
        own.sendall(b"still")
    assert b.recv().value == b"still"


def test_h097_collection_does_not_shut_down(net: Front) -> None:
    a, b = net.pair_stream().all
    with a.second_reader() as own:
        a.forget()
        assert b.recv().is_again()
        own.sendall(b"still")
    assert b.recv().value == b"still"


@covers("SOCKET.unwrap", "success")
@covers("SOCKET.unwrap", "error")
def test_unwrap(net: Front) -> None:
    """The descriptor is the caller's, the object dead."""
    a, b = net.pair_stream().all
    number = a.fd().value
    assert a.unwrap().value == number
    assert a.fd().value == -1
    a.unwrap().fails("EBADF")
    a.send(b"x").fails("EBADF")
    a.forget()
    assert number in net.descriptors()
    assert net.close(number).value is True
    assert b.recv().is_end()


@covers("SOCKET.dup", "success")
def test_h009_dup(net: Front) -> None:
    """A second object for the same open socket, close-on-exec, closed by itself."""
    a, b = net.pair_stream().all
    copy = a.dup().value
    assert copy.fd().value != a.fd().value
    assert copy.flags() & os.O_CLOEXEC
    assert copy.flags() & os.O_NONBLOCK
    for method in ("family", "socktype", "protocol"):
        assert copy.call(method).value == a.call(method).value
    assert a.close().value is True
    assert copy.flags() & os.O_NONBLOCK
    assert copy.send(b"x").value == 1
    assert b.recv().value == b"x"
    assert copy.close().value is True
    assert b.recv().is_end()


def test_h009_dup_of_a_blocking_object(net: Front, peers: Peers) -> None:
    """The mode is of the open socket, so the copy has it too."""
    ours, theirs = peers.stream(net)
    ours.nonblock(False)
    copy = ours.dup().value
    assert copy.nonblock().value is False
    pending = copy.start("recv", 10)
    theirs.sendall(b"x")
    assert pending.result().value == b"x"


@covers("SOCKET.dup", "error")
def test_dup_of_a_closed_object(net: Front) -> None:
    made = net.new_inet_stream().value
    made.close()
    with net.no_new_descriptors():
        made.dup().fails("EBADF")


def test_end_is_seen_after_close(net: Front, peers: Peers) -> None:
    ours, theirs = peers.stream(net)
    ours.send(b"bye")
    ours.close()
    assert theirs.recv(10) == b"bye"
    assert theirs.recv(10) == b""


def test_linger_free_close_keeps_what_was_sent(net: Front, peers: Peers) -> None:
    """Close with SHUT_WR: the peer gets every byte, then the end."""
    ours, theirs = peers.stream(net, socket.AF_INET)
    sent = ours.send(b"z" * 50_000).value
    assert ours.close(net.const("SHUT_WR")).value is True
    received = b""
    while piece := theirs.recv(1 << 16):
        received += piece
    assert len(received) == sent


def test_shutdown_wakes_nobody_else(net: Front) -> None:
    """Only the socket that was shut down is affected."""
    a, b = net.pair_stream().all
    c, d = net.pair_stream().all
    a.shutdown()
    d.send(b"x")
    arrived(c)
    assert c.recv().value == b"x"
    assert b.recv().is_end()
