"""waits.py CASE [NUMBER...]: what ../waits.py asks for, in seconds or a ratio."""

import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import netsocket

SEC, TRIES = 0.2, 20
now = time.monotonic


def longest(call: Callable[[], Any], tries: int = TRIES) -> float:
    """Of so many calls; how each ends is not asked."""
    most = 0.0
    for _ in range(tries):
        begun = now()
        try:
            call()
        except TimeoutError:
            pass
        most = max(most, now() - begun)
    return most


def flood(port: str) -> float:
    """The peer sends without end. A connection each: what one try has received is pending
    in the next, which would have all that it asks for, and its copying to do."""
    most = 0.0
    for _ in range(5):
        with netsocket.connect_inet_stream("127.0.0.1", int(port), 5) as sock:
            receive = partial(sock.recvall, 1 << 30, SEC)
            most = max(most, longest(receive, 1))
    return most


def signals() -> float:
    signal.signal(signal.SIGALRM, lambda *_: None)
    print("ready", flush=True)
    a, _b = netsocket.pair_stream()
    return longest(lambda: a.recvable(SEC))


def shared(fd: str) -> float:
    """Others accept from it as well."""
    listener = netsocket.wrap(int(fd))
    most = 0.0
    for _ in range(10 * TRIES):
        begun = now()
        try:
            listener.acceptwait(SEC).close()
        except TimeoutError:
            pass
        most = max(most, now() - begun)
    return most


def full() -> netsocket.Socket:
    a, b = netsocket.pair_stream()
    kept.append(b)
    try:
        while True:
            a.send(b"x" * 65536)
    except BlockingIOError:
        return a


def cost(wait: Callable[[], Any]) -> float:
    before = time.process_time()
    longest(wait, 1)
    return time.process_time() - before


kept: list[netsocket.Socket] = []


def processor(kind: str, port: str) -> float:
    """The processor time of one wait of a second."""
    a, b = netsocket.pair_stream()
    kept.extend((a, b))
    listener = netsocket.bind_inet_stream("127.0.0.1", 0)
    listener.listen()
    if kind.startswith("send"):
        a = full()
    waits: dict[str, Callable[[], Any]] = {
        "recvable": lambda: a.recvable(1),
        "sendable": lambda: a.sendable(1),
        "recvall": lambda: a.recvall(1, 1),
        "recvline": lambda: a.recvline(sec=1),
        "sendall": lambda: a.sendall(b"x", 1),
        "select": lambda: netsocket.select([a, b], None, 1),
        "acceptwait": lambda: listener.acceptwait(1),
        "connect": lambda: netsocket.connect_inet_stream("127.0.0.1", int(port), 1),
        "reader": lambda: a.reader().line(1),
    }
    return cost(waits[kind])


FAMILIES = {
    "tcp": (socket.AF_INET, socket.SOCK_STREAM, 0),
    "udp": (socket.AF_INET, socket.SOCK_DGRAM, 0),
    "unix": (socket.AF_UNIX, socket.SOCK_DGRAM, 0),
    "raw": (socket.AF_INET, socket.SOCK_RAW, 253),  # RFC 3692: no one else's packets
    "netlink": (16, socket.SOCK_RAW, 0),
    "packet": (17, socket.SOCK_RAW, 0),
}


def waits_in_kernel(thread: threading.Thread) -> bool:
    with open(f"/proc/self/task/{thread.native_id}/syscall") as file:
        return file.read().split()[0] not in ("running", "202")  # 202: futex(2)


def closed(family: str) -> float:
    """From close() to the end of another thread's recvable."""
    most = 0.0
    for _ in range(TRIES):
        sock = netsocket.new(*FAMILIES[family])
        if family == "tcp":  # one that is not connected is readable
            sock.bind(netsocket.addrinfo.inet("127.0.0.1", 0))
            sock.listen()
        ends: list[float] = []

        def inside(sock: netsocket.Socket = sock, ends: list[float] = ends) -> None:
            try:
                sock.recvable(5)
            except OSError:
                ends.append(now())

        thread = threading.Thread(target=inside)
        thread.start()
        while not waits_in_kernel(thread):
            time.sleep(0.001)
        begun = now()
        sock.close()
        thread.join()
        most = max(most, ends[0] - begun)
    return most


def many(count: str) -> float:
    """select of full sockets, both ways, against poll(2) of the standard library in turn;
    the waits themselves take no processor time."""
    socks = []
    for _ in range(int(count)):
        a, b = netsocket.pair_stream()
        kept.append(b)
        a.sndbuf(4608)
        try:
            while True:
                a.send(b"x" * 65536)
        except BlockingIOError:
            socks.append(a)
    poll = select.poll()
    for sock in socks:
        poll.register(sock.fileno(), select.POLLIN | select.POLLOUT)
    ours = theirs = 0.0
    for _ in range(30):
        ours += cost(lambda: netsocket.select(socks, socks, 0.01))
        theirs += cost(lambda: poll.poll(10))
    return ours / theirs


CASES: dict[str, Callable[..., float]] = {
    "flood": flood,
    "signals": signals,
    "shared": shared,
    "processor": processor,
    "closed": closed,
    "many": many,
}

print(CASES[sys.argv[1]](*sys.argv[2:]))
sys.stdout.flush()
os._exit(0)
