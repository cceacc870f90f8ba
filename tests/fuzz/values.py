"""Arguments for the rows of the manifest: good ones, edges, and ones of a wrong type.

An object of the library exists once for each front, so what is drawn is only its recipe.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from conformance.parts import iovec
from support.fronts.front import Front, Handle
from support.fronts.manifest import Param, Row


@dataclass(frozen=True)
class Made:
    """An object that each front makes for itself."""

    chapter: str
    make: Callable[[Front, Handle], Any]
    words: str

    def __repr__(self) -> str:
        return self.words


def address(*numeric: Any) -> Made:
    return Made(
        "ADDRINFO", lambda net, _: net.addrinfo.inet(*numeric).value, f"inet{numeric}"
    )


def buffers(*elements: bytes | int) -> Made:
    return Made("IOVEC", lambda net, _: iovec(net, *elements), f"iovec{elements}")


def message(*elements: bytes | int) -> Made:
    def make(net: Front, _: Handle) -> Handle:
        made: Handle = net.msghdr.new().value
        made.iov(iovec(net, *elements))
        made.control(net.cmsghdrs.new().value)
        return made

    return Made("MSGHDR", make, f"message{elements}")


OWN_FD = Made("FD", lambda net, sock: sock.fd().value, "its own fd")
# No one listens at these, and none needs a route: what the kernel says is certain.
ADDRESSES = [
    address("127.0.0.1", 0),
    Made("ADDRINFO", lambda net, _: net.addrinfo.inet6("::1", 0).value, "inet6"),
    Made("ADDRINFO", lambda net, _: net.addrinfo.unix("/nonexistent/nsk").value, "unix"),
]
IN_TEXT = ["127.0.0.1", "::1", "192.0.2.1", "fe80::1%nsk-none"]
GROUPS = [address("224.0.0.251"), address("127.0.0.1"), ADDRESSES[1], ADDRESSES[2]]

# Beyond int64 a number is a float in Lua and an OverflowError in Python: EINVAL in both.
EDGES = [-1, -(2**31), 2**31, 2**32 + 5, 2**63 - 1, -(2**63), 2**63]
WRONG: st.SearchStrategy[Any] = st.sampled_from([True, [], address("127.0.0.1")])
NO_TABLE = WRONG.filter(lambda value: value != [])  # it would be the options'
SIZES = st.one_of(
    st.integers(1, 70_000), st.integers(0, 20), st.sampled_from([-1, -(2**63), 2**63])
)
COUNTS = st.one_of(st.integers(0, 20), st.sampled_from(EDGES))
BYTES = st.one_of(
    st.binary(max_size=40),
    st.text("ab\n", max_size=12).map(str.encode),
    st.integers(0, 60_000).map(bytes),
)
FLAGS = st.sampled_from(
    [0, socket.MSG_PEEK, socket.MSG_DONTWAIT, socket.MSG_TRUNC, socket.MSG_OOB,
     socket.MSG_WAITALL, None, *EDGES]
)  # fmt: skip
ELEMENTS = st.lists(st.one_of(st.binary(max_size=9), st.integers(0, 50)), max_size=4)
SECONDS = st.sampled_from([0, 0.0, 0.001, -1, -0.5, float("nan")])

OF_NAME: dict[str, st.SearchStrategy[Any]] = {
    "ai": st.sampled_from(ADDRESSES),
    "group": st.sampled_from(GROUPS),
    "source": st.sampled_from(GROUPS),
    "ifname": st.sampled_from(
        ["lo", "nsk-none", "", "x" * 16, "l\0o", None, *IN_TEXT, *ADDRESSES]
    ),
    "backlog": COUNTS,
    "with_ai": st.booleans(),
    "patient": st.booleans(),
    "exception": st.booleans(),
    "msg": BYTES,
    "bufsize": SIZES,
    "max": SIZES,
    "n": COUNTS,
    "offset": COUNTS,
    "i": COUNTS,
    "str": BYTES,
    "flag": st.sampled_from([0, 1, 2, 3, -1, 2**31, 2**63]),
    "flags": FLAGS,
    "sec": SECONDS,
    "mh": ELEMENTS.map(lambda drawn: message(*drawn)),
    "iov": ELEMENTS.map(lambda drawn: buffers(*drawn)),
    "fd": st.sampled_from([OWN_FD, *EDGES]),
    "fds": st.one_of(st.just([]), st.lists(st.sampled_from(EDGES), max_size=2)),
    "file": st.sampled_from([OWN_FD, *EDGES]),
    "bytes": COUNTS,
    "level": st.sampled_from([socket.SOL_SOCKET, socket.IPPROTO_TCP, 4711, *EDGES]),
    "name": st.sampled_from([socket.SO_TYPE, socket.SO_RCVBUF, 4711, *EDGES]),
    "limit": SIZES,
    "msgs": st.lists(BYTES, max_size=4),
    "to": st.one_of(st.none(), st.sampled_from(ADDRESSES)),
    "size": st.one_of(st.integers(-1, 16), st.sampled_from(EDGES)),
}
OF_ROW: dict[tuple[str, str], st.SearchStrategy[Any]] = {
    ("SOCKET.recvall", "n"): SIZES,
    ("IOVEC.addn", "n"): st.one_of(st.integers(0, 5000), st.sampled_from([-1, 2**63])),
    ("SOCKET.setsockopt", "value"): st.one_of(
        st.integers(-5, 5), st.sampled_from(EDGES), st.binary(max_size=8)
    ),
}
OF_OPTION: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int": st.one_of(st.integers(-5, 100_000), st.sampled_from(EDGES)),
    "u8": st.one_of(st.integers(-2, 300), st.sampled_from(EDGES)),
    "u32": st.one_of(st.integers(-2, 2**32 + 1), st.sampled_from(EDGES)),
    "linger": st.one_of(st.integers(-3, 70_000), st.sampled_from(EDGES)),
    "seconds": st.one_of(
        st.floats(allow_nan=True, allow_infinity=True), st.sampled_from([0, -1, 2**63])
    ),
    "text|none": OF_NAME["ifname"],
    "name": st.sampled_from(["reno", "cubic", "nsk", "", "x" * 16, "reno\0"]),
}
# Left out, these would wait without end.
NEVER_LEFT_OUT = ("sec",)


def value_of(row: Row, param: Param) -> st.SearchStrategy[Any]:
    if row.chapter == "OPTION":
        good = OF_OPTION[row.result]
    else:
        key = (row.id, param.name)
        good = OF_ROW[key] if key in OF_ROW else OF_NAME[param.name]
    # Most calls get past their arguments.
    wrong = NO_TABLE if row.options and not param.required else WRONG
    return st.integers(0, 15).flatmap(lambda dice: good if dice else wrong)


@st.composite
def arguments(draw: st.DrawFn, row: Row) -> tuple[Any, ...]:
    """For a prefix of the parameters that has all that must be there."""
    names = [param.name for param in row.params]
    least = sum(param.required for param in row.params)
    for name in NEVER_LEFT_OUT:
        if name in names:
            least = names.index(name) + 1
    count = draw(st.integers(least, len(names)))
    given: list[Any] = []
    for param in row.params[:count]:
        if param.rest:
            given += draw(st.lists(value_of(row, param), max_size=3))
        else:
            given.append(draw(value_of(row, param)))
    return tuple(given)


def for_front(net: Front, on: Handle, args: tuple[Any, ...]) -> list[Any]:
    return [arg.make(net, on) if isinstance(arg, Made) else arg for arg in args]
