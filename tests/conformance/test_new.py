"""Sockets from nothing: new, new_inet, new_inet6, new_unix and their short forms."""

from __future__ import annotations

import os
import socket

import pytest

from support.fronts.front import Front

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX
STREAM, DGRAM, SEQPACKET = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET
TCP, UDP = socket.IPPROTO_TCP, socket.IPPROTO_UDP

# name, arguments, and the family, type and protocol that must come of them
MADE = [
    ("new", (INET, STREAM), (INET, STREAM, 0)),
    ("new", (INET6, DGRAM, UDP), (INET6, DGRAM, UDP)),
    ("new", (UNIX, SEQPACKET, 0, False), (UNIX, SEQPACKET, 0)),
    ("new_inet", (STREAM, TCP), (INET, STREAM, TCP)),
    ("new_inet", (DGRAM, 0), (INET, DGRAM, 0)),
    ("new_inet_stream", (), (INET, STREAM, TCP)),
    ("new_inet_dgram", (), (INET, DGRAM, UDP)),
    ("new_inet6", (STREAM, TCP), (INET6, STREAM, TCP)),
    ("new_inet6_stream", (), (INET6, STREAM, TCP)),
    ("new_inet6_dgram", (), (INET6, DGRAM, UDP)),
    ("new_unix", (SEQPACKET, 0), (UNIX, SEQPACKET, 0)),
    ("new_unix_stream", (), (UNIX, STREAM, 0)),
    ("new_unix_dgram", (), (UNIX, DGRAM, 0)),
]
# name, arguments before the flags reuseaddr and reuseport
FLAGGED = [(name, args) for name, args, _ in MADE if name != "new"]

covers = pytest.mark.covers


def _case(name: str, *rest: object) -> object:
    marks = [
        covers(f"MODULE.{name}", "success"),
        covers("SOCKET.family", "success"),
        covers("SOCKET.socktype", "success"),
        covers("SOCKET.protocol", "success"),
        covers("SOCKET.fd", "success"),
    ]
    return pytest.param(name, *rest, marks=marks, id=f"{name}{rest[0]}")


@pytest.mark.parametrize("name, args, facts", [_case(*row) for row in MADE])
def test_h004_new_socket(
    net: Front, name: str, args: tuple[int, ...], facts: tuple[int, int, int]
) -> None:
    """It is what was asked for, close-on-exec and non-blocking, and says so truly."""
    made = net.call(name, *args).value
    family, kind, protocol = facts
    assert made.family().value == family
    assert made.socktype().value == kind
    assert made.protocol().value == protocol
    flags = made.flags()
    assert flags & os.O_CLOEXEC
    assert bool(flags & os.O_NONBLOCK) == (args[3:] != (False,))
    with made.second_reader() as own:
        assert (own.family, own.type) == (family, kind)
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) == 0
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) == 0


@pytest.mark.parametrize(
    "reuseaddr, reuseport", [(True, False), (False, True), (True, True)]
)
@pytest.mark.parametrize("name, args", [row for row in FLAGGED if "unix" not in row[0]])
def test_h011_reuse_flags(
    net: Front, name: str, args: tuple[int, ...], reuseaddr: bool, reuseport: bool
) -> None:
    """Each flag sets its own option, as the kernel has it."""
    made = net.call(name, *args, reuseaddr, reuseport).value
    with made.second_reader() as own:
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) == reuseaddr
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) == reuseport
    assert made.reuseaddr().value is reuseaddr
    assert made.reuseport().value is reuseport


@pytest.mark.parametrize("name, args", FLAGGED)
def test_absent_flags(net: Front, name: str, args: tuple[int, ...]) -> None:
    """nil and None for an optional argument count as absent."""
    made = net.call(name, *args, None, None).value
    assert made.reuseaddr().value is False
    assert made.reuseport().value is False


@pytest.mark.parametrize("name", ["new_unix_stream", "new_unix_dgram"])
def test_h011_reuse_on_unix(net: Front, name: str) -> None:
    """Unix sockets take SO_REUSEADDR; what they refuse names the option."""
    assert net.call(name, True).value.reuseaddr().value is True
    with net.no_new_descriptors():
        refused = net.call(name, False, True)
        with socket.socket(socket.AF_UNIX) as own:
            try:
                own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            except OSError:
                refused.fails("EOPNOTSUPP", op="setsockopt", text="reuseport")
            else:
                refused.value.close()


@covers("MODULE.new", "error")
def test_unknown_family(net: Front) -> None:
    with net.no_new_descriptors():
        net.new(9999, STREAM).fails("EAFNOSUPPORT", op="socket")


@pytest.mark.parametrize(
    "name, args, error",
    [
        pytest.param(
            "new_inet",
            (STREAM, UDP),
            "EPROTONOSUPPORT",
            marks=covers("MODULE.new_inet", "error"),
        ),
        pytest.param(
            "new_inet6",
            (STREAM, UDP),
            "EPROTONOSUPPORT",
            marks=covers("MODULE.new_inet6", "error"),
        ),
        pytest.param(
            "new_unix",
            (STREAM, 77),
            "EPROTONOSUPPORT",
            marks=covers("MODULE.new_unix", "error"),
        ),
        ("new_inet", (99, 0), "EINVAL"),
        ("new_inet", (SEQPACKET, 0), "ESOCKTNOSUPPORT"),
        ("new_unix", (4, 0), "ESOCKTNOSUPPORT"),
        ("new", (INET, STREAM, -1), "EINVAL"),
    ],
)
def test_impossible_socket(
    net: Front, name: str, args: tuple[int, ...], error: str
) -> None:
    """The kernel's refusal, with the system call's name."""
    with net.no_new_descriptors():
        net.call(name, *args).fails(error, op="socket")


@pytest.mark.parametrize(
    "kind", [STREAM | socket.SOCK_NONBLOCK, STREAM | socket.SOCK_CLOEXEC]
)
def test_creation_flags_in_the_type(net: Front, kind: int) -> None:
    """Linux takes flags in the type; socktype() shows the type alone."""
    made = net.new(UNIX, kind).value
    assert made.socktype().value == STREAM
    assert made.flags() & os.O_NONBLOCK


@pytest.mark.level("strict")
def test_nonblock_in_the_type(net: Front) -> None:
    """The flag of the type is asked as well as the parameter."""
    made = net.new(UNIX, STREAM | socket.SOCK_NONBLOCK, 0, False).value
    assert made.flags() & os.O_NONBLOCK
    assert made.nonblock().value is True


def test_blocking_when_asked(net: Front) -> None:
    """nonblock=false makes a blocking socket, and nonblock() knows it."""
    made = net.new(UNIX, STREAM, 0, False).value
    assert not made.flags() & os.O_NONBLOCK
    assert made.nonblock().value is False


@pytest.mark.parametrize("position", range(3))
@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 2**63 - 1])
def test_h006_numbers_beyond_int(net: Front, position: int, number: int) -> None:
    """No number is narrowed to one that happens to be valid."""
    args = [INET, STREAM, 0]
    args[position] = number
    with net.no_new_descriptors():
        net.new(*args).fails("EINVAL")


def test_each_has_its_own_descriptor(net: Front) -> None:
    a, b = net.new_inet_stream().value, net.new_inet_stream().value
    assert a.fd().value != b.fd().value


def test_h001_collected_object_closes(net: Front) -> None:
    """An object that is held no more gives its descriptor back."""
    before = net.descriptors()
    made = net.new_inet_stream().value
    made.forget()
    assert net.descriptors() == before
