"""getaddrinfo, getaddrinfo_stream, getaddrinfo_dgram and getnameinfo."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from support.fronts.front import Front

covers = pytest.mark.covers

INET, INET6 = socket.AF_INET, socket.AF_INET6
STREAM, DGRAM = socket.SOCK_STREAM, socket.SOCK_DGRAM

FUNCTIONS = ["getaddrinfo", "getaddrinfo_stream", "getaddrinfo_dgram"]


def marked(outcome: str) -> list[Any]:
    return [
        pytest.param(name, marks=covers(f"ADDRESS.{name}", outcome)) for name in FUNCTIONS
    ]


def found(net: Front, function: str, *args: Any) -> list[tuple[int, bytes, int]]:
    return [
        (ai.family().value, ai.addr().value, ai.port().value)
        for ai in net.addrinfo.call(function, *args).value
    ]


def known(host: str, port: Any, family: int, kind: int) -> list[tuple[int, bytes, int]]:
    """The same question asked by CPython, without what glibc says twice."""
    answers = socket.getaddrinfo(host, port, family, kind)
    rows = [(int(row[0]), str(row[4][0]).encode(), int(row[4][1])) for row in answers]
    return list(dict.fromkeys(rows))


@pytest.mark.parametrize("function", marked("success"))
def test_numeric(net: Front, function: str) -> None:
    assert found(net, function, "127.0.0.1", 80) == [(INET, b"127.0.0.1", 80)]
    assert found(net, function, "127.0.0.1", "080") == [(INET, b"127.0.0.1", 80)]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("host", ["one", "two", "localhost"])
def test_names(in_netns: None, net: Front, function: str, host: str) -> None:
    """Every address of the name, in the resolver's order, as CPython sees it."""
    args = (host, 80, INET, STREAM) if function == "getaddrinfo" else (host, 80)
    assert found(net, function, *args) == known(host, 80, INET, STREAM)


def test_both_families(in_netns: None, net: Front) -> None:
    assert found(net, "getaddrinfo", "localhost", 80, None, STREAM) == known(
        "localhost", 80, 0, STREAM
    )
    assert found(net, "getaddrinfo", "localhost", 80, INET6, STREAM) == [
        (INET6, b"::1", 80)
    ]


def test_h026_each_address_once(in_netns: None, net: Front) -> None:
    """Without a type an address is not repeated for every type."""
    assert found(net, "getaddrinfo", "two", 80, INET) == [
        (INET, b"127.0.0.1", 80),
        (INET, b"127.0.0.2", 80),
    ]


@pytest.mark.parametrize(
    "function, kind", [("getaddrinfo_stream", STREAM), ("getaddrinfo_dgram", DGRAM)]
)
def test_types(net: Front, function: str, kind: int) -> None:
    (ai,) = net.addrinfo.call(function, "127.0.0.1", 80).value
    assert ai.socktype().value == kind
    assert ai.protocol().value == (6 if kind == STREAM else 17)


@pytest.mark.parametrize("host", ["127.0.0.1", "one"])
@pytest.mark.parametrize(
    "asked, found",
    [
        ((), (STREAM, 6)),
        ((0,), (STREAM, 6)),
        ((None, 6), (STREAM, 6)),
        ((None, 17), (DGRAM, 17)),
        ((DGRAM,), (DGRAM, 17)),
        ((STREAM, 6), (STREAM, 6)),
    ],
)
def test_type_that_is_not_asked_for(
    in_netns: None,
    net: Front,
    host: str,
    asked: tuple[int | None, ...],
    found: tuple[int, int],
) -> None:
    """A stream, unless the type or the protocol says otherwise."""
    (ai,) = net.addrinfo.getaddrinfo(host, 80, INET, *asked).value
    assert (ai.socktype().value, ai.protocol().value) == found


@pytest.mark.parametrize("function", ["getaddrinfo_stream", "getaddrinfo_dgram"])
@pytest.mark.parametrize("passive, addr", [(False, b"127.0.0.1"), (True, b"0.0.0.0")])
def test_absent_host(net: Front, function: str, passive: bool, addr: bytes) -> None:
    assert found(net, function, None, 80, passive) == [(INET, addr, 80)]


@pytest.mark.parametrize("passive, addr", [(False, b"::1"), (True, b"::")])
def test_absent_host_of_inet6(net: Front, passive: bool, addr: bytes) -> None:
    flags = (net.const("AI_PASSIVE"),) if passive else ()
    args = (None, 80, INET6, STREAM, 0, *flags)
    assert found(net, "getaddrinfo", *args) == [(INET6, addr, 80)]


@pytest.mark.parametrize("host, family", [("127.0.0.1", INET6), ("::1", INET)])
def test_digits_of_the_other_family(net: Front, host: str, family: int) -> None:
    failed = net.addrinfo.getaddrinfo(host, 80, family)
    failed.fails("EAI_ADDRFAMILY", op="getaddrinfo", addr=host)


def test_absent_port(net: Front) -> None:
    assert found(net, "getaddrinfo", "127.0.0.1") == [(INET, b"127.0.0.1", 0)]


