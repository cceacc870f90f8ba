"""The Python front: netsocket called directly, in this process."""

from __future__ import annotations

import gc
import os
import re
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import netsocket

from .front import (
    ADDRINFO,
    CMSGHDR,
    CMSGHDRS,
    DEADLINE,
    IOVEC,
    MSGHDR,
    NAMESPACES,
    READER,
    SOCKET,
    Call,
    Front,
    Handle,
    Pending,
    close_quietly,
    copies_of,
)
from .manifest import Row
from .outcome import (
    END,
    TIMEOUT,
    VALUE,
    Failure,
    Outcome,
)
from .python_outcome import os_failure, outcome_of
from .python_result import PAIRS, check_pair, check_type, is_end, telling
from .wire import Callback

# An object of the type of reader.lines(), which has no name in public.
_A, _B = netsocket.pair_stream()
_LINES = _A.reader().lines()
_A.close()
_B.close()

CHAPTERS = {
    netsocket.AddrInfo: ADDRINFO,
    netsocket.MsgHdr: MSGHDR,
    netsocket.CmsgHdr: CMSGHDR,
    netsocket.CmsgHdrs: CMSGHDRS,
    netsocket.IoVec: IOVEC,
    netsocket.Reader: READER,
    netsocket.Deadline: DEADLINE,
    type(_LINES): "LINES",
}


class Thread(Pending):
    """A call in a thread of its own."""

    def __init__(self, function: Callable[[], Outcome]) -> None:
        self._answers: list[Outcome | BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(function,), daemon=True)
        self._thread.start()

    def _run(self, function: Callable[[], Outcome]) -> None:
        try:
            self._answers.append(function())
        except BaseException as error:  # it belongs to the test, not to this thread
            self._answers.append(error)

    def done(self) -> bool:
        return not self._thread.is_alive()

    def result(self, within: float = 30.0) -> Outcome:
        self._thread.join(within)
        assert self.done(), f"no answer within {within} s"
        (answer,) = self._answers
        if isinstance(answer, BaseException):
            raise answer
        return answer


