"""The HTTP servers of examples: what other programs get from them, and how they end."""

from __future__ import annotations

import http.client
import random
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from support.machine_lag import PATIENCE
from support.net.peers import receive_all

from .programs import need, server

BIG = random.Random(1).randbytes(9_000_000)  # above any buffer
SMALL = b"<p>all work and no play</p>\n"


class Serving(NamedTuple):
    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def plain(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)


@pytest.fixture
def site(folder: Path) -> Path:
    made = folder / "site"
    (made / "a folder").mkdir(parents=True)
    (made / "a folder" / "index.html").write_bytes(SMALL)
    (made / "big.bin").write_bytes(BIG)
    (made / "empty").write_bytes(b"")
    (folder / "outside").write_bytes(b"a secret\n")
    return made


SERVERS = [
    ("http_server.lua", "cqueues"),
    ("http_server.lua", "luv"),
    ("http_server.lua", "copas"),
    ("http_server.lua", "select"),
    ("http_server.py", ""),
]


@pytest.fixture(params=SERVERS, ids=lambda param: param[1] or "asyncio")
def serving(request: pytest.FixtureRequest, site: Path) -> Iterator[Serving]:
    program, scheduler = request.param
    if scheduler:
        need(scheduler)
    if scheduler in ("copas", "select"):
        need("cqueues")  # for SIGTERM
    with server(program, "0", str(site), *[scheduler] * bool(scheduler)) as (process, at):
        yield Serving(process, int(at.rpartition(":")[2]))


def test_files_over_one_connection(serving: Serving) -> None:
    with closing(serving.client()) as client:
        client.connect()
        kept = client.sock
        for method, path, status, body in (
            ("GET", "/big.bin?x=1", 200, BIG),
            ("HEAD", "/big.bin", 200, b""),
            ("GET", "/a%20folder/", 200, SMALL),
            ("GET", "/empty", 200, b""),
            ("GET", "/none", 404, b"Not Found\n"),
            ("GET", "/a%20folder", 404, b"Not Found\n"),
            ("GET", "/../outside", 404, b"Not Found\n"),
            ("GET", "/a/%2e%2E/../outside", 404, b"Not Found\n"),
        ):
            client.request(method, path)
            answer = client.getresponse()
            assert (answer.status, answer.read()) == (status, body), path
            assert client.sock is kept
        assert answer.headers["Connection"] == "keep-alive"
        client.request("HEAD", "/a%20folder/index.html")
        answer = client.getresponse()
        assert answer.headers["Content-Length"] == str(len(SMALL))
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "asked, first, last",
    [
        ("bytes=0-0", 0, 0),
        ("bytes=9-", 9, len(BIG) - 1),
        ("bytes=1000000-3999999", 1000000, 3999999),
        ("bytes=-18", len(BIG) - 18, len(BIG) - 1),
        ("bytes=-99999999999999999999", 0, len(BIG) - 1),
        (f"bytes=5-{10**30}", 5, len(BIG) - 1),
    ],
)
def test_ranges(serving: Serving, asked: str, first: int, last: int) -> None:
    with closing(serving.client()) as client:
        client.request("GET", "/big.bin", headers={"Range": asked})
        answer = client.getresponse()
        assert answer.status == 206
        assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(BIG)}"
        assert answer.read() == BIG[first : last + 1]


def test_ranges_that_are_none(serving: Serving) -> None:
    """What is no range is left alone, what is beyond the end is refused."""
    with closing(serving.client()) as client:
        for asked in ("bytes=-", "bytes=5-4", "lines=1-2", "bytes=0-0,2-2"):
            client.request("GET", "/a%20folder/", headers={"Range": asked})
            answer = client.getresponse()
            assert (answer.status, answer.read()) == (200, SMALL)
        client.request(
            "GET", "/a%20folder/", headers={"Range": "bytes=0-1", "If-Range": "x"}
        )
        assert client.getresponse().read() == SMALL
        for path, asked in (
            ("/a%20folder/", f"bytes={len(SMALL)}-"),
            ("/a%20folder/", "bytes=-0"),
            ("/empty", "bytes=0-"),
        ):
            client.request("GET", path, headers={"Range": asked})
            answer = client.getresponse()
            assert answer.status == 416
            size = len(SMALL) if "folder" in path else 0
            assert answer.headers["Content-Range"] == f"bytes */{size}"
            answer.read()


