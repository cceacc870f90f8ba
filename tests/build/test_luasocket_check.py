"""./dev check luasocket, as far as it needs none of luasocket's test programs."""

from __future__ import annotations

import subprocess
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from lua.schedule import ALL, environment, missing
from scripts.luasocket.__main__ import HERE, Ran, verdict, worse
from scripts.luasocket.programs import Program
from support.fronts.agent_process import lua_command
from support.machine_lag import PATIENCE

CHECKS = Program("checks.lua", "done in")
SHOWS = Program("shows.lua", None)

each = pytest.mark.parametrize("scheduler", ["none", *ALL[1:]])


@pytest.mark.parametrize(
    ("status", "errors", "word"),
    [
        (0, "testing: done in 54.7s", "ok"),
        (0, "testing: accept\nERROR: timeout!", "fails here"),  # its os.exit says 0
        (1, "done in 1s\nand an error after it", "fails here"),
        (124, "testing: done in 54.7s", "hangs here"),
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


def test_both_raise() -> None:
    """Where from is each side's own."""
    words = "lua5.4: checks.lua:12: failed\nstack traceback:\n\t%s"
    original = Ran(1, "", words % "checks.lua:12: in main chunk")
    ours = Ran(1, "", words % "[C]: in function 'run'")
    assert verdict(CHECKS, ours, original) == "fails"
    later = Ran(1, "", words.replace("12", "20") % "[C]: in ?")
    assert verdict(CHECKS, later, original) == "fails here"
    more = Ran(1, "", "checks.lua:12: failed\nchecks.lua:20: failed")
    assert verdict(CHECKS, more, original) == "fails here"


def test_both_hang() -> None:
    words = "testing: accept\nERROR: timeout!\ntesting: %s\n"
    original = Ran(124, "", words % "blocks")
    assert verdict(CHECKS, original, original) == "hangs"
    assert verdict(CHECKS, Ran(124, "", words % "blocks"), original) == "hangs"
    assert verdict(CHECKS, Ran(124, "", words % "lines"), original) == "hangs here"
    assert verdict(CHECKS, Ran(1, "", words % "blocks"), original) == "fails"
    done = Ran(0, "", words % "blocks" + "testing: done in 54.7s")
    assert verdict(CHECKS, done, original) == "ok"


def test_a_program_that_ends_with_an_error() -> None:
    until = Program("until.lua", "until.lua:9: no more", raises=True)
    original = Ran(1, "", "until.lua:9: no more")
    assert verdict(until, original, original) == "ok"
    assert verdict(until, Ran(255, "", original.errors), original) == "ok"  # luv's status
    assert verdict(until, Ran(1, "", "until.lua:9: reset"), original) == "fails here"
    assert verdict(until, Ran(0, "", ""), original) == "fails here"


def test_what_a_program_shows() -> None:
    original = Ran(1, "udp: 0x55d0 127.0.0.1 40123 inet\n1.0\n", "theirs")
    assert verdict(SHOWS, original, original) == "shown"
    ours = Ran(1, "udp: 0x7f31 127.0.0.1 61000 inet\n1\n", "ours")
    assert verdict(SHOWS, ours, original) == "the same"
    other = Ran(1, "udp: 0x7f31 127.0.0.2 61000 inet\n1\n", "ours")
    assert verdict(SHOWS, other, original) == "differs"


def test_what_a_message_shows() -> None:
    """Its fields come in any order."""
    date, name = (
        "Date: Sun, 29 Nov 2026 20:42:5%d -0000\n",
        "X-Mailer: LuaSocket 3.0.0%s\n",
    )
    bound = 'Content-Type: multipart/mixed; boundary="29112026204250%d==00001"\n'
    original = Ran(0, date % 1 + name % "" + bound % 14937, "")
    ours = Ran(0, name % " (net.socket)" + bound % 5183 + date % 2, "")
    assert verdict(SHOWS, ours, original) == "the same"
    assert verdict(SHOWS, Ran(0, date % 1, ""), original) == "differs"


def test_only_what_is_worse_fails() -> None:
    fine = {"ok": "ok", "the same": "shown", "fails": "fails", "hangs": "hangs"}
    assert not any(worse(word, original) for word, original in fine.items())
    assert not worse("ok", "fails")
    bad = {"fails here": "fails", "differs": "shown", "hangs": "ok"}
    assert all(worse(word, original) for word, original in bad.items())


def run(folder: Path, scheduler: str, name: str, text: str) -> CompletedProcess[str]:
    if missing(scheduler):
        pytest.skip(f"{scheduler} is not installed")
    (folder / name).write_text(text)
    return subprocess.run(
        [
            *(lua_command(), str(HERE / "run.lua"), "net.socket.luasocket", scheduler),
            *(name, "word"),
        ],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@each
def test_a_program_runs_on_ours(scheduler: str, folder: Path) -> None:
    """What it requires is ours, in a coroutine where there is a scheduler, and the fourth
    result is the time."""
    done = run(
        folder,
        scheduler,
        "testclnt.lua",
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
        """,
    )
    main = "true" if scheduler == "none" else "false"
    assert done.stderr == ""
    assert done.stdout.split() == ["testclnt.lua", "word", main, "1", "2"]


@each
def test_httptest_goes_on(scheduler: str, folder: Path) -> None:
    """A check of its own that fails is told, one of another file is that file's. So does
    it after an exit, with which utestclnt ends having told."""
    (folder / "support.lua").write_text("function support() assert(false, 'theirs') end")
    done = run(
        folder,
        scheduler,
        "httptest.lua",
        """dofile 'support.lua'
        assert(false, 'ours')
        assert(nil)
        assert(select('#', assert(1, 2, 3)) == 3)
        print(pcall(support))
        os.exit(0)
        print(type(os.time()))
        """,
    )
    assert done.stderr.splitlines() == ["httptest.lua:2: ours", "httptest.lua:3: failed"]
    assert done.stdout.split() == ["false", "support.lua:1:", "theirs", "number"]
    assert done.returncode == 1


def test_modules_of_lua_5_1(folder: Path) -> None:
    """Their globals are their own from there on."""
    (folder / "dict.lua").write_text(
        """
        local base, print = _G, print
        local socket = require 'socket'
        module('socket.dict')
        word = base.tostring(socket.gettime and base.math.mod(7, 4))
        function get() return word end
        """
    )
    text = "print(require 'socket.dict'.get(), word)"
    done = run(folder, "none", "dicttest.lua", text)
    assert (done.stdout.split(), done.stderr) == (["3", "nil"], "")
