"""syslog_client_cpython.py PATH COUNT: syslog_client.py with CPython's socket."""

from __future__ import annotations

import socket
import sys
import time

path, count = sys.argv[1], int(sys.argv[2])
LOCAL0, WARNING, INFO = 16, 4, 6


def log(sock: socket.socket, severity: int, text: str) -> None:
    head = f"<{LOCAL0 * 8 + severity}>{time.strftime('%b %e %T')} programs: "
    sock.send((head + text).encode())


with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
    sock.settimeout(60)
    sock.connect(path)
    for i in range(1, count + 1):
        log(sock, WARNING if i % 10 == 0 else INFO, f"message {i}")
