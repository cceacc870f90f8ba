"""datagrams.py MODE BATCH COUNT: what native/datagrams.c does, by this library, or with
MODE cpython by the standard one. Prints the seconds of processor time."""

import socket
import sys
import time
from collections.abc import Callable

mode, batch, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
messages = [b"x" * 64] * batch
ROOM = 4 << 20


def of_cpython() -> Callable[[], None]:
    ours, theirs = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(2))
    theirs.bind(("127.0.0.1", 0))
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
    at = theirs.getsockname()

    def once() -> None:
        for message in messages:
            ours.sendto(message, at)
        for _ in messages:
            theirs.recvfrom(65536)

    return once


def of_ours() -> Callable[[], None]:
    import netsocket

    ours = netsocket.bind_inet_dgram("127.0.0.1", 0)
    theirs = netsocket.bind_inet_dgram("127.0.0.1", 0)
    theirs.nonblock(False)
    theirs.rcvbuf(ROOM)
    theirs.udpgro(mode == "gro")
    # With it set each message is to have a time of its own, so none are joined.
    if mode == "mmsg":
        ours.timestamping(netsocket.SOF_TIMESTAMPING_OPT_CMSG)
    at = theirs.getsockname()

    def each() -> None:
        for message in messages:
            ours.sendto(message, at)
        for _ in messages:
            theirs.recvfrom()

    def many() -> None:
        if ours.sendmany(messages, at) != batch:
            raise SystemExit(3)
        got = 0
        while got < batch:
            got += len(theirs.recvmany(batch))

    return each if mode == "each" else many


once = of_cpython() if mode == "cpython" else of_ours()
for _ in range(3):
    once()
began = time.process_time()
for _ in range(0, count, batch):
    once()
print(time.process_time() - began)
