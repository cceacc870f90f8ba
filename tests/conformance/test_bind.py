"""bind, bind_*_stream, bind_*_dgram, and bind and listen of the object."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from support.fronts.front import Front, Handle
from support.net.peers import Peers, arrived, port_of, wait_until

covers = pytest.mark.covers

STREAM, DGRAM = socket.SOCK_STREAM, socket.SOCK_DGRAM
INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX

# name, host, family, type
BY_HOST = [
    ("bind_inet_stream", "127.0.0.1", INET, STREAM),
    ("bind_inet6_stream", "::1", INET6, STREAM),
    ("bind_stream", "127.0.0.1", INET, STREAM),
    ("bind_stream", "::1", INET6, STREAM),
    ("bind_dgram", "127.0.0.1", INET, DGRAM),
    ("bind_dgram", "::1", INET6, DGRAM),
    ("bind_inet_dgram", "127.0.0.1", INET, DGRAM),
    ("bind_inet6_dgram", "::1", INET6, DGRAM),
]
BY_PATH = [("bind_unix_stream", STREAM), ("bind_unix_dgram", DGRAM)]


def port(made: Handle) -> int:
    number: int = made.getsockname().value.port().value
    return number


def _marked(rows: list[Any], outcome: str) -> list[Any]:
    return [pytest.param(*row, marks=covers(f"MODULE.{row[0]}", outcome)) for row in rows]


@pytest.mark.parametrize("name, host, family, kind", _marked(BY_HOST, "success"))
@pytest.mark.parametrize("at", [0, "0", None])
def test_bind_numeric(
    net: Front, name: str, host: str, family: int, kind: int, at: Any
) -> None:
    """A socket of the right kind with a port from the kernel, and its flags."""
    made = net.call(name, host, at).value
    with made.second_reader() as own:
        assert (own.family, own.type) == (family, kind)
        assert own.getsockname()[:2] == (host, port(made))
    assert port(made) > 0
    assert made.flags() & os.O_NONBLOCK
    assert made.flags() & os.O_CLOEXEC


@pytest.mark.parametrize("name, kind", _marked(BY_PATH, "success"))
@pytest.mark.parametrize("abstract", [False, True])
def test_bind_unix(
    net: Front, peers: Peers, name: str, kind: int, abstract: bool
) -> None:
    path = peers.abstract() if abstract else peers.path().encode()
    made = net.call(name, path).value
    assert made.socktype().value == kind
    assert made.getsockname().value.addr().value == path
    assert os.path.exists(path) is True if not abstract else True
    assert made.flags() & os.O_NONBLOCK


@pytest.mark.parametrize("name, host, family, kind", _marked(BY_HOST, "error"))
def test_address_in_use(
    net: Front, peers: Peers, name: str, host: str, family: int, kind: int
) -> None:
    """EADDRINUSE names the address; the socket that lost is gone."""
    theirs = peers.bound(family, kind)
    if kind == STREAM:
        theirs.listen()
    text = f"[{host}]" if family == INET6 else host
    with net.no_new_descriptors():
        refused = net.call(name, host, port_of(theirs))
        refused.fails("EADDRINUSE", op="bind", addr=f"{text}:{port_of(theirs)}")


@pytest.mark.parametrize("name, kind", _marked(BY_PATH, "error"))
def test_path_in_use(net: Front, peers: Peers, name: str, kind: int) -> None:
    path = peers.path()
    peers.bound(UNIX, kind, path)
    with net.no_new_descriptors():
        net.call(name, path).fails("EADDRINUSE", op="bind", addr=path)


@pytest.mark.parametrize("name, kind", BY_PATH)
def test_path_in_missing_folder(net: Front, peers: Peers, name: str, kind: int) -> None:
    path = peers.path() + "/none/x"
    with net.no_new_descriptors():
        net.call(name, path).fails("ENOENT", op="bind", addr=path)


@pytest.mark.parametrize("name, host, family, kind", BY_HOST)
@pytest.mark.parametrize("wildcard", [None, "*"])
def test_wildcard(
    net: Front, name: str, host: str, family: int, kind: int, wildcard: str | None
) -> None:
    """nil and "*" are the wildcard of the function's family."""
    made = net.call(name, wildcard, 0).value
    found = made.getsockname().value.addr().value
    if name in ("bind_stream", "bind_dgram"):
        assert found in (b"::", b"0.0.0.0")
    else:
        assert found == {INET: b"0.0.0.0", INET6: b"::"}[socket.AddressFamily(family)]


@pytest.mark.parametrize("name, host, family, kind", BY_HOST)
def test_h022_empty_host(
    net: Front, name: str, host: str, family: int, kind: int
) -> None:
    """ "" never exposes every interface by accident."""
    with net.no_new_descriptors():
        net.call(name, "", 0).fails("EINVAL", op=name)


