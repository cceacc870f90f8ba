"""examples/ping: an echo over ICMP, with either kind of socket."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from .programs import run

PROGRAMS = ["ping.lua", "ping.py"]
RANGE = Path("/proc/sys/net/ipv4/ping_group_range")
DEAF = Path("/proc/sys/net/ipv4/icmp_echo_ignore_all")
ANSWER = r"{} from 127\.0\.0\.1: hops left 64, \d+\.\d{{3}} ms"


def write(setting: Path, value: str) -> None:
    try:
        setting.write_text(value)
    except OSError as error:
        pytest.skip(f"{setting} cannot be set here: {error}")


@pytest.mark.parametrize("program", PROGRAMS)
def test_with_a_socket_for_echoes(in_netns: None, program: str) -> None:
    write(RANGE, "0 2147483647")
    done = run(program, "127.0.0.1", "3")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    for number, line in enumerate(lines, 1):
        assert re.fullmatch(ANSWER.format(number), line), line


@pytest.mark.parametrize("program", PROGRAMS)
def test_with_a_raw_socket(in_netns: None, program: str) -> None:
    write(RANGE, "1 0")
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
    except OSError as error:
        pytest.skip(f"no raw sockets here: {error}")
    done = run(program, "localhost", "1")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(ANSWER.format(1), done.stdout.strip()), done.stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_answer(in_netns: None, program: str) -> None:
    """A raw socket sees its own request too, which is no answer."""
    write(DEAF, "1")
    done = run(program, "127.0.0.1", "1")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"1 no answer, \d{4,}\.\d{3} ms", done.stdout.strip())
