"""Threads: the GIL is given up, and close wakes who waits (h116, h119)."""

from __future__ import annotations

import errno
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

import netsocket
from support.machine_lag import LATE
from support.net.peers import Peers
from support.processes.limits import no_descriptor_left

from .inside import WAKE, Inside, full_pair

pytestmark = pytest.mark.measures


def blocking_pair() -> tuple[Any, Any]:
    a, b = netsocket.pair_stream()
    a.nonblock(False)
    return a, b


def full_blocking_pair() -> tuple[Any, Any]:
    a, b = full_pair()
    a.nonblock(False)
    return a, b


def listener() -> tuple[Any, Any]:
    made = netsocket.bind_inet_stream("127.0.0.1", 0)
    made.listen()
    made.nonblock(False)
    return made, netsocket.new_inet_stream()


def room() -> Any:
    iov = netsocket.iovec.new()
    iov.addn(1000)
    return iov


def message() -> Any:
    mh = netsocket.msghdr.new()
    mh.iov(room())
    return mh


CALLS: dict[str, tuple[Callable[[], tuple[Any, Any]], Callable[[Any], Any]]] = {
    "recv": (blocking_pair, lambda s: s.recv()),
    "read": (blocking_pair, lambda s: s.read()),
    "recvfrom": (blocking_pair, lambda s: s.recvfrom()),
    "recv_into": (blocking_pair, lambda s: s.recv_into(bytearray(10))),
    "recvfd": (blocking_pair, lambda s: s.recvfd()),
    "recvfds": (blocking_pair, lambda s: s.recvfds()),
    "recvmsg": (blocking_pair, lambda s: s.recvmsg(message())),
    "readv": (blocking_pair, lambda s: s.readv(room())),
    "readv of an iovec": (blocking_pair, lambda s: room().readv(s)),
    "recvall": (blocking_pair, lambda s: s.recvall(10)),
    "recvline": (blocking_pair, lambda s: s.recvline()),
    "recvable": (blocking_pair, lambda s: s.recvable(20)),
    "recvable without end": (blocking_pair, lambda s: s.recvable(float("inf"))),
    "sendable": (full_blocking_pair, lambda s: s.sendable(20)),
    "send": (full_blocking_pair, lambda s: s.send(b"y" * 1000)),
    "write": (full_blocking_pair, lambda s: s.write(b"y" * 1000)),
    "sendmsg": (full_blocking_pair, lambda s: s.sendmsg(message())),
    "sendfd": (full_blocking_pair, lambda s: s.sendfd(0)),
    "sendfds": (full_blocking_pair, lambda s: s.sendfds([0, 0])),
    "writev": (full_blocking_pair, lambda s: s.writev(room())),
    "writev of an iovec": (full_blocking_pair, lambda s: room().writev(s)),
    "sendall": (full_blocking_pair, lambda s: s.sendall(b"y" * 1000)),
    "accept": (listener, lambda s: s.accept()),
    "acceptwait": (listener, lambda s: s.acceptwait()),
    "acceptfd": (listener, lambda s: s.acceptfd()),
    "recvable of a listener": (listener, lambda s: s.recvable(20)),
}


@pytest.mark.parametrize("name", CALLS)
def test_h119_close_wakes(name: str) -> None:
    """EBADF within 50 ms, and the descriptor is gone."""
    make, call = CALLS[name]
    made, other = make()
    with other:
        inside = Inside(lambda: call(made))
        start = time.monotonic()
        made.close()
        inside.join()
        assert inside.ended - start < WAKE
        assert isinstance(inside.error, OSError), inside.value
        assert inside.error.errno == errno.EBADF
        assert made.fd() == -1