@pytest.mark.parametrize("name, host, family, kind", BY_HOST)
@pytest.mark.level("strict")
def test_host_and_port_absent(
    net: Front, name: str, host: str, family: int, kind: int
) -> None:
    with net.no_new_descriptors():
        failure = net.call(name, None, None).fails("EAI_NONAME", op="getaddrinfo")
    assert failure.domain == "resolver"


@pytest.mark.parametrize("name", ["bind_inet6_stream", "bind_inet6_dgram"])
def test_h023_v6only(net: Front, name: str) -> None:
    """The inet6 functions never take IPv4 traffic as well."""
    made = net.call(name, None, 0).value
    with made.second_reader() as own:
        assert own.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 1


def test_h023_dual_stack(net: Front, peers: Peers) -> None:
    """bind_stream on the wildcard serves both families."""
    made = net.bind_stream(None, 0).value
    assert made.listen().value is True
    for family, host in ((INET, "127.0.0.1"), (INET6, "::1")):
        client = peers.open(family)
        client.connect((host, port(made)))
        assert made.accept().value.fd().value >= 0


def test_h023_dual_stack_whatever_the_system_prefers(in_netns: None, net: Front) -> None:
    Path("/proc/sys/net/ipv6/bindv6only").write_text("1")
    made = net.bind_stream(None, 0).value
    with made.second_reader() as own:
        assert own.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 0


@pytest.mark.parametrize("family, host", [(INET, "::1"), (INET6, "127.0.0.1")])
def test_host_of_the_other_family(net: Front, family: int, host: str) -> None:
    """A number of the other family is a name that the family does not have."""
    name = "bind_inet_stream" if family == INET else "bind_inet6_stream"
    with pytest.raises(socket.gaierror) as known:
        socket.getaddrinfo(host, 0, family, STREAM)
    with net.no_new_descriptors():
        assert net.call(name, host, 0).failure.code == known.value.errno


def test_foreign_address(net: Front) -> None:
    """192.0.2.0/24 is no host's (RFC 5737)."""
    with net.no_new_descriptors():
        net.bind_inet_stream("192.0.2.77", 0).fails(
            "EADDRNOTAVAIL", op="bind", addr="192.0.2.77:0"
        )


@covers("MODULE.bind", "success")
def test_bind_address(net: Front) -> None:
    """bind(ai) opens a socket of the address's own family and type."""
    ai = net.addrinfo.new_inet_dgram("127.0.0.1", 0).value
    made = net.bind(ai).value
    assert made.family().value == INET
    assert made.socktype().value == DGRAM
    assert port(made) > 0
    assert ai.port().value == 0


@covers("MODULE.bind", "error")
def test_bind_address_in_use(net: Front, peers: Peers) -> None:
    listener = peers.listener()
    ai = net.addrinfo.new_inet_stream("127.0.0.1", port_of(listener)).value
    with net.no_new_descriptors():
        net.bind(ai).fails("EADDRINUSE", op="bind", addr=f"127.0.0.1:{port_of(listener)}")


@pytest.mark.parametrize(
    "flags, wanted",
    [((), (0, 0)), ((True,), (1, 0)), ((False, True), (0, 1)), ((None, True), (0, 1))],
)
@pytest.mark.parametrize("name", ["bind_inet_stream", "bind_inet6_dgram", "bind_stream"])
def test_h089_reuse_only_when_asked(
    net: Front, name: str, flags: tuple[Any, ...], wanted: tuple[int, int]
) -> None:
    made = net.call(name, "::1" if "6" in name else "127.0.0.1", 0, *flags).value
    with made.second_reader() as own:
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) == wanted[0]
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) == wanted[1]


def test_h089_reuseport_shares(net: Front) -> None:
    """Two sockets of one user share a port when both asked."""
    first = net.bind_inet_dgram("127.0.0.1", 0, False, True).value
    second = net.bind_inet_dgram("127.0.0.1", port(first), False, True).value
    assert port(first) == port(second)


def test_h089_two_listeners(net: Front) -> None:
    """Two REUSEADDR binds succeed on Linux; listen is where the second is told."""
    first = net.bind_inet_stream("127.0.0.1", 0, True).value
    second = net.bind_inet_stream("127.0.0.1", port(first), True).value
    assert first.listen().value is True
    second.listen().fails("EADDRINUSE", op="listen")


FIN_WAIT2, TIME_WAIT = "05", "06"


