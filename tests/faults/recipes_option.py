"""Recipes for options, groups, and functions before the close."""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Callable
from typing import Any

from support.fronts.manifest import Option, options
from support.fronts.outcome import Outcome
from support.fronts.wire import Callback

from .setup import Case, Setup, done, equals, recipe

# ---------------------------------------------------------------------------- options

VALUES: dict[str, Any] = {
    "BOOL": True,
    "FDFLAG": False,
    "FLFLAG": False,
    "INT": 5000,
    "U8": 3,
    "U32": 5000,
    "NAME": "reno",
    "SECONDS": 1.5,
    "LINGER": 3,
    "IFNAME": "lo",
    "STRING": "lo",
}
# The kernel has a limit of its own; or lets only the privileged set it, or no process.
OWN_VALUES = {
    "tcpkeepcnt": 5,
    "debug": False,
    "mtudiscover": 2,
    "timestamping": 24,
    "priority": 3,
    "tcpdeferaccept": 7,
    "tcpfastopen": 16,
    "tcpmaxseg": 1460,
}
MAKERS = {"UNIX": "new_unix_stream", "INET6": "new_inet6_dgram", "TCP": "new_inet_stream"}

NEEDS_PEER = ("mtu",)


def _option(option: Option, writes: bool) -> Callable[[Setup], Case]:
    maker = MAKERS.get(option.where, "new_inet_dgram")

    def build(s: Setup) -> Case:
        own = s.front.call(maker).value
        if option.name in NEEDS_PEER:
            done(own.connect(done(s.front.addrinfo.inet("127.0.0.1", 9))))
        value = OWN_VALUES.get(option.name, VALUES.get(option.kind))
        return Case([value] if writes else [], own, watched=[own], check=check)

    def check(outcome: Outcome) -> None:
        if writes and option.name == "sndlowat" and sys.platform == "linux":
            outcome.fails("ENOPROTOOPT", op="setsockopt")
        elif writes and option.name == "mark" and outcome.kind == "error":
            outcome.fails("EPERM", op="setsockopt")  # not all may
        else:
            assert outcome.all is not None

    return build


for _each in options():
    recipe(_each.row.id)(_option(_each, False))
    if _each.writable:
        recipe(f"{_each.row.id}/set")(_option(_each, True))


def _chosen(maker: str) -> Callable[[Setup], Case]:
    """The option is read back by the interface's name."""

    def build(s: Setup) -> Case:
        own = s.front.call(maker).value
        done(own.mcastif("lo"))
        return Case([], own, check=equals(b"lo"), watched=[own])

    return build


recipe("OPTION.mcastif/chosen")(_chosen("new_inet_dgram"))


@recipe("OPTION.mcastif/chosen6")
def mcastif6(s: Setup) -> Case:
    own = s.front.call("new_inet6_dgram").value
    done(own.mcastif("lo"))

    def check(outcome: Outcome) -> None:
        assert outcome.value in (b"lo", None), outcome.describe()

    return Case([], own, check=check, watched=[own])


@recipe("OPTION.mcastif/set6")
def mcastif_set6(s: Setup) -> Case:
    own = s.front.call("new_inet6_dgram").value
    return Case(["lo"], own, watched=[own])


def _by_address(family: str, at: str) -> Callable[[Setup], Case]:
    def build(s: Setup) -> Case:
        own = s.front.call(f"new_{family}_dgram").value
        return Case([at], own, watched=[own])

    return build


for _option_name in ("mcastif", "bindtodevice"):
    recipe(f"OPTION.{_option_name}/address")(_by_address("inet", "127.0.0.1"))
    recipe(f"OPTION.{_option_name}/address6")(_by_address("inet6", "::1"))


@recipe("OPTION.peercred/pair")
def peercred(s: Setup) -> Case:
    own, _ = s.pair()

    def check(outcome: Outcome) -> None:
        assert outcome.value[b"pid"] == s.front.pid

    return Case([], own, check=check, watched=[own])


