"""./dev check luasocket, as far as it needs none of luasocket's test programs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lua.schedule import ALL, environment, missing
from scripts.luasocket.__main__ import HERE, Program, Ran, verdict, worse
from support.fronts.agent_process import lua_command
from support.machine_lag import PATIENCE

CHECKS = Program("checks.lua", "done in")
SHOWS = Program("shows.lua", None)


@pytest.mark.parametrize(
    ("status", "errors", "word"),
    [
        (0, "testing: done in 54.7s", "ok"),
        (0, "testing: accept\nERROR: timeout!", "fails here"),  # its os.exit says 0
        (1, "done in 1s\nand an error after it", "fails here"),
        (124, "", "hangs"),
    ],
)
def test_what_a_program_checks(status: int, errors: str, word: str) -> None:
    original = Ran(0, "", "done in 50s")
    assert verdict(CHECKS, original, original) == "ok"
    assert verdict(CHECKS, Ran(status, "", errors), original) == word


def test_both_fail() -> None:
    original = Ran(0, "", "attempting... connected!\nERROR: should not be closed!\n")
    assert verdict(CHECKS, original, original) == "fails"
    ours = Ran(0, "", "attempting... connected!\nERROR: should not be closed!\n")
    assert verdict(CHECKS, ours, original) == "fails"
    earlier = Ran(0, "", "attempting...\nERROR: timeout!\n")
    assert verdict(CHECKS, earlier, original) == "fails here"


def test_what_a_program_shows() -> None:
    original = Ran(1, "udp: 0x55d0 127.0.0.1 40123 inet\n1.0\n", "theirs")
    assert verdict(SHOWS, original, original) == "shown"
    ours = Ran(1, "udp: 0x7f31 127.0.0.1 61000 inet\n1\n", "ours")
    assert verdict(SHOWS, ours, original) == "the same"
    other = Ran(1, "udp: 0x7f31 127.0.0.2 61000 inet\n1\n", "ours")
    assert verdict(SHOWS, other, original) == "differs"


def test_only_what_is_worse_fails() -> None:
    fine = {"ok": "ok", "the same": "shown", "fails": "fails", "hangs": "hangs"}
    assert not any(worse(word, original) for word, original in fine.items())
    assert not worse("ok", "fails")
    bad = {"fails here": "fails", "differs": "shown", "hangs": "ok"}
    assert all(worse(word, original) for word, original in bad.items())


@pytest.mark.parametrize("scheduler", ["none", *ALL[1:]])
def test_a_program_runs_on_ours(scheduler: str, folder: Path) -> None:
    """What it requires is ours, in a coroutine where there is a scheduler, and the fourth
    result is the time."""
    if missing(scheduler):
        pytest.skip(f"{scheduler} is not installed")
    program = folder / "testclnt.lua"
    program.write_text(
        """#!/usr/bin/env lua
        local socket = require 'socket'
        assert(socket == require 'net.socket.luasocket')
        assert(socket.unix == require 'socket.unix' and socket._DEBUG)
        local server = assert(socket.bind('127.0.0.1', 0))
        local ip, port = server:getsockname()
        local client = assert(socket.connect(ip, port))
        local peer = assert(server:accept())
        local sent = table.pack(client:send 'line\\n')
        assert(sent.n == 4 and sent[1] == 5 and sent[4] >= 0)
        local line, err, part, took = peer:receive()
        assert(line == 'line' and not err and not part and took >= 0)
        print(arg[0], arg[1], select(2, coroutine.running()), unpack{1, 2})
        """
    )
    done = subprocess.run(
        [
            *(lua_command(), str(HERE / "run.lua"), "net.socket.luasocket", scheduler),
            *(program.name, "word"),
        ],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    main = "true" if scheduler == "none" else "false"
    assert done.stderr == ""
    assert done.stdout.split() == ["testclnt.lua", "word", main, "1", "2"]
