"""One byte through two UDP sockets on the loopback, with the sender's address."""

import sys

import netsocket
from netsocket import addrinfo


def bound() -> netsocket.Socket:
    made = netsocket.new_inet_dgram()
    made.bind(addrinfo.new_inet_dgram("127.0.0.1", 0))
    return made


def loop(turns: int) -> None:
    with bound() as a, bound() as b:
        ai = b.getsockname()
        assert a.sendto(b"x", ai) == 1 and b.recvfrom(1)[0] == b"x"
        for _ in range(turns):
            a.sendto(b"x", ai)
            b.recvfrom(1)


loop(int(sys.argv[1]))
