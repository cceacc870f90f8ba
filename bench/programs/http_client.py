"""http_client.py PORT COUNT: fetches COUNT pages over one connection."""

from __future__ import annotations

import sys

import netsocket

port, count = int(sys.argv[1]), int(sys.argv[2])


def read_line(rd: netsocket.Reader) -> bytes:
    line = rd.line(60)
    if line is None:
        raise EOFError("the answer has been cut short")
    return line


def fields(rd: netsocket.Reader) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    while line := read_line(rd):
        name, _, value = line.partition(b":")
        found[name.lower()] = value.strip()
    return found


def chunks(rd: netsocket.Reader) -> bytes:
    pieces: list[bytes] = []
    while size := int(read_line(rd).partition(b";")[0], 16):
        pieces.append(rd.readexactly(size, 60))
        read_line(rd)
    fields(rd)
    return b"".join(pieces)


def get(sock: netsocket.Socket, rd: netsocket.Reader, path: bytes) -> bytes:
    sock.sendall(b"GET %b HTTP/1.1\r\nHost: localhost\r\n\r\n" % path, 60)
    if read_line(rd).split()[1] != b"200":
        raise LookupError("the page is not there")
    head = fields(rd)
    if head.get(b"transfer-encoding") == b"chunked":
        return chunks(rd)
    return rd.readexactly(int(head[b"content-length"]), 60)


with netsocket.connect_inet_stream("127.0.0.1", port, 60) as sock:
    rd = sock.reader()
    print(sum(len(get(sock, rd, b"/%d" % i)) for i in range(1, count + 1)))
