"""What an opener has besides its positions: options, a local address, the pace of a race.

In Python they are named, in Lua they stand in one trailing table; a case names them, and
each front gives them in its language's way.
"""

from __future__ import annotations

import socket
from typing import Any

import pytest

from conformance.parts import seen
from conformance.test_attempts import told
from conformance.test_happy_eyeballs import hosts, refusing, silent, won_by
from conformance.test_options import KNOWN, kernel
from support.fronts import manifest
from support.fronts.front import Front
from support.fronts.outcome import Outcome
from support.machine_lag import LATE, measured
from support.net.peers import Peers, port_of

pytestmark = pytest.mark.level("strict")

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX
OPENERS = [row for row in manifest.rows() if row.options]
MADE = [
    pytest.param(name, value, id=f"{name}-{value}")
    for name, known in KNOWN.items()
    for value in dict.fromkeys(known.values)
]
OF_TCP = {
    "tcpnodelay": True,
    "keepalive": True,
    "tcpkeepalive": 33,
    "linger": 3,
    "rcvtimeo": 1.5,
    "tos": 16,
    "bindtodevice": b"lo",
    "tcpcongestion": b"reno",
    "cloexec": False,
}


def has_all(outcome: Outcome, wanted: dict[str, Any]) -> None:
    made = outcome.value
    assert {name: kernel(made, name) for name in wanted} == wanted


# --------------------------------------------------------------------- what is set


def test_which_openers_have_them() -> None:
    """All that make one socket of arguments; a pair and an adopted one have none."""
    makes = {row.name for row in manifest.rows() if row.result.startswith("socket")}
    others = {"accept", "acceptwait", "dup", "wrap", "to_socket", "listen_fds"}
    pairs = {name for name in makes if name.startswith("pair")}
    assert {row.name for row in OPENERS} == makes - others - pairs


@pytest.mark.parametrize("name, value", MADE)
def test_every_option_can_be_set(net: Front, name: str, value: Any) -> None:
    known = KNOWN[name]
    made = net.call(known.made, **{name: value}).value
    assert kernel(made, name) == known.kept(value)


@pytest.mark.parametrize(
    "form", ["connect", "connect_inet_stream", "connect_stream", "by_name"]
)
def test_of_a_connection(net: Front, peers: Peers, form: str) -> None:
    port = port_of(peers.listener())
    if form == "connect":
        args: tuple[Any, ...] = (net.addrinfo.inet("127.0.0.1", port).value,)
    else:
        args = ("localhost" if form == "by_name" else "127.0.0.1", port)
    function = "connect_inet_stream" if form == "by_name" else form
    has_all(net.call(function, *args, **OF_TCP), OF_TCP)
    has_all(net.call(function, *args, 5, **OF_TCP), OF_TCP)


def test_before_the_handshake(net: Front, peers: Peers) -> None:
    """The segment size is agreed on by the handshake: set later, it would be too late."""
    listener = peers.listener()
    made = net.connect_stream("127.0.0.1", port_of(listener), tcpmaxseg=700).value
    theirs = peers.accept(listener)
    assert made.tcpmaxseg().value < 700 + 1
    assert theirs.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG) <= 700


@pytest.mark.parametrize("form", ["bind", "bind_inet_stream", "bind_stream"])
def test_of_a_bound_socket(net: Front, form: str) -> None:
    """freebind, which has to be there before, lets a foreign address be bound."""
    wanted = {"freebind": True, "tcpdeferaccept": 3, "nonblock": False}
    at = ("192.0.2.1", 0)
    args: tuple[Any, ...] = at
    if form == "bind":
        args = (net.addrinfo.inet(*at).value,)
    has_all(net.call(form, *args, **wanted), wanted)
    net.call(form, *args).fails("EADDRNOTAVAIL", op="bind")


def test_of_unix_sockets(net: Front, peers: Peers) -> None:
    """Positions may be named beside them."""
    path = peers.path()
    bound = net.bind_unix_stream(path, mode=0o600, unlink=True, passcred=True)
    has_all(bound, {"passcred": True})
    assert bound.value.listen().value is True
    has_all(net.connect_unix_stream(path, passcred=True), {"passcred": True})
    receiver = net.bind_unix_dgram(peers.abstract(), rcvbuf=9000).value
    to = receiver.getsockname().value.addr().value
    wanted = {"passcred": True, "sndtimeo": 0.5}
    has_all(net.connect_unix_dgram(to, **wanted), wanted)


