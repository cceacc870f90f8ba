"""Options: each reads, sets, and returns the value it had before."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from support.fronts import manifest
from support.fronts.front import Front, Handle

covers = pytest.mark.covers

IP, IPV6, TCP, UDP, SOL = (
    socket.IPPROTO_IP,
    socket.IPPROTO_IPV6,
    socket.IPPROTO_TCP,
    socket.IPPROTO_UDP,
    socket.SOL_SOCKET,
)
# Names of Linux that CPython has not got.
IP_MTU_DISCOVER, IP_RECVERR, IP_RECVTTL, IP_FREEBIND = 10, 11, 12, 15
IP_BIND_ADDRESS_NO_PORT = 24
TCP_FASTOPEN_CONNECT, UDP_SEGMENT, UDP_GRO = 30, 103, 104
SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMPING, SO_RXQ_OVFL = 29, 35, 37, 40
STREAM, DGRAM, SIX, UNIX = (
    "new_inet_stream",
    "new_inet_dgram",
    "new_inet6_dgram",
    "new_unix_stream",
)
Reader = Callable[[socket.socket], Any]


def integer(level: int, name: int) -> Reader:
    return lambda own: own.getsockopt(level, name)


def unsigned(level: int, name: int) -> Reader:
    return lambda own: own.getsockopt(level, name) & 0xFFFFFFFF


def flag(level: int, name: int) -> Reader:
    return lambda own: bool(own.getsockopt(level, name))


def seconds(name: int) -> Reader:
    def read(own: socket.socket) -> float:
        whole, micro = struct.unpack("@ll", own.getsockopt(SOL, name, 16))
        return float(whole + micro / 1e6)

    return read


def lingering(own: socket.socket) -> int:
    on, value = struct.unpack("@ii", own.getsockopt(SOL, socket.SO_LINGER, 8))
    return value if on else -1


def device(own: socket.socket) -> bytes | None:
    return own.getsockopt(SOL, socket.SO_BINDTODEVICE, 16).rstrip(b"\0") or None


def group_device(own: socket.socket) -> bytes | None:
    index = own.getsockopt(IPV6, socket.IPV6_MULTICAST_IF)
    return os.fsencode(socket.if_indextoname(index)) if index else None


def congestion(own: socket.socket) -> bytes:
    return own.getsockopt(TCP, socket.TCP_CONGESTION, 16).partition(b"\0")[0]


@dataclass(frozen=True)
class Known:
    """How a socket that has an option is made, its first value (None: the kernel's
    choice), values that can be set, and what the kernel says of it."""

    made: str
    first: Any
    values: tuple[Any, ...]
    kernel: Reader
    kept: Callable[[Any], Any] = lambda value: value


def may_mark() -> bool:
    """Setting a mark is for the privileged."""
    with socket.socket(type=socket.SOCK_DGRAM) as own:
        try:
            own.setsockopt(SOL, socket.SO_MARK, 1)
        except PermissionError:
            return False
        return True


MARKS = (1, 2**32 - 1, 0) if may_mark() else ()
ON_OFF = (True, True, False, False, True)


def switch(made: str, level: int, name: int, first: bool = False) -> Known:
    return Known(made, first, ON_OFF, flag(level, name))


def doubled(value: int) -> int:
    return 2 * value


KNOWN: dict[str, Known] = {
    "cloexec": Known(
        STREAM, True, ON_OFF, lambda own: not os.get_inheritable(own.fileno())
    ),
    "nonblock": Known(
        STREAM, True, ON_OFF, lambda own: not os.get_blocking(own.fileno())
    ),
    "reuseaddr": switch(STREAM, SOL, socket.SO_REUSEADDR),
    "reuseport": switch(STREAM, SOL, socket.SO_REUSEPORT),
    "broadcast": switch(DGRAM, SOL, socket.SO_BROADCAST),
    "debug": switch(STREAM, SOL, socket.SO_DEBUG),
    "keepalive": switch(STREAM, SOL, socket.SO_KEEPALIVE),
    "oobinline": switch(STREAM, SOL, socket.SO_OOBINLINE),
    "dontroute": switch(DGRAM, SOL, socket.SO_DONTROUTE),
    "timestamp": switch(DGRAM, SOL, SO_TIMESTAMP),
    "rcvbuf": Known(DGRAM, None, (20000, 40001), integer(SOL, socket.SO_RCVBUF), doubled),
    "sndbuf": Known(DGRAM, None, (20000, 40001), integer(SOL, socket.SO_SNDBUF), doubled),
    "rcvlowat": Known(STREAM, 1, (2, 4096, 1), integer(SOL, socket.SO_RCVLOWAT)),
    "sndlowat": Known(STREAM, 1, (), integer(SOL, socket.SO_SNDLOWAT)),
    "rcvtimeo": Known(STREAM, 0.0, (1.5, 0.5, 7.0, 0.0), seconds(socket.SO_RCVTIMEO)),
    "sndtimeo": Known(STREAM, 0.0, (1.5, 0.5, 7.0, 0.0), seconds(socket.SO_SNDTIMEO)),
    "linger": Known(STREAM, -1, (5, 0, 65535, -1, 1), lingering),
    "bindtodevice": Known(DGRAM, None, (b"lo",), device),
    "tcpnodelay": switch(STREAM, TCP, socket.TCP_NODELAY),
    "tcpcork": switch(STREAM, TCP, socket.TCP_CORK),
    "tcpkeepalive": Known(STREAM, None, (10, 32767), integer(TCP, socket.TCP_KEEPIDLE)),
    "tcpkeepintvl": Known(STREAM, None, (3, 32767), integer(TCP, socket.TCP_KEEPINTVL)),
    "tcpkeepcnt": Known(STREAM, None, (1, 127), integer(TCP, socket.TCP_KEEPCNT)),
    "tcpusertimeout": Known(
        STREAM, 0, (1, 30_000), integer(TCP, socket.TCP_USER_TIMEOUT)
    ),
    "mcastloop": switch(DGRAM, IP, socket.IP_MULTICAST_LOOP, first=True),
    "mcastttl": Known(DGRAM, 1, (0, 255, 32), integer(IP, socket.IP_MULTICAST_TTL)),
    "mcastif": Known(SIX, None, (b"lo",), group_device),
    "ipv6only": switch(SIX, IPV6, socket.IPV6_V6ONLY),
    "passcred": switch(UNIX, SOL, socket.SO_PASSCRED),
    "tos": Known(DGRAM, 0, (16, 255, 0), integer(IP, socket.IP_TOS)),
    "ttl": Known(DGRAM, None, (1, 255, 64), integer(IP, socket.IP_TTL)),
    "recvttl": switch(DGRAM, IP, IP_RECVTTL),
    "recvtos": switch(DGRAM, IP, socket.IP_RECVTOS),
    "recvpktinfo": switch(SIX, IPV6, socket.IPV6_RECVPKTINFO),
    "recvorigdstaddr": switch(DGRAM, IP, 20),
    "recverr": switch(DGRAM, IP, IP_RECVERR),
    "freebind": switch(STREAM, IP, IP_FREEBIND),
    "bindaddressnoport": switch(STREAM, IP, IP_BIND_ADDRESS_NO_PORT),
    "mtudiscover": Known(DGRAM, None, (0, 1, 2, 3), integer(IP, IP_MTU_DISCOVER)),
    "tcpquickack": switch(STREAM, TCP, socket.TCP_QUICKACK, first=True),
    "tcpdeferaccept": Known(STREAM, 0, (1, 7, 0), integer(TCP, socket.TCP_DEFER_ACCEPT)),
    "tcpfastopen": Known(STREAM, 0, (1, 16, 0), integer(TCP, socket.TCP_FASTOPEN)),
    "tcpfastopenconnect": switch(STREAM, TCP, TCP_FASTOPEN_CONNECT),
    "tcpnotsentlowat": Known(
        STREAM, 0, (16384, 2**32 - 1, 0), unsigned(TCP, socket.TCP_NOTSENT_LOWAT)
    ),
    "tcpcongestion": Known(STREAM, None, (b"reno",), congestion),
    "tcpmaxseg": Known(STREAM, None, (536, 1460), integer(TCP, socket.TCP_MAXSEG)),
    "udpsegment": Known(DGRAM, 0, (1, 65535, 0), integer(UDP, UDP_SEGMENT)),
    "udpgro": switch(DGRAM, UDP, UDP_GRO),
    "timestampns": switch(DGRAM, SOL, SO_TIMESTAMPNS),
    "timestamping": Known(DGRAM, 0, (8 | 16, 2, 0), integer(SOL, SO_TIMESTAMPING)),
    "rxqovfl": switch(DGRAM, SOL, SO_RXQ_OVFL),
    "mark": Known(DGRAM, 0, MARKS, unsigned(SOL, socket.SO_MARK)),
    "priority": Known(DGRAM, 0, (1, 6, 0), integer(SOL, socket.SO_PRIORITY)),
}
# test_options_other.py
READ_ONLY = {"acceptconn": UNIX, "peercred": UNIX, "mtu": DGRAM, "cookie": UNIX}
KERNEL_CHOOSES = (
    *("rcvbuf", "sndbuf", "tcpkeepalive", "tcpkeepintvl", "tcpkeepcnt"),
    *("ttl", "mtudiscover", "tcpcongestion", "tcpmaxseg"),
)


def test_every_option_is_known() -> None:
    """A row of option.def needs a line above, and this says so."""
    rows = {option.name: option.writable for option in manifest.options()}
    assert set(KNOWN) == {name for name, writable in rows.items() if writable}
    assert set(READ_ONLY) == {name for name, writable in rows.items() if not writable}


def kernel(made: Handle, name: str) -> Any:
    """What the kernel says of an option, by another reader than the library."""
    if name == "cloexec":
        return bool(made.flags() & os.O_CLOEXEC)
    with made.second_reader() as own:
        return KNOWN[name].kernel(own)


def cases(names: Any = KNOWN) -> list[Any]:
    return [
        pytest.param(name, marks=covers(f"OPTION.{name}", "success")) for name in names
    ]


@pytest.mark.parametrize("name", cases())
def test_reads_what_the_kernel_has(net: Front, name: str) -> None:
    """On a fresh socket; nil only reads, except for mcastif, where it resets."""
    made = net.call(KNOWN[name].made).value
    before = kernel(made, name)
    if name not in KERNEL_CHOOSES:
        assert before == KNOWN[name].first
    assert made.call(name).value == before
    assert made.call(name, None).value == before
    assert kernel(made, name) == before


@pytest.mark.parametrize("name", cases(name for name in KNOWN if KNOWN[name].values))
def test_h090_set_and_read_back(net: Front, name: str) -> None:
    """Each set returns what was there before, and the kernel agrees with each value."""
    known = KNOWN[name]
    made = net.call(known.made).value
    before = kernel(made, name)
    for value in known.values:
        assert made.call(name, value).value == before
        before = made.call(name).value
        assert type(before) is type(value)
        assert before == known.kept(value)
        assert kernel(made, name) == before


@pytest.mark.parametrize("name", [*KNOWN, *READ_ONLY])
@pytest.mark.level("strict")
def test_closed(net: Front, name: str) -> None:
    made = net.call(READ_ONLY[name] if name in READ_ONLY else KNOWN[name].made).value
    made.close()
    assert name in made.call(name).fails("EBADF").text
    for value in [] if name in READ_ONLY else KNOWN[name].values[:1]:
        made.call(name, value).fails("EBADF")


BOOLEANS = [o.name for o in manifest.options() if o.kind in ("BOOL", "FDFLAG", "FLFLAG")]
INTEGERS = [
    o.name
    for o in manifest.options()
    if o.kind in ("INT", "U8", "U32", "LINGER") and o.writable
]
UNSIGNED = [o.name for o in manifest.options() if o.kind == "U32"]
TIMES = [o.name for o in manifest.options() if o.kind == "SECONDS"]
NAMES = [o.name for o in manifest.options() if o.kind in ("IFNAME", "STRING", "NAME")]
WRONG_BOOLEANS: tuple[Any, ...] = (1, 0, "true", b"", 1.0, [], {})
WRONG_INTEGERS: tuple[Any, ...] = ("12", True, False, b"", [], {})
WRONG_TIMES: tuple[Any, ...] = ("1", True, b"", [], {})
WRONG_NAMES: tuple[Any, ...] = (1, 1.5, True, [], {})
WRONG = [
    *((name, value) for name in BOOLEANS if name in KNOWN for value in WRONG_BOOLEANS),
    *((name, value) for name in INTEGERS for value in WRONG_INTEGERS),
    *((name, value) for name in TIMES for value in WRONG_TIMES),
    *((name, value) for name in NAMES for value in WRONG_NAMES),
]


@pytest.mark.parametrize("name, value", WRONG)
@pytest.mark.level("strict")
def test_h084_wrong_type(net: Front, name: str, value: Any) -> None:
    """Nothing is taken for a value that is none, and the old value stays."""
    made = net.call(KNOWN[name].made).value
    before = kernel(made, name)
    assert made.call(name, value).raised
    assert kernel(made, name) == before


NO_INT = (-2, -(2**31), 2**31, 2**32 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1)


@pytest.mark.parametrize(
    "name, value",
    [(n, v) for n in INTEGERS for v in NO_INT if n not in UNSIGNED or v != 2**31],
)
@pytest.mark.level("strict")
def test_h085_h086_out_of_range(net: Front, name: str, value: int) -> None:
    """Refused before the kernel can cut it down, with the old value left."""
    made = net.call(KNOWN[name].made).value
    before = kernel(made, name)
    made.call(name, value).fails("EINVAL")
    assert kernel(made, name) == before


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("value", [3.5, float("nan"), float("inf")])
@pytest.mark.level("strict")
def test_h085_fractions(net: Front, name: str, value: float) -> None:
    """3.5 is no integer: EINVAL in Lua, a TypeError in Python."""
    made = net.call(KNOWN[name].made).value
    before = kernel(made, name)
    outcome = made.call(name, value)
    if net.language == "python":
        assert outcome.raised.name == "TypeError"
    else:
        outcome.fails("EINVAL")
    assert kernel(made, name) == before


LEAST: dict[str, tuple[int, ...]] = {
    "tos": (-1, 256, 1000),
    "tcpnotsentlowat": (-1, 2**32),
    "udpsegment": (-1, 65536),
    "tcpmaxseg": (-1, 1, 2**20),
    "ttl": (-1, 0, 256, 1000),
    "mark": (-1, 2**32) if MARKS else (),
    "mcastttl": (-1, 256, 1000),
    "linger": (-5, 65536),
    "rcvbuf": (-1,),
    "sndbuf": (-1,),
}


@pytest.mark.parametrize(
    "name, value", [(n, v) for n, values in LEAST.items() for v in values]
)
@pytest.mark.level("strict")
def test_h088_h094_range_of_each(net: Front, name: str, value: int) -> None:
    """ttl -1 would read 1, linger -5 would be garbage, rcvbuf -1 would be the most."""
    made = net.call(KNOWN[name].made).value
    before = kernel(made, name)
    made.call(name, value).fails("EINVAL", text=name)
    assert kernel(made, name) == before


SOCKETS = {
    "new_inet_stream": {"ANY", "IP", "TCP"},
    "new_inet6_stream": {"ANY", "IP", "INET6", "TCP"},
    "new_inet_dgram": {"ANY", "IP", "PACKETS", "UDP"},
    "new_inet6_dgram": {"ANY", "IP", "PACKETS", "INET6", "UDP"},
    "new_unix_stream": {"ANY", "UNIX"},
    "new_unix_dgram": {"ANY", "UNIX"},
}


NEEDS_PEER = ("mtu",)


def refusal(made: str, where: str) -> str:
    if where in ("TCP", "PACKETS", "UDP") and "inet" in made:
        return "ESOCKTNOSUPPORT"
    return "EAFNOSUPPORT"


@pytest.mark.parametrize("made", SOCKETS)
@pytest.mark.parametrize("option", manifest.options(), ids=lambda option: option.name)
@pytest.mark.level("strict")
def test_which_sockets_have_it(net: Front, made: str, option: manifest.Option) -> None:
    """A wrong family or type is said before the kernel reads a foreign option."""
    sock = net.call(made).value
    if option.where in SOCKETS[made]:
        outcome = sock.call(option.name)
        assert outcome.kind == "value" or option.name in NEEDS_PEER
        return
    wanted = refusal(made, option.where)
    sock.call(option.name).fails(wanted, text=option.name)
    for value in KNOWN[option.name].values[:1] if option.name in KNOWN else ():
        sock.call(option.name, value).fails(wanted, text=option.name)
