"""Sizes and seconds that cannot be, on every call that waits; and acceptwait."""

from __future__ import annotations

import os
import socket
import time
from typing import Any

import pytest

from support.fronts.front import Front, Handle
from support.machine_lag import LATE
from support.net.peers import Peers, port_of
from support.processes.limits import descriptors_left

covers = pytest.mark.covers

SHORT = 0.1

SILLY = [-1, -(2**31), -(2**63), 2**63, 2**64]


@pytest.mark.parametrize(
    ("name", "size"),
    [(name, size) for name in ("recvall", "recvline") for size in SILLY]
    + [("recvline", 0)],
)
def test_h054_silly_sizes(net: Front, name: str, size: int) -> None:
    """Refused before anything is taken from the socket."""
    a, b = net.pair_stream().all
    b.send(b"kept\n")
    a.call(name, size, 5).fails("EINVAL", text=name)
    assert a.recv().value == b"kept\n"


@pytest.mark.parametrize("sec", [0, 5, None])
def test_no_bytes(net: Front, sec: float | None) -> None:
    """recvall(0) is no bytes at once: of a quiet stream, beside what waits there, and at
    the end; a closed socket is none all the same."""
    a, b = net.pair_stream().all
    assert a.recvall(0, sec).value == b""
    b.send(b"there")
    assert a.recvall(0, sec).value == b""
    assert a.recv().value == b"there"
    b.close()
    assert a.recvall(0, sec).value == b""
    assert a.recv().is_end()
    a.close()
    a.recvall(0, sec).fails("EBADF", op="recvall")


@pytest.mark.skipif(
    "NSK_SANITIZED" in os.environ, reason="a sanitizer reports the refused allocation"
)
@pytest.mark.parametrize("size", [2**62, 2**63 - 1])
def test_h054_size_beyond_memory(net: Front, size: int) -> None:
    """A buffer that cannot exist is not enough memory, and nothing is consumed."""
    a, b = net.pair_stream().all
    b.send(b"kept")
    error = a.recvall(size, 5).raised
    assert error.name == "MemoryError" or "not enough memory" in error.text
    assert a.recv().value == b"kept"


def waiting_calls(made: Handle, listener: Handle, sec: Any) -> dict[str, Any]:
    return {
        "sendall": lambda: made.sendall(b"x", sec),
        "recvall": lambda: made.recvall(1, sec),
        "recvline": lambda: made.recvline(None, sec),
        "acceptwait": lambda: listener.acceptwait(sec),
        "select": lambda: made.front.call("select", [made], None, sec),
    }


CALLS = ["sendall", "recvall", "recvline", "acceptwait", "select"]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("sec", [float("nan"), -1, -1e-9, float("-inf"), -1e300])
def test_h039_impossible_seconds(net: Front, name: str, sec: float) -> None:
    """An argument error, before anything is sent or received."""
    a, b = net.pair_stream().all
    b.send(b"x\n")
    listener = net.bind_inet_stream("127.0.0.1", 0).value
    listener.listen()
    waiting_calls(a, listener, sec)[name]().fails("EINVAL", op=name, text="sec")
    assert a.recv().value == b"x\n"
    assert b.recv().is_again()


def listening(net: Front) -> tuple[Handle, tuple[str, int]]:
    made = net.bind_inet_stream("127.0.0.1", 0).value
    assert made.listen().value is True
    return made, ("127.0.0.1", made.getsockname().value.port().value)


@covers("SOCKET.acceptwait", "success")
@pytest.mark.parametrize("nonblock", [True, False])
@pytest.mark.parametrize("sec", [(), (None,), (float("inf"),), (5,), (0,)])
def test_accept_at_once(
    net: Front, peers: Peers, nonblock: bool, sec: tuple[Any, ...]
) -> None:
    """A connection that waits is taken without waiting; it is as accept makes them."""
    listener, address = listening(net)
    listener.nonblock(nonblock)
    client = peers.open()
    client.connect(address)
    made = listener.acceptwait(*sec).value
    assert made.getpeername().value.port().value == port_of(client)
    assert made.flags() & os.O_NONBLOCK
    assert made.flags() & os.O_CLOEXEC
    assert made.nonblock().value is True


