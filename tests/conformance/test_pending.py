"""Pending bytes: what an operation that did not succeed has received is the socket's.

They answer receives that ask for ordinary bytes, in order, and carry nothing that
belongs to another call.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.fronts.front import Front, Handle
from support.fronts.outcome import Outcome
from support.machine_lag import LATE, measured
from support.net.peers import Peers, arrived, reset, wait_until

from .blocked import needs

INET, UNIX = socket.AF_INET, socket.AF_UNIX
DGRAM = socket.SOCK_DGRAM


def room(net: Front, *sizes: int) -> Handle:
    iov: Handle = net.iovec.new().value
    for size in sizes:
        iov.addn(size)
    return iov


def message(net: Front, *sizes: int) -> Handle:
    mh: Handle = net.msghdr.new().value
    mh.iov(room(net, *sizes))
    return mh


def by_message(net: Front, sock: Handle, *flags: int) -> Outcome:
    return sock.recvmsg(message(net, 10), *flags)


# A receive of ordinary bytes by each method: none takes more than ten.
RECEIVES: dict[str, Callable[[Front, Handle], Outcome]] = {
    "recv": lambda net, sock: sock.recv(10),
    "read": lambda net, sock: sock.read(10),
    "recvfrom": lambda net, sock: sock.recvfrom(10),
    "recvmsg": by_message,
    "recvfd": lambda net, sock: sock.recvfd(),
    "recvfds": lambda net, sock: sock.recvfds(10),
    "readv": lambda net, sock: sock.readv(room(net, 10)),
    "recv_into": lambda net, sock: sock.recv_into(bytearray(10)),
    "recvall": lambda net, sock: sock.recvall(10, 5),
    "recvline": lambda net, sock: sock.recvline(10, 5),
}


@pytest.fixture(params=RECEIVES)
def receive(net: Front, request: pytest.FixtureRequest) -> Callable[[Handle], Outcome]:
    name = request.param
    needs(net, name)

    def call(sock: Handle) -> Outcome:
        return RECEIVES[name](net, sock)

    call.__name__ = name
    return call


def leave(ours: Handle, far: Any, data: bytes) -> None:
    """Has a receive that is called off leave these bytes pending."""
    far.send(data)
    assert ours.recvall(len(data) + 1, 0.05).kind == "timeout"
    wait_until(
        lambda: (
            ours.pending().value == len(data)
            or ours.recvall(len(data) + 1, 0.05).kind != "timeout"
        ),
        "all of it has come",
    )
    assert ours.pending().value == len(data)


# ------------------------------------------------------------ other kinds of bytes


@pytest.mark.parametrize("name", ["recv", "recvfrom", "recvmsg", "recv_into"])
def test_urgent_bytes_are_no_pending_ones(net: Front, peers: Peers, name: str) -> None:
    """MSG_OOB asks the kernel, whatever is pending, and its error is the kernel's."""
    needs(net, name)
    ours, theirs = peers.stream(net)
    oob = net.const("MSG_OOB")
    into = bytearray(10)

    def urgent() -> Outcome:
        if name == "recvmsg":
            return by_message(net, ours, oob)
        if name == "recv_into":
            return ours.recv_into(into, 0, oob)
        return ours.call(name, 10, oob)

    leave(ours, theirs, b"part")
    urgent().fails("EINVAL")
    theirs.send(b"!", socket.MSG_OOB)
    wait_until(lambda: ours.atmark().value is True, "the mark has come")
    outcome = urgent()
    assert outcome.value in (b"!", 1)
    assert name != "recv_into" or into[:1] == b"!"
    assert ours.pending().value == 4
    theirs.send(b" and more")
    assert ours.recvall(13, 5).value == b"part and more"


@pytest.mark.parametrize("name", ["recv", "recvmsg"])
def test_the_error_queue_has_no_pending_bytes(
    net: Front, peers: Peers, name: str
) -> None:
    ours, theirs = peers.stream(net)
    errqueue = net.const("MSG_ERRQUEUE")
    leave(ours, theirs, b"part")
    if name == "recv":
        assert ours.recv(10, errqueue).is_again()
    else:
        assert by_message(net, ours, errqueue).is_again()
    assert ours.pending().value == 4
    assert ours.recv(10).value == b"part"


# --------------------------------------------------------------------- senders


def test_a_result_has_no_earlier_sender(net: Front, peers: Peers, folder: Path) -> None:
    """Of an unnamed sender, of a stream and of pending bytes there is none, whichever was
    the sender of the call before."""
    ours = net.bind_unix_dgram(peers.path()).value
    named, unnamed = peers.udp(UNIX), peers.open(UNIX, DGRAM)
    with ours.second_reader() as own:
        address = own.getsockname()
    a, b = net.pair_stream().all
    mh = message(net, 10)
    first = None
    for _ in range(2):
        named.sendto(b"named", address)
        data, sender = ours.recvfrom().all
        assert (data, sender.addr().value) == (b"named", named.getsockname().encode())
        first = first or sender
        unnamed.sendto(b"unnamed", address)
        assert ours.recvfrom().all == (b"unnamed", None)
        named.sendto(b"named", address)
        assert ours.recvmsg(mh).value == 5
        assert mh.name().value == sender
        b.send(b"stream")
        assert a.recvfrom().all == (b"stream", None)
        leave(a, b, b"pending")
        assert a.recvfrom().all == (b"pending", None)
        leave(a, b, b"pending")
        assert a.recvmsg(mh).value == 7
        assert mh.name().value is None
    assert first is not None
    assert first.addr().value == named.getsockname().encode()


# ------------------------------------------------------------ errors that come after


