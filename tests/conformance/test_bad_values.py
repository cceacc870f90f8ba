"""Values of the right type that cannot be: ports, hosts and paths, everywhere."""

from __future__ import annotations

import os
from typing import Any

import pytest

from support.fronts.front import Front
from support.net.peers import Peers

BY_HOST = [
    "bind_inet_stream",
    "bind_inet6_stream",
    "bind_stream",
    "bind_dgram",
    "bind_inet_dgram",
    "bind_inet6_dgram",
    "connect_inet_stream",
    "connect_inet6_stream",
    "connect_stream",
    "connect_inet_dgram",
    "connect_inet6_dgram",
    "connect_dgram",
]
BY_PATH = [
    "bind_unix_stream",
    "bind_unix_dgram",
    "connect_unix_stream",
    "connect_unix_dgram",
]
# What a path is for; addresses are for no call, and name their function.
CALLS = {name: name.partition("_")[0] for name in BY_PATH}
RESOLVERS = ["getaddrinfo", "getaddrinfo_stream", "getaddrinfo_dgram"]

PORTS = [
    "65536",
    "-1",
    "80x",
    " 80",
    "80 ",
    "+80",
    "",
    "0x50",
    "8 0",
    "80\0",
    "80\n",
    "99999999999999999999",
    "٨٠",
    -1,
    65536,
    2**31,
    2**32 + 80,
    2**53,
    2**63,
]
BAD_FLOATS = [80.5, float("nan"), float("inf"), 2.0**53 * 4]


def call(net: Front, function: str, host: Any, port: Any) -> Any:
    where = net.addrinfo if function in RESOLVERS else net
    return where.call(function, host, port)


def numeric(function: str) -> str:
    return "::1" if "inet6" in function else "127.0.0.1"


@pytest.mark.parametrize("function", BY_HOST + RESOLVERS)
@pytest.mark.parametrize("port", PORTS, ids=repr)
def test_h019_ports(net: Front, function: str, port: Any) -> None:
    """Decimal text, a service, or an integer 0..65535: anything else is EAI_SERVICE."""
    with net.no_new_descriptors():
        failure = call(net, function, numeric(function), port).fails("EAI_SERVICE")
    assert failure.domain == "resolver"
    assert failure.op == "getaddrinfo"


@pytest.mark.parametrize("function", BY_HOST + RESOLVERS)
@pytest.mark.parametrize("port", BAD_FLOATS, ids=repr)
def test_h019_float_ports(net: Front, function: str, port: float) -> None:
    """A port that is no integer: EAI_SERVICE in Lua, a TypeError in Python."""
    with net.no_new_descriptors():
        outcome = call(net, function, numeric(function), port)
    if net.language == "python":
        assert outcome.raised.name == "TypeError"
    else:
        assert outcome.fails("EAI_SERVICE").domain == "resolver"


@pytest.mark.parametrize("function", BY_HOST)
@pytest.mark.parametrize("port", ["0", "00", 0, None])
def test_good_ports(net: Front, function: str, port: Any) -> None:
    """0 in each spelling: a bind picks a port, a connection is refused, a peer is not
    asked."""
    outcome = call(net, function, numeric(function), port)
    if function.endswith("_dgram") and function.startswith("connect"):
        assert outcome.value.socktype().value == net.const("SOCK_DGRAM")
    elif function.startswith("bind"):
        assert outcome.value.getsockname().value.port().value > 0
    else:
        assert outcome.failure.op == "connect"


@pytest.mark.parametrize("function", BY_HOST + RESOLVERS)
@pytest.mark.parametrize(
    "host, error",
    [
        ("", "EINVAL"),
        ("\0", "EINVAL"),
        ("127.0.0.1\0", "EINVAL"),
        ("127.0.0.1\0.example", "EINVAL"),
        ("a" * 256, "EAI_NONAME"),
        ("a." * 3000, "EAI_NONAME"),
    ],
    ids=["empty", "nul", "nul-at-end", "nul-inside", "256", "6000"],
)
def test_h021_hosts(net: Front, function: str, host: str, error: str) -> None:
    """Refused before the resolver is asked."""
    with net.no_new_descriptors():
        failure = call(net, function, host, 80).fails(error)
    assert failure.op == (function if error == "EINVAL" else "getaddrinfo")


@pytest.mark.parametrize("function", BY_PATH)
@pytest.mark.parametrize("size", [108, 5000])
def test_h012_long_paths(net: Front, function: str, size: int) -> None:
    path = "/tmp/" + "x" * (size - 5)
    with net.no_new_descriptors():
        failure = net.call(function, path).fails("ENAMETOOLONG", op=CALLS[function])
    assert failure.code == 36


@pytest.mark.parametrize("function", ["bind_unix_stream", "bind_unix_dgram"])
def test_h012_path_of_107_bytes(net: Front, peers: Peers, function: str) -> None:
    """The longest path that fits is bound, connected and read back whole."""
    path = (peers.path() + "y" * 107)[:107]
    made = net.call(function, path).value
    assert made.getsockname().value.addr().value == path.encode()
    assert os.path.exists(path)
    if function == "bind_unix_stream":
        assert made.listen().value is True
        client = net.connect_unix_stream(path).value
        assert client.getpeername().value.addr().value == path.encode()


@pytest.mark.parametrize("function", BY_PATH)
@pytest.mark.parametrize("path", ["", "/tmp/x\0y", "x\0", "/tmp/\0"], ids=repr)
def test_h013_paths(net: Front, function: str, path: str) -> None:
    with net.no_new_descriptors():
        net.call(function, path).fails("EINVAL", op=function, text="pathname")


@pytest.mark.parametrize("function", BY_PATH)
def test_h014_abstract_over_107(net: Front, function: str) -> None:
    with net.no_new_descriptors():
        net.call(function, b"\0" + b"a" * 108).fails("ENAMETOOLONG", op=CALLS[function])


@pytest.mark.parametrize("path", [b"/tmp/\xff\xfe", "/tmp/\udcff"])
def test_paths_are_bytes(net: Front, path: Any) -> None:
    """Any byte may be in a path, and the error shows it."""
    failure = net.connect_unix_stream(path).failure
    assert failure.name == "ENOENT"
    assert failure.addr is not None
    assert os.fsencode(failure.addr).startswith(b"/tmp/\xff")


def test_control_bytes_in_an_error(net: Front) -> None:
    r"""An error stays one line: control bytes are shown as \xNN."""
    failure = net.connect_unix_stream("/nonexistent/\n\x1b[31mred\x7f").failure
    assert "\n" not in failure.text
    assert "\x1b" not in failure.text
    assert r"\n" in failure.text or r"\x0a" in failure.text
