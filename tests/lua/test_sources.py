"""The order of rule 5 in the Lua adapter, read from its text: arguments come first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = sorted((Path(__file__).resolve().parents[2] / "lua").glob("*.c"))
FUNCTION = re.compile(r"^[^\s#/}][^;{}]*\{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
# What touches the system, or what belongs to an object.
CALL = re.compile(
    r"\bnsk_(socket|fd|connect|select|transfer|option|devices|lookup|listen)\w*\("
)
# What raises about an argument.
CHECK = re.compile(
    r"\b(luaL_(check|opt|arg)\w*"
    r"|nskl_(bytes|boolean|seconds|integer|int|flags|object|self|addrinfo|endpoint"
    r"|numeric_endpoint|bad_\w+)(_at|_or|_of)?)\("
)


def functions(source: Path) -> Iterator[str]:
    for match in FUNCTION.finditer(source.read_text()):
        yield match[0]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_h109_arguments_first(source: Path) -> None:
    """No argument is looked at once a call of the core has begun: an error about it
    would jump past what the call has acquired."""
    for function in functions(source):
        call = CALL.search(function)
        if call is None:
            continue
        # What stands in the same statement is evaluated before the call.
        late = CHECK.search(function, function.index(";", call.end()))
        name = function.split("(", 1)[0]
        assert late is None, f"{name}: {late and late[0]} after {call[0]}"


def test_the_reader_sees_functions() -> None:
    found = [text for source in SOURCES for text in functions(source)]
    assert sum(CALL.search(text) is not None for text in found) > 40
    assert sum(CHECK.search(text) is not None for text in found) > 60
