"""The Lua front: net.socket in a child process."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .agent_process import Agent
from .front import (
    ADDRESS,
    ADDRINFO,
    ANSWER_WITHIN,
    NOTHING,
    POLLER,
    SOCKET,
    Call,
    Front,
    Functions,
    Handle,
    Pending,
    copies_of,
    plain,
)
from .lua_idiom import shape
from .manifest import Row
from .outcome import RAISED, VALUE, Attempt, Failure, Outcome, attempts_of
from .wire import Remote, RemoteError

CHAPTERS = {"net.socket": SOCKET, "net.socket.addrinfo": ADDRINFO}
TABLES = {ADDRESS: ("addrinfo",), POLLER: ("poller",)}  # where a chapter's functions are
ARGUMENT = re.compile(
    r"(?:[^:]+:\d+: )?bad argument #(?P<n>\d+) to '(?P<function>\w+)' "
    r"\((?P<wanted>.+) expected, got (?P<got>[\w. ]+), for (?P<param>\w+)\)"
)


def _bytes_text(value: Any) -> str | None:
    return os.fsdecode(value) if isinstance(value, bytes) else None


def _attempts(listed: Any) -> tuple[Attempt, ...] | None:
    """Text is bytes in Lua, and its tables are keyed by them."""
    if isinstance(listed, list):
        listed = [
            {_bytes_text(k): v if _bytes_text(v) is None else _bytes_text(v)
             for k, v in one.items()}
            for one in listed
        ]  # fmt: skip
    return attempts_of(listed)


def failure_of(error: RemoteError) -> Failure:
    """The fields of an error object, which must agree with its line of text."""
    fields = error.fields
    failure = Failure(
        name=_bytes_text(fields["name"]) or "",
        code=fields["code"] if isinstance(fields["code"], int) else 0,
        op=_bytes_text(fields["op"]),
        message=_bytes_text(fields["message"]) or "",
        addr=_bytes_text(fields["addr"]),
        text=_bytes_text(fields["text"]) or "",
        domain=_bytes_text(fields["domain"]) or "",
        attempts=_attempts(fields["attempts"]),
    )
    assert failure.name and failure.message and failure.op, (
        f"a field is missing: {fields}"
    )
    assert failure.domain, f"err.type is not the object in errno or eai: {fields}"
    line = f": {failure.name} ({failure.code}) {failure.message}"
    assert failure.text.endswith(line), f"{failure.text!r} does not end with {line!r}"
    assert failure.text.startswith(failure.op), (
        f"{failure.text!r} is not about {failure.op}"
    )
    return failure


class Answer(Pending):
    """A call that the child is busy with."""

    def __init__(self, front: LuaFront, call: Call) -> None:
        self._front = front
        self._call = call

    def done(self) -> bool:
        return self._front.agent.ready()

    def result(self, within: float = ANSWER_WITHIN) -> Outcome:
        return self._front.finish(self._call, within)


class LuaFront(Front):
    language = "lua"

    def __init__(self, agent: Agent | None = None) -> None:
        super().__init__()
        self.agent = agent or Agent()
        self.poller = Functions(self, POLLER)

    @property
    def pid(self) -> int:
        return self.agent.pid

    def own(self, value: Any) -> Any:
        """Wrap what the child returned: handles, failures, and those in lists."""
        if isinstance(value, Remote):
            chapter = CHAPTERS.get(value.cls)
            return Handle(self, chapter, value) if chapter else value
        if isinstance(value, RemoteError):
            return failure_of(value)
        if isinstance(value, list):
            return [self.own(item) for item in value]
        return value

    def _send(self, call: Call) -> None:
        row = call.row
        assert not call.named, "Lua has no named arguments"
        args = _refs(call.args)
        if call.target is not None:
            self.agent.send("method", args, h=call.target.ref.id, name=row.name)
        else:
            path = [*TABLES.get(row.chapter, ()), row.name]
            self.agent.send("call", args, path=path)

    def finish(self, call: Call, within: float = ANSWER_WITHIN) -> Outcome:
        ok, values = self.agent.receive(within)
        if not ok:
            return self.note(call, _raised(call, values[0]))
        return self.note(call, shape(call, [self.own(value) for value in values]))

    def perform(self, call: Call) -> Outcome:
        self._send(call)
        return self.finish(call)

    def begin(self, call: Call) -> Pending:
        self._send(call)
        return Answer(self, call)

    def borrow(self, owner: Handle, name: str, *args: Any) -> Outcome:
        self.agent.send("borrow", _refs(args), h=owner.ref.id, name=name)
        ok, values = self.agent.receive()
        if not ok:
            text = _bytes_text(values[0]) or repr(values[0])
            return Outcome(
                RAISED, error=Failure("error", 0, None, text, None, text, "raised")
            )
        return Outcome(VALUE, tuple(map(self.own, values)), what=name)

    def read(self, *path: str) -> Any:
        (value,) = self.agent.request("read", path=list(path))
        return value

    def const(self, name: str) -> int:
        value = self.read(name)
        assert isinstance(value, int) and not isinstance(value, bool), (
            f"{name} is {value!r}"
        )
        return value

    def has(self, *path: str) -> bool:
        return self.read(*path) is not None

    def equal(self, a: Handle, b: Handle) -> bool:
        (same,) = self.agent.request("equal", [a.ref, b.ref])
        return bool(same)

    def text(self, handle: Handle) -> str:
        (text,) = self.agent.request("text", h=handle.ref.id)
        return os.fsdecode(text)

    def forget(self, handle: Handle) -> None:
        self.agent.request("forget", h=handle.ref.id)
        handle.ref = None

    def run(self, code: str, *args: Any, name: str = "test") -> list[Any]:
        """Run a chunk of Lua in the child; what it returns comes back."""
        values = self.agent.request("run", _refs(args), code=code, name=name)
        return [self.own(value) for value in values]

    def recorded(self) -> list[Any]:
        """The arguments of each call of the `record` callback since the last question."""
        (calls,) = self.agent.request("recorded")
        return [self.own(call) for call in calls]

    def reset(self) -> None:
        self.agent.request("reset")
        self.observed.clear()

    def names_parameter(self, raised: Failure, row: Row, position: int, got: Any) -> None:
        match = ARGUMENT.fullmatch(raised.text)
        assert match, f"not in the form of an argument error: {raised.text!r}"
        param = row.params[min(position, len(row.params) - 1)]
        wanted = param.name.rstrip("s") if param.rest else param.name
        assert int(match["n"]) == position + 1, raised.text
        assert match["function"] == row.name, raised.text
        assert match["param"].rstrip("s") == wanted.rstrip("s"), raised.text
        assert match["got"] == _type_name(got), raised.text

    @contextmanager
    def given(self, *fds: int, lowest: int = 0) -> Iterator[tuple[Front, list[int]]]:
        """A child of its own that inherits them: nothing can be sent to a running one."""
        copies = copies_of(fds, lowest)
        agent = Agent(pass_fds=copies)
        for fd in copies:
            os.close(fd)
        own = LuaFront(agent)
        try:
            yield own, copies
            self.observed.update(own.observed)
        finally:
            status = agent.end()
        assert status == 0, f"the Lua child ended with status {status}"


def _type_name(value: Any) -> str:
    if value is NOTHING:
        return "no value"
    if isinstance(value, Handle):
        cls: str = value.ref.cls
        return cls
    names = {
        bool: "boolean",
        int: "number",
        float: "number",
        str: "string",
        bytes: "string",
    }
    return names.get(type(value), "nil" if value is None else "table")


def _refs(args: tuple[Any, ...]) -> list[Any]:
    return [plain(arg) for arg in args]


def _raised(call: Call, value: Any) -> Outcome:
    text = _bytes_text(value) or repr(value)
    failure = Failure("error", 0, None, text, None, text, "raised")
    return Outcome(RAISED, error=failure, what=str(call))
