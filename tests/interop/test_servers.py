"""redis and nginx as the servers of clients on our sockets."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.fronts.front import Front, Handle
from support.machine_lag import PATIENCE

Program = Callable[..., subprocess.Popen[bytes]]
BLOB = os.urandom(1 << 20)


@pytest.fixture
def redis(program: Program, unix_path: str) -> str:
    words = ["--port", "0", "--unixsocket", unix_path, "--save", ""]
    program("redis-server", *words, listening=unix_path)
    return unix_path


def command(*words: bytes) -> bytes:
    """A command of redis: how many words, and each with its length."""
    return b"*%d\r\n" % len(words) + b"".join(
        b"$%d\r\n%s\r\n" % (len(word), word) for word in words
    )


def line(client: Handle) -> bytes:
    received: bytes = client.recvline(65536, PATIENCE).value
    return received


def test_a_blob_in_redis(net: Front, redis: str) -> None:
    """Any bytes go there and come back."""
    client = net.connect_unix_stream(redis, 5).value
    client.sendall(command(b"SET", b"key", BLOB), PATIENCE)
    assert line(client) == b"+OK\r\n"
    client.sendall(command(b"GET", b"key"), PATIENCE)
    assert line(client) == b"$%d\r\n" % len(BLOB)
    assert client.recvall(len(BLOB) + 2, PATIENCE).value == BLOB + b"\r\n"


def test_a_thousand_commands_at_once(net: Front, redis: str) -> None:
    """The answers of a pipeline come in their order."""
    client = net.connect_unix_stream(redis, 5).value
    client.sendall(command(b"INCR", b"n") * 1000, PATIENCE)
    reader = client.reader().value
    answers = [reader.line(PATIENCE).value for _ in range(1000)]
    assert answers == [b":%d" % (i + 1) for i in range(1000)]


def test_redis_ends_the_connection(net: Front, redis: str) -> None:
    client = net.connect_unix_stream(redis, 5).value
    client.sendall(command(b"QUIT"), PATIENCE)
    assert line(client) == b"+OK\r\n"
    assert client.recvall(1, PATIENCE).is_end()


CONFIGURATION = """
daemon off;
pid {folder}/pid;
error_log stderr;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen unix:{path};
    root {folder}/files;
  }}
}}
"""


@pytest.fixture
def nginx(program: Program, unix_path: str, folder: Path) -> str:
    """It serves a mebibyte as /blob, and a thousand bytes as /part."""
    folder.chmod(0o755)  # its workers may have another user
    (folder / "files").mkdir(mode=0o755)
    (folder / "files" / "blob").write_bytes(BLOB)
    (folder / "files" / "part").write_bytes(BLOB[:1000])
    file = folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(folder=folder, path=unix_path))
    if os.geteuid() == 0:
        file.write_text("user root;" + file.read_text())
    words = ["-p", str(folder), "-e", "stderr", "-c", str(file)]
    program("nginx", *words, listening=unix_path)
    return unix_path


def head_of(client: Handle) -> bytes:
    lines = b""
    while not lines.endswith(b"\r\n\r\n"):
        lines += line(client)
    return lines


def test_a_file_of_nginx(net: Front, nginx: str) -> None:
    """Twice over one connection, then with its end."""
    client = net.connect_unix_stream(nginx, 5).value
    for connection in (b"keep-alive", b"close"):
        request = b"GET /blob HTTP/1.1\r\nHost: x\r\nConnection: %s\r\n\r\n" % connection
        client.sendall(request, PATIENCE)
        head = head_of(client)
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"Content-Length: %d\r\n" % len(BLOB) in head
        assert client.recvall(len(BLOB), PATIENCE).value == BLOB
    assert client.recvall(1, PATIENCE).is_end()


def test_half_a_connection_of_nginx(net: Front, nginx: str) -> None:
    """The request's end is told by shutdown, and the answer comes all the same."""
    client = net.connect_unix_stream(nginx, 5).value
    client.sendall(b"GET /part HTTP/1.0\r\n\r\n", PATIENCE)
    client.shutdown(net.const("SHUT_WR"))
    assert head_of(client).startswith(b"HTTP/1.1 200 OK\r\n")
    assert client.recvall(1001, PATIENCE).value == BLOB[:1000]
