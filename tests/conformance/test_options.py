"""Options: each reads, sets, and returns the value it had before."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest

from fronts import manifest
from fronts.front import Front, Handle

covers = pytest.mark.covers

BOOLEANS = ("BOOL", "FDFLAG", "FLFLAG")
SETTABLE = [
    option for option in manifest.options() if option.kind in BOOLEANS and option.writable
]
OPTIONS = [pytest.param(option, id=option.name) for option in SETTABLE]
CLAIMS = [
    pytest.param(
        option, id=option.name, marks=covers(f"OPTION.{option.name}", "success", "error")
    )
    for option in SETTABLE
]
FRESH = {"cloexec": True, "nonblock": True}  # every other boolean is off at first


def kernel_has(made: Handle, name: str) -> bool:
    """What the kernel says of an option, by another reader than the library."""
    if name == "cloexec":
        return bool(made.flags() & os.O_CLOEXEC)
    if name == "nonblock":
        return bool(made.flags() & os.O_NONBLOCK)
    with made.reader() as own:
        return bool(
            own.getsockopt(socket.SOL_SOCKET, getattr(socket, f"SO_{name.upper()}"))
        )


def cpython_refuses(own: socket.socket, option: int) -> int | None:
    """The errno that CPython gets for switching an option on."""
    try:
        own.setsockopt(socket.SOL_SOCKET, option, 1)
    except OSError as refused:
        return refused.errno
    return None


@pytest.mark.parametrize("option", CLAIMS)
def test_boolean(net: Front, option: manifest.Option) -> None:
    """Read, set, read: the old value comes back, and the kernel agrees each time."""
    made = net.new_inet_stream().value
    value = FRESH.get(option.name, False)
    assert made.call(option.name).value is value
    assert kernel_has(made, option.name) is value
    for new in (not value, not value, value, True, False):
        assert made.call(option.name, new).value is value
        assert made.call(option.name).value is new
        assert kernel_has(made, option.name) is new
        value = new
    made.close()
    made.call(option.name).fails("EBADF")
    made.call(option.name, True).fails("EBADF")


@pytest.mark.parametrize("option", OPTIONS)
def test_nil_only_reads(net: Front, option: manifest.Option) -> None:
    made = net.new_inet_stream().value
    value = made.call(option.name).value
    assert made.call(option.name, None).value is value
    assert kernel_has(made, option.name) is value


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("value", [1, 0, "true", b"", 1.0, [], {}])
def test_h084_only_booleans(net: Front, option: manifest.Option, value: Any) -> None:
    """Nothing is taken for a boolean that is none, and the old value stays."""
    made = net.new_inet_stream().value
    before = made.call(option.name).value
    assert made.call(option.name, value).raised
    assert made.call(option.name).value is before


@pytest.mark.parametrize("option", OPTIONS)
def test_every_family(net: Front, option: manifest.Option) -> None:
    """An option for ANY socket can be read on each kind."""
    assert option.where == "ANY"
    for function in ("new_inet6_dgram", "new_unix_stream", "new_unix_dgram"):
        made = net.call(function).value
        assert made.call(option.name).value is FRESH.get(option.name, False)


def test_h090_failed_set_names_the_option(net: Front) -> None:
    """What the kernel refuses keeps its value and says which option it was."""
    made = net.new_unix_stream().value
    with made.reader() as own:
        refused = cpython_refuses(own, socket.SO_REUSEPORT)
    if refused is None:  # a kernel before 6.13 takes it
        assert made.reuseport(True).value is False
        return
    failure = made.reuseport(True).failure
    assert (failure.code, failure.op) == (refused, "setsockopt")
    assert "reuseport" in failure.text
    assert made.reuseport().value is False


def test_nonblock_is_of_the_open_socket(net: Front) -> None:
    """The mode set through one object is what the kernel has for its copies."""
    made = net.new_inet_dgram().value
    copy = made.dup().value
    assert made.nonblock(False).value is True
    assert not copy.flags() & os.O_NONBLOCK


def test_option_read_from_a_foreign_change(net: Front) -> None:
    """Reading asks the kernel: what another reader set is seen."""
    made = net.new_inet_dgram().value
    with made.reader() as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 100)
    assert made.reuseaddr().value is True
