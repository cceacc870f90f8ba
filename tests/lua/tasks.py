"""A coroutine of the Lua child whose scheduler is the test.

The poller yields each wish (fd, direction, seconds); the test waits with poll(2) on a
copy of that descriptor, whatever it is, and resumes with the answer.
"""

from __future__ import annotations

import os
import select
import time
from dataclasses import dataclass
from typing import Any

from support.fronts import process
from support.fronts.lua_front import LuaFront
from support.fronts.wire import Callback
from support.machine_lag import late

POLLER = """
    require 'net.socket'.poller.use {
      wait_readable = function(fd, sec) return coroutine.yield('read', fd, sec) end,
      wait_writable = function(fd, sec) return coroutine.yield('write', fd, sec) end,
      something = 'else',
    }
"""
EVENTS = {b"read": select.POLLIN, b"write": select.POLLOUT}
CONNECT = "return require 'net.socket'.connect_inet_stream(...)"
RAISE = {"wait_readable": Callback("raise"), "wait_writable": Callback("raise")}
PROMPT = late(0.15)  # seconds: a resume that takes longer has blocked the process


@dataclass(frozen=True)
class Wish:
    direction: bytes
    fd: int
    seconds: float | None


class Task:
    """One coroutine: `wish` while it waits, `results` when it has ended."""

    def __init__(self, net: LuaFront, body: str, *args: Any) -> None:
        self._net = net
        net.run(POLLER)
        (self.thread,) = net.run(f"return coroutine.create(function(...) {body} end)")
        self.wish: Wish | None = None
        self.results: list[Any] | None = None
        self.longest = 0.0
        self.wishes: list[Wish] = []
        self.resume(*args)

    def resume(self, *answer: Any) -> None:
        start = time.monotonic()
        ok, *values = self._net.run(
            """
            local thread = ...
            local function tell(ok, ...)
              return ok, coroutine.status(thread) == 'dead', ...
            end
            return tell(coroutine.resume(thread, select(2, ...)))
            """,
            self.thread,
            *answer,
        )
        self.longest = max(self.longest, time.monotonic() - start)
        dead, *values = values
        if dead:
            self.wish, self.results = None, [ok, *values]
            return
        direction, fd, seconds = (*values, None, None)[:3]
        self.wish = Wish(direction, fd, seconds)
        self.wishes.append(self.wish)

    def serve(self) -> None:
        """Wait for the wish as a poller does, and give its answer."""
        assert self.wish is not None
        copy = process.take(self._net.pid, self.wish.fd)
        try:
            poll = select.poll()
            poll.register(copy, EVENTS[self.wish.direction])
            seconds = self.wish.seconds
            # Rounded up: a poller that is early would only be asked once more.
            ready = poll.poll(10_000 if seconds is None else int(seconds * 1000) + 1)
        finally:
            os.close(copy)
        if ready:
            self.resume(True)
        else:
            self.resume(False, None, True)

    def run(self) -> list[Any]:
        """Serve it to its end; what its function returned."""
        while self.results is None:
            self.serve()
        ok, *values = self.results
        assert ok, values
        return values

    def close(self) -> list[Any]:
        return self._net.run("return coroutine.close(...)", self.thread)
