"""socat on the other side, in every type of socket that it and the library have."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from support.fronts.agent_process import lua_command, lua_environment, python_environment
from support.fronts.front import Front, Handle
from support.machine_lag import PATIENCE
from support.net.peers import Peers, arrived

Program = Callable[..., subprocess.Popen[bytes]]
MESSAGE = bytes(range(256)) * 3
PIPES: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}


def port_at(made: Handle) -> int:
    port: int = made.getsockname().value.port().value
    return port


@pytest.mark.parametrize("way", ["tcp4", "tcp6", "unix", "abstract", "seqpacket"])
def test_socat_connects(net: Front, peers: Peers, program: Program, way: str) -> None:
    """What it reads comes here, and what is sent goes to its output, until the end."""
    path, name = peers.path(), peers.abstract()
    if way == "tcp4":
        listener = net.bind_inet_stream("127.0.0.1", 0).value
        at = f"TCP4:127.0.0.1:{port_at(listener)}"
    elif way == "tcp6":
        listener = net.bind_inet6_stream("::1", 0).value
        at = f"TCP6:[::1]:{port_at(listener)}"
    elif way == "abstract":
        listener = net.bind_unix_stream(name).value
        at = f"ABSTRACT-CONNECT:{name[1:].decode()}"
    elif way == "unix":
        listener, at = net.bind_unix_stream(path).value, f"UNIX-CONNECT:{path}"
    else:
        ai = net.addrinfo.unix(path, net.const("SOCK_SEQPACKET")).value
        listener, at = net.bind(ai).value, f"UNIX-CONNECT:{path},type=5"
    listener.listen()
    other = program("socat", "-", at, **PIPES)
    client = listener.acceptwait(PATIENCE).value
    assert other.stdin is not None and other.stdout is not None
    other.stdin.write(MESSAGE)
    other.stdin.flush()
    if way == "seqpacket":
        arrived(client)
        assert client.recv().value == MESSAGE
        client.send(MESSAGE[::-1])
    else:
        assert client.recvall(len(MESSAGE), PATIENCE).value == MESSAGE
        client.sendall(MESSAGE[::-1], PATIENCE)
    client.close()
    assert other.stdout.read() == MESSAGE[::-1]


@pytest.mark.parametrize("way", ["udp4", "udp6", "unix"])
def test_socat_sends_packets(
    net: Front, peers: Peers, program: Program, way: str
) -> None:
    """A packet has its sender, and the answer goes to it."""
    path, own = peers.path(), peers.path()
    if way == "udp4":
        made = net.bind_inet_dgram("127.0.0.1", 0).value
        at = f"UDP4-SENDTO:127.0.0.1:{port_at(made)}"
    elif way == "udp6":
        made = net.bind_inet6_dgram("::1", 0).value
        at = f"UDP6-SENDTO:[::1]:{port_at(made)}"
    else:
        made = net.bind_unix_dgram(path).value
        at = f"UNIX-SENDTO:{path},bind={own}"
    other = program("socat", "-t", "100", "-", at, **PIPES)
    assert other.stdin is not None and other.stdout is not None
    other.stdin.write(MESSAGE)
    other.stdin.flush()
    arrived(made)
    received, sender = made.recvfrom().all
    assert received == MESSAGE
    made.sendto(MESSAGE[::-1], sender)
    assert other.stdout.read(len(MESSAGE)) == MESSAGE[::-1]


ACTIVATED = {
    "python": "import netsocket as s\n[l] = s.listen_fds()\nc = l.acceptwait(60)\n"
    "c.sendall(c.recvall(5, 60) + b' there', 60)\n",
    "lua": "local s = require 'net.socket'\nlocal l = assert(s.listen_fds())[1]\n"
    "local c = assert(l:acceptwait(60))\n"
    "assert(c:sendall(assert(c:recvall(5, 60)) .. ' there', 60))\n",
}


@pytest.mark.parametrize("language", ["python", "lua"])
def test_systemd_socket_activate(
    language: str, program: Program, peers: Peers, unix_path: str
) -> None:
    """It listens, and starts a program of ours for the connection that comes."""
    if language == "python":
        command, variables = [sys.executable, "-c"], python_environment()
    else:
        command, variables = [lua_command(), "-e"], lua_environment()
    passed = [
        f"-E{name}={variables[name]}"
        for name in ("PYTHONPATH", "LUA_PATH", "LUA_CPATH")
        if name in variables
    ]
    words = ["-l", unix_path, *passed, *command, ACTIVATED[language]]
    program("systemd-socket-activate", *words, listening=unix_path)
    client = peers.open(1)
    client.connect(unix_path)
    client.sendall(b"hello")
    assert client.recv(100) == b"hello there"