@pytest.mark.parametrize(
    "request_, status",
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
        (b"\x16\x03\x01\r\n", 400),
        (b"GET /none HTTP/1.0\r\n\r\n", 404),
        (b"GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        (b"GET /none HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody", 404),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
            + b"x" * 100000,
            405,
        ),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 101, 431),
        (b"GET / HTTP/1.1\r\nx: " + b"y" * 9000 + b"\r\n", 431),
    ],
)
def test_requests_that_are_the_last(
    serving: Serving, request_: bytes, status: int
) -> None:
    """Whatever else has come, the answer arrives whole, and then the end."""
    with serving.plain() as client:
        client.sendall(request_)
        answer = receive_all(client)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nConnection: close\r\n" in answer
    assert answer.endswith(b"\n")


def test_requests_that_come_at_once(serving: Serving) -> None:
    request = b"GET /a%20folder/ HTTP/1.1\r\nHost: x\r\n"
    with serving.plain() as client:
        client.sendall((request + b"\r\n") * 3 + request + b"Connection: close\r\n\r\n")
        assert receive_all(client).count(SMALL) == 4


def test_end_by_sigterm(serving: Serving) -> None:
    """An answer under way comes whole; who waits between two requests is hung up on."""
    busy, idle = serving.client(), serving.client()
    with closing(busy), closing(idle):
        idle.request("GET", "/empty")
        idle.getresponse().read()
        busy.request("GET", "/big.bin")
        answer = busy.getresponse()
        start = answer.read(1)
        serving.process.send_signal(signal.SIGTERM)
        assert idle.sock.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            serving.plain()
        assert start + answer.read() == BIG
    assert serving.process.wait(PATIENCE) == 0
    assert serving.process.stdout is not None
    assert serving.process.stdout.read() == ""


def test_clients_that_go(serving: Serving) -> None:
    """In the middle of a request, of an answer, or at once."""
    for words in (b"", b"GET /big", b"GET /big.bin HTTP/1.1\r\nHost: x\r\n\r\n"):
        with serving.plain() as rude:
            rude.sendall(words)
            if words.endswith(b"\n"):
                rude.recv(1)
    with closing(serving.client()) as client:
        client.request("GET", "/big.bin")
        assert client.getresponse().read() == BIG
    serving.process.terminate()
    output, _ = serving.process.communicate(timeout=PATIENCE)
    # luv itself writes this to standard error when a connection that it polls is reset.
    assert output.replace("EBADF: bad file descriptor\n", "") == ""
    assert serving.process.returncode == 0


def test_curl(serving: Serving, folder: Path) -> None:
    """Two files over one connection, then the rest of one that was begun."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    begun = folder / "begun"
    begun.write_bytes(BIG[:4_000_001])
    once = ["curl", "-sS", "-w", "%{num_connects} %{http_code}\n", "--noproxy", "*"]
    done = subprocess.run(
        [
            *(*once, "-o", str(folder / "one"), f"{serving.url}/big.bin"),
            *("-o", str(folder / "two"), f"{serving.url}/a%20folder/"),
            *("--next", *once[1:]),
            *("-C", "-", "-o", str(begun), f"{serving.url}/big.bin"),
        ],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("1 200\n0 200\n0 206\n", "")
    assert (folder / "one").read_bytes() == BIG == begun.read_bytes()
    assert (folder / "two").read_bytes() == SMALL