class PythonFront(Front):
    language = "python"

    def __init__(self) -> None:
        super().__init__()
        # Held until the test is over: one that is collected open warns, rightly.
        self._made: list[Any] = []
        self._files: list[Any] = []
        self._recorded: list[tuple[Any, ...]] = []

    @property
    def pid(self) -> int:
        return os.getpid()

    def _own(self, value: Any) -> Any:
        """Wrap what the library returned; text becomes bytes, as Lua has it."""
        if isinstance(value, netsocket.Socket):
            self._made.append(value)
            return Handle(self, SOCKET, value)
        if isinstance(value, socket.socket):
            self._made.append(value)
            return value.fileno()
        if type(value) in CHAPTERS:
            return Handle(self, CHAPTERS[type(value)], value)
        if isinstance(value, OSError):
            return os_failure(value)
        if isinstance(value, Exception):
            return os.fsencode(str(value))
        if isinstance(value, str):
            return os.fsencode(value)
        if isinstance(value, netsocket.TcpInfo):
            # What is absent in Lua is None here.
            fields = ((name, getattr(value, name)) for name in value.__match_args__)
            return {self._own(k): self._own(v) for k, v in fields if v is not None}
        if isinstance(value, netsocket.Packet):
            return [value.msg, self._own(value.sender), value.cut]
        if isinstance(value, (list, tuple)):
            return [self._own(item) for item in value]
        if isinstance(value, dict):
            return {self._own(k): self._own(v) for k, v in value.items()}
        return value

    def _function(self, call: Call) -> Callable[..., Any]:
        if call.target is not None:
            owner = call.target.ref
        else:
            name = NAMESPACES.get(call.row.chapter)
            owner = getattr(netsocket, name) if name else netsocket
        function: Callable[..., Any] = getattr(owner, call.row.name)
        return function

    def _given(self, arg: Any) -> Any:
        """An argument as the library takes it."""
        if isinstance(arg, Handle):
            return arg.ref
        if isinstance(arg, Callback):
            return getattr(self, f"_{arg.name}")
        if isinstance(arg, dict):
            return {key: self._given(value) for key, value in arg.items()}
        if isinstance(arg, list):
            return [self._given(item) for item in arg]
        return arg

    # The callbacks that a test can name; agent.lua has the same.

    def _record(self, *args: Any) -> None:
        self._recorded.append(args)

    def _raise(self, *_: Any) -> None:
        raise RuntimeError("raised by the test")

    def _close(self, made: Any, *args: Any) -> None:
        self._record(made, *args)
        made.close()

    def _add(self, made: Any) -> None:
        try:
            made.addgcfn(None, self._record, "added")
        except OSError as refused:
            self._record(refused)
        else:
            self._record("taken")

    def recorded(self) -> list[list[Any]]:
        calls, self._recorded = self._recorded, []
        return [self._own(call) for call in calls]

    def perform(self, call: Call) -> Outcome:
        args, named = call.row.by_name([self._given(arg) for arg in call.args])
        named.update({name: self._given(arg) for name, arg in call.named.items()})
        try:
            value = self._function(call)(*args, **named)
        except Exception as error:
            return self.note(call, outcome_of(error, str(call)))
        return self.note(call, self._success(call, value))

    def begin(self, call: Call) -> Pending:
        return Thread(lambda: self.perform(call))

    def _success(self, call: Call, value: Any) -> Outcome:
        result = call.row.result
        with_ai = call.row.name == "accept" and (call.args[:1] or [*call.named.values()])
        if (
            result == "true"
            and call.row.name in ("recvable", "sendable")
            and value is False
        ):
            return Outcome(TIMEOUT, what=str(call))
        if call.row.name == "listen_fds":
            result = "list"
        if result in PAIRS or (with_ai and with_ai[0]):
            check_pair(call, value, PAIRS.get(result, PAIRS["accept"]))
            values = tuple(map(self._own, value))
        else:
            check_type(call, value, result)
            values = (self._own(value),)
        if "end" in call.row.outcomes and is_end(call, telling(call, values)):
            return Outcome(END, what=str(call))
        return Outcome(VALUE, values, what=str(call))

    def borrow(self, owner: Handle, name: str, *args: Any) -> Outcome:
        refs = [arg.ref if isinstance(arg, Handle) else arg for arg in args]
        try:
            return Outcome(VALUE, (getattr(type(owner.ref), name)(*refs),), what=name)
        except Exception as error:
            return outcome_of(error, name)

    def const(self, name: str) -> int:
        value = getattr(netsocket, name)
        assert type(value) is int, f"{name} is a {type(value).__name__}"
        return value

    def has(self, *path: str) -> bool:
        owner: Any = netsocket
        for name in path:
            owner = getattr(owner, name, None)
        return owner is not None

    def equal(self, a: Handle, b: Handle) -> bool:
        return bool(a.ref == b.ref)

    def text(self, handle: Handle) -> str:
        return str(handle.ref)

    def length(self, handle: Handle) -> int:
        return len(handle.ref)

    def open_file(self, path: Any, mode: str = "rb", unwritten: bytes = b"") -> Any:
        self._files.append(open(path, mode))  # noqa: SIM115 (closed by reset)
        if unwritten:
            self._files[-1].write(unwritten)
        return self._files[-1]

    def forget(self, handle: Handle) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            self._made = [made for made in self._made if made is not handle.ref]
            handle.ref = None
            gc.collect()

    def reset(self) -> None:
        for made in self._made:
            try:
                made.close()
            except OSError:  # closed all the same, and the test is over
                pass
        self._made.clear()
        for file in self._files:
            with suppress(OSError):  # what it held could not be written; it is closed
                file.close()
        self._files.clear()
        self._recorded.clear()
        self.observed.clear()

    def names_parameter(self, raised: Failure, row: Row, position: int, got: Any) -> None:
        assert raised.name == "TypeError", raised
        param = row.params[position]
        wanted = param.name.rstrip("s") if param.rest else param.name
        assert re.search(rf"\b{wanted}s?\b", raised.text), (
            f"{wanted} not in {raised.text!r}"
        )

    def change_folder(self, folder: str) -> None:
        os.chdir(folder)

    @contextmanager
    def given(self, *fds: int, lowest: int = 0) -> Iterator[tuple[Front, list[int]]]:
        copies = copies_of(fds, lowest)
        known = {fd: what for fd, what in self.descriptors().items() if fd in copies}
        try:
            yield self, copies
        finally:
            self.reset_only()
            for fd, what in self.descriptors().items():
                if known.get(fd) == what:
                    close_quietly(fd)

    def reset_only(self) -> None:
        """Close what was made, but keep the record of outcomes."""
        observed = set(self.observed)
        self.reset()
        self.observed.update(observed)
