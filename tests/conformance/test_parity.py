"""The same bad calls on both languages come to the same: the kind of answer, and of a
failure its name, its operation and its subject.

What a value ought to come to is for the tests of its chapter to say; here no row, no
parameter and no closed object is left out.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from conformance.bad_arguments import (
    OTHER,
    good_arguments,
    kind_of,
    odd_values,
    wrong_for,
)
from conformance.parts import iovec, seen
from conformance.test_arguments import every_row, other_object, target
from support.fronts import manifest
from support.fronts.front import Front, Handle
from support.fronts.manifest import Option, Row
from support.fronts.outcome import Outcome

# Options other than booleans have their own sweep, on sockets of every kind.
ROWS = [row for row in every_row("lua") if row.owner != "OPTION"]
# As Python has them: where the rows of the languages differ, Lua's parameters are more.
SHARED = [
    manifest.surface(row.chapter, "python")[row.name]
    for row in ROWS
    if row.name in manifest.surface(row.chapter, "python")
]
PARAMETERS = [
    pytest.param(row, position, id=f"{row.id}-{param.name}")
    for row in SHARED
    for position, param in enumerate(row.params)
]
OF_A_SOCKET = [
    pytest.param(row, id=row.name) for row in SHARED if row.chapter == "SOCKET"
]


def call(net: Front, row: Row, position: int, value: Any) -> Outcome:
    """The row with good arguments, but for this one."""
    value = other_object(net, row, position) if value is OTHER else value
    good = good_arguments(net, row, len(row.params))
    after = zip(good[position + 1 :], row.params[position + 1 :])
    required = [given for given, param in after if param.required]
    on: Handle = target(net, row)
    return on.call(row.name, *good[:position], value, *required)


@pytest.mark.parametrize("row, position", PARAMETERS)
def test_odd_arguments(both: tuple[Front, Front], row: Row, position: int) -> None:
    """Values of other types, out of range, and none."""
    param = row.params[position]
    left_out = {
        None: row.id == "MODULE.select",  # it would wait without end
        2**63 - 1: "NSK_SANITIZED" in os.environ,  # reports an allocation of that size
    }
    for value in (*wrong_for(row, param), *odd_values(row, param), None):
        if isinstance(value, (int, type(None))) and left_out.get(value):
            continue
        python, lua = (seen(call(net, row, position, value)) for net in both)
        if param.name == "port" and isinstance(value, int) and value >= 2**63:
            python = python._replace(subject=lua.subject)  # a float, in Lua
        assert python == lua, f"{row.id} {param.name}={value!r}"
        if lua.name == "EINVAL" and lua.subject == param.name:
            assert lua.op == row.name  # the argument is at fault, not a system call


def closed(net: Front) -> Handle:
    made: Handle = net.pair_stream().all[0]
    made.close()
    return made


@pytest.mark.parametrize("row", OF_A_SOCKET)
def test_h095_closed_object(both: tuple[Front, Front], row: Row) -> None:
    python, lua = (
        seen(closed(net).call(row.name, *good_arguments(net, row, len(row.params))))
        for net in both
    )
    assert python == lua


# Where a socket object stands for its descriptor.
def readv(net: Front, other: Handle) -> Outcome:
    return iovec(net, 4).call("readv", other)


def writev(net: Front, other: Handle) -> Outcome:
    return iovec(net, b"x").call("writev", other)


def sendfd(net: Front, other: Handle) -> Outcome:
    made: Handle = net.pair_stream().all[0]
    return made.call("sendfd", other)


def sendfile(net: Front, other: Handle) -> Outcome:
    made: Handle = net.pair_stream().all[0]
    return made.call("sendfile", other, 1)


def select_to_read(net: Front, other: Handle) -> Outcome:
    return net.select([other], [], 0)


def select_to_write(net: Front, other: Handle) -> Outcome:
    return net.select([], [other], 0)


@pytest.mark.parametrize(
    "use, op",
    [
        (readv, "readv"),
        (writev, "writev"),
        (sendfd, "sendfd"),
        (sendfile, "sendfile"),
        (select_to_read, "select"),
        (select_to_write, "select"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_h095_closed_argument(net: Front, use: Any, op: str) -> None:
    """A closed socket is EBADF as an argument too, and nothing is sent."""
    use(net, closed(net)).fails("EBADF", op=op)


@pytest.mark.parametrize("fd", [-1, -2, 2**31])
@pytest.mark.parametrize("list_of", ["rd", "wr"])
def test_h006_select_numbers(net: Front, list_of: str, fd: int) -> None:
    """-1 is what fd() of a closed object gives; as a number it is no descriptor."""
    lists = ([fd], []) if list_of == "rd" else ([], [fd])
    told = seen(net.select(*lists, 0))
    assert told == ("error", "EINVAL", "select", list_of)


MAKERS = ("new_inet_stream", "new_inet6_stream", "new_inet_dgram", "new_unix_dgram")
OPTIONS = [pytest.param(option, id=option.name) for option in manifest.options()]


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("option", OPTIONS)
def test_odd_options(both: tuple[Front, Front], option: Option, maker: str) -> None:
    """Every option on sockets that have it and that have not, with every odd value."""
    row = option.settable
    value = row.params[0]
    kind = kind_of(row, value)
    for odd in (*kind.wrong, *odd_values(row, value), None, kind.good(both[0])):
        seen_by = []
        for net in both:
            made = net.call(maker).value
            given = other_object(net, row, 0) if odd is OTHER else odd
            seen_by.append(seen(made.call(option.name, given)))
        assert seen_by[0] == seen_by[1], f"{option.name}({odd!r}) of {maker}"


@pytest.mark.parametrize("option", OPTIONS)
def test_h090_every_failure_names_the_option(net: Front, option: Option) -> None:
    """Whatever is wrong with a value, the error is setsockopt's, about the option."""
    row = option.settable
    made = net.new_inet6_stream().value
    for odd in odd_values(row, row.params[0]):
        outcome = made.call(option.name, odd)
        if outcome.kind == "error":
            told = seen(outcome)
            # getsockopt: a socket that has not got it is found out by reading.
            assert told.op in ("setsockopt", "getsockopt")
            assert told.subject == option.name
