"""Options with a meaning of their own: times, linger, interfaces, peers, modes."""

from __future__ import annotations

import os
import socket
import struct
import time
from typing import Any

import pytest

from support.fronts import manifest
from support.fronts.front import Front
from support.machine_lag import LATE
from support.net.peers import Peers

covers = pytest.mark.covers

SOL = socket.SOL_SOCKET
BAD_NAMES = [
    (b"nsk0123456789012", "EINVAL"),
    (b"x" * 5000, "EINVAL"),
    (b"lo\0", "EINVAL"),
    (b"\0", "EINVAL"),
    (b"nsk-no-such", "ENODEV"),
]
NAME_IDS = ["16 bytes", "5000 bytes", "NUL", "only NUL", "unknown"]


@pytest.mark.parametrize("name", ["rcvtimeo", "sndtimeo"])
def test_h087_never_rounded_to_for_ever(net: Front, name: str) -> None:
    """0 means no limit, so what is above 0 never becomes 0."""
    made = net.new_inet_stream().value
    for value in (1e-7, 1e-9, 5e-324, 0.000001):
        made.call(name, value)
        assert 0 < made.call(name).value < 0.02
    assert made.call(name, 0).value > 0
    assert made.call(name).value == 0


@pytest.mark.parametrize("name", ["rcvtimeo", "sndtimeo"])
@pytest.mark.parametrize(
    "value", [-1, -0.001, float("nan"), float("inf"), -float("inf"), 1e300, 2**63]
)
def test_h087_no_time(net: Front, name: str, value: float) -> None:
    made = net.new_inet_stream().value
    made.call(name, 2.5)
    made.call(name, value).fails("EINVAL", text=name)
    assert made.call(name).value == 2.5


@pytest.mark.parametrize("name", ["rcvtimeo", "sndtimeo"])
def test_h087_carry(net: Front, name: str) -> None:
    """A fraction that rounds up to a whole second is one, not a million microseconds."""
    made = net.new_inet_stream().value
    made.call(name, 1.9999999)
    assert made.call(name).value == 2.0


@pytest.mark.measures
def test_rcvtimeo_bounds_a_blocking_receive(net: Front) -> None:
    a, _ = net.pair_stream().all
    a.nonblock(False)
    a.rcvtimeo(0.05)
    start = time.monotonic()
    assert a.recv().is_again()
    assert 0.04 <= time.monotonic() - start < 0.05 + LATE


def test_h088_linger_0_resets(net: Front, peers: Peers) -> None:
    """close sends a reset: the peer sees ECONNRESET and no end of the stream."""
    ours, theirs = peers.stream(net)
    assert ours.linger(0).value == -1
    assert ours.close().value is True
    with pytest.raises(ConnectionResetError):
        theirs.recv(1)


def test_linger_off_ends_the_stream(net: Front, peers: Peers) -> None:
    ours, theirs = peers.stream(net)
    ours.linger(0)
    assert ours.linger(-1).value == 0
    ours.close()
    assert theirs.recv(1) == b""


def test_h090_sndlowat_cannot_be_set(net: Front) -> None:
    """Linux refuses; the error names the option and the value stays."""
    made = net.new_inet_stream().value
    made.sndlowat(2).fails("ENOPROTOOPT", op="setsockopt", text="sndlowat")
    assert made.sndlowat().value == 1


@pytest.mark.level("strict")
def test_h090_failed_set_names_the_option(net: Front) -> None:
    """What the kernel refuses keeps its value and says which option it was."""
    made = net.new_inet_stream().value
    before = made.tcpkeepcnt().value
    made.tcpkeepcnt(128).fails("EINVAL", op="setsockopt", text="tcpkeepcnt")
    assert made.tcpkeepcnt().value == before


@covers("OPTION.acceptconn", "success")
def test_acceptconn(net: Front) -> None:
    made = net.bind_inet_stream("127.0.0.1", 0).value
    assert made.acceptconn().value is False
    made.listen()
    assert made.acceptconn().value is True
    with made.second_reader() as own:
        assert own.getsockopt(SOL, socket.SO_ACCEPTCONN) == 1


@pytest.mark.parametrize("name", ["acceptconn", "peercred", "cookie"])
@pytest.mark.level("strict")
def test_read_only(net: Front, name: str) -> None:
    """A value for what cannot be set is a failure, never read as a question."""
    made = net.pair_stream().all[0]
    failure = made.call(name, True).fails("EOPNOTSUPP", op="setsockopt")
    assert failure.addr == name
    assert made.call(name, None).kind == "value"


