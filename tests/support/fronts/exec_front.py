"""A front that another program is: it speaks docs/agent-protocol.md and tells outcomes.

What it lacks is not offered: a case that asks for it ends with that outcome of its own,
and neither passes nor fails.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .agent_process import Agent
from .choice import STRICT, Spec
from .front import (
    ANSWER_WITHIN,
    NAMESPACES,
    Call,
    Front,
    Handle,
    Pending,
    copies_of,
)
from .lua_front import _bytes_text as _text
from .lua_front import _refs
from .manifest import Row
from .outcome import (
    ERROR,
    KINDS,
    RAISED,
    TIMEOUT,
    Failure,
    Malformed,
    NotOffered,
    Outcome,
)
from .wire import Remote, decode, encode

NOT_OFFERED = "not offered"


class Answer(Pending):
    """A call that the agent is busy with."""

    def __init__(self, front: ExecFront, call: Call) -> None:
        self._front = front
        self._call = call

    def done(self) -> bool:
        return self._front.agent.ready()

    def result(self, within: float = ANSWER_WITHIN) -> Outcome:
        return self._front.finish(self._call, within)


class ExecFront(Front):
    """One agent."""

    def __init__(self, spec: Spec, level: str, agent: Agent | None = None) -> None:
        self._spec = spec
        self.agent = agent or Agent(spec.command, spec.environment)
        self.language = self.agent.hello.language
        super().__init__()
        self.name = spec.name
        self.level = level

    @property
    def pid(self) -> int:
        return self.agent.pid

    def _own(self, value: Any) -> Any:
        if isinstance(value, Remote):
            return Handle(self, value.cls, value)
        if isinstance(value, list):
            return [self._own(item) for item in value]
        if isinstance(value, dict):
            return {key: self._own(item) for key, item in value.items()}
        return value

    def _offers(self, what: str) -> None:
        if not self.agent.hello.has(what):
            raise NotOffered(what)

    def begin(self, call: Call) -> Pending:
        row = call.row
        self._offers(row.id)
        more: dict[str, Any] = {"call": str(call)}
        if call.named:
            self._offers("named arguments")
            named = _refs(tuple(call.named.values()))
            more["named"] = dict(zip(call.named, map(encode, named)))
        args = _refs(call.args)
        if call.target is not None:
            self.agent.send("method", args, h=call.target.ref.id, name=row.name, **more)
        else:
            path = [NAMESPACES[row.chapter]] if row.chapter in NAMESPACES else []
            self.agent.send("call", args, path=[*path, row.name], **more)
        return Answer(self, call)

    def perform(self, call: Call) -> Outcome:
        return self.begin(call).result()

    def finish(self, call: Call, within: float = ANSWER_WITHIN) -> Outcome:
        reply = self.agent.answer(within)
        kind = reply["outcome"]
        if kind == NOT_OFFERED:
            raise NotOffered(f"{call.row.id}: {reply.get('what', 'these arguments')}")
        if kind not in KINDS:
            raise Malformed(f"{call}: no such outcome: {kind!r}")
        values = tuple(self._own(decode(value)) for value in reply.get("values", ()))
        error = _failure(reply["error"]) if "error" in reply else None
        if kind in (ERROR, RAISED) and error is None:
            raise Malformed(f"{call}: {kind} without an error")
        outcome = Outcome(
            kind, values, error, what=str(call), strict=self.level == STRICT
        )
        if kind == TIMEOUT and outcome.error is None and self.level == STRICT:
            raise Malformed(f"{call}: a timeout without an error")
        return self.note(call, outcome)

    def _ask(self, op: str, args: Any = (), **fields: Any) -> Any:
        """An operation beside the rows, which an agent may lack."""
        self._offers(op)
        self.agent.send(op, args, **fields)
        reply = self.agent.answer()
        if reply["outcome"] == NOT_OFFERED:
            raise NotOffered(f"{op}: {reply.get('what', '')}")
        assert reply["outcome"] == "value", f"{op}: {reply}"
        values = [self._own(decode(value)) for value in reply.get("values", ())]
        return values[0] if values else None

    def const(self, name: str) -> int:
        """The system's number where the agent has no names for them."""
        if self.agent.hello.has("const"):
            value = self._ask("const", name=name)
        else:
            value = getattr(socket, name, None)
        if value is None:
            raise NotOffered(f"the constant {name}")
        return int(value)

    def has(self, *path: str) -> bool:
        row = ".".join(("MODULE", *path))
        return self.agent.hello.has(row)

    def equal(self, a: Handle, b: Handle) -> bool:
        return a.ref == b.ref or bool(self._ask("equal", [a.ref, b.ref]))

    def text(self, handle: Handle) -> str:
        return os.fsdecode(self._ask("text", h=handle.ref.id))

    def length(self, handle: Handle) -> int:
        return int(self._ask("length", h=handle.ref.id))

    def borrow(self, owner: Handle, name: str, *args: Any) -> Outcome:
        raise NotOffered("a method called on another object")

    def recorded(self) -> list[list[Any]]:
        raise NotOffered("callbacks")

    def run(self, code: str, *args: Any, name: str = "test") -> list[Any]:
        raise NotOffered("a program in the agent")

    def change_folder(self, folder: str) -> None:
        raise NotOffered("another current directory")

    def open_file(self, path: Any, mode: str = "rb", unwritten: bytes = b"") -> Any:
        raise NotOffered("files")

    def forget(self, handle: Handle) -> None:
        self._ask("forget", h=handle.ref.id)
        handle.ref = None

    def reset(self) -> None:
        self.agent.send("reset")
        self.agent.answer()
        self.observed.clear()

    def names_parameter(self, raised: Failure, row: Row, position: int, got: Any) -> None:
        raise NotOffered("our words about wrong arguments")

    @contextmanager
    def given(self, *fds: int, lowest: int = 0) -> Iterator[tuple[Front, list[int]]]:
        copies = copies_of(fds, lowest)
        try:
            agent = Agent(self._spec.command, self._spec.environment, pass_fds=copies)
        finally:
            for fd in copies:
                os.close(fd)
        own = ExecFront(self._spec, self.level, agent)
        try:
            yield own, copies
            self.observed.update(own.observed)
        finally:
            status = agent.end()
        assert status == 0, f"the agent ended with status {status}"


def _failure(fields: dict[str, Any]) -> Failure:
    """Of an error only `name` or `code` must be there; the rest is for strict."""
    known = {key: decode(value) for key, value in fields.items()}
    text = _text(known.get("text")) or _text(known.get("message")) or ""
    return Failure(
        name=_text(known.get("name")) or str(known.get("code")),
        code=known.get("code") or 0,
        op=_text(known.get("op")),
        message=_text(known.get("message")) or text,
        addr=_text(known.get("addr")),
        text=text,
        domain=_text(known.get("domain")) or "errno",
        data=known.get("data"),
    )