@pytest.mark.parametrize("nonblock", [True, False])
def test_mode_comes_last(net: Front, peers: Peers, nonblock: bool) -> None:
    """A socket that is to block is connected under its deadline all the same."""
    host, port = peers.black_hole()
    late = net.connect_inet_stream(host, port, 0.2, nonblock=nonblock)
    assert late.kind == "timeout"
    made = net.connect_inet_stream(
        "127.0.0.1", port_of(peers.listener()), 5, nonblock=nonblock
    ).value
    assert made.nonblock().value is nonblock
    assert kernel(made, "nonblock") is nonblock


def test_interface_by_its_address(net: Front) -> None:
    """Its object may go before the socket is opened: the option has a copy."""
    lo = net.addrinfo.inet("127.0.0.1", 0).value
    made = net.new_inet_dgram(mcastif=lo, bindtodevice=lo).value
    assert made.mcastif().value == made.bindtodevice().value == b"lo"
    absent = net.addrinfo.inet("192.0.2.1", 0).value
    assert seen(net.new_inet_dgram(mcastif=absent))[1] == "EADDRNOTAVAIL"


def test_lua_table_comes_last(lua_net: Any) -> None:
    """After the positions, or where the later ones are left out; it has them by name."""
    refused = lua_net.run(
        """
        local socket = require 'net.socket'
        local bound <close> = assert(socket.bind_inet_stream('127.0.0.1', 0, {
          reuseaddr = true}))
        assert(bound:reuseaddr() == true and bound:listen())
        local port = bound:getsockname():port()
        local function sized(...)
          local sock <close> = assert(socket.connect_inet_stream('127.0.0.1', port, ...))
          assert(sock:linger() == 7)
        end
        sized({linger = 7})
        sized(5, {linger = 7})
        sized(nil, {linger = 7})
        sized({linger = 7, conndeadl = 5})
        sized({linger = 7}, nil)
        sized(5, {linger = 7}, 'what comes after is not looked at')
        local _, err = socket.connect_inet_stream('127.0.0.1', port, {conndeadl = -1})
        return tostring(err)
        """
    )
    assert refused == [
        b"connect_inet_stream conndeadl: EINVAL (22) "
        b"must be a number of seconds, 0 or more"
    ]


# ---------------------------------------------------------------------- local_addr


@pytest.mark.parametrize("form", ["connect_inet_stream", "connect_stream", "connect"])
def test_local_addr(net: Front, peers: Peers, form: str) -> None:
    """The peer sees it."""
    listener = peers.listener()
    args: tuple[Any, ...] = ("localhost", port_of(listener))
    if form == "connect":
        args = (net.addrinfo.inet("127.0.0.1", port_of(listener)).value,)
    local = net.addrinfo.inet("127.0.0.5", 0).value
    made = net.call(form, *args, 5, local_addr=local).value
    assert made.getsockname().value.addr().value == b"127.0.0.5"
    assert peers.accept(listener).getpeername()[0] == "127.0.0.5"


def test_local_port(net: Front, peers: Peers) -> None:
    """One for two connections, since each attempt's socket has reuseaddr before."""
    first, second = peers.listener(), peers.listener()
    port = 0
    for listener in (first, second):
        local = net.addrinfo.inet("127.0.0.1", port).value
        made = net.connect_stream(
            "127.0.0.1", port_of(listener), local_addr=local, reuseaddr=True
        ).value
        port = port or made.getsockname().value.port().value
        assert made.getsockname().value.port().value == port


def test_local_addr_of_datagrams(net: Front, peers: Peers) -> None:
    """So that who is sent to can answer."""
    theirs = peers.udp()
    local = net.addrinfo.inet("127.0.0.6", 0).value
    made = net.connect_dgram("127.0.0.1", port_of(theirs), local_addr=local).value
    assert made.send(b"ping").value == 4
    data, sender = theirs.recvfrom(10)
    assert sender[0] == "127.0.0.6"
    unix, name = peers.bound(UNIX, socket.SOCK_DGRAM), peers.abstract()
    local = net.addrinfo.unix(name).value
    made = net.connect_unix_dgram(unix.getsockname(), local_addr=local).value
    assert made.send(b"ping").value == 4
    assert unix.recvfrom(10) == (b"ping", name)


