"""The runner's end of the Python child: a front as any other."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

from support.fronts.front import Call, Front, Handle, Pending
from support.fronts.manifest import Row
from support.fronts.outcome import RAISED, Failure, Outcome

from .child import environment
from .messages import Ref, Request, convert
from .plan import Plan

AGENT = Path(__file__).with_name("python_agent.py")
# set_nomemory does not say how far it came. A call is over when this many indexes in a
# row have changed nothing; one refusal may be survived, for a cache or a spare object.
QUIET = 6


class PythonChild(Front):
    language = "python"

    def __init__(self, build: Path, plan: Plan) -> None:
        super().__init__()
        self._child = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(AGENT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(build, plan),
        )
        self._quiet = 0
        self._limited = False
        self._first = 0
        self._indexes = 0

    @property
    def pid(self) -> int:
        return self._child.pid

    def ask(self, op: str, *args: Any) -> Any:
        stdin, stdout = self._child.stdin, self._child.stdout
        assert stdin is not None and stdout is not None
        pickle.dump(Request(op, args), stdin)
        stdin.flush()
        ok, answer = pickle.load(stdout)
        assert ok, f"{op}: {answer}"
        return answer

    def _own(self, value: Any) -> Any:
        return Handle(self, value.chapter, value) if isinstance(value, Ref) else value

    def perform(self, call: Call) -> Outcome:
        given = (list(call.args), call.named)
        args = convert(given, lambda v: v.ref if isinstance(v, Handle) else v)
        target = None if call.target is None else call.target.ref
        outcome: Outcome = self.ask("call", call.row, target, *args)
        own = {"values": tuple(convert(outcome.values, self._own))}
        self._note(outcome.kind == RAISED)
        return Outcome(**{**outcome.__dict__, **own, "extra": self._own(outcome.extra)})

    def begin(self, call: Call) -> Pending:
        raise NotImplementedError("a fault run makes one call at a time")

    def borrow(self, owner: Handle, name: str, *args: Any) -> Outcome:
        raise NotImplementedError

    def const(self, name: str) -> int:
        value: int = self.ask("constant", name)
        return value

    def has(self, *path: str) -> bool:
        raise NotImplementedError

    def equal(self, a: Handle, b: Handle) -> bool:
        return bool(self.ask("same", a.ref, b.ref))

    def text(self, handle: Handle) -> str:
        return str(self.ask("describe", handle.ref))

    def length(self, handle: Handle) -> int:
        return int(self.ask("size", handle.ref))

    def recorded(self) -> list[list[Any]]:
        calls: list[list[Any]] = convert(self.ask("calls"), self._own)
        return calls

    def open_file(self, path: Any, mode: str = "rb", unwritten: bytes = b"") -> Any:
        return self._own(self.ask("file", str(path), mode, unwritten))

    def forget(self, handle: Handle) -> None:
        self.ask("drop", handle.ref)

    def reset(self) -> None:
        self.ask("clear")

    def names_parameter(self, raised: Failure, row: Row, position: int, got: Any) -> None:
        raise NotImplementedError

    def given(self, *fds: int, lowest: int = 0) -> Any:
        raise NotImplementedError

    # ------------------------------------------------------------------ the window

    def limit_memory(self, first: int, count: int) -> None:
        self._limited = True
        self._first = first
        if first == 0:
            self._quiet = self._indexes = 0
        # The hook counts from 1, and a stop of 0 means never.
        self.ask("limit", first, first + count if count else 0)

    def limited_text(self, handle: Handle) -> str | None:
        text: str | None = self.ask("describe_limited", handle.ref)
        self._note(text is None)
        return text

    def _note(self, refused: bool) -> None:
        """Follow how far the calls come, one index after the other."""
        if not self._limited:
            return
        self._limited = False
        self._quiet = 0 if refused else self._quiet + 1
        if refused:
            self._indexes = self._first + 1

    def reached(self) -> bool:
        return self._quiet < QUIET

    def indexes(self) -> int:
        return self._indexes

    def collect(self) -> None:
        pass  # counting has freed what can be freed

    def environ(self, name: str, value: str | None) -> None:
        self.ask("environ", name, value)

    def block_sigpipe(self, block: bool) -> None:
        self.ask("block_sigpipe", block)

    def alive(self) -> bool:
        return self._child.poll() is None

    def end(self) -> None:
        for pipe in (self._child.stdin, self._child.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except BrokenPipeError:  # what was not sent needs no answer any more
                pass
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
