"""Names, methods and numbers of results in Lua programs, by the types of lua/types.

A small stand-in for the Lua language server, which no package registry has: it knows
the module's fields, and the objects that go into a variable by `local x = f(...)`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from .pages import ROOT

FUNCTION = re.compile(r"((?:^---@return .*\n)*)^function (\w+)([.:])(\w+)\(", re.M)
CLASS = re.compile(r"^---@class ([\w.]+).*\n((?:---@field .*\n)*)(?:local (\w+))?", re.M)
SILENT = re.compile(
    r"--\[\[.*?\]\]|--[^\n]*|\[\[.*?\]\]|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"", re.S
)
REQUIRE = re.compile(r"local (\w+) = require *\(?['\"]net\.socket['\"]")
REQUIRE_TLS = re.compile(r"local (\w+) = require *\(?['\"]net\.socket\.tls['\"]")
LOCAL = re.compile(r"\blocal ([\w, <>]+?) = (?:assert\()?((?:\w+\.)*\w+[.:]\w+)\(", re.M)
METHOD = re.compile(r"(?<![\w.:])(\w+):(\w+)\(")
SPACES = {"addrinfo", "msghdr", "cmsghdr", "cmsghdrs", "iovec", "device", "poller"}


@dataclass(frozen=True)
class Types:
    functions: dict[str, dict[str, list[str]]]  # class or module: name: types of results
    fields: dict[str, set[str]]


@cache
def types() -> Types:
    text = "\n".join(path.read_text() for path in (ROOT / "lua" / "types").glob("*.lua"))
    names: dict[str, str] = {}
    fields: dict[str, set[str]] = {}
    for name, listed, local in CLASS.findall(text):
        fields.setdefault(name, set()).update(re.findall(r"@field (\w+)", listed))
        names[local or name] = name
    functions: dict[str, dict[str, list[str]]] = {}
    for notes, owner, _, name in FUNCTION.findall(text):
        found = functions.setdefault(names.get(owner, owner), {})
        found[name] = re.findall(r"^---@return (\S+)", notes, re.M)
    return Types(functions, fields)


def owner_of(prefix: str, module: str, objects: dict[str, str]) -> str | None:
    """What `prefix.name` or `prefix:name` belongs to, where that is known."""
    if prefix == module:
        return "net.socket.module"
    head, _, space = prefix.partition(".")
    if head == module:
        return {"device": "device", "poller": "net.socket.poller"}.get(
            space, f"net.socket.{space}.module"
        )
    return objects.get(prefix)


def faults(program: str) -> list[str]:
    """What no declaration has, a line each."""
    found = REQUIRE.search(program)
    if found is None:
        return []
    module = found[1]
    code = SILENT.sub("''", program)
    tls = REQUIRE_TLS.search(program)
    objects = {tls[1]: "net.socket.tls.module"} if tls else {}
    return wrong_fields(code, module) + wrong_calls(code, module, objects)


def wrong_fields(code: str, module: str) -> list[str]:
    known = types()
    wrong = []
    for name, below in re.findall(rf"(?<![\w.:]){module}\.(\w+)(?:\.(\w+))?", code):
        own = {*known.functions["net.socket.module"], *known.fields["net.socket.module"]}
        if name not in own | SPACES:
            wrong.append(f"{module}.{name}")
        elif below and name in ("env", "errno", "eai"):
            if below not in known.fields[f"net.socket.{name}"]:
                wrong.append(f"{module}.{name}.{below}")
        elif below and name in SPACES:
            owner = owner_of(f"{module}.{name}", module, {})
            members = {*known.functions[owner or ""], *known.fields.get(owner or "", ())}
            if below not in members:
                wrong.append(f"{module}.{name}.{below}")
    return wrong


def wrong_calls(code: str, module: str, objects: dict[str, str]) -> list[str]:
    """Methods of objects whose class is known, and variables that no result fills."""
    known = types().functions
    wrong: dict[str, None] = {}
    calls = [*LOCAL.finditer(code), *METHOD.finditer(code)]
    for call in sorted(calls, key=lambda one: one.end()):
        if call.re is METHOD:
            receiver, method = call[1], call[2]
            if receiver in objects and method not in known[objects[receiver]]:
                wrong[f"{receiver}:{method}"] = None
            continue
        prefix, name = re.split(r"[.:](?=\w+$)", call[2])
        results = known.get(owner_of(prefix, module, objects) or "", {}).get(name)
        variables = re.sub(r"<\w+>| ", "", call[1]).split(",")
        if results is not None and len(variables) > len(results):
            wrong[f"{call[2]} has {len(results)} results, not {len(variables)}"] = None
        for variable, kind in zip(variables, (results or []) + [""] * len(variables)):
            objects.pop(variable, None)
            if kind.rstrip("?") in known:
                objects[variable] = kind.rstrip("?")
    return list(wrong)
