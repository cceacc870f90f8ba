"""For each parameter of the manifest: what it is, a good value, and bad ones.

test_arguments.py combines this with the rows, so a new function is tried with wrong
and missing arguments as soon as its row exists.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from support.fronts.front import Front, Handle
from support.fronts.manifest import Param, Row
from support.fronts.wire import Callback


@dataclass(frozen=True)
class Kind:
    """A kind of parameter: one value that it takes, and values of other types."""

    good: Callable[[Front], Any]
    wrong: tuple[Any, ...]
    takes_none: bool = False  # nil is a value, not only an absence


class OtherObject:
    """Stands for an object of the library that is of another class."""

    def __repr__(self) -> str:
        return "other-object"


OTHER = OtherObject()


def _constant(value: Any) -> Callable[[Front], Any]:
    return lambda net: value


def _address(net: Front) -> Handle:
    ai: Handle = net.addrinfo.unix("/nonexistent/nsk").value
    return ai


def _new(chapter: str) -> Callable[[Front], Any]:
    return lambda net: net.functions(chapter).call("new").value


def _cmsg(net: Front) -> Handle:
    made: Handle = net.cmsghdr.new(1, 77, b"x").value
    return made


NO_OBJECT: tuple[Any, ...] = ("x", 5, True, [], OTHER)
INTEGER = Kind(_constant(1), ("12", True, [], OTHER))
BOOLEAN = Kind(_constant(False), (1, 0, "true", 1.0, [], OTHER))
TEXT = Kind(_constant("127.0.0.1"), (5, 1.5, True, [], OTHER), takes_none=True)
PORT = Kind(_constant(0), (True, [], OTHER), takes_none=True)
SECONDS = Kind(_constant(0), ("1", True, [], OTHER))
PATH = Kind(_constant("/nonexistent/nsk"), (5, 1.5, True, [], OTHER))
BYTES = Kind(_constant(b"x"), (5, 1.5, True, [], OTHER))
ADDRESS = Kind(_address, ("127.0.0.1", 5, True, [], OTHER))


def _ready(net: Front) -> list[Handle]:
    """A list that never makes select wait: the peer of its socket has gone."""
    made, other = net.pair_stream().all
    other.close()
    return [made]


SOCKETS = Kind(_ready, ("3", 5, 1.5, True, OTHER), takes_none=True)
IFNAME = Kind(_constant("lo"), (5, 1.5, True, [], OTHER))

# A descriptor number that is not open, for calls that must not reach one of the test's.
NOBODYS = Kind(_constant(2**31 - 1), INTEGER.wrong)

KINDS: dict[str, Kind] = {
    "fd": INTEGER,
    "fds": INTEGER,
    "mode": INTEGER,
    "max": INTEGER,
    "limit": INTEGER,
    "mark": BYTES,
    "rd": SOCKETS,
    "wr": SOCKETS,
    "unlink": BOOLEAN,
    "unset": BOOLEAN,
    "family": Kind(_constant(int(socket.AF_UNIX)), INTEGER.wrong),
    "socktype": INTEGER,
    "protocol": Kind(_constant(0), INTEGER.wrong),
    "flag": INTEGER,
    "flags": Kind(_constant(0), INTEGER.wrong),
    "backlog": INTEGER,
    "bufsize": INTEGER,
    "nonblock": BOOLEAN,
    "reuseaddr": BOOLEAN,
    "reuseport": BOOLEAN,
    "with_ai": BOOLEAN,
    "exception": BOOLEAN,
    "passive": BOOLEAN,
    "patient": BOOLEAN,
    "canonname": BOOLEAN,
    "value": BOOLEAN,
    "host": TEXT,
    "addr": TEXT,
    "port": PORT,
    "conndeadl": SECONDS,
    "sec": SECONDS,
    "pathname": PATH,
    "msg": BYTES,
    "msgs": Kind(_constant([b"x"]), ("x", 5, 1.5, True, OTHER)),
    "into": Kind(_constant([]), ("x", 5, 1.5, True, OTHER)),
    "senders": Kind(_constant([]), ("x", 5, 1.5, True, OTHER)),
    "to": Kind(_address, ("127.0.0.1", 5, True, OTHER)),
    "ai": ADDRESS,
    "mh": Kind(_new("MSGHDR_MAKE"), NO_OBJECT),
    "iov": Kind(_new("IOVEC_MAKE"), NO_OBJECT),
    "cmsgs": Kind(_new("CMSGHDRS_MAKE"), NO_OBJECT),
    "cmsg": Kind(_cmsg, NO_OBJECT),
    "file": NOBODYS,
    "bytes": INTEGER,
    "offset": Kind(_constant(0), INTEGER.wrong),
    "n": Kind(_constant(0), INTEGER.wrong),
    "i": INTEGER,
    "str": BYTES,
    "level": INTEGER,
    "name": INTEGER,
    "type": INTEGER,
    "size": INTEGER,
    "data": Kind(_constant(b"x"), (True, OTHER)),
    "group": ADDRESS,
    "source": ADDRESS,
    "ifname": IFNAME,
    "hwaddr": Kind(_constant("02:fc:00:00:00:01"), IFNAME.wrong),
    "cid": INTEGER,
    "groups": INTEGER,
    "ethertype": INTEGER,
    "errfn": Kind(_constant(Callback("record")), NO_OBJECT, takes_none=True),
    "fn": Kind(_constant(Callback("record")), NO_OBJECT),
    "args": Kind(_constant(1), ()),
    "handle": INTEGER,
    "buffer": Kind(lambda net: bytearray(4), ("x", 5, True, [], OTHER)),
    "nbytes": Kind(_constant(0), INTEGER.wrong),
}
# Where a name means something else than it does elsewhere: in a row, or in an option
# of a kind.
OF_ROW: dict[tuple[str, str], Kind] = {
    ("MSGHDR.control_room", "limit"): Kind(_constant(64), INTEGER.wrong, takes_none=True),
    ("ADDRESS.vsock", "port"): INTEGER,
    ("ADDRESS.netlink", "port"): INTEGER,
    ("ADDRESS.raw", "data"): BYTES,
    ("SOCKET.setsockopt", "value"): Kind(_constant(1), (True, [], OTHER)),
    ("SOCKET.recvall", "n"): INTEGER,
    ("SOCKET.sendfds", "fds"): Kind(_constant([1]), ("x", 5, 1.5, True, OTHER)),
    ("SOCKET.sendall", "msg"): Kind(_constant(b"x"), (5, 1.5, True, OTHER)),
    ("PY_SOCKET.settimeout", "sec"): Kind(_constant(0), SECONDS.wrong, takes_none=True),
    ("PY_SOCKET.setblocking", "flag"): BOOLEAN,
    ("LUA_MODULE.warnleaks", "flag"): BOOLEAN,
    ("IOVEC.readv", "fd"): NOBODYS,
    ("IOVEC.writev", "fd"): NOBODYS,
    ("int", "value"): INTEGER,
    ("u8", "value"): INTEGER,
    ("u32", "value"): INTEGER,
    ("u64", "value"): Kind(_constant(1), ()),
    ("name", "value"): IFNAME,
    ("linger", "value"): INTEGER,
    ("seconds", "value"): SECONDS,
    ("text|none", "value"): IFNAME,
    ("cred", "value"): Kind(_constant(1), ()),
}


# Values of a type that the parameter takes, out of its range.
ODD_INTEGERS = (
    *(-1, -2, -(2**31), -(2**31) - 1, -(2**63)),
    *(2**31, 2**32, 2**63 - 1, 2**63, 2**70),
)
ODD_SECONDS = (-1, -0.001, float("nan"), float("-inf"), -1e300)
LONG = "x" * 5000
HOSTS = ("", "\0", "a\0b", "a" * 256, LONG, "127.1", "::1", "fe80::1%nsk", "%")
NAMES = ("", "x" * 15, "x" * 16, LONG, "lo\0", "\0")
ODD: dict[str, tuple[Any, ...]] = {
    "host": HOSTS,
    "addr": HOSTS,
    "port": (*ODD_INTEGERS, 65536, "", " 80", "80x", "-1", "65536", "\0", "80\0"),
    "pathname": ("", "/x\0y", "/" + "x" * 107, LONG, b"\0" + b"x" * 108),
    "ifname": NAMES,
    "hwaddr": ("", "0", "00:", ":00", "0g:00", "00-00", LONG, "00\0"),
}


def odd_values(row: Row, param: Param) -> tuple[Any, ...]:
    kind = kind_of(row, param)
    if kind is IFNAME:
        return NAMES
    if kind.wrong is SECONDS.wrong:
        return ODD_SECONDS
    return ODD_INTEGERS if kind.wrong is INTEGER.wrong else ODD.get(param.name, ())


def kind_of(row: Row, param: Param) -> Kind:
    owner = row.result if row.chapter == "OPTION" else row.id
    return OF_ROW.get((owner, param.name)) or KINDS[param.name]


def wrong_for(row: Row, param: Param) -> tuple[Any, ...]:
    """Values of other types; a last table in the place of a later one has options."""
    wrong = kind_of(row, param).wrong
    if row.options and not param.required:
        return tuple(value for value in wrong if value != [])
    return wrong


def good_arguments(net: Front, row: Row, count: int) -> list[Any]:
    """Valid values for the first `count` parameters."""
    if row.id in ("MODULE.shutdown", "MODULE.close"):
        return [NOBODYS.good(net), 0][:count]
    return [kind_of(row, param).good(net) for param in row.params[:count]]
