"""A thread closes while another one forks: the child can close whatever it has."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

import netsocket
from support.processes.children import output_of, run_python

HELPERS = """
import asyncio, os, sys, threading
import netsocket
from netsocket import aio

def identity(fd):
    status = os.fstat(fd)
    return status.st_dev, status.st_ino

def is_open(wanted):
    for fd in os.listdir("/proc/self/fd"):
        try:
            if identity(int(fd)) == wanted:
                return True
        except OSError:
            pass
    return False

def in_a_child(question):
    pid = os.fork()
    if pid == 0:
        os._exit(question())
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
"""

AT_ANY_TIME = """
sys.setswitchinterval(1e-6)
over, closing = threading.Event(), [None]

def close_many():
    while not over.is_set():
        a, b = netsocket.pair_stream()
        closing[0] = b, identity(b.fd())
        b.close()
        closing[0] = None
        a.close()

def is_left():
    found = closing[0]
    if found is None or found[0].fd() != -1:
        return False
    found[0].close()
    return is_open(found[1])

thread = threading.Thread(target=close_many)
thread.start()
print(sum(in_a_child(is_left) for _ in range(300)))
over.set()
thread.join()
"""

WHILE_THE_LOOP_FORGETS = """
a, b = netsocket.pair_stream()
what = identity(b.fd())
begun, go_on = threading.Event(), threading.Event()
loop = asyncio.new_event_loop()

async def wait_once():
    task = asyncio.create_task(aio.recvall(b, 1))
    for _ in range(3):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])

def remove_reader(fd):
    begun.set()
    go_on.wait(20)
    return type(loop).remove_reader(loop, fd)

def is_left():
    b.close()
    return is_open(what)

loop.run_until_complete(wait_once())
loop.remove_reader = remove_reader
thread = threading.Thread(target=b.close)
thread.start()
begun.wait(20)
print(b.fd(), in_a_child(is_left))
go_on.set()
thread.join()
print(is_open(what))
loop.close()
"""


def test_at_any_time() -> None:
    """Between the object's end and close(2) no thread has its turn."""
    assert output_of(run_python(HELPERS + AT_ANY_TIME)) == "0\n"


def test_while_the_loop_forgets() -> None:
    """Its code may take long, and the child's object knows the descriptor meanwhile."""
    assert output_of(run_python(HELPERS + WHILE_THE_LOOP_FORGETS)) == "-1 0\nFalse\n"


def by_the_option(sock: netsocket.Socket) -> netsocket.Socket:
    sock.linger(30)
    return sock


def by_number(sock: netsocket.Socket) -> netsocket.Socket:
    sock.setsockopt(netsocket.SOL_SOCKET, netsocket.SO_LINGER, struct.pack("ii", 1, 30))
    return sock


def by_a_duplicate(sock: netsocket.Socket) -> netsocket.Socket:
    with sock.dup() as other:
        other.linger(30)
    return sock


def elsewhere(sock: netsocket.Socket) -> netsocket.Socket:
    own = socket.socket(fileno=sock.unwrap())
    own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 30))
    return netsocket.wrap(own.detach())


def check_that_others_run(sock: netsocket.Socket, peer: socket.socket) -> None:
    """While it closes, with bytes that the peer does not take."""
    over = threading.Event()
    sock.nonblock(True)
    with suppress(BlockingIOError):
        while True:
            sock.send(b"x" * (1 << 20))

    def close() -> None:
        sock.close()
        over.set()

    thread = threading.Thread(target=close)
    thread.start()
    while sock.fd() != -1:
        pass
    assert not over.is_set()
    peer.close()
    thread.join()


@pytest.mark.parametrize("way", [by_the_option, by_number, by_a_duplicate, elsewhere])
def test_one_that_lingers(way: Callable[[netsocket.Socket], netsocket.Socket]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        sock = way(netsocket.connect_inet_stream(*server.getsockname()))
        check_that_others_run(sock, server.accept()[0])


def test_one_whose_listener_lingers() -> None:
    with netsocket.bind_inet_stream("127.0.0.1", 0) as server:
        server.listen()
        server.linger(30)
        peer = socket.create_connection(("127.0.0.1", server.getsockname().port()))
        check_that_others_run(server.acceptwait(), peer)
