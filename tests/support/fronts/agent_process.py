"""The child that executes a test's calls: start it, send, receive, end it.

docs/agent-protocol.md says what travels.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import wire
from .choice import AGENT
from .front import ANSWER_WITHIN

PROTOCOL = 1  # of docs/agent-protocol.md


class AgentDied(AssertionError):
    """The child ended, or did not answer: the test cannot go on."""


def lua_command() -> str:
    return os.environ.get("NSK_LUA", "lua5.4")


def lua_environment() -> dict[str, str]:
    """The environment in which `require 'net.socket'` finds the build, if there is one;
    else the module is an installed one."""
    build = os.environ.get("NSK_BUILD")
    if not build:
        return dict(os.environ)
    return {
        **os.environ,
        "LUA_CPATH": f"{build}/lua/?.so;;",
        "LUA_PATH": f"{build}/lua/?.lua;;",
    }


def python_environment() -> dict[str, str]:
    """The same for `import netsocket` in another process."""
    build = os.environ.get("NSK_BUILD")
    return {**os.environ, "PYTHONPATH": f"{build}/python"} if build else dict(os.environ)


@dataclass(frozen=True)
class Hello:
    """What an agent says of itself, first of all."""

    name: str
    language: str
    answers: str  # "outcomes", or "lua" for results that the suite reads itself
    offers: frozenset[str]  # ids of rows, and other operations; "*" is everything

    def has(self, what: str) -> bool:
        return "*" in self.offers or what in self.offers


def _hello(line: dict[str, Any]) -> Hello:
    if line.get("protocol") != PROTOCOL:
        raise AgentDied(
            f"the agent speaks protocol {line.get('protocol')}, not {PROTOCOL}"
        )
    return Hello(
        line["name"], line["language"], line["answers"], frozenset(line["offers"])
    )


class Agent:
    """One child. Popen gives it SIGPIPE at its default, as a user's program has it."""

    def __init__(
        self,
        command: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self._child = subprocess.Popen(
            command or [lua_command(), str(AGENT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            pass_fds=pass_fds,
            env=lua_environment() if environment is None else environment,
        )
        self._buffer = b""
        self._call = "its start"  # what it was asked last
        self.waiting = False  # a request has been sent and its answer not been read
        try:
            self.hello = _hello(self._line(ANSWER_WITHIN))
        except BaseException:
            self.end()
            raise

    @property
    def pid(self) -> int:
        return self._child.pid

    def pipes(self) -> frozenset[int]:
        """Our ends of the child's input and output."""
        assert self._child.stdin is not None and self._child.stdout is not None
        return frozenset((self._child.stdin.fileno(), self._child.stdout.fileno()))

    def send(self, op: str, args: Sequence[Any] = (), **fields: Any) -> None:
        """A request. `fields` may have `call`, which says in words what it asks for."""
        assert not self.waiting, f"the agent is inside another call: {self._call}"
        self._call = fields.pop("call", op)
        sent = [wire.encode(arg) for arg in args]
        line = json.dumps({"op": op, "args": sent, "n": len(sent), **fields})
        stdin = self._child.stdin
        assert stdin is not None
        try:
            stdin.write(line.encode("ascii") + b"\n")
        except BrokenPipeError:
            raise AgentDied(self._how_it_ended()) from None
        self.waiting = True

    def ready(self, within: float = 0.0) -> bool:
        """Whether a whole answer is there. Raises AgentDied where the child has ended."""
        stdout = self._child.stdout
        assert stdout is not None
        until = time.monotonic() + within
        poll = select.poll()  # its pipe may have any number
        poll.register(stdout, select.POLLIN)
        while b"\n" not in self._buffer:
            left = max(0.0, until - time.monotonic())
            if not poll.poll(left * 1000):
                return False
            piece = os.read(stdout.fileno(), 1 << 20)
            if not piece:
                raise AgentDied(self._how_it_ended())
            self._buffer += piece
        return True

    def _line(self, within: float) -> dict[str, Any]:
        if not self.ready(within):
            raise AgentDied(f"the agent gave no answer within {within} s to {self._call}")
        line, _, self._buffer = self._buffer.partition(b"\n")
        self.waiting = False
        found: dict[str, Any] = json.loads(line)
        return found

    def answer(self, within: float = ANSWER_WITHIN) -> dict[str, Any]:
        """The answer of an agent that tells outcomes."""
        return self._line(within)

    def receive(self, within: float = ANSWER_WITHIN) -> tuple[bool, list[Any]]:
        """The answer of one that tells results."""
        reply = self._line(within)
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

    def _how_it_ended(self) -> str:
        self.waiting = False
        status = self._child.wait(5)
        how = (
            f"by {signal.Signals(-status).name}"
            if status < 0
            else f"with status {status}"
        )
        return f"the agent ended {how} in {self._call}"
