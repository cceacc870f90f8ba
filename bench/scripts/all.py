"""100 bytes by sendall and recvall through a unix stream pair."""

import sys

import netsocket


def loop(turns: int) -> None:
    a, b = netsocket.pair_stream()
    text = b"x" * 100
    assert a.sendall(text) == 100 and b.recvall(100) == text
    for _ in range(turns):
        a.sendall(text)
        b.recvall(100)
    a.close()
    b.close()


loop(int(sys.argv[1]))
