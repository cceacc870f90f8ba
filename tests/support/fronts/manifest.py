"""The public surface, read from tables/api.def and tables/option.def.

The tests take names, parameters and outcomes from the same rows as the adapters,
so a new row is tried with bad input, and missed by the completeness check, without
a line changed here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

TABLES = Path(__file__).resolve().parents[3] / "tables"

ROW = re.compile(
    r"^(?P<only>LUA_|PY_)?(?P<owner>[A-Z_]+)\((?P<name>\w+), (?P<call>POS|KEY), "
    r'"(?P<params>[^"]*)", "(?P<result>[^"]*)", "(?P<summary>[^"]*)"\)$'
)
OPTION_ROW = re.compile(
    r"^OPTION\((?P<name>\w+), (?P<kind>\w+), (?P<access>RW|RO), [^\"]*, "
    r'(?P<where>[A-Z0-9]+), "(?P<summary>[^"]*)"\)$'
)
AIO_ROW = re.compile(r'^AIO\((?P<name>\w+), "(?P<params>[^"]*)", "(?P<summary>[^"]*)"\)$')
CALL = re.compile(r"^[A-Z_]+\(")


@dataclass(frozen=True)
class Param:
    name: str
    default: str | None  # None: required
    rest: bool = False  # any number of them: *flags
    named: bool = False  # after a bare *: Python takes it by name only

    @property
    def required(self) -> bool:
        return self.default is None and not self.rest


@dataclass(frozen=True)
class Row:
    owner: str  # as in the file, with LUA_ or PY_
    name: str
    keywords: bool
    params: tuple[Param, ...]
    result: str  # what success gives: the first word of RESULT
    outcomes: tuple[str, ...]  # success and what else RESULT names
    summary: str
    options: bool = False  # **options: Lua's one table of them, what Python names besides

    @property
    def listed(self) -> tuple[Param, ...]:
        """The parameters as a page or a declaration lists them."""
        return self.params + (Param("options", "None"),) * self.options

    @property
    def id(self) -> str:
        return f"{self.owner}.{self.name}"

    @property
    def chapter(self) -> str:
        """The owner without the language."""
        return re.sub("^(LUA|PY)_", "", self.owner)

    @property
    def languages(self) -> tuple[str, ...]:
        if self.owner.startswith("LUA_"):
            return ("lua",)
        if self.owner.startswith("PY_"):
            return ("python",)
        return ("python", "lua")

    def by_name(self, args: list[Any]) -> tuple[list[Any], dict[str, Any]]:
        """What a case gives by place, as Python takes it: some only by name."""
        first = next((i for i, p in enumerate(self.params) if p.named), len(args))
        named = dict(zip((p.name for p in self.params[first:]), args[first:]))
        return args[:first] + args[first + len(named) :], named

    def is_in(self, language: str) -> bool:
        """Whether a front of this language may have it; a third has what both do."""
        return language in self.languages or self.languages == ("python", "lua")


@dataclass(frozen=True)
class Option:
    name: str
    kind: str
    writable: bool
    where: str
    summary: str

    @property
    def settable(self) -> Row:
        """The row as if it were writable: setting is tried with the others too."""
        return replace(self.row, params=(Param("value", "None"),))

    @property
    def row(self) -> Row:
        """The option as the method that reads and sets it."""
        kinds = {"BOOL": "bool", "FDFLAG": "bool", "FLFLAG": "bool"}
        kinds.update({"IFNAME": "text|none", "STRING": "text|none", "NAME": "name"})
        success = kinds.get(self.kind, self.kind)
        params = (Param("value", "None"),) if self.writable else ()
        outcomes = ("success", "error")
        return Row(
            "OPTION", self.name, False, params, success.lower(), outcomes, self.summary
        )


def _params(text: str) -> tuple[Param, ...]:
    found = []
    named = False
    for part in filter(None, text.split(", ")):
        named = named or part == "*"
        if part in ("/", "*", "**options"):
            continue
        name, _, default = part.partition("=")
        rest = name.startswith("*")
        found.append(Param(name.lstrip("*"), default or None, rest, named))
    return tuple(found)


@cache
def rows() -> tuple[Row, ...]:
    found = []
    for line in (TABLES / "api.def").read_text().splitlines():
        if not CALL.match(line):
            continue
        match = ROW.match(line)
        assert match, f"api.def: not a row: {line}"
        first, *others = match["result"].split()
        found.append(
            Row(
                (match["only"] or "") + match["owner"],
                match["name"],
                match["call"] == "KEY",
                _params(match["params"]),
                first,
                ("success", *others),
                match["summary"],
                "**options" in match["params"],
            )
        )
    return tuple(found)


@cache
def aio_rows() -> tuple[Row, ...]:
    """The coroutines of netsocket.aio, whose outcomes are on their page alone."""
    found = []
    for line in (TABLES / "aio.def").read_text().splitlines():
        if not CALL.match(line):
            continue
        match = AIO_ROW.match(line)
        assert match, f"aio.def: not a row: {line}"
        params, options = _params(match["params"]), "**options" in match["params"]
        found.append(
            Row("AIO", match["name"], True, params, "", (), match["summary"], options)
        )
    return tuple(found)


@cache
def options() -> tuple[Option, ...]:
    found = []
    for line in (TABLES / "option.def").read_text().splitlines():
        if not CALL.match(line):
            continue
        match = OPTION_ROW.match(line)
        assert match, f"option.def: not a row: {line}"
        found.append(
            Option(
                match["name"],
                match["kind"],
                match["access"] == "RW",
                match["where"],
                match["summary"],
            )
        )
    return tuple(found)


@cache
def constants() -> frozenset[str]:
    """The names of constant.def; a system may lack some."""
    text = (TABLES / "constant.def").read_text()
    return frozenset(re.findall(r"^CONSTANT\((\w+)\)$", text, re.MULTILINE))


@cache
def surface(chapter: str, language: str) -> dict[str, Row]:
    """The rows of a chapter (MODULE, SOCKET, ...) that a language has, by name."""
    found = {
        row.name: row for row in rows() if row.chapter == chapter and row.is_in(language)
    }
    if chapter == "SOCKET":
        found.update({option.name: option.row for option in options()})
    return found