def test_local_addr_fails(net: Front, peers: Peers) -> None:
    """The error is bind's, about the local address; the attempt was at the other."""
    port = port_of(peers.listener())
    local = net.addrinfo.inet("192.0.2.1", 0).value
    with net.no_new_descriptors():
        outcome = net.connect_inet_stream("127.0.0.1", port, local_addr=local)
    outcome.fails("EADDRNOTAVAIL", op="bind", addr="192.0.2.1:0")
    assert [one[:3] for one in told(outcome)] == [
        (f"127.0.0.1:{port}", "bind", "EADDRNOTAVAIL")
    ]


def test_local_addr_has_one_family(in_netns: None, net: Front, peers: Peers) -> None:
    """A name is asked for addresses of it; a fixed family that is another is refused."""
    port = port_of(peers.listener(INET6))
    six, four = (
        net.addrinfo.inet6("::1", 0).value,
        net.addrinfo.inet("127.0.0.1", 0).value,
    )
    won_by(net.connect_stream("localhost", port, 5, local_addr=six), "::1")
    net.connect_stream("::1", port, 5, local_addr=four).fails("EAI_ADDRFAMILY")
    for refused in (
        net.connect_inet6_stream("::1", port, local_addr=four),
        net.connect_unix_stream(peers.path(), local_addr=four),
        net.connect(net.addrinfo.inet("127.0.0.1", port).value, local_addr=six),
    ):
        assert seen(refused)[1::2] == ("EINVAL", "local_addr")


def test_connected_to_itself_by_its_own_wish(
    in_netns: None, net: Front, peers: Peers
) -> None:
    """Bound to that very port it is meant to be, as with `sock:bind`."""
    own = peers.bound(INET, socket.SOCK_STREAM)
    port = port_of(own)
    own.close()
    at = net.addrinfo.inet("127.0.0.1", port).value
    made = net.connect(at, 5, local_addr=at).value
    assert made.send(b"echo").value == 4
    assert made.recvall(4, 5).value == b"echo"


# ------------------------------------------------------------------- attempt_delay


@pytest.mark.measures
@pytest.mark.parametrize("delay", [0.05, 1])
def test_attempt_delay(in_netns: None, net: Front, peers: Peers, delay: float) -> None:
    """How long IPv6 has before IPv4 is tried beside it."""
    port = silent(peers, "::1")
    peers.listener(INET, ("127.0.0.1", port))
    with measured() as watch:
        won_by(net.connect_stream(None, port, 20, attempt_delay=delay), "127.0.0.1")
    assert delay <= watch.took < delay + LATE


def test_attempt_delay_needs_a_race(net: Front, peers: Peers) -> None:
    refused = net.connect_inet_stream("127.0.0.1", 1, attempt_delay=1)
    assert seen(refused) == ("error", "EINVAL", "connect_inet_stream", "attempt_delay")
    for value in (0, -1, 0.009, 3601, float("nan"), float("inf")):
        refused = net.connect_stream("127.0.0.1", 1, attempt_delay=value)
        assert seen(refused) == ("error", "EINVAL", "connect_stream", "attempt_delay")


# ------------------------------------------------------------------------ failures


def test_each_attempt_fails_by_itself(in_netns: None, net: Front, peers: Peers) -> None:
    """What IPv4 has not got is the end of that attempt, and IPv6 goes on."""
    listener = peers.listener(INET6)
    port = port_of(listener)
    won_by(net.connect_stream(None, port, 5, ipv6only=True), "::1")
    listener.close()
    refusing(peers, "::1", port)
    with net.no_new_descriptors():
        outcome = net.connect_stream(None, port, 5, ipv6only=True)
    assert [one[:3] for one in told(outcome)] == [
        (f"[::1]:{port}", "connect", "ECONNREFUSED"),
        (f"127.0.0.1:{port}", "setsockopt ipv6only", "EAFNOSUPPORT"),
    ]
    outcome.fails("EAFNOSUPPORT", op="setsockopt ipv6only", addr=f"127.0.0.1:{port}")


def test_all_addresses_of_a_name(in_netns: None, net: Front, folder: Any) -> None:
    name = hosts(folder, "127.0.0.2", "127.0.0.3")
    with net.no_new_descriptors():
        outcome = net.connect_inet_stream(name, 9, 5, passcred=True)
    assert [one[:3] for one in told(outcome)] == [
        (f"127.0.0.{i}:9", "setsockopt passcred", "EAFNOSUPPORT") for i in (2, 3)
    ]


