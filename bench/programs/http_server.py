"""http_server.py PORT COUNT: answers the requests of COUNT connections, one connection
after the other, and says first which port it has."""

from __future__ import annotations

import sys

import netsocket

port, count = int(sys.argv[1]), int(sys.argv[2])


def read_request(rd: netsocket.Reader) -> tuple[bytes, bool]:
    """The path, and whether the connection stays."""
    first = rd.line(60)
    if not first:
        return b"", False
    path, keep = first.split()[1], True
    while field := rd.line(60):
        if field.lower() == b"connection: close":
            keep = False
    return path, keep


def serve(client: netsocket.Socket) -> None:
    rd, keep = client.reader(), True
    while keep:
        path, keep = read_request(rd)
        if path:
            body = b"You asked for %b.\n" % path
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
            client.sendall(head + body, 60)


with netsocket.bind_inet_stream("127.0.0.1", port, True) as server:
    server.listen()
    print(server.getsockname().port(), flush=True)
    for _ in range(count):
        with server.acceptwait(60) as client:
            serve(client)
