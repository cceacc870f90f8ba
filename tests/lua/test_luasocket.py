"""net.socket.luasocket beside luasocket: the same calls, the same results."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lua.luasocket_servers import Ftp, HttpServer, Redis, Server, Smtp, https, running
from lua.schedule import ALL, HERE, environment, missing
from support.fronts.agent_process import lua_command
from support.machine_lag import PATIENCE

OURS = "net.socket.luasocket"
PROGRAMS = ("tcp", "stream", "option", "udp", "misc", "unix", "mistakes")


def printed(program: str, *args: str, typed: str = "") -> list[str]:
    """Its lines. Only who reads them is given words: what ends before they are written
    would bring SIGPIPE to this process."""
    done = subprocess.run(
        [lua_command(), str(HERE / "luasocket" / f"{program}.lua"), *args],
        env=environment(),
        input=typed,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def installed(module: str) -> bool:
    command = [lua_command(), "-e", f"require '{module}'"]
    done = subprocess.run(command, env=environment(), capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.parametrize("program", PROGRAMS)
def test_same_results(program: str) -> None:
    """A line for each call, with what it returned or raised."""
    if not installed("socket.unix"):
        pytest.skip("luasocket is not installed")
    ours = printed(program, OURS)
    assert len(ours) > 40
    assert ours == printed(program, "socket")


MODULES = {
    "http": "socket.http",
    "smtp": "socket.smtp",
    "ftp": "socket.ftp",
    "redis": "redis",
    "https": "ssl.https",
    "luasec": "ssl",
}
TALKS = {"smtp": Smtp, "ftp": Ftp, "redis": Redis}
IN_PLACE = ("https", "luasec")  # LuaSec waits by itself for what it owns
SAID = {
    "http": "300000 200 value 1 200 abcde",
    "smtp": "1",
    "ftp": "300000 6",
    "redis": "value nil 100",
    "https": "300000 200",
    "luasec": "HTTP/1.1 200 OK 300000",
}


def certificate(folder: Path) -> Path:
    """A certificate and its key in one file."""
    path = folder / "both.pem"
    subprocess.run(
        [
            *["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"],
            *["-subj", "/CN=127.0.0.1", "-keyout", str(path), "-out", f"{path}.crt"],
        ],
        capture_output=True,
        check=True,
    )
    with path.open("a") as both:
        both.write(Path(f"{path}.crt").read_text())
    return path


def server(client: str, count: int, folder: Path) -> Server | HttpServer:
    if client == "http":
        return HttpServer(count)
    if client in IN_PLACE:
        return https(count, certificate(folder))
    return Server(TALKS[client], count)


@pytest.mark.parametrize("scheduler", ALL)
@pytest.mark.parametrize("client", MODULES)
def test_clients(client: str, scheduler: str, folder: Path) -> None:
    """Modules of others run unchanged, and under a scheduler three at a time."""
    count = 1 if scheduler == "poll" or client in IN_PLACE else 3
    lacks = missing(scheduler) or not installed(MODULES[client])
    if lacks:
        pytest.skip(f"{scheduler} or {MODULES[client]} is not installed")
    with running(server(client, count, folder)) as port:
        told = printed("clients", scheduler, client, str(port), str(count))
    assert [line.split() for line in told] == [SAID[client].split()] * count


def test_beyond_luasocket() -> None:
    """What the page tells of as better, or different, is so."""
    assert printed("beyond", typed="typed\n") == ["fine"]


def test_ended() -> None:
    """Coroutines that are ended, and objects that are closed, in the midst of a call."""
    assert printed("ended") == ["fine"]


def test_hooked() -> None:
    """Objects that a hook closes, between any two instructions of a call."""
    assert printed("hooked", "select") == ["fine"]


@pytest.mark.parametrize("waits", ["alone", "poller"])
def test_copas(waits: str) -> None:
    """Copas and a server that was written for it."""
    if missing("copas"):
        pytest.skip("copas is not installed")
    assert printed("copas", waits) == ["20\ttrue"]
