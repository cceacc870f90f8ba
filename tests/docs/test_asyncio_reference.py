"""The reference of netsocket.aio says what the module's signatures say."""

from __future__ import annotations

import inspect
import re

import pytest

import netsocket
from netsocket import aio

from .pages import REFERENCE, Entry, entries

OUTCOME = re.compile(r"^\| (success|end|timeout|error) \| (.+) \|$", re.M)
PART = re.compile(r"^\*\*(Errors|Waits|Cancelled)\*\* ", re.M)
ALL = sorted(set(aio.__all__) - {"Reader"})


REST = inspect.Parameter.VAR_POSITIONAL
OPTIONAL = (REST, inspect.Parameter.VAR_KEYWORD)


def shown(parameter: inspect.Parameter) -> str:
    """*flags is flag..."""
    rest = parameter.kind is REST
    return parameter.name[:-1] + "..." if rest else parameter.name


def heading(name: str) -> str:
    """`aio.recvline(sock[, max[, sec]])`"""
    text, optional = "", 0
    parameters = inspect.signature(getattr(aio, name)).parameters.values()
    for i, parameter in enumerate(parameters):
        if parameter.default is not parameter.empty or parameter.kind in OPTIONAL:
            text += "["
            optional += 1
        text += (", " if i else "") + shown(parameter)
    return f"aio.{name}({text}{']' * optional})"


def entry_of(name: str) -> Entry:
    (found,) = (entry for entry in entries() if entry.heading == heading(name))
    return found


@pytest.mark.parametrize("name", ALL)
def test_coroutine_has_its_entry(name: str) -> None:
    entry = entry_of(name)
    call = getattr(aio, name)
    parameters = inspect.signature(call).parameters.values()
    assert entry.parameters == list(map(shown, parameters))
    assert PART.findall(entry.body) == ["Errors", "Waits", "Cancelled"]
    outcomes = [outcome for outcome, _ in OUTCOME.findall(entry.body)]
    assert outcomes[0] == "success"
    assert outcomes[-1] == "error"
    assert ("timeout" in outcomes) == (call not in (aio.serve, aio.reader))


@pytest.mark.parametrize("name", ALL)
def test_docstring_tells_what_the_reference_tells(name: str) -> None:
    text = inspect.getdoc(getattr(aio, name))
    assert text is not None
    parameters = list(inspect.signature(getattr(aio, name)).parameters)
    assert re.findall(r"^\*?(\w+): ", text, re.M) == [
        *parameters,
        *("Errors", "Waits", "Cancelled"),
    ]
    told = set(re.findall(r"\b(?:E[A-Z0-9]{3,}|EAI_[A-Z]+)\b", text))
    assert told == set(re.findall(r"`(E[A-Z0-9_]{3,})`", entry_of(name).body))


def test_a_reader_has_the_methods_of_the_plain_one() -> None:
    def methods(kind: type) -> dict[str, str]:
        calls = {name: getattr(kind, name) for name in dir(kind) if name[0] != "_"}
        return {name: str(inspect.signature(calls[name])) for name in calls}

    assert methods(aio.Reader) == methods(netsocket.Reader)
    body = entry_of("reader").body
    assert set(re.findall(r"^\| `(\w+)\(", body, re.M)) == set(methods(aio.Reader))


def test_a_reader_says_what_the_plain_one_says() -> None:
    """But that it waits where the plain one blocks."""
    for name in (name for name in dir(aio.Reader) if name[0] != "_"):
        plain = inspect.getdoc(getattr(netsocket.Reader, name))
        assert plain is not None and "\nBlocks: " in plain
        expected = plain.replace("\nBlocks: ", "\nWaits: ")
        assert inspect.getdoc(getattr(aio.Reader, name)) == expected


def test_nothing_else_has_an_entry() -> None:
    on_page = [entry.heading for entry in entries() if entry.page == "asyncio"]
    assert sorted(on_page) == sorted(map(heading, ALL))
    assert REFERENCE.joinpath("asyncio.md").exists()
