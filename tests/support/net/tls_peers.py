"""Peers for TLS: the openssl command, and a server that cuts its connection; and what a
TLS connection may leave."""

from __future__ import annotations

import os
import re
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from support.machine_lag import PATIENCE
from support.net.certificates import Authority

# Bytes that the second half of many handshakes may have grown by. What was freed stays a
# sanitizer's for a while.
KEPT = 1 << (30 if "NSK_SANITIZED" in os.environ else 20)

WORDS = {
    "name": "the certificate is not for this name",
    "verify": "certificate verify failed",
    "cut": "the peer ended the connection without a close-notify",
}
REFUSED = [  # certificate, name, how, words
    ("server", "localhost", "", "fine"),
    ("server", "127.0.0.1", "", "fine"),
    ("server", "::1", "", "fine"),
    ("server", "example.com", "", WORDS["name"]),
    ("server", "a.b.example.com", "", WORDS["name"]),
    ("server", "127.0.0.2", "", WORDS["name"]),
    ("server", "server", "", WORDS["name"]),  # the CN is not looked at
    ("server", "other.org", "unchecked", "fine"),
    ("expired", "localhost", "", WORDS["verify"]),
    ("server", "localhost", "unknown", WORDS["verify"]),
]


@contextmanager
def s_server_of_lines(
    authority: Authority, name: str, *options: str
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`openssl s_server` and its port: it sends its input, in which `r` has it
    renegotiate, and shows what it receives."""
    pem, key = authority.path(f"{name}.pem"), authority.path(f"{name}.key")
    command = ["openssl", "s_server", "-accept", "127.0.0.1:0"]
    server = subprocess.Popen(
        [*command, "-cert", pem, "-key", key, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.PIPE,
    )
    try:
        assert server.stdout is not None
        for line in server.stdout:
            found = re.match(rb"ACCEPT .*:(\d+)", line)
            if found:
                break
        else:
            pytest.fail("s_server has not started")
        yield int(found[1]), server
    finally:
        server.kill()
        server.communicate()


@contextmanager
def s_server(authority: Authority, name: str, *options: str) -> Iterator[int]:
    """`openssl s_server`, which sends each line back reversed; its port."""
    with s_server_of_lines(authority, name, "-rev", *options) as (port, _):
        yield port


def s_client(authority: Authority, port: int) -> subprocess.Popen[bytes]:
    """`openssl s_client`, which checks the name; it says and shows plain text."""
    command = "openssl s_client -quiet -verify_return_error -verify_hostname localhost"
    return subprocess.Popen(
        [
            *command.split(),
            *("-CAfile", authority.path("ca.pem")),
            *("-connect", f"127.0.0.1:{port}"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def cutter(authority: Authority, resets: bool = False) -> Iterator[int]:
    """A server that sends a part, and closes without a close-notify; or that resets the
    connection, once it has been told that the part is there."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.path("server.pem"), authority.path("server.key"))

    def serve() -> None:
        plain, _ = listener.accept()
        with context.wrap_socket(plain, server_side=True) as conn:
            conn.sendall(b"part")
            if resets:
                conn.recv(1)
                now = struct.pack("ii", 1, 0)
                conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
            os.close(conn.detach())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(PATIENCE)