LINGER = struct.pack("@ii", 1, 9)


@recipe("SOCKET.getsockopt")
def getsockopt(s: Setup) -> Case:
    own, _ = s.pair()
    args = [socket.SOL_SOCKET, socket.SO_TYPE]
    return Case(args, own, check=equals(socket.SOCK_STREAM), watched=[own])


@recipe("SOCKET.getsockopt/bytes")
def getsockopt_bytes(s: Setup) -> Case:
    own = s.front.call("new_inet_stream").value
    done(own.linger(9))
    args = [socket.SOL_SOCKET, socket.SO_LINGER, 4096]
    return Case(args, own, check=equals(LINGER), watched=[own])


@recipe("SOCKET.setsockopt")
def setsockopt(s: Setup) -> Case:
    own, _ = s.pair()
    return Case([socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1], own, watched=[own])


@recipe("SOCKET.setsockopt/bytes")
def setsockopt_bytes(s: Setup) -> Case:
    own = s.front.call("new_inet_stream").value

    def check(outcome: Outcome) -> None:
        done(outcome)
        assert done(own.linger()) == 9

    args = [socket.SOL_SOCKET, socket.SO_LINGER, LINGER]
    return Case(args, own, check=check, watched=[own])


# ----------------------------------------------------------------------------- groups

# What must have been done before, and whether the source is named too.
GROUPS: dict[str, tuple[tuple[str, ...], bool]] = {
    "mcastjoin": ((), False),
    "mcastleave": (("mcastjoin",), False),
    "mcastjoinsrc": ((), True),
    "mcastleavesrc": (("mcastjoinsrc",), True),
    "mcastblocksrc": (("mcastjoin",), True),
    "mcastunblocksrc": (("mcastjoin", "mcastblocksrc"), True),
}


def _group(
    name: str, family: str, group: str, source: str, on: str
) -> Callable[[Setup], Case]:
    def build(s: Setup) -> Case:
        own = s.front.call(f"bind_{family}_dgram", "*", 0).value
        to = s.front.addrinfo.call(family, group, 0).value
        of = s.front.addrinfo.call(family, source, 0).value

        def args(action: str) -> list[Any]:
            return [to, of, on] if GROUPS[action][1] else [to, on]

        for before in GROUPS[name][0]:
            done(own.call(before, *args(before)))
        return Case(args(name), own, watched=[own])

    return build


_FOUR, _SIX = ("inet", "239.77.0.1", "127.0.0.1"), ("inet6", "ff15::77:1", "::1")
for _name in GROUPS:
    recipe(f"SOCKET.{_name}")(_group(_name, *_FOUR, "lo"))
    recipe(f"SOCKET.{_name}/six")(_group(_name, *_SIX, "lo"))
    recipe(f"SOCKET.{_name}/address")(_group(_name, *_FOUR, "127.0.0.1"))


# --------------------------------------------------------- functions before the close

RECORD = Callback("record")


@recipe("SOCKET.addgcfn")
def addgcfn(s: Setup) -> Case:
    a, b = s.pair()

    def check(outcome: Outcome) -> None:
        assert outcome.value is not None
        s.front.recorded()
        done(a.close())
        assert s.front.recorded() == [[b"one", 2]]

    return Case([RECORD, RECORD, b"one", 2], a, check=check, watched=[a, b])


@recipe("SOCKET.delgcfn")
def delgcfn(s: Setup) -> Case:
    a, b = s.pair()
    done(a.addgcfn(None, RECORD, b"first"))
    handle = done(a.addgcfn(None, RECORD, b"second"))

    def check(outcome: Outcome) -> None:
        assert outcome.value is True
        s.front.recorded()
        done(a.close())
        assert s.front.recorded() == [[b"first"]]

    return Case([handle], a, check=check, watched=[a, b])