def test_bound_socket_is_closed(net: Front) -> None:
    with net.no_new_descriptors():
        net.bind_inet_stream("127.0.0.1", 0, passcred=True).fails(
            "EAFNOSUPPORT", op="setsockopt passcred", addr="127.0.0.1:0"
        )
        refused = net.new_inet_stream(passcred=True)
        assert seen(refused) == ("error", "EAFNOSUPPORT", "setsockopt", "passcred")
        refused = net.new_unix_stream(bindtodevice="nsk-no-device")
        assert seen(refused)[1] == "ENODEV"


def opened_nothing(net: Front, name: str, args: tuple[Any, ...], **named: Any) -> Outcome:
    with net.no_new_descriptors():
        return net.call(name, *args, **named)


def args_of(net: Front, row: manifest.Row) -> tuple[Any, ...]:
    """What a row must have; nothing is at the address."""
    values = {
        "family": INET,
        "socktype": int(socket.SOCK_STREAM),
        "protocol": 0,
        "host": "127.0.0.1",
        "port": 1,
        "pathname": "/nonexistent/nsk",
        "ai": net.addrinfo.inet("192.0.2.1", 1).value,
    }
    return tuple(values[param.name] for param in row.params if param.required)


@pytest.mark.parametrize("row", OPENERS, ids=lambda row: row.name)
def test_wrong_ones(net: Front, row: manifest.Row) -> None:
    """Each names what is wrong, and nothing was opened."""
    args = args_of(net, row)
    for name, value in {
        "colour": 1,
        "tos": "16",
        "oobinline": 1,
        "rcvtimeo": "1",
        "bindtodevice": 5,
        **({} if row.name.startswith("connect") else {"local_addr": "::1", "sec": 1}),
    }.items():
        raised = opened_nothing(net, row.name, args, **{name: value}).raised
        assert name in raised.text and row.name in raised.text, raised.text
    for name, value in {
        "tos": 256,
        "rcvbuf": -1,
        "linger": 2**40,
        "sndtimeo": -1,
    }.items():
        refused = opened_nothing(net, row.name, args, **{name: value})
        assert seen(refused) == ("error", "EINVAL", row.name, name)
    refused = opened_nothing(net, row.name, args, tcpcongestion="x" * 16)
    assert seen(refused) == ("error", "EINVAL", row.name, "tcpcongestion")
    refused = opened_nothing(net, row.name, args, acceptconn=True)
    assert seen(refused) == ("error", "EOPNOTSUPP", "setsockopt", "acceptconn")


@pytest.mark.parametrize("wrong", ["127.0.0.1", 5, True, [], {}])
def test_wrong_local_addr(net: Front, wrong: Any) -> None:
    args = ("connect_inet_stream", ("127.0.0.1", 1))
    assert "local_addr" in opened_nothing(net, *args, local_addr=wrong).raised.text
    wrong = [] if wrong == 5 else wrong
    args = ("connect_stream", ("127.0.0.1", 1))
    assert "attempt_delay" in opened_nothing(net, *args, attempt_delay=wrong).raised.text


@pytest.mark.parametrize(
    "name", ["bind_inet6_stream", "bind_stream", "bind_inet6_dgram", "bind_dgram"]
)
def test_ipv6only_is_the_names(net: Front, name: str) -> None:
    refused = opened_nothing(net, name, ("::1", 0), ipv6only=True)
    assert seen(refused) == ("error", "EINVAL", name, "ipv6only")


@pytest.mark.parametrize("row", OPENERS, ids=lambda row: row.name)
def test_given_twice(net: Front, row: manifest.Row) -> None:
    """By position and by name: EINVAL, in Python the TypeError of any such call."""
    args = args_of(net, row)
    values = {
        "pathname": "/nonexistent/nsk",
        "mode": 0o600,
        "conndeadl": 0,
        "protocol": 0,
    }
    more: list[Any] = []
    for param in row.params[len(args) :]:
        more.append(values.get(param.name, False))
        given = (*args, *more)
        outcome = opened_nothing(net, row.name, given, **{param.name: more[-1]})
        if net.language == "python":
            assert param.name in outcome.raised.text
        else:
            assert seen(outcome) == ("error", "EINVAL", row.name, param.name)


@pytest.mark.parametrize("name", ["tcpnodelay", "rcvtimeo", "local_addr", "reuseaddr"])
def test_none_is_absent(net: Front, peers: Peers, name: str) -> None:
    """In Lua such a field is none at all."""
    port = port_of(peers.listener())
    assert net.connect_stream("127.0.0.1", port, 5, **{name: None}).value