def test_h119_close_wakes_a_connect(peers: Peers) -> None:
    """A blocking connect of the object ends with EBADF too."""
    ai = netsocket.addrinfo.inet("127.0.0.1", peers.black_hole()[1])
    made = netsocket.new(socket.AF_INET, socket.SOCK_STREAM, 0, False)
    inside = Inside(lambda: made.connect(ai))
    start = time.monotonic()
    made.close()
    inside.join()
    assert inside.ended - start < WAKE
    assert isinstance(inside.error, OSError)
    assert inside.error.errno == errno.EBADF


def unix_connect(peers: Peers) -> tuple[Any, Any]:
    """A blocking socket, and the address of a listener whose queue is full."""
    ai = netsocket.addrinfo.unix(peers.black_hole(socket.AF_UNIX))
    return netsocket.new(socket.AF_UNIX, socket.SOCK_STREAM, 0, False), ai


def test_h119_close_wakes_a_unix_connect(peers: Peers) -> None:
    """The listener's queue is full; the kernel would wait until the listener accepts."""
    for _ in range(5):
        made, ai = unix_connect(peers)
        inside = Inside(partial(made.connect, ai))
        start = time.monotonic()
        made.close()
        inside.join()
        assert inside.ended - start < WAKE
        assert isinstance(inside.error, OSError)
        assert inside.error.errno == errno.EBADF


def test_unix_connect_waits_for_room(peers: Peers) -> None:
    """It is connected as soon as the listener accepts, and its sndtimeo is as before."""
    listener = peers.listener(socket.AF_UNIX, backlog=0)
    peers.open(socket.AF_UNIX).connect(listener.getsockname())
    ai = netsocket.addrinfo.unix(listener.getsockname())
    with netsocket.new(socket.AF_UNIX, socket.SOCK_STREAM, 0, False) as made:
        made.sndtimeo(20.5)
        inside = Inside(lambda: made.connect(ai))
        peers.accept(listener)
        inside.join()
        assert inside.value is True
        assert made.sndtimeo() == 20.5
        peers.accept(listener).sendall(b"in")
        assert made.recv() == b"in"


@pytest.mark.parametrize("limit", [0.01, 0.1])
def test_unix_connect_has_a_limit(peers: Peers, limit: float) -> None:
    """sndtimeo bounds the wait, as the kernel has it."""
    made, ai = unix_connect(peers)
    with made:
        made.sndtimeo(limit)
        start = time.monotonic()
        with pytest.raises(BlockingIOError):
            made.connect(ai)
        assert limit <= time.monotonic() - start < limit + LATE
        assert made.sndtimeo() >= limit


def test_h119_every_waiter_is_woken() -> None:
    made, other = blocking_pair()
    with other:
        waiting = [Inside(lambda: made.recv()) for _ in range(5)]
        made.close()
        for inside in waiting:
            inside.join()
            assert isinstance(inside.error, OSError)
            assert inside.error.errno == errno.EBADF


def test_h119_number_is_not_reused_early() -> None:
    """While a call is inside, no new socket gets the number, nor its data taken."""
    for _ in range(50):
        made, other = blocking_pair()
        with other:
            inside = Inside(made.recv)
            made.close()
            c, d = netsocket.pair_stream()
            with c, d:
                c.send(b"foreign")
                d.send(b"foreign")
                inside.join()
                assert inside.value is None
                assert isinstance(inside.error, OSError)
                assert (c.recv(), d.recv()) == (b"foreign", b"foreign")


def serve(made: Any, other: Any) -> None:
    """Ends the wait of a call on a socket by what it waits for."""
    if made.acceptconn():
        with suppress(BlockingIOError):
            other.connect(made.getsockname())
    elif made.sendable(0):
        other.sendfd(other)
        other.send(b"and a line\n")
    else:
        for _ in range(1000):
            if not other.recvable(0):
                break
            other.recv(1 << 20)


