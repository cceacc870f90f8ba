"""One byte through a unix stream pair, by the standard library."""

import socket
import sys


def loop(turns: int) -> None:
    a, b = socket.socketpair()
    assert a.send(b"x") == 1 and b.recv(1) == b"x"
    for _ in range(turns):
        a.send(b"x")
        b.recv(1)
    a.close()
    b.close()


loop(int(sys.argv[1]))
