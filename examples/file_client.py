"""file_client.py ADDRESS [SECONDS]: receives what file_server.lua sends.

Writes the file to standard output. SECONDS bounds the connect and each silence.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator

import netsocket


def connect_to(address: str, seconds: float) -> netsocket.Socket:
    host, colon, port = address.rpartition(":")
    if colon and not address.startswith(("/", "@")):
        return netsocket.connect_inet_stream(host, port, seconds)
    path = "\0" + address[1:] if address.startswith("@") else address
    return netsocket.connect_unix_stream(path, seconds)


def receive(sock: netsocket.Socket, n: int, seconds: float) -> Iterator[bytes]:
    """Receive n bytes, a piece at a time."""
    while n > 0:
        try:
            piece = sock.recv(min(n, 65536))
        except BlockingIOError:
            if not sock.recvable(seconds):
                raise TimeoutError("the server has fallen silent") from None
            continue
        if not piece:
            raise ConnectionError("the server has left early")
        n -= len(piece)
        yield piece


def main(address: str, seconds: float = 10.0) -> None:
    with connect_to(address, seconds) as sock:
        (length,) = struct.unpack(">Q", b"".join(receive(sock, 8, seconds)))
        for piece in receive(sock, length, seconds):
            sys.stdout.buffer.write(piece)


if __name__ == "__main__":
    try:
        main(sys.argv[1], *map(float, sys.argv[2:3]))
    except OSError as error:
        sys.exit(f"file_client: {error}")