@pytest.mark.parametrize("family", [INET, UNIX])
def test_a_reset_that_a_send_meets(
    net: Front, peers: Peers, family: int, receive: Callable[[Handle], Outcome]
) -> None:
    """Every receive tells it, once, in place of a clean end."""
    if family == UNIX:
        ours, far = net.pair_seqpacket().all
        if receive.__name__ in ("recvall", "recvline"):
            pytest.skip("not for packets")
        ours.send(b"unread")
        far.close()
    else:
        ours, theirs = peers.stream(net)
        reset(theirs)
        arrived(ours)
    ours.send(b"x").fails("ECONNRESET", op="send")
    receive(ours).fails("ECONNRESET")
    assert ours.recv().is_end()


def test_a_reset_comes_after_pending_bytes(
    net: Front, peers: Peers, receive: Callable[[Handle], Outcome]
) -> None:
    ours, theirs = peers.stream(net)
    leave(ours, theirs, b"0123456789")
    reset(theirs)
    wait_until(lambda: ours.send(b"x").kind == "error", "the reset has come")
    first = receive(ours)
    if receive.__name__ == "recvfd":
        first.fails("ENOMSG")  # the byte had no descriptor
        assert ours.recv(10).value == b"123456789"
    elif receive.__name__ == "recvfds":
        assert first.all == ([], b"0123456789")
    elif receive.__name__ != "recvline":
        assert first.value in (b"0123456789", 10)
    elif first.kind == "error":
        first.fails("EMSGSIZE")  # no line is so long
        assert ours.recv(10).value == b"0123456789"
    ours.recv(10).fails("ECONNRESET")
    assert ours.recv(10).is_end()


# ------------------------------------------------------------------ handing over


def test_unwrap_loses_nothing(net: Front, peers: Peers) -> None:
    """EBUSY; pending says how many bytes there are, and recv gives them at once."""
    ours, theirs = peers.stream(net)
    leave(ours, theirs, b"part")
    ours.unwrap().fails("EBUSY", op="unwrap")
    assert ours.pending().value == 4
    assert ours.recv(3).value == b"par"
    ours.unwrap().fails("EBUSY", op="unwrap")
    assert ours.recv(3).value == b"t"
    assert ours.pending().value == 0
    fd = ours.unwrap().value
    again = net.wrap(fd).value
    theirs.send(b"rest")
    arrived(again)
    assert again.recv(10).value == b"rest"


# ------------------------------------------------------------- a peer that keeps up


@contextmanager
def flood(theirs: socket.socket) -> Iterator[None]:
    """The peer sends all the time."""
    chunk = bytes(1 << 20)
    theirs.settimeout(None)

    def send() -> None:
        try:
            while True:
                theirs.send(chunk, socket.MSG_NOSIGNAL)
        except OSError:
            pass

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    try:
        yield
    finally:
        theirs.shutdown(socket.SHUT_RDWR)
        thread.join(20)


@contextmanager
def drained(theirs: socket.socket) -> Iterator[None]:
    """The peer receives all the time."""
    into = bytearray(1 << 20)
    theirs.settimeout(None)

    def take() -> None:
        while theirs.recv_into(into) > 0:
            pass

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    try:
        yield
    finally:
        theirs.shutdown(socket.SHUT_RDWR)
        thread.join(20)


def joined(net: Front, peers: Peers) -> tuple[Handle, socket.socket]:
    a, b = net.pair_stream().all
    with b.second_reader() as own:
        theirs = peers.own(own.dup())
    b.close()
    return a, theirs


@pytest.mark.measures
def test_a_receive_ends_in_time_while_the_peer_sends(net: Front, peers: Peers) -> None:
    """No processor copies so much in that time."""
    ours, theirs = joined(net, peers)
    with flood(theirs), measured() as watch:
        outcome = ours.recvall(1 << 28, 0.005)
    assert outcome.kind == "timeout"
    assert 0.005 <= watch.took < 0.005 + LATE
    assert outcome.done == ours.pending().value


@pytest.mark.measures
def test_a_send_ends_in_time_while_the_peer_receives(net: Front, peers: Peers) -> None:
    """Nor so much in this."""
    ours, theirs = joined(net, peers)
    with drained(theirs), measured() as watch:
        outcome = ours.sendall(room(net, 1 << 26), 0.001)
    assert outcome.kind == "timeout"
    assert watch.took < LATE
    assert outcome.done < 1 << 26


@pytest.mark.measures
def test_a_file_ends_in_time_while_the_peer_receives(
    net: Front, peers: Peers, folder: Path
) -> None:
    path = folder / "sparse"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    ours, theirs = joined(net, peers)
    file = net.open_file(path)
    with drained(theirs), measured() as watch:
        outcome = ours.sendfileall(file, 1 << 40, 0, 0.05)
    assert outcome.kind == "timeout"
    assert 0.05 <= watch.took < 0.05 + LATE
    assert outcome.done > 0


def test_their_sender_is_no_other_sockets(net: Front, peers: Peers) -> None:
    """A stream has none, and another socket's was received before."""
    ours, theirs = peers.stream(net)
    inbox = net.bind_inet_dgram("127.0.0.1", 0).value
    assert inbox.sendto(b"packet", inbox.getsockname().value).value == 6
    data, sender = inbox.recvfrom().all
    assert (data, sender.text()) == (b"packet", inbox.getsockname().value.text())
    theirs.send(b"part")
    assert ours.recvable(5).value is True
    assert ours.reader().value.readexactly(9, 0).kind == "timeout"
    assert ours.pending().value == 4
    assert ours.recvfrom().all == (b"part", None)