@covers("OPTION.peercred", "success")
def test_peercred(net: Front, peers: Peers) -> None:
    """Who the peer was when it connected, as the kernel has it."""
    for made in (
        *net.pair_stream().all,
        net.connect_unix_stream(peers.listener(socket.AF_UNIX).getsockname()).value,
    ):
        with made.second_reader() as own:
            kernel = struct.unpack("@iII", own.getsockopt(SOL, socket.SO_PEERCRED, 12))
        told = made.peercred().value
        assert told == dict(zip((b"pid", b"uid", b"gid"), kernel))
        assert told[b"uid"] == os.getuid()
        assert told[b"pid"] in (os.getpid(), net.pid)


@covers("OPTION.mtu", "success", "error")
@pytest.mark.parametrize("family, host", [("inet", "127.0.0.1"), ("inet6", "::1")])
def test_mtu_is_of_the_path(net: Front, family: str, host: str) -> None:
    """Without a peer there is no path."""
    made = net.call(f"new_{family}_dgram").value
    made.mtu().fails("ENOTCONN", op="getsockopt", text="mtu")
    made.mtu(1500).fails("ENOTCONN", op="getsockopt", text="mtu")
    made.connect(net.addrinfo.call(family, host, 9).value)
    level, number = (0, 14) if family == "inet" else (41, 24)
    with made.second_reader() as own:
        assert made.mtu().value == own.getsockopt(level, number) > 1000
    made.mtu(1500).fails("EOPNOTSUPP", op="setsockopt", text="mtu")


@covers("OPTION.cookie", "success")
def test_cookie_is_of_the_open_socket(net: Front) -> None:
    """Copies have the same, others another."""
    first, second = net.pair_stream().all
    told = first.cookie().value
    with first.second_reader() as own:
        assert own.getsockopt(SOL, 57, 8) == struct.pack("=Q", told)
    assert first.dup().value.cookie().value == told
    assert second.cookie().value != told


def test_ttl_of_0_is_no_ttl(net: Front) -> None:
    """Over IPv4 the kernel refuses it; over IPv6 a packet may stay on its host."""
    made = net.new_inet_dgram().value
    before = made.ttl().value
    made.ttl(0).fails("EINVAL", op="setsockopt", text="ttl")
    assert made.ttl().value == before
    six = net.new_inet6_dgram().value
    six.ttl(0)
    assert six.ttl().value == 0


@pytest.mark.parametrize(
    "name, error",
    [(b"", "EINVAL"), (b"x" * 16, "EINVAL"), (b"x" * 5000, "EINVAL"),
     (b"reno\0", "EINVAL"), (b"nsk-no-such", "ENOENT")],
    ids=["empty", "16 bytes", "5000 bytes", "NUL", "unknown"],
)  # fmt: skip
def test_congestion_control_by_no_name(net: Front, name: bytes, error: str) -> None:
    """The kernel would cut a name to 15 bytes, and take what is before a NUL."""
    made = net.new_inet_stream().value
    made.tcpcongestion(b"reno")
    made.tcpcongestion(name).fails(error, op="setsockopt", text="tcpcongestion")
    assert made.tcpcongestion(None).value == b"reno"


def test_fast_open_is_before_connecting(net: Front, peers: Peers) -> None:
    ours, _ = peers.stream(net)
    ours.tcpfastopenconnect(True).fails("EINVAL", op="setsockopt")
    ours.tcpfastopen(5).fails("EINVAL", op="setsockopt")
    assert ours.tcpmaxseg().value > 536


def test_mark_needs_a_privilege(without_privileges: None, net: Front) -> None:
    """The value stays."""
    made = net.new_inet_dgram().value
    made.mark(5).fails("EPERM", op="setsockopt", text="mark")
    made.priority(7).fails("EPERM", op="setsockopt", text="priority")
    assert made.mark().value == 0
    assert made.priority().value == 0


@pytest.mark.parametrize("family", ["inet", "inet6"])
def test_mcastif_by_name(net: Front, family: str) -> None:
    """Set by name, read by name; an explicit nil resets, no argument reads."""
    made = net.call(f"new_{family}_dgram").value
    assert made.mcastif(b"lo").value is None
    assert made.mcastif().value == b"lo"
    assert made.mcastif(None).value == b"lo"
    assert made.mcastif().value is None


