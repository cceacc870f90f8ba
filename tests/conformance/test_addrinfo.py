"""Addresses from numbers and paths: inet, inet6, unix, new_* and their methods."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from support.fronts.front import Front

covers = pytest.mark.covers

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX
STREAM, DGRAM = socket.SOCK_STREAM, socket.SOCK_DGRAM
TCP, UDP = socket.IPPROTO_TCP, socket.IPPROTO_UDP

# function, arguments, (family, addr, port, socktype, protocol)
MADE: list[tuple[str, tuple[Any, ...], tuple[Any, ...]]] = [
    ("inet", ("127.0.0.1", 80), (INET, b"127.0.0.1", 80, 0, 0)),
    (
        "inet",
        ("255.255.255.255", 65535, DGRAM, UDP),
        (INET, b"255.255.255.255", 65535, DGRAM, UDP),
    ),
    ("inet6", ("::1", 80), (INET6, b"::1", 80, 0, 0)),
    ("inet6", ("2001:DB8::0:1", 0, STREAM, TCP), (INET6, b"2001:db8::1", 0, STREAM, TCP)),
    ("inet6", ("::ffff:1.2.3.4", 1), (INET6, b"::ffff:1.2.3.4", 1, 0, 0)),
    ("unix", ("/tmp/x",), (UNIX, b"/tmp/x", None, 0, 0)),
    ("unix", (b"\0name\0", DGRAM, 0), (UNIX, b"\0name\0", None, DGRAM, 0)),
    ("unix", (b"/\xff\xfe",), (UNIX, b"/\xff\xfe", None, 0, 0)),
    ("new_inet", ("1.2.3.4", 5, DGRAM, UDP), (INET, b"1.2.3.4", 5, DGRAM, UDP)),
    ("new_inet_stream", ("1.2.3.4", 5), (INET, b"1.2.3.4", 5, STREAM, TCP)),
    ("new_inet_dgram", ("1.2.3.4", 5), (INET, b"1.2.3.4", 5, DGRAM, UDP)),
    ("new_inet6", ("::2", 5, STREAM, TCP), (INET6, b"::2", 5, STREAM, TCP)),
    ("new_inet6_stream", ("::2", 5), (INET6, b"::2", 5, STREAM, TCP)),
    ("new_inet6_dgram", ("::2", 5), (INET6, b"::2", 5, DGRAM, UDP)),
    ("new_unix", ("/x", DGRAM, 0), (UNIX, b"/x", None, DGRAM, 0)),
    ("new_unix_stream", ("/x",), (UNIX, b"/x", None, STREAM, 0)),
    ("new_unix_dgram", ("/x",), (UNIX, b"/x", None, DGRAM, 0)),
]
NUMERIC = ["inet", "inet6", *(row[0] for row in MADE if row[0].startswith("new_inet"))]
METHODS = ["family", "addr", "port", "socktype", "protocol", "canonname"]


def rest(function: str) -> tuple[int, ...]:
    """The arguments that new_inet and new_inet6 need after host and port."""
    return (STREAM, TCP) if function in ("new_inet", "new_inet6") else ()


@pytest.mark.parametrize(
    "function, args, facts",
    [
        pytest.param(
            *row,
            marks=[
                covers(f"ADDRESS.{row[0]}", "success"),
                *(covers(f"ADDRINFO.{name}", "success") for name in METHODS),
            ],
        )
        for row in MADE
    ],
)
def test_made(
    net: Front, function: str, args: tuple[Any, ...], facts: tuple[Any, ...]
) -> None:
    ai = net.addrinfo.call(function, *args).value
    family, addr, port, socktype, protocol = facts
    assert ai.family().value == family
    assert ai.addr().value == addr
    assert ai.port().value == port
    assert ai.socktype().value == socktype
    assert ai.protocol().value == protocol
    assert ai.canonname().value is None


@pytest.mark.parametrize(
    "function, args, text",
    [
        ("inet", ("127.0.0.1", 80), "127.0.0.1:80"),
        ("inet", (), "127.0.0.1:0"),
        ("inet6", ("::1", 80), "[::1]:80"),
        ("unix", ("/path",), "/path"),
        ("unix", (b"\0abstract",), "@abstract"),
    ],
)
def test_text(net: Front, function: str, args: tuple[Any, ...], text: str) -> None:
    assert net.addrinfo.call(function, *args).value.text() == text


@pytest.mark.parametrize("function", NUMERIC)
@pytest.mark.parametrize("passive", [None, False, True])
def test_absent_host(net: Front, function: str, passive: bool | None) -> None:
    """Loopback, or with `passive` the wildcard."""
    if function in ("inet", "inet6"):
        flags = (net.const("AI_PASSIVE"),) if passive else ()
        ai = net.addrinfo.call(function, None, 7, 0, 0, *flags).value
    else:
        ai = net.addrinfo.call(function, None, 7, *rest(function), passive).value
    six = "6" in function
    wanted = (
        (b"::" if six else b"0.0.0.0") if passive else (b"::1" if six else b"127.0.0.1")
    )
    assert (ai.addr().value, ai.port().value) == (wanted, 7)


@pytest.mark.parametrize("function", NUMERIC)
def test_absent_port(net: Front, function: str) -> None:
    host = "::1" if "6" in function else "127.0.0.1"
    assert (
        net.addrinfo.call(function, host, None, *rest(function)).value.port().value == 0
    )


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "0x7f.1",
        "0177.0.0.1",
        "2130706433",
        "127.0.0.1.",
        "127.0.0.1 ",
        " 127.0.0.1",
        "127.0.0.256",
        "localhost",
        "::1",
        "1.2.3",
        "\uff11.2.3.4",
    ],
)
@pytest.mark.parametrize("function", [name for name in NUMERIC if "6" not in name])
def test_h020_strict_ipv4(net: Front, function: str, host: str) -> None:
    """What getaddrinfo would take for a number, and a numeric address is not."""
    outcome = net.addrinfo.call(function, host, 80, *rest(function))
    outcome.fails("EAFNOSUPPORT", op=function, text="not a numeric IPv4 address")
    assert outcome.failure.addr == host


@pytest.mark.parametrize(
    "host",
    ["1.2.3.4", ":::", "::1::", "12345::", "[::1]", "localhost", "::g", "1:2:3:4:5:6:7"],
)
@pytest.mark.parametrize("function", [name for name in NUMERIC if "6" in name])
def test_h020_strict_ipv6(net: Front, function: str, host: str) -> None:
    outcome = net.addrinfo.call(function, host, 80, *rest(function))
    outcome.fails("EAFNOSUPPORT", op=function, text="not a numeric IPv6 address")


@pytest.mark.parametrize("port", [-1, 65536, 2**31, 2**32 + 80, 2**63])
@pytest.mark.parametrize(
    "function",
    [
        pytest.param(name, marks=covers(f"ADDRESS.{name}", "error"))
        for name in dict.fromkeys(NUMERIC)
    ],
)
def test_h019_impossible_port(net: Front, function: str, port: int) -> None:
    host = "::1" if "6" in function else "127.0.0.1"
    failure = net.addrinfo.call(function, host, port, *rest(function)).fails(
        "EAI_SERVICE"
    )
    assert failure.domain == "resolver"


@pytest.mark.parametrize("function", NUMERIC)
def test_h021_bad_hosts(net: Front, function: str) -> None:
    """Empty, with a NUL, and beyond every limit."""
    for host in ("", "1.2.3.4\0x", "::1\0"):
        net.addrinfo.call(function, host, 80, *rest(function)).fails("EINVAL")
    long = net.addrinfo.call(function, "1" * 256, 80, *rest(function)).failure
    assert long.name in ("EAI_NONAME", "EAFNOSUPPORT")


UNIX_FUNCTIONS: list[tuple[str, tuple[int, ...]]] = [
    ("unix", ()),
    ("new_unix", (STREAM, 0)),
    ("new_unix_stream", ()),
    ("new_unix_dgram", ()),
]


@pytest.mark.parametrize(
    "function, more",
    [
        pytest.param(*row, marks=covers(f"ADDRESS.{row[0]}", "error"))
        for row in UNIX_FUNCTIONS
    ],
)
@pytest.mark.parametrize("size", [108, 109, 255, 5000, 100_000])
def test_h012_path_too_long(
    net: Front, function: str, more: tuple[int, ...], size: int
) -> None:
    path = "/" + "x" * (size - 1)
    failure = net.addrinfo.call(function, path, *more).fails("ENAMETOOLONG", op=function)
    assert failure.addr is not None and path.startswith(failure.addr)


@pytest.mark.parametrize("function, more", UNIX_FUNCTIONS)
def test_h012_longest_path(net: Front, function: str, more: tuple[int, ...]) -> None:
    path = b"/" + b"x" * 106
    assert net.addrinfo.call(function, path, *more).value.addr().value == path


@pytest.mark.parametrize("function, more", UNIX_FUNCTIONS)
@pytest.mark.parametrize("path", ["", "/tmp/x\0y", "/tmp/x\0", "a\0"])
def test_h013_nul_in_path(
    net: Front, function: str, more: tuple[int, ...], path: str
) -> None:
    net.addrinfo.call(function, path, *more).fails("EINVAL", text="pathname")


@pytest.mark.parametrize("function, more", UNIX_FUNCTIONS)
@pytest.mark.parametrize("size", [0, 1, 107])
def test_h014_abstract(
    net: Front, function: str, more: tuple[int, ...], size: int
) -> None:
    """0, 1 and 107 bytes after the NUL, of every value."""
    for byte in (b"\0", b"a", b"\xff"):
        name = b"\0" + byte * size
        assert net.addrinfo.call(function, name, *more).value.addr().value == name


@pytest.mark.parametrize("function, more", UNIX_FUNCTIONS)
def test_h014_abstract_too_long(net: Front, function: str, more: tuple[int, ...]) -> None:
    net.addrinfo.call(function, b"\0" + b"x" * 108, *more).fails("ENAMETOOLONG")


def test_h023_scopes(net: Front) -> None:
    """A zone by name and by number, kept and printed; an unknown one is a name error."""
    index = socket.if_nametoindex("lo")
    for zone in ("lo", str(index)):
        ai = net.addrinfo.inet6(f"fe80::1%{zone}", 80).value
        assert ai.addr().value == b"fe80::1%lo"
        assert ai.text() == "[fe80::1%lo]:80"
    assert net.addrinfo.inet6("fe80::1", 80).value.addr().value == b"fe80::1"
    net.addrinfo.inet6("fe80::1%nosuchif", 80).fails(
        "EAI_NONAME", addr="fe80::1%nosuchif"
    )


def test_h023_a_zone_by_number_alone(net: Front) -> None:
    """A number need not be an interface's; it is kept whole, and has 32 bits."""
    make = net.addrinfo
    ai = make.inet6("fe80::1%4711", 80).value
    assert ai.addr().value == b"fe80::1%4711"
    assert ai != make.inet6("fe80::1%4712", 80).value
    for zone in ("4294967297", "99999999999999999999"):
        make.inet6(f"fe80::1%{zone}", 80).fails("EAI_NONAME")


