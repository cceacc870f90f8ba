"""A time for every call: what each call makes of it, beside its end."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from support.fronts.front import Front
from support.machine_lag import LATE, measured
from support.net.peers import Peers, fill

from .blocked import other_end

covers = pytest.mark.covers

SHORT, LONG = 0.1, 50
LARGE = bytes(1 << 20)  # more than a buffer holds
UNIX = socket.AF_UNIX

pytestmark = pytest.mark.alias("timeout")


def test_a_send_may_take_a_part(net: Front, peers: Peers) -> None:
    """One transfer: what has moved some bytes does not wait for the rest."""
    ours, theirs = peers.stream(net, UNIX)
    ours.timeout(LONG)
    first = ours.send(LARGE).value
    assert 0 < first < len(LARGE)
    pending = ours.start("send", LARGE)
    assert len(theirs.recv(first)) > 0
    second = pending.result().value
    assert 0 < second < len(LARGE)


def test_the_end_is_no_wait(net: Front) -> None:
    a, b = net.pair_stream().all
    a.timeout(LONG)
    b.close()
    assert a.recv().is_end()
    assert a.recvfd().is_end()


def test_the_end_while_it_waits(net: Front, peers: Peers) -> None:
    ours, theirs = peers.stream(net)
    ours.timeout(LONG)
    pending = ours.start("recv", 10)
    assert not pending.done()
    theirs.close()
    assert pending.result().is_end()


def test_with_the_address(net: Front, peers: Peers) -> None:
    listener = net.bind_inet_stream("127.0.0.1", 0).value
    listener.listen()
    listener.timeout(LONG)
    port = listener.getsockname().value.port().value
    pending = listener.start("accept", True)
    theirs = peers.open()
    theirs.connect(("127.0.0.1", port))
    _, ai = pending.result().all
    assert ai.port().value == theirs.getsockname()[1]


def test_from_whom(net: Front, peers: Peers) -> None:
    ours = net.bind_inet_dgram("127.0.0.1", 0).value
    ours.timeout(LONG)
    theirs = peers.udp()
    port = ours.getsockname().value.port().value
    pending = ours.start("recvfrom", 10)
    theirs.sendto(b"", ("127.0.0.1", port))
    data, ai = pending.result().all
    assert data == b""
    assert ai.port().value == theirs.getsockname()[1]


@pytest.mark.measures
@pytest.mark.parametrize("nonblock", [True, False])
def test_connect_goes_on(net: Front, peers: Peers, nonblock: bool) -> None:
    """When the time is up it stays in progress, and the next call completes it."""
    listener = peers.listener(backlog=0)
    host, port = listener.getsockname()
    first = peers.open()
    first.connect((host, port))
    ours = net.new_inet_stream().value
    ours.nonblock(nonblock)
    ours.timeout(SHORT)
    ai = net.addrinfo.new_inet_stream(host, port).value
    for _ in range(2):
        with measured() as watch:
            error = ours.connect(ai).timeout
        assert error is not None
        assert (error.name, error.op) == ("ETIMEDOUT", "connect")
        assert error.addr == f"{host}:{port}"
        assert SHORT <= watch.took < SHORT + LATE
    peers.accept(listener)
    ours.timeout(LONG)  # the kernel asks again after 1, 2, 4, 8 seconds
    assert ours.connect(ai).value is True
    assert ours.getpeername().value.port().value == port


def test_connect_in_one_call(net: Front, peers: Peers) -> None:
    listener = peers.listener()
    ours = net.new_inet_stream().value
    ours.timeout(LONG)
    host, port = listener.getsockname()
    assert ours.connect(net.addrinfo.new_inet_stream(host, port).value).value is True
    peers.accept(listener).sendall(b"there")
    assert ours.recv(10).value == b"there"


@pytest.mark.parametrize("nonblock", [True, False])
def test_connect_refused(net: Front, peers: Peers, nonblock: bool) -> None:
    ours = net.new_inet_stream().value
    ours.nonblock(nonblock)
    ours.timeout(LONG)
    ai = net.addrinfo.new_inet_stream("127.0.0.1", peers.refused_port()).value
    ours.connect(ai).fails("ECONNREFUSED", op="connect")


def test_a_file_is_flushed(net: Front, peers: Peers, tmp_path: Path) -> None:
    """What the file has not written yet is a part of it, also where the call waits."""
    ours, theirs = net.pair_stream().all
    own = other_end(net, peers, theirs)
    path = tmp_path / "sent"
    path.write_bytes(b"")
    file = net.open_file(path, "r+b", b"unwritten")
    left = fill(ours)
    ours.timeout(LONG)
    pending = ours.start("sendfile", file, 9)
    while left:
        left -= len(own.recv(left))
    assert pending.result().value == 9
    assert own.recv(20) == b"unwritten"


def test_sendmany_without_an_address(net: Front, peers: Peers) -> None:
    """What a call was not given is not there after its wait either."""
    ours, theirs = net.pair_dgram().all
    own = other_end(net, peers, theirs)
    own.send(b"\xff" * 30000)  # no address, where one was looked for after the wait
    assert len(ours.recv().value) == 30000
    while ours.sendmany([b"x"]).kind != "again":
        pass
    ours.timeout(LONG)
    pending = ours.start("sendmany", [b"last"])
    assert not pending.done()
    while own.recv(10) != b"last":
        pass
    assert pending.result().value == 1


def test_sendfds_without_a_message(net: Front, peers: Peers) -> None:
    ours, theirs = net.pair_stream().all
    own = other_end(net, peers, theirs)
    left = fill(ours)
    ours.timeout(LONG)
    pending = ours.start("sendfds", [ours])
    assert not pending.done()
    while left:
        left -= len(own.recv(left))
    assert pending.result().value == 1
    data, fds, _, _ = socket.recv_fds(own, 10, 10)
    assert (data, len(fds)) == (b"\0", 1)
    os.close(fds[0])
