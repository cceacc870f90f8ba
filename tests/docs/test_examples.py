"""The examples that README.md does not show."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from support.fronts.agent_process import lua_command
from support.machine_lag import PATIENCE
from support.net.peers import Peers, port_of, receive_all

from .pages import ROOT
from .programs import EXAMPLES, command, environment, need, run, server


@pytest.fixture
def file(folder: Path) -> Path:
    """More than a socket's buffers hold."""
    made = folder / "file"
    made.write_bytes(b"all work and no play\n" * 400_000)
    return made


def test_demo(in_netns: None) -> None:
    """In a network of its own, because it also looks for a name that does not exist."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "demo.py")],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" yes") >= 13
    assert " NO" not in done.stdout


@pytest.mark.parametrize("client", ["file_client.lua", "file_client.py"])
def test_file_that_ends_early(client: str, file: Path) -> None:
    """A server that is killed in the middle is a failure, not a shorter file."""
    with server("file_server.lua", "127.0.0.1:0", str(file)) as (process, at):
        with subprocess.Popen(
            [*command(client), str(EXAMPLES / client), at],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        ) as receiving:
            assert receiving.stdout is not None
            receiving.stdout.read(1)  # it has begun, and the pipe is soon full
            process.kill()
            process.wait()
            _, error = receiving.communicate(timeout=PATIENCE)
    assert receiving.returncode == 1
    assert b"has left early" in error or b"ECONNRESET" in error or b"[Errno 104]" in error


def test_file_server_outlives_a_client(file: Path) -> None:
    with server("file_server.lua", "127.0.0.1:0", str(file), "2") as (process, at):
        host, _, port = at.rpartition(":")
        with socket.create_connection((host, int(port))) as rude:
            rude.recv(1)
        done = run("file_client.py", at)
        assert process.wait(PATIENCE) == 0
    assert (done.returncode, done.stdout) == (0, file.read_text())


def test_http_answer_other_than_200(peers: Peers) -> None:
    listener = peers.listener()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with subprocess.Popen(
        [lua_command(), str(EXAMPLES / "http_get.lua"), url],
        stderr=subprocess.PIPE,
        env=environment(),
    ) as getting:
        peer = peers.accept(listener)
        peer.recv(4096)
        peer.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")
        peer.close()
        _, error = getting.communicate(timeout=PATIENCE)
    assert getting.returncode == 1
    assert b"the server says 404 Not Found" in error


def test_poller_of_select() -> None:
    with server("echo_server.lua", "0") as (_, at):
        done = run("select_poller.lua", at.rpartition(":")[2], "50")
    assert (done.stdout, done.stderr) == ("50 clients\n", "")


def test_poller_and_server_of_cqueues() -> None:
    """Fifty clients at a time; then, where the time is short, one that says nothing."""
    need("cqueues")
    with server("cqueues_echo_server.lua", "0", str(PATIENCE)) as (_, at):
        done = run("cqueues_poller.lua", at.rpartition(":")[2], "50")
    assert (done.stdout, done.stderr) == ("50 clients\n", "")
    with server("cqueues_echo_server.lua", "0", "1.5") as (_, at):
        port = at.rpartition(":")[2]
        with socket.create_connection(("127.0.0.1", int(port)), 10) as silent:
            silent.sendall(b"in two ")
            assert receive_all(silent) == b"silent for too long\n"
        done = run("echo_client.lua", port, "still here")
    assert (done.stdout, done.stderr) == ("still here\n", "")


def test_luv_and_no_pages(peers: Peers) -> None:
    """Each has its own time and its own end."""
    need("luv")
    silent = peers.listener()
    ports = port_of(silent), peers.refused_port()
    urls = [f"http://127.0.0.1:{port}/" for port in ports]
    done = run("luv_http_get.lua", "0.5", *urls)
    said = dict(line.split("\t") for line in done.stdout.splitlines())
    assert "ETIMEDOUT (110) not done within" in said[urls[0]]
    assert "ECONNREFUSED (111)" in said[urls[1]]
    assert (done.returncode, done.stderr) == (1, "")


def test_pages_of_luv(peers: Peers) -> None:
    """One is there, and one is refused."""
    need("luv")
    listener = peers.listener()
    urls = [
        f"http://127.0.0.1:{port}/" for port in (port_of(listener), peers.refused_port())
    ]
    program = str(EXAMPLES / "luv_http_get.lua")
    command = [lua_command(), program, str(PATIENCE), *urls]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as getting:
        peer = peers.accept(listener)
        assert peer.recv(4096).startswith(b"GET / HTTP/1.1\r\nHost: ")
        for piece in (
            b"HTTP/1.1 200",
            b" OK\r\ncontent-",
            b"length: 5\r\n\r\n",
            b"01234",
        ):
            peer.sendall(piece)
        output, errors = getting.communicate(timeout=PATIENCE)
    said = dict(line.split("\t") for line in output.splitlines())
    assert said[urls[0]] == "200, 5 bytes"
    assert "ECONNREFUSED (111)" in said[urls[1]]
    assert (getting.returncode, errors) == (1, "")


def test_proxy_of_asyncio(peers: Peers) -> None:
    """What passes, a server that is not there, and a client that says nothing."""
    with server("echo_server.py", "0") as (_, at):
        target = at.rpartition(":")[2]
        proxy = "asyncio_proxy.py", "0", "127.0.0.1", target
        with server(*proxy) as (_, here):
            for client in ("echo_client.lua", "echo_client.py"):
                done = run(client, here.rpartition(":")[2], "through")
                assert (done.stdout, done.stderr) == ("through\n", "")
        with server(*proxy, "1") as (_, here):
            port = here.rpartition(":")[2]
            with socket.create_connection(("127.0.0.1", int(port)), 10) as silent:
                assert silent.recv(1) == b""
    refused = str(peers.refused_port())
    with server("asyncio_proxy.py", "0", "127.0.0.1", refused) as (process, here):
        address = ("127.0.0.1", int(here.rpartition(":")[2]))
        with socket.create_connection(address, 10) as turned_away:
            assert turned_away.recv(1) == b""
        assert process.stdout is not None
        said = process.stdout.readline()
        assert f"connect 127.0.0.1:{refused}: Connection refused" in said


BODIES = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nfirst\n",
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n"
    b"4\r\nseco\r\n3;last=1\r\nnd\n\r\n0\r\nTrailer: x\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nthird\n",
    b"HTTP/1.0 200 OK\r\n\r\nuntil the end\n",
]


def test_http_answers_of_one_connection(peers: Peers) -> None:
    """Kept as long as the server keeps it; each body by its length, its chunks, or to
    the end. The answers come a byte at a time."""
    listener = peers.listener()
    url = f"http://127.0.0.1:{port_of(listener)}/0"
    with subprocess.Popen(
        [lua_command(), str(EXAMPLES / "http_get.lua"), url, "20", "/1", "/2", "/3"],
        stdout=subprocess.PIPE,
        env=environment(),
    ) as getting:
        peer = peers.accept(listener)
        for number, body in enumerate(BODIES):
            if number == 3:
                peer.close()
                peer = peers.accept(listener)
            request = peer.recv(4096)
            assert request.startswith(b"GET /%d HTTP/1.1\r\nHost: 127.0.0.1:" % number)
            assert request.endswith(b"\r\n\r\n")
            for byte in body:
                peer.sendall(bytes([byte]))
        peer.close()
        output, _ = getting.communicate(timeout=PATIENCE)
    assert getting.returncode == 0
    assert output == b"first\nsecond\nthird\nuntil the end\n"


@pytest.mark.parametrize(
    "answer, words",
    [
        (b"", b"has closed the connection"),
        (b"SSH-2.0-x\r\n", b"this is not an HTTP answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", b"EPROTO"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nfirs", b"has been cut short"),
        (BODIES[1][:-20], b"has been cut short"),
        (BODIES[1].replace(b"nd\n\r\n", b"nd\nx\r\n"), b"this is not a chunk"),
    ],
)
def test_http_answer_that_is_wrong(peers: Peers, answer: bytes, words: bytes) -> None:
    listener = peers.listener()
    url = f"http://127.0.0.1:{port_of(listener)}"
    with subprocess.Popen(
        [lua_command(), str(EXAMPLES / "http_get.lua"), url],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as getting:
        peer = peers.accept(listener)
        peer.recv(4096)
        peer.sendall(answer)
        peer.close()
        _, error = getting.communicate(timeout=PATIENCE)
    assert getting.returncode == 1
    assert words in error


def question(number: int, name: str, kind: int = 1) -> bytes:
    labels = b"".join(bytes([len(one)]) + one.encode() for one in name.split("."))
    return (
        struct.pack("!6H", number, 0x0100, 1, 0, 0, 0)
        + labels
        + struct.pack("!BHH", 0, kind, 1)
    )


@pytest.mark.parametrize("program", ["dns_responder.lua", "dns_responder.py"])
def test_dns_responder(program: str) -> None:
    """Each answer says which question it is for, whatever else has come."""
    with (
        server(program, "0", "some.test=192.0.2.7") as (_, at),
        socket.socket(type=socket.SOCK_DGRAM) as own,
    ):
        own.connect(("127.0.0.1", int(at.rpartition(":")[2])))
        own.settimeout(PATIENCE)
        asked = {
            1: question(1, "Some.Test"),
            2: question(2, "other.test"),
            3: question(3, "some.test", kind=28),
        }
        for bad in (b"", b"x" * 11, bytes(300), asked[1][:20], b"\xff" * 40):
            own.send(bad)
        for message in asked.values():
            own.send(message)
        found: dict[int, bytes] = {}
        while len(found) < 3:
            answer = own.recv(600)
            found[int.from_bytes(answer[:2], "big")] = answer[2:]
    record = struct.pack("!HHHIH", 0xC00C, 1, 1, 60, 4) + bytes([192, 0, 2, 7])
    for number, code, records in ((1, 0, record), (2, 3, b""), (3, 0, b"")):
        head = struct.pack("!5H", 0x8500 | code, 1, 1 if records else 0, 0, 0)
        assert found[number] == head + asked[number][12:] + records


def test_each_is_told_of() -> None:
    """The page where a reader begins names every one."""
    page = (ROOT / "docs" / "guide" / "getting-started.md").read_text()
    files = [path.name for path in EXAMPLES.iterdir() if path.is_file()]
    assert files and [name for name in files if name not in page] == []
