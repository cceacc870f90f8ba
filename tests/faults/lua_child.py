"""The runner's end of the Lua child: the ordinary Lua front and agent, in the host
whose memory runs out on demand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.fronts.agent_process import Agent
from support.fronts.choice import AGENT
from support.fronts.front import NAMESPACES, Call, Handle
from support.fronts.lua_front import LuaFront, _given, _raised
from support.fronts.lua_idiom import shape
from support.fronts.outcome import Outcome

from .child import environment
from .plan import Plan

# (first, count, owner or path, name, arguments): fault.call is the host's.
LIMITED = """
local first, count, owner, name = ...
if type(owner) == 'table' then
  local object = require 'net.socket'
  for _, key in ipairs(owner) do object = object[key] end
  return fault.call(first, count, object[name], select(5, ...))
end
return fault.call(first, count, owner[name], owner, select(5, ...))
"""
FOR_EVER = 1 << 40
# The collector marks whatever an earlier call has left on the stack above.
COLLECT = """
select('#', table.unpack({}, 1, 200))
collectgarbage() collectgarbage()
"""
PATHS = {"MODULE": [], **{chapter: [name] for chapter, name in NAMESPACES.items()}}


class HostAgent(Agent):
    def __init__(self, build: Path, plan: Plan) -> None:
        host = build / "tests" / "lua_host"
        if not host.exists():
            pytest.fail(f"{host} has not been built", pytrace=False)
        super().__init__([str(host), str(AGENT)], environment(build, plan))


class LuaChild(LuaFront):
    def __init__(self, build: Path, plan: Plan) -> None:
        super().__init__(HostAgent(build, plan))
        self._limit: tuple[int, int] | None = None
        self._limited = False
        self._reached = False
        self._indexes = 0

    def _send(self, call: Call) -> None:
        limit, self._limit = self._limit, None
        self._limited = limit is not None
        if limit is None:
            super()._send(call)
        else:
            owner = call.target.ref if call.target else PATHS[call.row.chapter]
            args = [*limit, owner, call.row.name, *_given(call)]
            self.agent.send("run", args, code=LIMITED, name="limited")

    def finish(self, call: Call, wanted: int | None, within: float = 30.0) -> Outcome:
        if not self._limited:
            return super().finish(call, wanted, within)
        answered, values = self.agent.receive(within)
        assert answered, values
        ok, _attempted, refused, *results = values
        self._note(refused)
        if not ok:
            return _raised(call, results[0])
        return shape(call, [self.own(value) for value in results], wanted)

    # ------------------------------------------------------------------ the window

    def limited_text(self, handle: Handle) -> str | None:
        assert self._limit is not None
        limit, self._limit = self._limit, None
        ok, _, refused, text = self.run(
            "local first, count, object = ...\n"
            "return fault.call(first, count, tostring, object)",
            *limit,
            handle,
        )
        self._note(refused)
        assert ok or text == b"not enough memory", text
        return os.fsdecode(text) if ok else None

    def _note(self, refused: int) -> None:
        self._reached = refused > 0
        self._indexes += self._reached

    def limit_memory(self, first: int, count: int) -> None:
        self._limit = (first, count or FOR_EVER)
        if first == 0:
            self._indexes = 0

    def reached(self) -> bool:
        return self._reached

    def indexes(self) -> int:
        return self._indexes

    def collect(self) -> None:
        self.run(COLLECT)

    def reset(self) -> None:
        self.collect()
        super().reset()

    def environ(self, name: str, value: str | None) -> None:
        self.run("fault.setenv(...)", name, value)

    def block_sigpipe(self, block: bool) -> None:
        self.run("fault.block_sigpipe(...)", block)

    def alive(self) -> bool:
        return self.agent.usable()

    def end(self) -> None:
        self.agent.end()
