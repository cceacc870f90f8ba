"""The mode is the object's: what a duplicate does to the shared description makes no call
block, and takes no wait away."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.fronts.front import Front, Handle
from support.machine_lag import PATIENCE, late
from support.net.peers import Peers, fill

from .blocked import NEEDS, TAKES_FLAGS, Make

UNIX = socket.AF_UNIX


def other_blocks(sock: Handle) -> Handle:
    """Makes the description block, by way of a duplicate."""
    other: Handle = sock.dup().value
    assert other.nonblock(False).value is True
    assert not sock.flags() & os.O_NONBLOCK
    return other


@pytest.mark.parametrize("name", NEEDS)
def test_no_call_blocks(make: Make, name: str) -> None:
    case = make(name)
    other_blocks(case.sock)
    assert case.call().is_again()
    assert case.sock.nonblock().value is True


@pytest.mark.parametrize("name", NEEDS)
def test_no_call_blocks_beyond_its_timeout(make: Make, name: str) -> None:
    case = make(name)
    case.sock.timeout(0.1)
    other_blocks(case.sock)
    assert case.call().kind == "timeout"


@pytest.mark.parametrize("name", sorted(TAKES_FLAGS))
def test_no_call_with_dontwait_blocks(net: Front, make: Make, name: str) -> None:
    """Whatever the mode of the object and of the description."""
    case = make(name)
    case.sock.nonblock(False)
    more = (None,) if name == "sendfd" else (10,) if name == "recv_into" else ()
    assert case.call(*more, net.const("MSG_DONTWAIT")).is_again()


@pytest.mark.parametrize("nonblock", [True, False])
def test_it_takes_the_mode(net: Front, nonblock: bool) -> None:
    ours, _ = net.pair_stream().all
    assert ours.nonblock(nonblock).kind == "value"
    copy = ours.dup().value
    assert copy.nonblock().value is nonblock
    if nonblock:
        assert copy.recv().is_again()


def listening(net: Front, peers: Peers) -> Handle:
    listener: Handle = net.bind_unix_stream(peers.path()).value
    listener.listen()
    return listener


def test_acceptwait_ends_in_time(net: Front, peers: Peers) -> None:
    listener = listening(net, peers)
    other_blocks(listener)
    assert listener.acceptwait(0).kind == "timeout"
    other_blocks(listener)
    assert listener.acceptwait(0.1).kind == "timeout"


@pytest.mark.parametrize("name", ["accept", "acceptfd"])
def test_a_blocking_listener_goes_on_to_wait(net: Front, peers: Peers, name: str) -> None:
    """acceptwait has left the description non-blocking, and so may a duplicate."""
    listener = listening(net, peers)
    listener.nonblock(False)
    assert listener.acceptwait(0.05).kind == "timeout"
    assert listener.dup().value.nonblock(True).kind == "value"
    assert listener.nonblock().value is False
    address = listener.getsockname().value.addr().value
    pending = listener.start(name)
    assert not pending.done()
    peers.open(UNIX).connect(address)
    taken = pending.result().value
    if name == "acceptfd":
        assert net.close(taken).value is True


@pytest.mark.parametrize("name", ["accept", "acceptfd"])
def test_a_blocking_listener_has_a_limit(net: Front, peers: Peers, name: str) -> None:
    """rcvtimeo, whose end is no error."""
    listener = listening(net, peers)
    listener.nonblock(False)
    listener.rcvtimeo(0.2)
    start = time.monotonic()
    assert listener.call(name).is_again()
    assert time.monotonic() - start > 0.19


def test_no_socket_but_a_listener_changes(net: Front) -> None:
    a, _ = net.pair_stream().all
    a.nonblock(False)
    a.accept().fails("EINVAL", op="accept")
    assert not a.flags() & os.O_NONBLOCK


def test_sendfileall_ends_in_time(net: Front, tmp_path: Path) -> None:
    a, _ = net.pair_stream().all
    fill(a)
    other_blocks(a)
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert a.sendfileall(net.open_file(path), 100, 0, 0.1).kind == "timeout"


def test_sendfileall_of_a_blocking_socket_ends_in_time(
    net: Front, tmp_path: Path
) -> None:
    a, _ = net.pair_stream().all
    fill(a)
    a.nonblock(False)
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert a.sendfileall(net.open_file(path), 100, 0, 0.1).kind == "timeout"


def test_sendfileall_of_a_blocking_socket_fills_it_in_time(
    net: Front, tmp_path: Path
) -> None:
    """A piece that finds room for a part of it sends that part."""
    a, _ = net.pair_stream().all
    a.nonblock(False)
    path = tmp_path / "file"
    path.write_bytes(b"x" * 8_000_000)
    assert a.sendfileall(net.open_file(path), 8_000_000, 0, 0.1).kind == "timeout"


def test_sendfileall_keeps_no_descriptor(net: Front, tmp_path: Path) -> None:
    """It has one of its own, so that the caller's may be closed meanwhile."""
    a, b = net.pair_stream().all
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    file = net.open_file(path)
    with net.no_new_descriptors():
        assert a.sendfileall(file, 100, 0, 5).value == 100
    assert len(b.recvall(100, 5).value) == 100