@covers("OPTION.mcastif", "error")
@pytest.mark.parametrize("family", ["inet", "inet6"])
@pytest.mark.parametrize(
    "name, error", [*BAD_NAMES, (b"", "EINVAL")], ids=[*NAME_IDS, "empty"]
)
def test_mcastif_bad_names(net: Front, family: str, name: bytes, error: str) -> None:
    made = net.call(f"new_{family}_dgram").value
    made.mcastif(b"lo")
    made.mcastif(name).fails(error, op="setsockopt", text="mcastif")
    assert made.mcastif().value == b"lo"


@covers("OPTION.bindtodevice", "success", "error")
def test_bindtodevice(net: Front) -> None:
    """The name is read back, the empty one unbinds, nil only reads."""
    made = net.new_inet_dgram().value
    assert made.bindtodevice(b"lo").value is None
    assert made.bindtodevice(None).value == b"lo"
    for name, error in BAD_NAMES:
        made.bindtodevice(name).fails(error, op="setsockopt")
    assert made.bindtodevice().value == b"lo"
    assert made.bindtodevice(b"").value == b"lo"
    assert made.bindtodevice().value is None


def test_nonblock_is_of_the_open_socket(net: Front) -> None:
    """The mode set through one object is what the kernel has for its copies."""
    made = net.new_inet_dgram().value
    copy = made.dup().value
    assert made.nonblock(False).value is True
    assert not copy.flags() & os.O_NONBLOCK


@pytest.mark.parametrize("value", [1, 100, 2**31 - 1])
def test_h084_boolean_is_not_zero(net: Front, value: int) -> None:
    """Reading asks the kernel: what another reader set is seen, and is true or false."""
    made = net.new_inet_dgram().value
    with made.second_reader() as own:
        own.setsockopt(SOL, socket.SO_REUSEADDR, value)
    assert made.reuseaddr().value is True


@pytest.mark.parametrize("family, host", [("inet", "127.0.0.1"), ("inet6", "::1")])
def test_the_port_may_wait_for_connect(
    net: Front, peers: Peers, family: str, host: str
) -> None:
    """bind fixes the address, and connect may share the port with other connections."""
    made = net.call(f"new_{family}_stream").value
    assert made.bindaddressnoport(True).value is False
    made.bind(net.addrinfo.call(family, host, 0).value)
    bound = made.getsockname().value
    assert bound.addr().value == host.encode()
    assert bound.port().value == 0
    listener = peers.listener(getattr(socket, f"AF_{family.upper()}"))
    made.connect(net.addrinfo.call(family, host, listener.getsockname()[1]).value)
    assert made.getsockname().value.port().value > 0


OF_IPV6: dict[tuple[str, Any], tuple[int, int]] = {
    ("mcastttl", 7): (socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS),
    ("mcastloop", False): (socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP),
    ("tos", 16): (socket.IPPROTO_IPV6, socket.IPV6_TCLASS),
    ("ttl", 7): (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS),
    ("recvttl", True): (socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT),
    ("recvtos", True): (socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS),
    ("recvorigdstaddr", True): (socket.IPPROTO_IPV6, 74),
    ("recverr", True): (socket.IPPROTO_IPV6, 25),
    ("freebind", True): (socket.IPPROTO_IPV6, 78),
    ("bindaddressnoport", True): (socket.IPPROTO_IP, 24),
    ("mtudiscover", 2): (socket.IPPROTO_IPV6, 23),
}


def test_every_option_of_ip_is_tried_on_ipv6() -> None:
    """A wrong LEVEL6 or OPT6 would be seen by no other case."""
    rows = [o for o in manifest.options() if o.where in ("IP", "PACKETS") and o.writable]
    only_there = {"mcastif", "recvpktinfo"}  # test_options.py has them on IPv6
    assert {name for name, _ in OF_IPV6} | only_there == {o.name for o in rows}


@pytest.mark.parametrize("name, value", [*OF_IPV6])
def test_ipv6_has_its_own(net: Front, name: str, value: Any) -> None:
    """On IPv6 the same name is the IPv6 option."""
    made = net.new_inet6_dgram().value
    made.call(name, value)
    with made.second_reader() as own:
        assert own.getsockopt(*OF_IPV6[name, value]) == int(value)
    assert made.call(name).value == value
