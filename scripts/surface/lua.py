"""Declarations for the Lua language server.

How many results a call has, and what the later ones are, is read from the outcomes in
the reference: `nil, err, true, n`.
"""

from __future__ import annotations

import re

from docs.pages import LUA_PREFIX, entry_of
from support.fronts.manifest import Row

from . import columns
from .rows import constants, groups, of_openers, of_owner


def part(name: str) -> str:
    if name == "constants":
        names = [one for _, group in groups() for one in group]
        return fields("net.socket.module", names, "integer")
    if name == "OPTIONS":
        kinds = {row.name: columns.parameter(row, "value")[1] for row in of_openers()}
        return "".join(f"---@field {one}? {kind}\n" for one, kind in kinds.items())
    if name in ("ERRNO", "EAI"):
        names = constants("error.def", name)
        return fields(f"net.socket.{name.lower()}", names, "net.socket.code")
    rows = [row for row in of_owner(name) if "lua" in row.languages]
    return "\n".join(function(row) for row in rows)


def fields(owner: str, names: list[str], kind: str) -> str:
    lines = "".join(f"---@field {name} {kind}\n" for name in names)
    return f"---@class {owner}\n{lines}"


def function(row: Row) -> str:
    lines = [f"--- {row.summary}"]
    told = descriptions(row)
    for i, param in enumerate(row.listed):
        kind = columns.parameter(row, param.name)[1]
        name = "..." if param.rest else param.name
        if not (param.required or param.rest):
            name, kind = name + "?", kind.removesuffix("?").removesuffix("|nil")
        lines.append(f"---@param {name} {kind} {told[i]}".rstrip())
    lines += [f"---@return {one}" for one in returns(row)]
    params = ", ".join("..." if param.rest else param.name for param in row.listed)
    lines.append(f"function {LUA_PREFIX[row.owner]}{row.name}({params}) end")
    return "\n".join(lines) + "\n"


def descriptions(row: Row) -> list[str]:
    """What the reference says of each parameter, without what concerns Python alone."""
    found = re.findall(r"^- `[^`]+`: (.*(?:\n  .*)*)", entry_of(row).body, re.M)
    return [plain(text) for text in found]


def plain(text: str) -> str:
    sentences = re.split(r"(?<=[.:;]) (?=[A-Z`])", " ".join(text.split()))
    text = " ".join(one for one in sentences if "Python" not in one)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    return text.replace("`nil` or `None`", "nil").replace("`", "")


def results(cell: str) -> list[list[str]]:
    """The rows of results in a cell: "`sock`, or `sock, nil, nil, ai`"."""
    found = []
    for code in re.findall(r"`([^`]+)`", cell):
        words = code.split(", ")
        if all(word in columns.LUA_WORDS for word in words):
            found.append(words)
    return found


def returns(row: Row) -> list[str]:
    """The types of the results, the first as the tables have it."""
    first = columns.result(row)[1]
    if row.id in columns.LATER:
        return [union(first, {"nil"}), *columns.LATER[row.id]]
    later: list[list[str]] = []
    leading = set()
    for outcome, (cell, _) in entry_of(row).outcomes.items():
        if cell == "no values":
            leading.add("nil")
        for words in results(cell):
            if outcome != "success" or len(words) > 1:
                leading.add(columns.LUA_WORDS[words[0]])
                later += [[] for _ in range(len(words) - 1 - len(later))]
                for kinds, word in zip(later, words[1:]):
                    kinds.append(word)
    leading -= {first, first.removesuffix("?")}
    made = [union(first, leading)]
    for words in later:
        kinds = list(dict.fromkeys(columns.LUA_WORDS[one] for one in words))
        kinds = [kind for kind in kinds if kind != "nil"]
        names = [one for one in dict.fromkeys(words) if one not in ("nil", "true")]
        label = f" {names[0]}" if len(names) == 1 else ""
        made.append(union("|".join(kinds) or "nil", {"nil"}) + label)
    return [] if made == ["nil"] else made


def union(first: str, others: set[str]) -> str:
    """`first` or one of the others, with the server's short form for nil."""
    kinds = [first, *sorted(others - {"nil"})]
    text = "|".join(kinds)
    if "nil" not in others or text.endswith("?") or text.split("|")[-1] == "nil":
        return text
    return text + "?" if len(text.split("|")) == 1 else text + "|nil"
