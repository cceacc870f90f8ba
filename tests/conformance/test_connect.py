"""connect and connect_*: sockets that are connected when they are returned."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest

from support.fronts.front import Front
from support.net.peers import Peers, port_of

from .test_happy_eyeballs import settled

covers = pytest.mark.covers

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX
STREAM, DGRAM = socket.SOCK_STREAM, socket.SOCK_DGRAM

FORMS = [
    "connect",
    "connect_inet_stream",
    "connect_inet6_stream",
    "connect_stream",
    "connect_unix_stream",
]


def arguments(net: Front, form: str, address: Any) -> tuple[Any, ...]:
    """The arguments of a connect function for an address as CPython has it."""
    if form == "connect_unix_stream":
        return (address,)
    if form == "connect":
        return (net.addrinfo.new_inet_stream(*address[:2]).value,)
    return tuple(address[:2])


def family_of(form: str) -> int:
    return {"connect_inet6_stream": INET6, "connect_unix_stream": UNIX}.get(form, INET)


def shown(address: Any) -> str:
    """The address as the library writes it in an error."""
    if not isinstance(address, tuple):
        return os.fsdecode(address)
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def marked(outcome: str) -> list[Any]:
    return [pytest.param(form, marks=covers(f"MODULE.{form}", outcome)) for form in FORMS]


@pytest.mark.parametrize("form", marked("success"))
@pytest.mark.parametrize(
    "deadline", [(), (None,), (5,), (5.5,), (float("inf"),), (1e300,)]
)
def test_h039_connected(
    net: Front, peers: Peers, form: str, deadline: tuple[Any, ...]
) -> None:
    """Connected, close-on-exec, non-blocking; infinite deadlines are none."""
    listener = peers.listener(family_of(form))
    address = listener.getsockname()
    made = net.call(form, *arguments(net, form, address), *deadline).value
    theirs = peers.accept(listener)
    assert made.flags() & os.O_NONBLOCK
    assert made.flags() & os.O_CLOEXEC
    with made.second_reader() as own:
        assert own.family == family_of(form)
        assert own.getpeername() == address
    theirs.sendall(b"hello")
    assert made.recvable(5).value is True
    assert made.recv().value == b"hello"
    assert made.send(b"there").value == 5
    assert theirs.recv(10) == b"there"


@pytest.mark.parametrize("form", marked("error"))
@pytest.mark.parametrize("deadline", [(), (5,)])
def test_refused(net: Front, peers: Peers, form: str, deadline: tuple[Any, ...]) -> None:
    """ECONNREFUSED with the call, the address and the system's words."""
    address = peers.bound(family_of(form), STREAM).getsockname()
    with net.no_new_descriptors():
        refused = net.call(form, *arguments(net, form, address), *deadline)
        failure = refused.fails("ECONNREFUSED", op="connect", addr=shown(address))
    if refused.strict:
        assert failure.message == "Connection refused"
        assert failure.code == 111


@pytest.mark.parametrize(
    "deadline", [float("nan"), -1, -0.001, float("-inf"), -(2**63), -1e300]
)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.level("strict")
def test_h039_impossible_deadline(
    net: Front, peers: Peers, form: str, deadline: float
) -> None:
    """NaN and negative times are the caller's mistake, never a timeout."""
    address = peers.listener(family_of(form)).getsockname()
    args = arguments(net, form, address)
    with net.no_new_descriptors():
        net.call(form, *args, deadline).fails("EINVAL", op=form, text="conndeadl")


@pytest.mark.parametrize(
    "form", ["connect_inet_stream", "connect_inet6_stream", "connect_stream"]
)
def test_nil_host_is_loopback(net: Front, peers: Peers, form: str) -> None:
    listener = peers.listener(family_of(form))
    made = net.call(form, None, port_of(listener), 5).value
    peers.accept(listener)
    found = made.getpeername().value.addr().value
    assert found == (b"::1" if family_of(form) == INET6 else b"127.0.0.1")


@pytest.mark.parametrize(
    "form", ["connect_inet_stream", "connect_inet6_stream", "connect_stream"]
)
def test_h022_empty_host(net: Front, form: str) -> None:
    with net.no_new_descriptors():
        net.call(form, "", 80, 5).fails("EINVAL", op=form, text="host")


@pytest.mark.parametrize(
    "form", ["connect_inet_stream", "connect_inet6_stream", "connect_stream"]
)
def test_host_and_port_absent(net: Front, form: str) -> None:
    with net.no_new_descriptors():
        net.call(form, None, None).fails("EAI_NONAME", op="getaddrinfo")


def test_port_text(net: Front, peers: Peers) -> None:
    """A port may be decimal text."""
    listener = peers.listener()
    made = net.connect_inet_stream("127.0.0.1", str(port_of(listener)), 5).value
    assert made.getpeername().value.port().value == port_of(listener)


def test_name_and_service(in_netns: None, net: Front, peers: Peers) -> None:
    """Both go to the resolver, without a deadline (in place) and with one (a worker)."""
    listener = peers.listener(at=("127.0.0.1", socket.getservbyname("http")))
    for deadline in ((), (5,)):
        made = net.connect_inet_stream("one", "http", *deadline).value
        peers.accept(listener)
        assert made.getpeername().value.addr().value == b"127.0.0.1"


