"""The Lua front: net.socket in a child process."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from .agent_process import Agent
from .front import (
    ADDRINFO,
    ANSWER_WITHIN,
    CMSGHDR,
    CMSGHDRS,
    DEADLINE,
    IOVEC,
    MSGHDR,
    NAMESPACES,
    NOTHING,
    POLLER,
    POLLSET,
    READER,
    SOCKET,
    Call,
    Front,
    Functions,
    Handle,
    Pending,
    copies_of,
)
from .lua_idiom import shape
from .manifest import Row
from .outcome import RAISED, VALUE, Attempt, Failure, Outcome, attempts_of
from .wire import Remote, RemoteError

CHAPTERS = {
    "net.socket": SOCKET,
    "net.socket.addrinfo": ADDRINFO,
    "net.socket.msghdr": MSGHDR,
    "net.socket.cmsghdr": CMSGHDR,
    "net.socket.cmsghdrs": CMSGHDRS,
    "net.socket.iovec": IOVEC,
    "net.socket.reader": READER,
    "net.socket.deadline": DEADLINE,
    "net.socket.pollset": POLLSET,
}
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
        data=fields["data"],
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

    def __init__(self, front: LuaFront, call: Call, wanted: int | None) -> None:
        self._front = front
        self._call = call
        self._wanted = wanted

    def done(self) -> bool:
        return self._front.agent.ready()

    def result(self, within: float = ANSWER_WITHIN) -> Outcome:
        return self._front.finish(self._call, self._wanted, within)


def _part(msg: bytes, first: int = 1, last: int = -1) -> int:
    """The length of what string.sub gives."""
    begin = max(first + len(msg) + 1 if first < 0 else first, 1)
    end = min(last + len(msg) + 1 if last < 0 else last, len(msg))
    return max(end - begin + 1, 0)


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
        if isinstance(value, dict):
            return {key: self.own(item) for key, item in value.items()}
        return value

    def _send(self, call: Call) -> None:
        row = call.row
        args = _given(call)
        if call.target is not None:
            self.agent.send(
                "method", args, h=call.target.ref.id, name=row.name, call=str(call)
            )
        else:
            path = [NAMESPACES[row.chapter]] if row.chapter in NAMESPACES else []
            self.agent.send("call", args, path=[*path, row.name], call=str(call))

    def finish(
        self, call: Call, wanted: int | None, within: float = ANSWER_WITHIN
    ) -> Outcome:
        ok, values = self.agent.receive(within)
        if not ok:
            return self.note(call, _raised(call, values[0]))
        return self.note(call, shape(call, [self.own(value) for value in values], wanted))

    def perform(self, call: Call) -> Outcome:
        wanted = self._wanted(call)
        self._send(call)
        return self.finish(call, wanted)

    def begin(self, call: Call) -> Pending:
        wanted = self._wanted(call)
        self._send(call)
        return Answer(self, call, wanted)

    def _wanted(self, call: Call) -> int | None:
        """How much a call is to send: less is a short send, which says so."""
        name, args = call.row.name, call.args
        if name in ("send", "write", "sendto"):
            return len(args[0]) if args and isinstance(args[0], (bytes, str)) else None
        if name == "sendpart":
            return _part(*args[1:])
        if name == "sendfds":
            return len(args[1]) if len(args) > 1 and isinstance(args[1], bytes) else 1
        if name == "sendmany":
            return len(args[0]) if args and isinstance(args[0], list) else None
        if name == "sendfile":
            return args[1] if len(args) > 1 and isinstance(args[1], int) else None
        if name == "sendmsg" and args and _is_a(args[0], MSGHDR):
            (iov,) = self.agent.request("method", h=args[0].ref.id, name="iov")
            return self._bytes_of(iov) if iov else 0
        if name == "writev":
            iov = call.target if call.row.chapter == IOVEC else args[0] if args else None
            if iov is not None and _is_a(iov, IOVEC):
                return self._slice(self._bytes_of(iov.ref), *args[1:3])
        return None

    def _bytes_of(self, iov: Remote) -> int:
        (total,) = self.agent.request("method", h=iov.id, name="bytes")
        return int(total)

    @staticmethod
    def _slice(total: int, offset: Any = None, n: Any = None) -> int | None:
        if not all(value is None or type(value) is int for value in (offset, n)):
            return None
        left = max(0, total - (offset or 0))
        return left if n is None else min(n, left)

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

    def length(self, handle: Handle) -> int:
        (length,) = self.agent.request("length", h=handle.ref.id)
        return int(length)

    def open_file(self, path: Any, mode: str = "rb", unwritten: bytes = b"") -> Any:
        code = """local path, mode, unwritten = ...
            local file = assert(io.open(path, mode))
            return unwritten ~= '' and file:write(unwritten) or file"""
        (file,) = self.run(code, str(path), mode, unwritten)
        return file

    def forget(self, handle: Handle) -> None:
        self.agent.request("forget", h=handle.ref.id)
        handle.ref = None

    def run(self, code: str, *args: Any, name: str = "test") -> list[Any]:
        """Run a chunk of Lua in the child; what it returns comes back."""
        values = self.agent.request("run", _refs(args), code=code, name=name)
        return [self.own(value) for value in values]

    def recorded(self) -> list[list[Any]]:
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

    def change_folder(self, folder: str) -> None:
        """Lua has no call for it; luv, which keeps descriptors of its own, has."""
        (done,) = self.run(
            "local found, luv = pcall(require, 'luv') return found and luv.chdir(...)",
            folder,
        )
        if done is False:
            pytest.skip("luv is not installed")
        assert done == 0

    @contextmanager
    def given(self, *fds: int, lowest: int = 0) -> Iterator[tuple[Front, list[int]]]:
        """A child of its own that inherits them: nothing can be sent to a running one."""
        copies = copies_of(fds, lowest)
        try:
            agent = Agent(pass_fds=copies)
        finally:
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


def _given(call: Call) -> list[Any]:
    """The arguments: what Python names besides the parameters stands in a last table."""
    assert call.row.options or not call.named, "Lua has no named arguments"
    return _refs(call.args) + ([_ref(call.named)] if call.named else [])


def _refs(args: tuple[Any, ...]) -> list[Any]:
    return [_ref(arg) for arg in args]


def _ref(arg: Any) -> Any:
    if isinstance(arg, dict):
        return {key: _ref(value) for key, value in arg.items()}
    if isinstance(arg, list):
        return [_ref(item) for item in arg]
    return arg.ref if isinstance(arg, Handle) else arg


def _is_a(value: Any, chapter: str) -> bool:
    return isinstance(value, Handle) and value.chapter == chapter


def _raised(call: Call, value: Any) -> Outcome:
    text = _bytes_text(value) or repr(value)
    failure = Failure("error", 0, None, text, None, text, "raised")
    return Outcome(RAISED, error=failure, what=str(call))
