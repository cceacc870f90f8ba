"""Which fronts a run is for: `--front NAME=KIND:...`, several at once.

  NAME=python:DRIVER                                  a program of Python
  NAME=lua:INTERPRETER,LUA_PATH,LUA_CPATH,DRIVER      a program of Lua
  NAME=exec:COMMAND                                   any program

Each speaks docs/agent-protocol.md. Without any, the fronts are ours, in both languages.
A driver is a file, or the name of one that comes with the suite (drivers/).
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

OURS = ("python", "lua")
KERNEL, OUTCOMES, STRICT = LEVELS = ("kernel", "outcomes", "strict")
DRIVERS = Path(__file__).with_name("drivers")
AGENT = Path(__file__).with_name("agent.lua")  # of our own module


class BadFront(ValueError):
    """What --front says cannot be read."""


@dataclass(frozen=True)
class Spec:
    """A front that is no other than the program that speaks for it."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    ours: str | None = None  # the language of one of our own, which the suite knows


def _driver(name: str, ending: str) -> str:
    known = DRIVERS / f"{name}{ending}"
    path = known if known.exists() else Path(name).absolute()
    if not path.exists():
        raise BadFront(f"no driver {name}: neither a file nor one of {DRIVERS}")
    return str(path)


def parse(text: str) -> Spec:
    """One --front."""
    name, equals, rest = text.partition("=")
    kind, colon, what = rest.partition(":")
    if not (name and equals and colon and what):
        raise BadFront(f"{text!r} is not NAME=lua:..., NAME=python:... or NAME=exec:...")
    environment = dict(os.environ)
    if kind == "exec":
        return Spec(name, tuple(shlex.split(what)), environment)
    if kind == "python":
        if what == "netsocket":
            return Spec(name, (), environment, "python")
        return Spec(name, (sys.executable, _driver(what, ".py")), environment)
    if kind != "lua" or what.count(",") != 3:
        raise BadFront(f"{text!r}: wanted lua:INTERPRETER,LUA_PATH,LUA_CPATH,DRIVER")
    interpreter, path, cpath, driver = what.split(",")
    own = f"{DRIVERS}/?.lua"
    environment["LUA_PATH"] = f"{path};{own};;" if path else f"{own};;"
    if cpath:
        environment["LUA_CPATH"] = f"{cpath};;"
    if driver == "net.socket":
        return Spec(name, (interpreter or "lua5.4", str(AGENT)), environment, "lua")
    return Spec(name, (interpreter or "lua5.4", _driver(driver, ".lua")), environment)


def chosen(texts: Sequence[str]) -> dict[str, Spec]:
    """The fronts of a run, by name, in their order."""
    if not texts:
        return {name: Spec(name, (), {}, name) for name in OURS}
    specs = [parse(text) for text in texts]
    found = {spec.name: spec for spec in specs}
    if len(found) != len(specs):
        raise BadFront("two fronts of one name")
    return found
