"""Missing and wrong-typed arguments, for every parameter of every row of api.def.

Each raises in the language's own way, names the parameter, and leaves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from conformance.bad_arguments import (
    INTEGER,
    KINDS,
    OTHER,
    good_arguments,
    kind_of,
    wrong_for,
)
from support.fronts import manifest
from support.fronts.front import NAMESPACES, NOTHING, Front, Handle
from support.fronts.manifest import Row

OBJECTS = ("SOCKET", "ADDRINFO", "MSGHDR", "CMSGHDR", "CMSGHDRS", "IOVEC")
CHAPTERS = (*OBJECTS, "MODULE", *(name for name in NAMESPACES if name != "POLLER"))
LANGUAGES = ("python", "lua")


def every_row(language: str) -> Iterator[Row]:
    for chapter in CHAPTERS:
        for row in manifest.surface(chapter, language).values():
            # What an option takes beside booleans is test_options.py's.
            if row.owner != "OPTION" or row.result == "bool":
                yield row


def target(net: Front, row: Row) -> Any:
    """What to call the row on."""
    if row.chapter in ("SOCKET", "OPTION"):
        made, other = net.pair_stream().all
        if row.name in ("recvall", "recvline"):
            other.close()  # without a deadline they wait without end
        return made
    if row.chapter == "ADDRINFO":
        return net.addrinfo.inet("127.0.0.1", 80).value
    if row.chapter == "CMSGHDR":
        return net.cmsghdr.new(1, 77, b"x").value
    if row.chapter in OBJECTS:
        return net.functions(f"{row.chapter}_MAKE").call("new").value
    return net.functions(row.chapter)


def both_languages(cases: list[tuple[str, Row, int]]) -> list[Any]:
    return [
        pytest.param(
            language, row, position, id=f"{row.id}-{row.params[position].name}-{language}"
        )
        for language, row, position in cases
    ]


REQUIRED = both_languages(
    [
        (language, row, position)
        for language in LANGUAGES
        for row in every_row(language)
        for position, param in enumerate(row.params)
        if param.required
    ]
)
EVERY = both_languages(
    [
        (language, row, position)
        for language in LANGUAGES
        for row in every_row(language)
        for position, param in enumerate(row.params)
    ]
)


@pytest.fixture
def front(language: str, request: pytest.FixtureRequest) -> Front:
    """The front of the case's language: rows differ, so `net` cannot be multiplied."""
    net: Front = request.getfixturevalue(f"{language}_net")
    return net


def test_every_parameter_is_known() -> None:
    """A new parameter needs a line in bad_arguments.py, and this says so."""
    unknown = {
        param.name
        for language in LANGUAGES
        for row in every_row(language)
        for param in row.params
        if param.name not in KINDS
    }
    assert not unknown


@pytest.mark.parametrize("language, row, position", REQUIRED)
def test_missing(front: Front, language: str, row: Row, position: int) -> None:
    """A required argument that is not there, by count and by name."""
    args = good_arguments(front, row, position)
    on = target(front, row)
    with front.no_new_descriptors():
        raised = on.call(row.name, *args).raised
    front.names_parameter(raised, row, position, NOTHING)


@pytest.mark.parametrize("language, row, position", REQUIRED)
def test_none_where_required(
    front: Front, language: str, row: Row, position: int
) -> None:
    """nil is no value, unless the reference makes it one (host, port)."""
    if row.id == "MODULE.select":
        return  # it would wait without end: test_select.py gives it a deadline
    kind = kind_of(row, row.params[position])
    args = good_arguments(front, row, len(row.params))[: position + 1]
    args[position] = None
    later = good_arguments(front, row, len(row.params))[position + 1 :]
    required = [
        value for value, p in zip(later, row.params[position + 1 :]) if p.required
    ]
    on = target(front, row)
    outcome = on.call(row.name, *args, *required)
    if kind.takes_none:
        assert outcome.kind != "raised", outcome
    else:
        front.names_parameter(outcome.raised, row, position, None)


def other_object(net: Front, row: Row, position: int) -> Handle:
    """An object of the library, but not of the class that is wanted."""
    takes_addresses = ("ai", "group", "source", "to", "ifname")
    if row.params[position].name in takes_addresses or row.result == "text|none":
        made: Handle = net.pair_dgram().all[0]
    else:
        made = net.addrinfo.inet("127.0.0.1", 1).value
    return made


@pytest.mark.parametrize("language, row, position", EVERY)
def test_wrong_type(front: Front, language: str, row: Row, position: int) -> None:
    """Each value of another type is refused, with the parameter and what it got."""
    param = row.params[position]
    on = target(front, row)
    for wrong in wrong_for(row, param):
        value = other_object(front, row, position) if wrong is OTHER else wrong
        args = [*good_arguments(front, row, position), value]
        later = row.params[position + 1 :]
        after = good_arguments(front, row, len(row.params))[position + 1 :]
        args += [given for given, p in zip(after, later) if p.required]
        with front.no_new_descriptors():
            outcome = on.call(row.name, *args)
            assert outcome.kind == "raised", (
                f"{value!r} was taken for {param.name}: {outcome}"
            )
        front.names_parameter(outcome.raised, row, position, value)


@pytest.mark.parametrize("language, row, position", EVERY)
def test_none_for_an_option(front: Front, language: str, row: Row, position: int) -> None:
    """nil for an optional argument is never a wrong type."""
    if row.params[position].required or row.params[position].name in ("fd", "fds"):
        return  # among descriptors nil is none
    args = [*good_arguments(front, row, position), None]
    outcome = target(front, row).call(row.name, *args)
    if row.id == "LUA_MODULE.warnleaks":
        front.warnleaks(False)  # nil stands for true
    assert outcome.kind != "raised", outcome


@pytest.mark.parametrize("language, row, position", EVERY)
def test_h113_fractional_numbers(
    front: Front, language: str, row: Row, position: int
) -> None:
    """3.5 is no integer: EINVAL in Lua, a TypeError in Python."""
    param = row.params[position]
    if kind_of(row, param).wrong is not INTEGER.wrong or "error" not in row.outcomes:
        return
    for number in (3.5, float("nan"), float("inf"), 2.0**63, -(2.0**70)):
        args = [*good_arguments(front, row, position), number]
        later = row.params[position + 1 :]
        after = good_arguments(front, row, len(row.params))[position + 1 :]
        args += [given for given, p in zip(after, later) if p.required]
        outcome = target(front, row).call(row.name, *args)
        if language == "python":
            front.names_parameter(outcome.raised, row, position, number)
        elif row.name == "delgcfn":
            assert outcome.value is False  # no handle is a fraction
        else:
            outcome.fails("EINVAL", text=param.name.rstrip("s"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_h113_whole_floats(front: Front, language: str) -> None:
    """3.0 is an integer in Lua; any float is a TypeError in Python."""
    outcome = front.pair(float(front.const("SOCK_STREAM")))
    if language == "lua":
        assert len(outcome.all) == 2
    else:
        assert outcome.raised.name == "TypeError"
