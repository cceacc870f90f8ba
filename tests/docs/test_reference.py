"""The reference pages say what the tables of calls and options say, no more, no less."""

from __future__ import annotations

import re

import pytest

from support.fronts.manifest import Row, options, rows

from .pages import PREFIX, REFERENCE, ROOT, entries, entry_of, heading, names_in, shown

APART = ("asyncio", "tls")  # pages whose entries are no rows
ALL = [*rows(), *(option.row for option in options())]


def test_every_owner_has_a_form() -> None:
    assert {row.owner for row in ALL} <= set(PREFIX)


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.id)
def test_row_has_its_entry(row: Row) -> None:
    entry = entry_of(row)
    assert entry.parameters == [shown(param) for param in row.listed]
    assert list(entry.outcomes) == list(row.outcomes)
    assert entry.parts == ["Errors", "Blocks", "Source"]


def test_nothing_else_has_an_entry() -> None:
    """But the coroutines (test_asyncio_reference.py), and TLS, which is no row."""
    headings = [entry.heading for entry in entries() if entry.page not in APART]
    assert sorted(headings) == sorted(map(heading, ALL))


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.id)
def test_language_without_the_function_has_no_result(row: Row) -> None:
    lua, python = entry_of(row).outcomes["success"]
    assert (lua == "none") == ("lua" not in row.languages)
    assert (python == "none") == ("python" not in row.languages)


def test_errors_have_names_that_exist() -> None:
    known = set(codes("ERRNO")) | set(codes("EAI"))
    for entry in entries():
        named = re.findall(r"`(E[A-Z0-9_]{2,})`", entry.part("Errors"))
        assert set(named) <= known, entry.heading


def test_entries_that_cannot_fail_say_so() -> None:
    for row in ALL:
        says_none = entry_of(row).part("Errors").startswith("none")
        assert says_none == ("error" not in row.outcomes), row.id


def test_positional_only() -> None:
    """The list in the introduction: what takes arguments, and none by name."""
    text = (REFERENCE / "index.md").read_text()
    listed = text.partition("Positional only in Python: ")[2].partition("and every")[0]
    only = {row.name for row in rows() if row.params and not takes_names(row)}
    assert re.findall(r"`(\w+)`", listed) == sorted(only)


def takes_names(row: Row) -> bool:
    """A `*flags` stands after a `/`."""
    rest = any(param.rest for param in row.params)
    return "python" not in row.languages or (row.keywords and not rest)


def codes(macro: str, table: str = "error.def") -> list[str]:
    text = (ROOT / "tables" / table).read_text()
    return re.findall(rf"^{macro}\((\w+)\)$", text, re.M)


def test_constants() -> None:
    listed = names_in(REFERENCE / "constants.md")
    assert listed == codes("CONSTANT", "constant.def")


def test_codes() -> None:
    page = REFERENCE / "errors.md"
    assert names_in(page, "Errno") == codes("ERRNO")
    assert names_in(page, "Resolver") == codes("EAI")


def test_every_opener_is_a_function() -> None:
    """A row of opener.def that api.def lacks would be code which nothing calls."""
    text = (ROOT / "tables" / "opener.def").read_text()
    openers = set(re.findall(r"^[A-Z_]+\((\w+),.*\)$", text, re.M))
    assert len(openers) > 20
    assert openers <= {row.name for row in rows()}
