"""64 KiB through a unix stream pair, as bytes and into a buffer in turn."""

import sys

import netsocket

SIZE = 65536


def loop(turns: int) -> None:
    a, b = netsocket.pair_stream()
    a.sndbuf(4 * SIZE)
    data, buffer = b"x" * SIZE, bytearray(SIZE)
    assert a.send(data) == SIZE and len(b.recv(SIZE)) == SIZE
    for _ in range(turns):
        a.send(data)
        b.recv(SIZE)
        a.send(data)
        b.recv_into(buffer)
    a.close()
    b.close()


loop(int(sys.argv[1]))