def test_connect_begins(net: Front, peers: Peers) -> None:
    """The socket's own limit of its blocking calls stays what it was."""
    address = peers.black_hole()
    ours = net.new_inet_stream().value
    ours.sndtimeo(20.5)
    other_blocks(ours)
    ai = net.addrinfo.inet(*address).value
    assert ours.connect(ai).kind != "error"
    assert ours.connect(ai).is_again()
    assert ours.sndtimeo().value == 20.5


SHARED = {
    "python": """
import sys, time, netsocket
listener = netsocket.wrap(int(sys.argv[1]))
listener.nonblock(False)
latest, taken, end = 0.0, 0, time.monotonic() + 2
print("ready", flush=True)
while time.monotonic() < end:
    start = time.monotonic()
    try:
        listener.acceptwait(0.2).close()
        taken += 1
    except TimeoutError:
        pass
    latest = max(latest, time.monotonic() - start)
print(latest, taken)
""",
    "lua": """
local socket = require 'net.socket'
local now = socket.poller.now
local listener = assert(socket.wrap(tonumber(arg[1])))
listener:nonblock(false)
local latest, taken, stop = 0, 0, now() + 2
print 'ready' io.stdout:flush()
while now() < stop do
  local start = now()
  local made = listener:acceptwait(0.2)
  if made then made:close() taken = taken + 1 end
  latest = math.max(latest, now() - start)
end
print(latest .. ' ' .. taken)
""",
}


def test_processes_that_share_a_listener(
    net: Front, peers: Peers, tmp_path: Path
) -> None:
    """Of four that poll ready one gets the connection; the others keep to their time."""
    script = tmp_path / "script"
    script.write_text(SHARED[net.language])
    lua = os.environ.get("NSK_LUA", "lua5.4")
    program = [sys.executable if net.language == "python" else lua, str(script)]
    listener = peers.listener()
    fd = listener.fileno()
    os.set_blocking(fd, True)
    children = [
        subprocess.Popen(
            [*program, str(fd)], stdout=subprocess.PIPE, text=True, pass_fds=(fd,)
        )
        for _ in range(4)
    ]
    clients = 0
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    while all(child.poll() is None for child in children):
        client = socket.create_connection(listener.getsockname())
        clients += 1
        client.settimeout(0.1)
        try:
            client.recv(1)
        except TimeoutError:
            break  # all of them have had their time
        finally:
            client.close()
    answers = [child.communicate(timeout=PATIENCE)[0].split() for child in children]
    assert max(float(latest) for latest, _ in answers) < 0.2 + late(0.05)
    assert clients - 1 <= sum(int(taken) for _, taken in answers) <= clients
