"""The Lua child that executes a test's calls: start it, send, receive, end it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import wire
from .front import ANSWER_WITHIN

AGENT = Path(__file__).with_name("agent.lua")


class AgentDied(AssertionError):
    """The child ended, or did not answer: the test cannot go on."""


def lua_command() -> str:
    return os.environ.get("NSK_LUA", "lua5.4")


def lua_environment() -> dict[str, str]:
    """The environment in which `require 'net.socket'` finds the build."""
    build = os.environ["NSK_BUILD"]
    return {
        **os.environ,
        "LUA_CPATH": f"{build}/lua/?.so;;",
        "LUA_PATH": f"{build}/lua/?.lua;;",
    }


class Agent:
    """One child. Popen gives it SIGPIPE at its default, as a user's program has it."""

    def __init__(self, pass_fds: Sequence[int] = ()) -> None:
        self._child = subprocess.Popen(
            [lua_command(), str(AGENT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            pass_fds=pass_fds,
            env=lua_environment(),
        )
        self._buffer = b""
        self.waiting = False  # a request has been sent and its answer not been read
        self.request("reset")  # it has loaded the library, and closed the files of that

    @property
    def pid(self) -> int:
        return self._child.pid

    def pipes(self) -> frozenset[int]:
        """Our ends of the child's input and output."""
        assert self._child.stdin is not None and self._child.stdout is not None
        return frozenset((self._child.stdin.fileno(), self._child.stdout.fileno()))

    def send(self, op: str, args: Sequence[Any] = (), **fields: Any) -> None:
        assert not self.waiting, "the Lua child is inside another call"
        sent = [wire.encode(arg) for arg in args]
        line = json.dumps({"op": op, "args": sent, "n": len(sent), **fields})
        stdin = self._child.stdin
        assert stdin is not None
        try:
            stdin.write(line.encode("ascii") + b"\n")
        except BrokenPipeError:
            raise AgentDied(self._how_it_ended(op)) from None
        self.waiting = True

    def ready(self, within: float = 0.0) -> bool:
        """Whether a whole answer is there, or the child has ended."""
        stdout = self._child.stdout
        assert stdout is not None
        until = time.monotonic() + within
        while b"\n" not in self._buffer:
            left = max(0.0, until - time.monotonic())
            if not select.select([stdout], [], [], left)[0]:
                return False
            piece = os.read(stdout.fileno(), 1 << 20)
            if not piece:
                raise AgentDied(self._how_it_ended("a call"))
            self._buffer += piece
        return True

    def receive(self, within: float = ANSWER_WITHIN) -> tuple[bool, list[Any]]:
        if not self.ready(within):
            raise AgentDied(f"the Lua child gave no answer within {within} s")
        line, _, self._buffer = self._buffer.partition(b"\n")
        self.waiting = False
        reply = json.loads(line)
        values = [wire.decode(value) for value in reply["v"]]
        return reply["ok"], values

    def request(self, op: str, args: Sequence[Any] = (), **fields: Any) -> list[Any]:
        """An operation that must not raise."""
        self.send(op, args, **fields)
        ok, values = self.receive()
        assert ok, f"{op} raised {values[0]!r}"
        return values

    def usable(self) -> bool:
        return self._child.poll() is None and not self.waiting

    def end(self) -> int:
        """Let it exit by the end of its input; a child that does not is killed."""
        for pipe in (self._child.stdin, self._child.stdout):
            assert pipe is not None
            pipe.close()
        if self.waiting:
            self._child.kill()
        try:
            return self._child.wait(ANSWER_WITHIN)
        except subprocess.TimeoutExpired:
            self._child.kill()
            return self._child.wait()

    def _how_it_ended(self, op: str) -> str:
        self.waiting = False
        return f"the Lua child ended with status {self._child.wait(5)} in {op}"
