"""curl as the client of a server on our sockets, over each family."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.fronts.front import Front, Handle
from support.machine_lag import PATIENCE
from support.net.peers import Peers

BODY = os.urandom(1 << 20)
Program = Callable[..., subprocess.Popen[bytes]]
WAYS = ["inet", "inet6", "unix", "abstract"]


def listening(net: Front, peers: Peers, way: str) -> tuple[Handle, list[str]]:
    """A listener, and curl's words for where it is."""
    if way == "unix":
        path = peers.path()
        listener, words = net.bind_unix_stream(path).value, ["--unix-socket", path]
    elif way == "abstract":
        name = peers.abstract()
        listener = net.bind_unix_stream(name).value
        words = ["--abstract-unix-socket", name[1:].decode()]
    else:
        host = {"inet": "127.0.0.1", "inet6": "::1"}[way]
        bind = {"inet": "bind_inet_stream", "inet6": "bind_inet6_stream"}[way]
        listener, words = net.call(bind, host, 0).value, []
    listener.listen()
    port = listener.getsockname().value.port().value
    host = {"inet": f"127.0.0.1:{port}", "inet6": f"[::1]:{port}"}.get(way, "localhost")
    return listener, [*words, f"http://{host}/"]


def curl(program: Program, *words: str) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return program("curl", "-s", "-S", "--noproxy", "*", *words, stdout=pipe, stderr=pipe)


def head_of(client: Handle) -> bytes:
    """The request's head."""
    lines = b""
    while not lines.endswith(b"\r\n\r\n"):
        lines += client.recvline(65536, PATIENCE).value
    return lines


def answered(client: Handle, body: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    client.sendall(head % len(body) + body, PATIENCE)
    client.close()


@pytest.mark.parametrize("way", WAYS)
def test_a_file(
    net: Front, peers: Peers, program: Program, folder: Path, way: str
) -> None:
    """A mebibyte comes whole, and curl is content with the end."""
    listener, words = listening(net, peers, way)
    asked = curl(program, "-o", str(folder / "got"), *words)
    client = listener.acceptwait(PATIENCE).value
    assert head_of(client).startswith(b"GET / HTTP/1.1\r\n")
    answered(client, BODY)
    _, said = asked.communicate(timeout=PATIENCE)
    assert (asked.returncode, said) == (0, b"")
    assert (folder / "got").read_bytes() == BODY


@pytest.mark.parametrize("way", WAYS)
def test_an_upload(
    net: Front, peers: Peers, program: Program, folder: Path, way: str
) -> None:
    """curl sends a mebibyte, whose size its head tells."""
    (folder / "body").write_bytes(BODY)
    listener, words = listening(net, peers, way)
    asked = curl(program, "-T", str(folder / "body"), "-H", "Expect:", *words)
    client = listener.acceptwait(PATIENCE).value
    head = head_of(client)
    assert b"PUT /" in head and b"Content-Length: %d\r\n" % len(BODY) in head
    assert client.recvall(len(BODY), PATIENCE).value == BODY
    answered(client, b"")
    asked.communicate(timeout=PATIENCE)
    assert asked.returncode == 0


def test_a_reset_is_told(net: Front, peers: Peers, program: Program) -> None:
    """linger(0) resets, and curl sees no end of the answer (56: failure in receiving)."""
    listener, words = listening(net, peers, "inet")
    asked = curl(program, *words)
    client: Any = listener.acceptwait(PATIENCE).value
    head_of(client)
    client.linger(0)
    client.close()
    asked.communicate(timeout=PATIENCE)
    assert asked.returncode == 56