def test_equality(net: Front) -> None:
    """By family, address, port and scope; not by type or protocol."""
    make = net.addrinfo
    a = make.inet("127.0.0.1", 80).value
    assert a == make.new_inet_stream("127.0.0.1", 80).value
    assert a != make.inet("127.0.0.1", 81).value
    assert a != make.inet("127.0.0.2", 80).value
    assert a != make.inet6("::ffff:127.0.0.1", 80).value
    assert a != make.unix("/127.0.0.1").value
    six = make.inet6("fe80::1%lo", 80).value
    assert six == make.inet6("fe80:0::1%lo", 80).value
    assert six != make.inet6("fe80::1", 80).value
    assert make.unix(b"\0a").value == make.new_unix_dgram(b"\0a").value
    assert make.unix(b"\0a").value != make.unix(b"\0a\0").value
    assert make.unix("/a").value != make.unix(b"\0/a").value


def test_port_must_be_an_integer(net: Front) -> None:
    """inet and inet6 are numeric only: a port as text is of the wrong type."""
    for function in ("inet", "inet6"):
        assert net.addrinfo.call(function, None, "80").raised


def test_flags(net: Front) -> None:
    """Several, with nil among them."""
    passive = net.const("AI_PASSIVE")
    ai = net.addrinfo.inet(None, None, None, None, None, passive, None, passive).value
    assert ai.text() == "0.0.0.0:0"