@pytest.mark.parametrize("function", marked("error"))
def test_both_absent(net: Front, function: str) -> None:
    failure = net.addrinfo.call(function).fails("EAI_NONAME", op="getaddrinfo")
    assert (failure.domain, failure.code) == ("resolver", socket.EAI_NONAME)
    net.addrinfo.call(function, None, None).fails("EAI_NONAME")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_h026_unknown_name(in_netns: None, net: Front, function: str) -> None:
    with pytest.raises(socket.gaierror) as theirs:
        socket.getaddrinfo("no.such.invalid", 80)
    failure = net.addrinfo.call(function, "no.such.invalid", 80).failure
    assert (failure.code, failure.op) == (theirs.value.errno, "getaddrinfo")
    assert failure.message == theirs.value.strerror
    assert failure.addr == "no.such.invalid"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_service(net: Front, function: str) -> None:
    number = socket.getservbyname("domain")
    assert found(net, function, "127.0.0.1", "domain")[0] == (INET, b"127.0.0.1", number)
    unknown = net.addrinfo.call(function, "127.0.0.1", "nosuchservice")
    unknown.fails("EAI_SERVICE", op="getaddrinfo", addr="nosuchservice")


@pytest.mark.parametrize("canonname", [None, False, True])
def test_canonical_name(in_netns: None, net: Front, canonname: bool | None) -> None:
    """Where it was asked for, and nil elsewhere."""
    first, *_ = net.addrinfo.getaddrinfo_stream("one", 80, None, canonname).value
    assert first.canonname().value == (b"one" if canonname else None)
    flags = (net.const("AI_CANONNAME"),) if canonname else ()
    first, *_ = net.addrinfo.getaddrinfo("one", 80, INET, STREAM, 0, *flags).value
    assert first.canonname().value == (b"one" if canonname else None)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_canonical_name_of_digits(net: Front, host: str) -> None:
    flag = net.const("AI_CANONNAME")
    (ai,) = net.addrinfo.getaddrinfo(host, 80, None, STREAM, 0, flag).value
    assert ai.canonname().value == host.encode()
    first, *_ = net.addrinfo.getaddrinfo(None, 80, None, STREAM, 0, flag).value
    assert first.canonname().value is None


def test_numeric_host_flag(net: Front) -> None:
    """AI_NUMERICHOST never asks anybody."""
    flag = net.const("AI_NUMERICHOST")
    net.addrinfo.getaddrinfo("localhost", 80, INET, STREAM, 0, flag).fails("EAI_NONAME")


@pytest.mark.parametrize(
    "args, error",
    [
        (("127.0.0.1", 80, 9999), "EAI_FAMILY"),
        (("127.0.0.1", 80, INET, 77), "EAI_SOCKTYPE"),
        (("127.0.0.1", 80, INET, STREAM, 17), "EAI_SOCKTYPE"),
    ],
)
def test_impossible_hints(net: Front, args: tuple[Any, ...], error: str) -> None:
    with pytest.raises(socket.gaierror) as theirs:
        socket.getaddrinfo(*args)
    failure = net.addrinfo.getaddrinfo(*args).failure
    assert failure.name == error
    assert failure.code == theirs.value.errno


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "host, error",
    [
        ("", "EINVAL"),
        ("a\0b", "EINVAL"),
        ("a" * 256, "EAI_NONAME"),
        ("a" * 5000, "EAI_NONAME"),
    ],
)
def test_h021_bad_hosts(net: Front, function: str, host: str, error: str) -> None:
    net.addrinfo.call(function, host, 80).fails(error)


@covers("ADDRINFO.getnameinfo", "success")
def test_names_of_an_address(net: Front) -> None:
    host, serv = net.const("NI_NUMERICHOST"), net.const("NI_NUMERICSERV")
    for ai, wanted in (
        (net.addrinfo.inet("127.0.0.1", 80), (b"127.0.0.1", b"80")),
        (net.addrinfo.inet6("::1", 443), (b"::1", b"443")),
    ):
        names = ai.value.getnameinfo(host, serv).value
        assert names == {b"host": wanted[0], b"service": wanted[1]}
        assert ai.value.getnameinfo(host | serv).value == names


def test_looked_up_names(in_netns: None, net: Front) -> None:
    """The names of the hosts file and of services(5), as CPython has them."""
    names = net.addrinfo.inet("127.0.0.2", 80).value.getnameinfo().value
    host, service = socket.getnameinfo(("127.0.0.2", 80), 0)
    assert names == {b"host": host.encode(), b"service": service.encode()}


@covers("ADDRINFO.getnameinfo", "error")
def test_name_required(in_netns: None, net: Front) -> None:
    """NI_NAMEREQD and an address without a name."""
    required = net.const("NI_NAMEREQD")
    with pytest.raises(socket.gaierror) as theirs:
        socket.getnameinfo(("192.0.2.9", 80), socket.NI_NAMEREQD)
    failure = net.addrinfo.inet("192.0.2.9", 80).value.getnameinfo(required).failure
    assert (failure.domain, failure.op) == ("resolver", "getnameinfo")
    assert failure.code == theirs.value.errno