def is_in(number: int, state: str) -> bool:
    """Whether a connection of this port is in that state: its last packets are handled
    some time after close(2)."""
    with open("/proc/thread-self/net/tcp") as table:
        rows = [line.split() for line in table][1:]
    return any(row[1].endswith(f":{number:04X}") and row[3] == state for row in rows)


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("now", [False, True])
def test_h089_time_wait(net: Front, before: bool, now: bool) -> None:
    """A port whose last connection is in TIME-WAIT: both sockets must have asked.

    An end that comes while the first close(2) is still at work may leave no TIME-WAIT."""
    first = net.bind_inet_stream("127.0.0.1", 0, before).value
    assert first.listen().value is True
    number = port(first)
    with socket.create_connection(("127.0.0.1", number)) as client:
        arrived(first)
        first.accept().value.close()  # the side that closes first has the TIME-WAIT
        assert client.recv(1) == b""
        wait_until(lambda: is_in(number, FIN_WAIT2), "our side has ended alone")
    first.close()
    wait_until(lambda: is_in(number, TIME_WAIT), "the connection is in TIME-WAIT")
    again = net.bind_inet_stream("127.0.0.1", number, now)
    if before and now:
        assert port(again.value) == number
    else:
        again.fails("EADDRINUSE", op="bind")


@covers("SOCKET.bind", "success")
@covers("SOCKET.listen", "success")
def test_bind_and_listen_methods(net: Front, peers: Peers) -> None:
    made = net.new_inet_stream().value
    assert made.bind(net.addrinfo.inet("127.0.0.1", 0).value).value is True
    assert made.listen().value is True
    with made.second_reader() as own:
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1
    client = peers.open()
    client.connect(("127.0.0.1", port(made)))


@covers("SOCKET.bind", "error")
def test_bind_twice(net: Front) -> None:
    made = net.new_inet_stream().value
    ai = net.addrinfo.inet("127.0.0.1", 0).value
    assert made.bind(ai).value is True
    before = port(made)
    made.bind(ai).fails("EINVAL", op="bind", addr="127.0.0.1:0")
    assert port(made) == before


@pytest.mark.parametrize(
    "function, ai",
    [
        ("new_inet_stream", "inet6"),
        ("new_inet6_stream", "inet"),
        ("new_unix_stream", "inet"),
    ],
)
def test_h018_bind_of_another_family(net: Front, function: str, ai: str) -> None:
    """Refused before the kernel reads one structure as the other."""
    made = net.call(function).value
    address = net.addrinfo.call(ai, None, 0).value
    made.bind(address).fails("EAFNOSUPPORT", op="bind")
    assert made.fd().value >= 0


@covers("SOCKET.listen", "error")
@pytest.mark.parametrize("name", ["new_inet_dgram", "new_unix_dgram"])
def test_listen_on_datagrams(net: Front, name: str) -> None:
    net.call(name).value.listen().fails("EOPNOTSUPP", op="listen")


@pytest.mark.parametrize("name", ["bind_inet_stream", "bind_inet_dgram"])
def test_both_kinds_of_reuse(net: Front, name: str) -> None:
    made = net.call(name, "127.0.0.1", 0, True, True).value
    assert made.reuseaddr().value is True
    assert made.reuseport().value is True


@pytest.mark.parametrize("backlog", [0, 1, 4096, 2**31 - 1, None])
def test_backlogs(net: Front, backlog: int | None) -> None:
    """Every int is the kernel's to judge; absent is SOMAXCONN."""
    assert net.bind_inet_stream("127.0.0.1", 0).value.listen(backlog).value is True


@pytest.mark.parametrize("backlog", [-1, 2**31, 2**32 + 1, 2**63])
@pytest.mark.level("strict")
def test_h006_impossible_backlog(net: Front, backlog: int) -> None:
    made = net.bind_inet_stream("127.0.0.1", 0).value
    made.listen(backlog).fails("EINVAL")
    with made.second_reader() as own:
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 0


def test_h035_second_candidate(in_netns: None, net: Front, peers: Peers) -> None:
    """The first address of a name is taken: the second is bound."""
    taken = peers.listener(at=("127.0.0.1", 0))
    made = net.bind_inet_stream("two", port_of(taken)).value
    assert made.getsockname().value.addr().value == b"127.0.0.2"


def test_h035_every_candidate_taken(in_netns: None, net: Front, peers: Peers) -> None:
    """The last error is reported, and every socket that lost is closed."""
    taken = peers.listener(at=("127.0.0.1", 0))
    peers.listener(at=("127.0.0.2", port_of(taken)))
    with net.no_new_descriptors():
        refused = net.bind_inet_stream("two", port_of(taken))
        refused.fails("EADDRINUSE", op="bind", addr=f"127.0.0.2:{port_of(taken)}")


def test_service_names(in_netns: None, net: Front) -> None:
    """services(5) names work as ports, without a thread of ours."""
    number = socket.getservbyname("http")
    assert port(net.bind_inet_stream("127.0.0.1", "http").value) == number
