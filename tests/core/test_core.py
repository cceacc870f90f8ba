"""The C tests of the core, each program a test here; and the core's example."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from support.machine_lag import PATIENCE
from support.net.peers import Peers

HERE = Path(__file__).parent
PROGRAMS = sorted(source.stem for source in HERE.glob("*.c"))
# `./dev check poll` builds all with poll(2) in place of epoll(7).
BY_POLL = ["pollset_by_poll", "connect_by_poll", "connect_unix_by_poll"]


def built(path: str) -> str:
    """A program of the build; a build that lacks it fails, it does not skip."""
    program = Path(os.environ["NSK_BUILD"]) / path
    if not program.exists():
        pytest.fail(f"{program} has not been built (is cmocka installed?)", pytrace=False)
    return str(program)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_every_program_is_known() -> None:
    assert PROGRAMS, "tests/core has no C tests"


@pytest.mark.parametrize("name", PROGRAMS + BY_POLL)
def test_core(name: str) -> None:
    done = run(built(f"tests/core/{name}"))
    assert done.returncode == 0, done.stdout


def test_example_echo() -> None:
    """A C program needs nothing but the core to serve and to ask."""
    echo = built("examples/echo")
    server = subprocess.Popen(
        [echo, "listen", "127.0.0.1", "0", "2"], stdout=subprocess.PIPE, text=True
    )
    with server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().removeprefix("listening on ").strip()
            host, _, port = address.rpartition(":")
            assert host == "127.0.0.1"
            for text in ("hello", "x" * 100_000):
                done = run(echo, "send", "localhost", port, text)
                assert (done.returncode, done.stdout) == (0, text)
            assert server.wait(PATIENCE) == 0
        finally:
            server.kill()


@pytest.mark.parametrize(
    ("host", "port", "line"),
    [
        ("127.0.0.1", "80x", "echo: getaddrinfo 80x: EAI_SERVICE"),
        ("no.such.invalid", "80", "echo: getaddrinfo no.such.invalid: E"),
        ("", "80", "echo: getaddrinfo host: EINVAL (22) must not be empty"),
    ],
)
def test_example_echo_complains(in_netns: None, host: str, port: str, line: str) -> None:
    done = run(built("examples/echo"), "send", host, port, "hello")
    assert done.returncode == 1
    assert done.stdout.startswith(line), done.stdout


def test_example_echo_is_refused(peers: Peers) -> None:
    echo = built("examples/echo")
    port = peers.refused_port()
    done = run(echo, "send", "127.0.0.1", str(port), "hello")
    assert done.returncode == 1
    line = f"connect 127.0.0.1:{port}: ECONNREFUSED (111) Connection refused"
    assert done.stdout == f"echo: {line}\n"
