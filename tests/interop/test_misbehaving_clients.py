"""redis, nginx and dnsmasq, tested with the fixtures that the package gives other suites:
clients and servers that drip, stall, reset and end half-way."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netsocket_conformance.peer import (
    Peer,
    drip,
    expect,
    expect_end,
    half_close,
    reset,
    send,
    stall,
)

Program = Callable[..., subprocess.Popen[bytes]]
PeerOf = Callable[..., Peer]


@pytest.fixture
def redis(program: Program, unix_path: str) -> str:
    words = ["--port", "0", "--unixsocket", unix_path, "--save", ""]
    program("redis-server", *words, listening=unix_path)
    return unix_path


def test_redis_waits_for_the_rest_of_a_command(redis: str, peer: PeerOf) -> None:
    peer(drip(b"PING\r\n", 0.01), expect(b"+PONG\r\n"), connect=redis).join()


def test_redis_answers_beside_clients_that_stall(redis: str, peer: PeerOf) -> None:
    for _ in range(10):
        peer(send(b"*2\r\n$3\r\nGET\r\n$1000\r\nhalf"), stall(), connect=redis)
    peer(send(b"PING\r\n"), expect(b"+PONG\r\n"), connect=redis).join()


def test_redis_outlives_resets(redis: str, peer: PeerOf) -> None:
    for _ in range(10):
        peer(send(b"PING\r\n"), reset(), connect=redis).join()
    peer(send(b"PING\r\n"), expect(b"+PONG\r\n"), connect=redis).join()


def test_redis_ends_a_broken_protocol(redis: str, peer: PeerOf) -> None:
    steps = [send(b"*1\r\n$-5\r\n"), expect(b"-ERR Protocol error"), expect_end()]
    peer(*steps, connect=redis).join()


PROXY = """
daemon off; pid {folder}/pid; error_log stderr; {user}
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b;
  fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen unix:{path};
    location / {{ proxy_pass http://127.0.0.1:{port}; proxy_read_timeout {wait}s; }}
  }}
}}
"""
ANSWER = b"HTTP/1.0 200 OK\r\n\r\nhello"


def proxied(program: Program, folder: Path, path: str, port: int, wait: int = 100) -> str:
    """An nginx that passes each request on to this port, and waits so long for it."""
    file = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    values = {"folder": folder, "path": path, "port": port, "user": user, "wait": wait}
    file.write_text(PROXY.format(**values))
    words = ["-p", str(folder), "-e", "stderr", "-c", str(file)]
    program("nginx", *words, listening=path)
    return path


@pytest.mark.parametrize(
    "steps, status",
    [
        ([expect(b"GET"), drip(ANSWER, 0.01)], b" 200 "),
        ([expect(b"GET"), send(ANSWER), half_close()], b" 200 "),
        ([expect(b"GET"), reset()], b" 502 "),
        ([expect(b"GET"), send(b"HTTP/1"), half_close()], b" 502 "),
        ([expect(b"GET"), stall()], b" 504 "),
    ],
    ids=["drip", "half close", "reset", "half an answer", "stall"],
)
def test_what_nginx_makes_of_its_upstream(
    program: Program, folder: Path, unix_path: str, peer: PeerOf,
    steps: list[Any], status: bytes,
) -> None:  # fmt: skip
    wait = 1 if status == b" 504 " else 100
    path = proxied(program, folder, unix_path, peer(*steps).port, wait)
    asked = [send(b"GET / HTTP/1.0\r\n\r\n"), expect(status), expect_end()]
    peer(*asked, connect=path).join()


def test_nginx_when_its_upstream_refuses(
    program: Program, folder: Path, unix_path: str, peer: PeerOf, refused_port: int
) -> None:
    path = proxied(program, folder, unix_path, refused_port)
    peer(send(b"GET / HTTP/1.0\r\n\r\n"), expect(b" 502 "), connect=path).join()


QUERY = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x04host\x07example\0\0\x01\0\x01"
ASK = f"""
import socket
query = {QUERY!r}
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    udp.settimeout(30)
    udp.sendto(query, ("127.0.0.1", 53))
    packet = udp.recv(1000)
with socket.create_connection(("127.0.0.1", 53), 30) as tcp:
    for byte in len(query).to_bytes(2, "big") + query:
        tcp.send(bytes([byte]))
    stream = tcp.makefile("rb")
    whole = stream.read(int.from_bytes(stream.read(2), "big"))
    stream.close()
assert packet == whole, (packet, whole)
assert packet.endswith(bytes([192, 0, 2, 7])), packet
"""


def test_dnsmasq_over_both(
    namespace: Any, program: Program, wait_until_listening: Callable[..., None]
) -> None:
    """On port 53 of a network of its own; over TCP the query comes in single bytes."""
    words = [
        "dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--conf-file=",
        "--user=", "--group=", "--pid-file=", "--listen-address=127.0.0.1",
        "--bind-interfaces", "--address=/example/192.0.2.7",
    ]  # fmt: skip
    if program("dnsmasq", "--version").wait() != 0:
        pytest.skip("this dnsmasq does not run")
    server = program(*namespace.command(*words))
    kind = socket.SOCK_DGRAM
    wait_until_listening(("127.0.0.1", 53), process=server, kind=kind)
    wait_until_listening(("127.0.0.1", 53), process=server)
    namespace.run(sys.executable, "-c", ASK, check=True)