def test_accept_waits(net: Front, peers: Peers) -> None:
    """It ends with the connection, long before its time, and takes only one."""
    listener, address = listening(net)
    pending = listener.start("acceptwait", 20)
    assert not pending.done()
    clients = [peers.open(), peers.open()]
    for client in clients:
        client.connect(address)
    ports = {pending.result(5).value.getpeername().value.port().value}
    ports.add(listener.acceptwait(5).value.getpeername().value.port().value)
    assert ports == {port_of(client) for client in clients}


@pytest.mark.measures
@covers("SOCKET.acceptwait", "timeout")
@pytest.mark.parametrize("nonblock", [True, False])
@pytest.mark.parametrize("sec", [SHORT, 0, 1e-9])
@pytest.mark.level("strict")
def test_accept_timeout(net: Front, nonblock: bool, sec: float) -> None:
    """Never early, nothing left, and a blocking listener does not block beyond it."""
    listener, _ = listening(net)
    listener.nonblock(nonblock)
    start = time.monotonic()
    with net.no_new_descriptors():
        error = listener.acceptwait(sec).timeout
    assert sec <= time.monotonic() - start < sec + LATE
    assert error is not None
    assert (error.name, error.code, error.op) == ("ETIMEDOUT", 110, "acceptwait")


@pytest.mark.measures
@covers("SOCKET.acceptwait", "error")
@pytest.mark.level("strict")
def test_accept_errors(net: Front) -> None:
    """Not listening, not a stream, closed: at once, however long it may take."""
    start = time.monotonic()
    net.bind_inet_stream("127.0.0.1", 0).value.acceptwait(20).fails(
        "EINVAL", op="acceptwait"
    )
    net.pair_dgram().all[0].acceptwait(20).fails("EOPNOTSUPP", op="acceptwait")
    listener, _ = listening(net)
    listener.close()
    listener.acceptwait(20).fails("EBADF", op="acceptwait")
    assert time.monotonic() - start < LATE


def test_h045_accept_without_a_descriptor(net: Front, peers: Peers) -> None:
    """EMFILE at once; the connection is there for the next."""
    listener, address = listening(net)
    client = peers.open()
    client.connect(address)
    with descriptors_left(net, 0):
        listener.acceptwait(5).fails("EMFILE", op="acceptwait")
    made = listener.acceptwait(5).value
    assert made.getpeername().value.port().value == port_of(client)


@pytest.mark.measures
@pytest.mark.parametrize("name", ["recvall", "recvline", "acceptwait"])
def test_h061_blocking_object_woken_in_vain(net: Front, peers: Peers, name: str) -> None:
    """Another reader takes what woke it: a blocking socket still ends at the deadline."""
    if name == "acceptwait":
        made, address = listening(net)
        other = peers.open()
    else:
        made, theirs = peers.stream(net)
    made.nonblock(False)
    args = {"recvall": (1, 0.3), "recvline": (10, 0.3), "acceptwait": (0.3,)}[name]
    with made.second_reader() as rival:
        rival.setblocking(False)
        start = time.monotonic()
        pending = made.start(name, *args)
        if name == "acceptwait":
            other.connect(address)
        else:
            theirs.sendall(b"x")
        while not pending.done():
            try:
                if name == "acceptwait":
                    peers.own(socket.socket(fileno=rival._accept()[0]))  # type: ignore[attr-defined]
                else:
                    rival.recv(1)
            except BlockingIOError:
                continue
        outcome = pending.result()
        assert time.monotonic() - start < 0.3 + LATE
        assert outcome.kind in ("timeout", "value")