@pytest.mark.parametrize("deadline", [(), (5,)])
@pytest.mark.level("strict")
def test_h026_unknown_name(in_netns: None, net: Front, deadline: tuple[Any, ...]) -> None:
    """The resolver's own code, as CPython has it from the same resolver."""
    with pytest.raises(socket.gaierror) as known:
        socket.getaddrinfo("no.such.invalid", 80, INET, STREAM)
    with net.no_new_descriptors():
        refused = net.connect_inet_stream("no.such.invalid", 80, *deadline)
    failure = refused.failure
    assert failure.domain == "resolver"
    assert (failure.code, failure.op) == (known.value.errno, "getaddrinfo")
    assert failure.addr == "no.such.invalid"


@pytest.mark.parametrize("deadline", [(), (5,)])
def test_inet_is_ipv4_only(
    in_netns: None, net: Front, peers: Peers, deadline: tuple[Any, ...]
) -> None:
    """A name that has IPv6 alone is unknown to the inet function."""
    listener = peers.listener(INET6)
    with pytest.raises(socket.gaierror) as known:
        socket.getaddrinfo("six", port_of(listener), INET, STREAM)
    refused = net.connect_inet_stream("six", port_of(listener), *deadline)
    assert refused.failure.code == known.value.errno
    made = net.connect_inet6_stream("localhost", port_of(listener), *deadline).value
    assert made.getpeername().value.addr().value == b"::1"


@pytest.mark.parametrize("alive", [INET, INET6])
@pytest.mark.parametrize("deadline", [(), (5,)])
def test_h035_next_address(
    in_netns: None, net: Front, peers: Peers, alive: int, deadline: tuple[Any, ...]
) -> None:
    """One of the two addresses of a host refuses: the other is connected."""
    listener = peers.listener(alive)
    before = net.descriptors()
    made = net.connect_stream(None, port_of(listener), *deadline)
    assert made.value.family().value == alive
    settled(net, before, made)
    peers.accept(listener)


@pytest.mark.parametrize("deadline", [(), (5,)])
def test_h035_every_address_refuses(
    in_netns: None, net: Front, peers: Peers, deadline: tuple[Any, ...]
) -> None:
    """The last error comes back; every socket that lost is closed."""
    port = peers.refused_port()
    with net.no_new_descriptors():
        refused = net.connect_inet_stream("two", port, *deadline)
        refused.fails("ECONNREFUSED", op="connect", addr=f"127.0.0.2:{port}")


def test_unreachable_network(in_netns: None, net: Front) -> None:
    with net.no_new_descriptors():
        net.connect_inet_stream("192.0.2.1", 80, 5).fails(
            "ENETUNREACH", op="connect", addr="192.0.2.1:80"
        )


def test_missing_path(net: Front, peers: Peers) -> None:
    path = peers.path()
    with net.no_new_descriptors():
        net.connect_unix_stream(path, 5).fails("ENOENT", op="connect", addr=path)


def test_datagram_path(net: Front, peers: Peers) -> None:
    """A stream does not connect to a datagram socket."""
    path = peers.bound(UNIX, DGRAM).getsockname()
    with net.no_new_descriptors():
        net.connect_unix_stream(path).fails("EPROTOTYPE", op="connect", addr=path)


@pytest.mark.parametrize("length", [1, 30, 107])
def test_h014_abstract_name(net: Front, peers: Peers, length: int) -> None:
    """Exactly these bytes, zeros at the end included."""
    name = (peers.abstract() + b"\0" * 107)[: length + 1] if length > 1 else b"\0\x01"
    listener = peers.listener(UNIX, name)
    made = net.connect_unix_stream(name).value
    assert made.getpeername().value.addr().value == name
    peers.accept(listener)


def test_connect_udp_address(net: Front, peers: Peers) -> None:
    """connect(ai) takes the type from the address: a connected datagram socket."""
    theirs = peers.udp()
    ai = net.addrinfo.new_inet_dgram("127.0.0.1", port_of(theirs)).value
    made = net.connect(ai, 5).value
    assert made.socktype().value == DGRAM
    assert made.send(b"x").value == 1
    assert theirs.recv(10) == b"x"


def test_h023_mapped_address_is_not_ipv4(net: Front, peers: Peers) -> None:
    """The inet function refuses an IPv4 address in IPv6 clothes."""
    listener = peers.listener()
    refused = net.connect_inet_stream("::ffff:127.0.0.1", port_of(listener), 5)
    assert refused.failure.domain == "resolver"


@pytest.mark.parametrize("form", FORMS)
def test_h029_blocking_call_returns_nonblocking_socket(
    net: Front, peers: Peers, form: str
) -> None:
    """A connect that waited without end still gives a socket that does not wait."""
    listener = peers.listener(family_of(form))
    made = net.call(form, *arguments(net, form, listener.getsockname())).value
    assert made.nonblock().value is True
    assert made.recv().is_again()


@pytest.mark.parametrize("form", ["connect_inet_stream", "connect_stream"])
@pytest.mark.level("strict")
def test_wildcard_is_for_binding(in_netns: None, net: Front, form: str) -> None:
    """ "*" names no host to connect to."""
    with net.no_new_descriptors():
        failure = net.call(form, "*", 80, 5).failure
    assert (failure.domain, failure.op, failure.addr) == ("resolver", "getaddrinfo", "*")
