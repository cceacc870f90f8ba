"""acceptwait that waits out EMFILE: a descriptor is what it waits for as well."""

from __future__ import annotations

import time

import pytest

from support.fronts.front import Front, Handle
from support.machine_lag import LATE
from support.net.peers import Peers, port_of
from support.processes.limits import descriptors_left

pytestmark = pytest.mark.level("strict")

SHORT = 0.1


def listening(net: Front) -> tuple[Handle, tuple[str, int]]:
    made = net.bind_inet_stream("127.0.0.1", 0).value
    made.listen()
    return made, ("127.0.0.1", made.getsockname().value.port().value)


def test_takes_the_connection_when_there_is_room(net: Front, peers: Peers) -> None:
    """Without an error in between."""
    listener, address = listening(net)
    client = peers.open()
    client.connect(address)
    with descriptors_left(net, 0):
        pending = listener.start("acceptwait", 20, True)
        assert not pending.done()
    made = pending.result(20).value
    assert made.getpeername().value.port().value == port_of(client)


def test_connection_that_comes_later(net: Front, peers: Peers) -> None:
    """While there is none it waits for that, patient or not."""
    listener, address = listening(net)
    pending = listener.start("acceptwait", 20, True)
    client = peers.open()
    client.connect(address)
    made = pending.result(20).value
    assert made.getpeername().value.port().value == port_of(client)


@pytest.mark.measures
@pytest.mark.parametrize("sec", [SHORT, 0])
def test_late(net: Front, peers: Peers, sec: float) -> None:
    """A timeout that says what was missing; the connection is there for the next."""
    listener, address = listening(net)
    client = peers.open()
    client.connect(address)
    before = net.descriptors()
    with descriptors_left(net, 0):
        start = time.monotonic()
        error = listener.acceptwait(sec, True).timeout
        took = time.monotonic() - start
    assert error is not None
    assert (error.name, error.op) == ("ETIMEDOUT", "acceptwait")
    assert error.message == f"no free descriptor within {sec} s"
    assert sec <= took < sec + LATE
    assert net.descriptors() == before
    made = listener.acceptwait(5).value
    assert made.getpeername().value.port().value == port_of(client)


def test_only_when_asked(net: Front, peers: Peers) -> None:
    listener, address = listening(net)
    peers.open().connect(address)
    with descriptors_left(net, 0):
        listener.acceptwait(5, False).fails("EMFILE", op="acceptwait")
        listener.acceptwait(5).fails("EMFILE", op="acceptwait")


def test_other_errors_stay(net: Front) -> None:
    listener, _ = listening(net)
    net.bind_inet_stream("127.0.0.1", 0).value.acceptwait(20, True).fails("EINVAL")
    net.pair_dgram().all[0].acceptwait(20, True).fails("EOPNOTSUPP")
    listener.acceptwait(0, True).timeout  # noqa: B018
    listener.close()
    listener.acceptwait(20, True).fails("EBADF", op="acceptwait")
