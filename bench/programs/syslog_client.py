"""syslog_client.py PATH COUNT: sends COUNT messages to the collector of this machine."""

from __future__ import annotations

import sys
import time

import netsocket

path, count = sys.argv[1], int(sys.argv[2])
LOCAL0, WARNING, INFO = 16, 4, 6


def log(sock: netsocket.Socket, severity: int, text: str) -> None:
    head = f"<{LOCAL0 * 8 + severity}>{time.strftime('%b %e %T')} programs: "
    sock.send((head + text).encode())


with netsocket.connect_unix_dgram(path) as sock:
    sock.timeout(60)
    for i in range(1, count + 1):
        log(sock, WARNING if i % 10 == 0 else INFO, f"message {i}")
