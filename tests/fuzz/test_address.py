"""Addresses against ipaddress and inet_pton(3)."""

from __future__ import annotations

import ipaddress
import socket

from hypothesis import given
from hypothesis import strategies as st

from support.fronts.front import Front, Handle

PORTS = st.integers(0, 65535)
# What looks like an address, or nearly.
NEARLY = st.one_of(
    st.text("0123456789.", max_size=16),
    st.text("0123456789abcdefF:.", min_size=1, max_size=40),
    st.text(max_size=8).filter(lambda text: "\0" not in text and text.isascii()),
    st.ip_addresses().map(str),
)
FUNCTION = {int(socket.AF_INET): "inet", int(socket.AF_INET6): "inet6"}
REFUSED = ("EAFNOSUPPORT", "EINVAL")


@given(ip=st.ip_addresses(v=4), port=PORTS)
def test_inet_round_trip(net: Front, ip: ipaddress.IPv4Address, port: int) -> None:
    made = net.addrinfo.inet(str(ip), port).value
    assert (made.addr().value, made.port().value) == (str(ip).encode(), port)
    assert made.text() == f"{ip}:{port}"


@given(ip=st.ip_addresses(v=6), port=PORTS, long=st.booleans())
def test_inet6_round_trip(
    net: Front, ip: ipaddress.IPv6Address, port: int, long: bool
) -> None:
    """In either way of writing it; it comes back in one."""
    made = net.addrinfo.inet6(ip.exploded if long else str(ip), port).value
    shown = made.addr().value.decode()
    assert ipaddress.IPv6Address(shown) == ip
    assert shown == socket.inet_ntop(socket.AF_INET6, ip.packed)
    assert made.text() == f"[{shown}]:{port}"


@given(text=NEARLY, family=st.sampled_from(sorted(FUNCTION)))
def test_as_strict_as_inet_pton(net: Front, text: str, family: int) -> None:
    """Except that `*` is the wildcard, and a scope may follow `%`."""
    outcome = net.addrinfo.call(FUNCTION[family], text, 1)
    if text == "*" or "%" in text:
        return
    try:
        packed = socket.inet_pton(family, text)
    except OSError:
        assert outcome.failure.name in REFUSED
    else:
        assert socket.inet_pton(family, outcome.value.addr().value.decode()) == packed


@given(path=st.binary(min_size=1, max_size=120))
def test_unix_bytes(net: Front, path: bytes) -> None:
    """Every byte of a path or an abstract name comes back, or it is refused whole."""
    outcome = net.addrinfo.unix(path)
    if b"\0" in path[1:] and path[:1] != b"\0":
        outcome.fails("EINVAL")
    elif len(path) > (108 if path[:1] == b"\0" else 107):
        outcome.fails("ENAMETOOLONG")
    elif path == b"\0":
        assert outcome.kind in ("value", "error")
    else:
        assert outcome.value.addr().value == path
        assert outcome.value.port().value is None


@given(
    one=st.tuples(st.sampled_from(["127.0.0.1", "127.0.0.2"]), st.integers(0, 2)),
    other=st.tuples(st.sampled_from(["127.0.0.1", "127.0.0.2"]), st.integers(0, 2)),
)
def test_equality(net: Front, one: tuple[str, int], other: tuple[str, int]) -> None:
    made: list[Handle] = [net.addrinfo.inet(*at).value for at in (one, other)]
    assert (made[0] == made[1]) == (one == other)
