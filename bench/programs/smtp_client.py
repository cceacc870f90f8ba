"""smtp_client.py PORT COUNT: sends COUNT mails over one connection."""

from __future__ import annotations

import sys

import netsocket

port, count = int(sys.argv[1]), int(sys.argv[2])
sock = netsocket.connect_inet_stream("127.0.0.1", port, 60)
rd = sock.reader()


def reply(wanted: bytes) -> None:
    line = rd.line(60)
    while line and line[3:4] == b"-":
        line = rd.line(60)
    if not line or line[:1] != wanted:
        raise RuntimeError(f"the server says {line!r}")


def command(line: bytes, wanted: bytes) -> None:
    sock.sendall(line + b"\r\n", 60)
    reply(wanted)


def send(sender: str, to: str, text: str) -> None:
    command(f"MAIL FROM:<{sender}>".encode(), b"2")
    command(f"RCPT TO:<{to}>".encode(), b"2")
    command(b"DATA", b"3")
    lines = text.replace("\n", "\r\n").replace("\r\n.", "\r\n..")
    command(lines.encode() + b".", b"2")


with sock:
    reply(b"2")
    command(b"EHLO localhost", b"2")
    for i in range(1, count + 1):
        text = f"Subject: report {i}\n\nAll is well.\n.hidden\n{'x' * 70}\n"
        send("bench@example.org", "you@example.org", text)
    command(b"QUIT", b"2")