@pytest.mark.parametrize("name", CALLS)
def test_gil_is_given_up(name: str) -> None:
    """While one thread waits, another one runs: it is who ends the wait."""
    prepare, call = CALLS[name]
    made, other = prepare()
    with made, other:
        inside = Inside(partial(call, made))
        serve(made, other)
        inside.join()
        assert inside.error is None
        if name in ("accept", "acceptwait"):
            inside.value.close()
        if name in ("recvfd", "acceptfd"):
            netsocket.close(inside.value)
        if name == "recvfds":
            netsocket.close(*inside.value[0])


def test_gil_is_given_up_in_a_connect(peers: Peers) -> None:
    port = peers.black_hole()[1]
    for sec in (0.5, 10):  # for a machine that lets the first one pass
        inside = Inside(partial(netsocket.connect_inet_stream, "127.0.0.1", port, sec))
        turns = 0
        while inside.ended == 0.0 and turns <= 1000:
            turns += 1
        if turns > 1000:
            break
    assert inside.ended == 0.0
    inside.join()
    assert isinstance(inside.error, TimeoutError)


def test_h062_buffer_is_held_while_sending() -> None:
    """A bytearray in use by a blocked send cannot be resized under it."""
    made, other = full_blocking_pair()
    data = bytearray(b"y" * 100_000)
    with other:
        inside = Inside(lambda: made.send(data))
        with pytest.raises(BufferError):
            data.extend(b"z")
        made.close()
        inside.join()
        data.extend(b"z")


def test_h116_close_from_many_threads() -> None:
    """Closed once, whichever thread is first."""
    for _ in range(20):
        made, other = netsocket.pair_stream()
        barrier = threading.Barrier(4)

        def close(made: Any = made, barrier: threading.Barrier = barrier) -> None:
            barrier.wait(10)
            made.close()

        threads = [threading.Thread(target=close) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        with other:
            assert made.fd() == -1
            assert other.recv() == b""


def test_h116_one_socket_two_directions(peers: Peers) -> None:
    """A thread sends while another receives on the same object: no byte is lost."""
    made, other = netsocket.pair_stream()
    made.nonblock(False)
    other.nonblock(False)
    total = 4 << 20
    with made, other:

        def echo() -> int:
            count = 0
            while count < total:
                data = other.recv(65536)
                view = memoryview(data)
                while view:
                    view = view[other.send(view) :]
                count += len(data)
            return count

        def pour() -> int:
            count = 0
            while count < total:
                count += made.send(b"x" * min(65536, total - count))
            return count

        threads = [threading.Thread(target=echo), threading.Thread(target=pour)]
        for thread in threads:
            thread.start()
        received = 0
        while received < total:
            received += len(made.recv(65536))
        for thread in threads:
            thread.join(20)
        assert received == total


def test_close_without_waiters_shuts_nothing_down() -> None:
    """Only a close that has to wake a waiter takes the connection with it."""
    made, other = netsocket.pair_stream()
    with other, made.dup() as copy:
        made.close()
        assert copy.send(b"still") == 5
        assert other.recv() == b"still"


def test_unwrap_leaves_a_thread_its_number() -> None:
    """What is given is a duplicate; the number is free when the thread has left."""
    a, b = netsocket.pair_stream()
    number = a.fd()
    inside = Inside(lambda: a.recvable(30))
    with netsocket.wrap(a.unwrap()) as again, b:
        assert again.fd() != number
        os.fstat(number)
        b.send(b"x")
        inside.join()
        assert isinstance(inside.error, OSError) and inside.error.errno == errno.EBADF
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(number)
        assert again.recv() == b"x"


def test_unwrap_without_a_descriptor_for_the_duplicate() -> None:
    """EMFILE, and all goes on."""
    a, b = netsocket.pair_stream()
    with a, b:
        inside = Inside(lambda: a.recvable(30))
        with no_descriptor_left(), pytest.raises(OSError, match="files") as caught:
            a.unwrap()
        assert caught.value.errno == errno.EMFILE
        b.send(b"x")
        inside.join()
        assert inside.value is True
        assert a.recv() == b"x"
