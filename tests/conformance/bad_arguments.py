"""For each parameter of the manifest: what it is, a good value, and bad ones.

test_arguments.py combines this with the rows, so a new function is tried with wrong
and missing arguments as soon as its row exists.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fronts.front import Front, Handle
from fronts.manifest import Row


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

KINDS: dict[str, Kind] = {
    "fd": INTEGER,
    "family": Kind(_constant(int(socket.AF_UNIX)), INTEGER.wrong),
    "socktype": INTEGER,
    "protocol": Kind(_constant(0), INTEGER.wrong),
    "flag": INTEGER,
    "flags": Kind(_constant(0), INTEGER.wrong),
    "backlog": INTEGER,
    "mode": INTEGER,
    "n": INTEGER,
    "max": INTEGER,
    "rd": SOCKETS,
    "wr": SOCKETS,
    "bufsize": INTEGER,
    "nonblock": BOOLEAN,
    "reuseaddr": BOOLEAN,
    "reuseport": BOOLEAN,
    "with_ai": BOOLEAN,
    "exception": BOOLEAN,
    "passive": BOOLEAN,
    "unlink": BOOLEAN,
    "unset": BOOLEAN,
    "canonname": BOOLEAN,
    "value": BOOLEAN,
    "host": TEXT,
    "addr": TEXT,
    "port": PORT,
    "conndeadl": SECONDS,
    "sec": SECONDS,
    "pathname": PATH,
    "msg": BYTES,
    "ai": ADDRESS,
}


def good_arguments(net: Front, row: Row, count: int) -> list[Any]:
    """Valid values for the first `count` parameters."""
    if row.id in ("MODULE.shutdown", "MODULE.close"):
        # A descriptor that nobody has: these must never reach one of the test's.
        return [2**31 - 1, 0][:count]
    return [KINDS[param.name].good(net) for param in row.params[:count]]
