"""Each operation between two marks: an access to a path that names it."""

import os
import sys
from collections.abc import Callable

import netsocket
from netsocket import addrinfo


def mark(name: str) -> None:
    assert not os.access(f"/nsk-mark/{name}", os.F_OK)


def watch(name: str, operation: Callable[[], None]) -> None:
    """Once unseen, so that what is prepared at the first use is prepared."""
    operation()
    mark(name)
    operation()
    mark("end")


def new() -> None:
    s = netsocket.new(netsocket.AF_INET, netsocket.SOCK_STREAM)
    mark("end")
    s.close()


def pair() -> None:
    a, b = netsocket.pair_stream()
    mark("end")
    a.close()
    b.close()


def accept_empty(listener: netsocket.Socket) -> None:
    try:
        listener.accept()
    except BlockingIOError:
        return
    raise AssertionError("no client has connected")


def round_trip(listener: netsocket.Socket, ai: netsocket.AddrInfo) -> None:
    client = netsocket.connect(ai)
    server = listener.accept()
    client.close()
    server.close()


def listening(ai: netsocket.AddrInfo) -> netsocket.Socket:
    listener = netsocket.bind(ai)
    listener.listen()
    return listener


def main(name: str) -> None:
    watch("new", new)
    watch("pair", pair)
    a, b = netsocket.pair_stream()
    with a, b:
        watch("send", lambda: None if a.send(b"x") == 1 else sys.exit("not sent"))
        watch("recv", lambda: None if b.recv(1) == b"x" else sys.exit("not received"))
    with listening(addrinfo.new_inet_stream("127.0.0.1", 0)) as tcp:
        watch("accept (empty)", lambda: accept_empty(tcp))
        ai = tcp.getsockname()
        watch("connect, accept, 2 close: tcp", lambda: round_trip(tcp, ai))
    with listening(addrinfo.new_unix_stream(name)) as unix:
        ai = unix.getsockname()
        watch("connect, accept, 2 close: unix", lambda: round_trip(unix, ai))


main(sys.argv[1])
