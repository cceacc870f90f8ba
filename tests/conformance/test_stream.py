"""send, write, sendto, recv, read and recvfrom on streams."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
from typing import Any

import pytest

from support.fronts.front import Front
from support.net.peers import (
    Peers,
    arrived,
    fill,
    port_of,
    receive_all,
    reset,
    wait_until,
)

covers = pytest.mark.covers

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX
FAMILIES = [INET, INET6, UNIX]
SENDERS = [
    pytest.param(name, marks=covers(f"SOCKET.{name}", "success"))
    for name in ("send", "write")
]
RECEIVERS = ["recv", "read", "recvfrom"]


def marked(outcome: str) -> list[Any]:
    return [
        pytest.param(name, marks=covers(f"SOCKET.{name}", outcome)) for name in RECEIVERS
    ]


EVERY_BYTE = bytes(range(256))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("receiver", marked("success"))
def test_every_byte_both_ways(
    net: Front, peers: Peers, family: int, sender: str, receiver: str
) -> None:
    """NUL, high bytes and newlines are ordinary."""
    ours, theirs = peers.stream(net, family)
    assert ours.call(sender, EVERY_BYTE).value == 256
    assert theirs.recv(1000) == EVERY_BYTE
    theirs.sendall(EVERY_BYTE)
    arrived(ours)
    assert ours.call(receiver).value == EVERY_BYTE


@pytest.mark.parametrize("receiver", marked("again"))
def test_nothing_to_receive(net: Front, receiver: str) -> None:
    a, _ = net.pair_stream().all
    for args in ((), (1,), (4096,)):
        assert a.call(receiver, *args).is_again()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("receiver", marked("end"))
def test_end_of_stream(net: Front, peers: Peers, family: int, receiver: str) -> None:
    """What was sent comes first; then the end, as often as it is asked."""
    ours, theirs = peers.stream(net, family)
    theirs.sendall(b"last")
    theirs.shutdown(socket.SHUT_WR)
    arrived(ours)
    assert ours.call(receiver, 100).value == b"last"
    arrived(ours)
    for _ in range(3):
        assert ours.call(receiver, 100).is_end()
    assert ours.send(b"open").value == 4
    assert theirs.recv(10) == b"open"


@pytest.mark.parametrize("receiver", marked("error"))
def test_h058_reset_is_no_end(net: Front, peers: Peers, receiver: str) -> None:
    ours, theirs = peers.stream(net)
    reset(theirs)
    arrived(ours)
    ours.call(receiver).fails("ECONNRESET", op=receiver)


@pytest.mark.parametrize("receiver", RECEIVERS)
def test_not_connected(net: Front, receiver: str) -> None:
    net.new_inet_stream().value.call(receiver).fails("ENOTCONN")


@pytest.mark.parametrize("receiver", RECEIVERS)
@pytest.mark.parametrize("bufsize", [1, 2, 5, 6, 4096, 70_000, 1 << 20])
def test_buffer_sizes(net: Front, receiver: str, bufsize: int) -> None:
    """At most bufsize bytes; the rest stays."""
    a, b = net.pair_stream().all
    b.send(b"123456")
    first = a.call(receiver, bufsize).value
    assert first == b"123456"[:bufsize]
    if bufsize < 6:
        assert a.call(receiver, 100).value == b"123456"[bufsize:]


@pytest.mark.level("strict")
def test_default_buffer_size(net: Front) -> None:
    """4096 bytes unless said otherwise; nil counts as absent."""
    a, b = net.pair_stream().all
    b.send(b"x" * 10_000)
    for args in ((), (None,)):
        assert len(a.recv(*args).value) == 4096


@pytest.mark.parametrize("receiver", RECEIVERS)
@pytest.mark.parametrize("bufsize", [0, -1, -(2**31), -(2**63), 2**63, 2**64, 1e400])
@pytest.mark.level("strict")
def test_h054_silly_sizes(net: Front, receiver: str, bufsize: Any) -> None:
    """Refused before anything is taken from the socket."""
    a, b = net.pair_stream().all
    b.send(b"kept")
    outcome = a.call(receiver, bufsize)
    if net.language == "python" and isinstance(bufsize, float):
        assert outcome.raised.name == "TypeError"
    else:
        outcome.fails("EINVAL")
    assert a.recv().value == b"kept"


@pytest.mark.skipif(
    "NSK_SANITIZED" in os.environ, reason="a sanitizer reports the refused allocation"
)
@pytest.mark.parametrize("receiver", RECEIVERS)
def test_h054_size_beyond_memory(net: Front, receiver: str) -> None:
    """A buffer that cannot exist is not enough memory, and nothing is consumed."""
    a, b = net.pair_stream().all
    b.send(b"kept")
    error = a.call(receiver, 2**62).raised
    assert error.name == "MemoryError" or "not enough memory" in error.text
    assert a.recv().value == b"kept"


@pytest.mark.parametrize("sender", ["send", "write"])
def test_h050_peer_is_gone(net: Front, peers: Peers, sender: str) -> None:
    """EPIPE comes back as an error; no SIGPIPE (the guard counts them)."""
    a, b = net.pair_stream().all
    b.close()
    a.call(sender, b"x").fails("EPIPE", op=sender)
    a.call(sender, b"x").fails("EPIPE", op=sender)


@covers("SOCKET.send", "error")
@covers("SOCKET.write", "error")
@pytest.mark.parametrize("family", [INET, INET6])
def test_h058_reset_then_epipe(net: Front, peers: Peers, family: int) -> None:
    ours, theirs = peers.stream(net, family)
    reset(theirs)
    arrived(ours)
    ours.send(b"x").fails("ECONNRESET", op="send")
    ours.write(b"x").fails("EPIPE", op="write")


@pytest.mark.parametrize("receiver", ["recv", "read", "recvfrom"])
@pytest.mark.level("outcomes")
def test_reset_that_a_send_meets(net: Front, peers: Peers, receiver: str) -> None:
    """It is told to who receives as well, once, and no clean end comes in its place."""
    ours, theirs = peers.stream(net)
    reset(theirs)
    arrived(ours)
    ours.send(b"x").fails("ECONNRESET", op="send")
    ours.call(receiver).fails("ECONNRESET")
    assert ours.call(receiver).is_end()


@covers("SOCKET.send", "again")
@covers("SOCKET.write", "again")
def test_h057_full_buffer(net: Front, peers: Peers) -> None:
    """The count of what was taken, then again; every byte of the counts arrives."""
    ours, theirs = peers.stream(net)
    sent = fill(ours)
    for call in (ours.send, ours.write):
        # What is in the air may yet move on to the peer, and then there is room.
        while (outcome := call(b"more")).kind != "again":
            sent += outcome.value
    ours.close()
    assert len(receive_all(theirs)) == sent


def test_h057_short_send(net: Front) -> None:
    """More than fits: the count says how much, and it is less."""
    a, b = net.pair_stream().all
    with a.second_reader() as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    data = os.urandom(1 << 20)
    count = a.send(data).value
    assert 0 < count < len(data)
    a.shutdown(net.const("SHUT_WR"))
    with b.second_reader() as own:
        own.settimeout(10)
        assert receive_all(own) == data[:count]


@pytest.mark.parametrize("family", FAMILIES)
def test_mebibyte(net: Front, peers: Peers, family: int) -> None:
    """A large transfer, in pieces as they come, is the same bytes."""
    ours, theirs = peers.stream(net, family)
    data = os.urandom(1 << 20)
    theirs.setblocking(False)
    digest, received, offset = hashlib.sha256(), 0, 0
    while received < len(data):
        if offset < len(data):
            try:
                offset += theirs.send(data[offset : offset + (1 << 18)])
            except BlockingIOError:
                pass
        piece = ours.recv(1 << 18)
        if piece.kind == "again":
            arrived(ours)
            continue
        digest.update(piece.value)
        received += len(piece.value)
    assert digest.digest() == hashlib.sha256(data).digest()


@pytest.mark.parametrize("sender", ["send", "write"])
def test_h051_empty_message(net: Front, sender: str) -> None:
    """A stream takes nothing, says 0, and the peer sees nothing."""
    a, b = net.pair_stream().all
    assert a.call(sender, b"").value == 0
    assert b.recv().is_again()


@pytest.mark.level("strict")
def test_h051_empty_message_asks_nobody(net: Front) -> None:
    """No system call: even a socket that is not connected says 0."""
    assert net.new_inet_stream().value.send(b"").value == 0


@covers("SOCKET.sendto", "success")
@covers("SOCKET.sendto", "error")
def test_sendto_on_a_stream(net: Front, peers: Peers) -> None:
    """A connected TCP socket ignores the address, one that is not says EPIPE."""
    ours, theirs = peers.stream(net)
    ai = net.addrinfo.inet("127.0.0.1", port_of(theirs)).value
    assert ours.sendto(b"x", ai).value == 1
    assert theirs.recv(10) == b"x"
    fresh = net.new_inet_stream().value
    fresh.sendto(b"x", ai).fails("EPIPE", op="sendto")


def test_recvfrom_on_a_stream_names_nobody(net: Front) -> None:
    a, b = net.pair_stream().all
    b.send(b"x")
    assert a.recvfrom().all == (b"x", None)


def test_flags_are_ored(net: Front) -> None:
    """Several flags are one; nil among them counts as absent."""
    a, b = net.pair_stream().all
    b.send(b"peek")
    peek, dontwait = net.const("MSG_PEEK"), net.const("MSG_DONTWAIT")
    assert a.recv(10, None, peek, None, dontwait).value == b"peek"
    assert a.recv(10, peek, peek).value == b"peek"
    assert a.recv(10, peek | dontwait).value == b"peek"
    assert a.recvfrom(10, peek).all == (b"peek", None)
    assert a.recv(10).value == b"peek"
    assert a.recv(10).is_again()


def test_send_flags(net: Front, peers: Peers) -> None:
    ours, theirs = peers.stream(net)
    assert ours.send(b"!", net.const("MSG_OOB")).value == 1
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
    assert theirs.recv(1) == b"!"


@pytest.mark.parametrize("flag", [2**31, 2**63, -(2**31) - 1])
def test_h006_flags_beyond_int(net: Front, flag: int) -> None:
    a, b = net.pair_stream().all
    a.send(b"x", flag).fails("EINVAL")
    b.recv(10, flag).fails("EINVAL")
    assert b.recv().is_again()


def test_h053_truncation_flag_on_a_stream(net: Front) -> None:
    """MSG_TRUNC would throw bytes away; what is returned was received."""
    a, b = net.pair_stream().all
    b.send(b"0123456789")
    received = a.recv(4, net.const("MSG_TRUNC")).value
    assert received == b"0123"
    assert a.recv(100).value == b"456789"


def test_half_close(net: Front, peers: Peers) -> None:
    """After our SHUT_WR the peer's bytes still come."""
    ours, theirs = peers.stream(net)
    assert ours.shutdown(net.const("SHUT_WR")).value is True
    assert theirs.recv(10) == b""
    theirs.sendall(b"answer")
    arrived(ours)
    assert ours.recv().value == b"answer"
    ours.send(b"x").fails("EPIPE", op="send")


