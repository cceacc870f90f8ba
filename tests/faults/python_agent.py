"""The Python child: the ordinary Python front, told by a pipe what to call.

Requests and answers are pickles. The library's objects stay here; the runner knows
them by number. Memory fails by CPython's own seam, _testcapi.set_nomemory.
"""

from __future__ import annotations

import _testcapi  # type: ignore[import-not-found]  # has no stubs
import fcntl
import gc
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from faults.messages import Ref, Request, convert
from support.fronts.front import Call, Handle
from support.fronts.manifest import Row
from support.fronts.outcome import Outcome
from support.fronts.python_front import PythonFront


def _bring_back(error: MemoryError) -> None:
    """The interpreter may have no memory for the traceback of our exception: it then
    raises a MemoryError in whose context ours is, with all it says."""
    done = getattr(error.__context__, "done", None)
    if done is not None and not hasattr(error, "done"):
        error.done = done  # type: ignore[attr-defined]


class Agent(PythonFront):
    def __init__(self) -> None:
        super().__init__()
        self._handles: dict[int, Handle] = {}
        self._last = 0
        self._window: tuple[int, int] | None = None

    def _function(self, call: Call) -> Callable[..., Any]:
        function = super()._function(call)
        if self._window is None:
            return function
        first, stop = self._window
        self._window = None

        def limited(*args: Any, **named: Any) -> Any:
            # Makes the frame's object: without memory for it the interpreter forgets
            # the exception that is on its way.
            sys._getframe()
            _testcapi.set_nomemory(first, stop)
            try:
                return function(*args, **named)
            except MemoryError as error:
                _testcapi.remove_mem_hooks()
                _bring_back(error)
                raise
            finally:
                _testcapi.remove_mem_hooks()

        return limited

    def _keep(self, value: Any) -> Any:
        if not isinstance(value, Handle):
            return value
        self._last += 1
        self._handles[self._last] = value
        return Ref(self._last, value.chapter)

    def _find(self, value: Any) -> Any:
        return self._handles[value.id] if isinstance(value, Ref) else value

    def call(  # type: ignore[override]  # as the runner means it, not a test
        self, row: Row, target: Ref | None, args: list[Any], named: dict[str, Any]
    ) -> Outcome:
        owner = None if target is None else self._handles[target.id]
        args, named = convert(args, self._find), convert(named, self._find)
        outcome = self.perform(Call(row, owner, tuple(args), named))
        return replace(
            outcome,
            values=tuple(convert(outcome.values, self._keep)),
            extra=convert(outcome.extra, self._keep),
        )

    def limit(self, first: int, stop: int) -> None:
        self._window = (first, stop)

    def describe(self, target: Ref) -> str:
        return self.text(self._handles[target.id])

    def describe_limited(self, target: Ref) -> str | None:
        assert self._window is not None
        owner = self._handles[target.id].ref
        first, stop = self._window
        self._window = None
        _testcapi.set_nomemory(first, stop)
        try:
            return str(owner)
        except MemoryError:
            return None
        finally:
            _testcapi.remove_mem_hooks()

    def size(self, target: Ref) -> int:
        return self.length(self._handles[target.id])

    def file(self, path: str, mode: str, unwritten: bytes) -> Ref:
        kept: Ref = self._keep(
            Handle(self, "FILE", self.open_file(path, mode, unwritten))
        )
        return kept

    def calls(self) -> list[list[Any]]:
        kept: list[list[Any]] = convert(self.recorded(), self._keep)
        return kept

    def environ(self, name: str, value: str | None) -> None:
        if value is None:
            os.unsetenv(name)
        else:
            os.putenv(name, value)

    def block_sigpipe(self, block: bool) -> None:
        how = signal.SIG_BLOCK if block else signal.SIG_UNBLOCK
        signal.pthread_sigmask(how, [signal.SIGPIPE])

    def same(self, a: Ref, b: Ref) -> bool:
        return self.equal(self._handles[a.id], self._handles[b.id])

    def constant(self, name: str) -> int:
        return self.const(name)

    def drop(self, target: Ref) -> None:
        self.forget(self._handles.pop(target.id))

    def clear(self) -> None:
        self.reset()
        self._handles.clear()
        gc.collect()

    def answer(self, request: Request) -> tuple[bool, Any]:
        try:
            return True, getattr(self, request.op)(*request.args)
        except BaseException:  # the runner shows it
            return False, traceback.format_exc()


def main() -> None:
    # The pipes are this program's own: nothing of Python writes to them.
    # Their numbers are high, so that 3 is free for what a service manager passes.
    requests = os.fdopen(fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, 10), "rb")
    answers = os.fdopen(fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, 10), "wb")
    os.dup2(2, 1)
    agent = Agent()
    gc.disable()
    gc.collect()
    gc.freeze()  # a collection then looks at what the tests have made alone
    while True:
        try:
            request = pickle.load(requests)
        except EOFError:
            sys.exit(0)
        pickle.dump(agent.answer(request), answers)
        answers.flush()


if __name__ == "__main__":
    main()
