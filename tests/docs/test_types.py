"""The declarations for the Lua language server say what api.def and option.def say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.fronts.manifest import Row, options, rows

from .pages import LUA_PREFIX, ROOT

DECLARATION = re.compile(
    r"((?:^---@.*\n)*)^function ([\w.:]+)\(([^)]*)\) end(?: --.*)?$", re.M
)
PARAMETER = re.compile(r"^---@param (\S+?)(\?)? ", re.M)

ALL = [
    row
    for row in (*rows(), *(option.row for option in options()))
    if "lua" in row.languages
]


TLS = ROOT / "lua" / "types" / "tls.lua"  # a module of its own, without rows


def declared(*paths: Path) -> dict[str, tuple[list[str], list[tuple[str, str]]]]:
    """Each function: its parameters, and its annotated ones with `?` where optional."""
    found = {}
    for path in paths or sorted({*TLS.parent.glob("*.lua")} - {TLS}):
        for notes, name, params in DECLARATION.findall(path.read_text()):
            assert name not in found, f"{name} is declared twice"
            listed = [param for param in params.split(", ") if param]
            found[name] = (listed, PARAMETER.findall(notes))
    return found


def name_of(row: Row) -> str:
    return LUA_PREFIX[row.owner] + row.name


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.id)
def test_row_is_declared(row: Row) -> None:
    params, annotated = declared()[name_of(row)]
    names = ["..." if param.rest else param.name for param in row.listed]
    assert params == names
    assert [name for name, _ in annotated] == names
    for param, (_, optional) in zip(row.listed, annotated):
        assert param.rest or (optional == "?") == (not param.required), param.name


def test_nothing_else_is_declared() -> None:
    assert sorted(declared()) == sorted(map(name_of, ALL))


def test_tls_is_declared_as_the_page_has_it() -> None:
    page = (ROOT / "docs" / "reference" / "tls.md").read_text()
    on_page = {}
    for name, params in re.findall(r"^### ([\w.:]+)\((.*)\)$", page, re.M):
        pythons = "context" in params or name in ("conn:recvall", "conn:recvline")
        if not pythons:
            on_page[name.replace("conn:", "Connection:")] = [
                (param, "?" if bracket else "")
                for bracket, param in re.findall(r"(\[)?(?:, )?(\w+)", params)
            ]
    assert {name: notes for name, (_, notes) in declared(TLS).items()} == on_page