@pytest.mark.level("strict")
def test_h061_mode_changed_outside(net: Front) -> None:
    """O_NONBLOCK cleared behind our back does not make our calls wait."""
    a, _ = net.pair_stream().all
    with a.second_reader() as own:
        own.setblocking(True)
    assert not a.flags() & os.O_NONBLOCK
    assert a.recv().is_again()
    assert a.recvfrom().is_again()
    fill(a)
    assert a.send(b"x").is_again()


def test_blocking_receive(net: Front, peers: Peers) -> None:
    """nonblock(false) on the object makes a plain receive wait."""
    ours, theirs = peers.stream(net)
    assert ours.nonblock(False).value is True
    pending = ours.start("recv", 10)
    assert not pending.done()
    theirs.sendall(b"now")
    assert pending.result().value == b"now"


def test_blocking_send(net: Front, peers: Peers) -> None:
    """nonblock(false) makes a send wait until the peer has made room."""
    ours, theirs = peers.stream(net)
    ours.sndbuf(65536)  # both buffers: the system may move bytes on after `fill`
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    fill(ours)
    ours.nonblock(False)
    pending = ours.start("send", b"y" * 1_000_000)
    assert not pending.done()
    received = 0
    theirs.settimeout(0.2)
    while not pending.done():
        try:
            received += len(theirs.recv(1 << 16))
        except socket.timeout:  # before Python 3.10 it is no TimeoutError
            continue
    assert pending.result().value == 1_000_000


def test_dontwait_on_a_blocking_object(net: Front) -> None:
    """The flag of one call is stronger than the object's mode."""
    a, _ = net.pair_stream().all
    a.nonblock(False)
    assert a.recv(10, net.const("MSG_DONTWAIT")).is_again()


def test_error_of_the_socket(net: Front, peers: Peers) -> None:
    """A reset is also what error() fetches, once."""
    ours, theirs = peers.stream(net)
    reset(theirs)

    def pending() -> Any:
        return ours.error().value

    found = wait_until(pending, "the reset arrives")
    assert (found.name, found.code) == ("ECONNRESET", errno.ECONNRESET)
    assert ours.error().value is None
