"""The options of CPython's `socket`, by their names in option.def: each reads its value,
and with an argument sets it and tells the one before."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Any


def number(level: int, name: int, kind: type[int] = int) -> Callable[..., Any]:
    def function(sock: socket.socket, value: Any = None) -> Any:
        before = kind(sock.getsockopt(level, name))
        if value is not None:
            sock.setsockopt(level, name, value)
        return before

    return function


def switch(level: int, name: int) -> Callable[..., Any]:
    return number(level, name, bool)


def linger(sock: socket.socket, value: Any = None) -> Any:
    packed = sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
    on, seconds = struct.unpack("ii", packed)
    if value is not None:
        packed = struct.pack("ii", value >= 0, max(0, value))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, packed)
    return seconds if on else -1


def nonblock(sock: socket.socket, value: Any = None) -> bool:
    before = not sock.getblocking()
    if value is not None:
        sock.setblocking(not value)
    return before


def cloexec(sock: socket.socket, value: Any = None) -> bool:
    before = not sock.get_inheritable()
    if value is not None:
        sock.set_inheritable(not value)
    return before


SOL, TCP = socket.SOL_SOCKET, socket.IPPROTO_TCP
OPTIONS: dict[str, Callable[..., Any]] = {
    "nonblock": nonblock,
    "cloexec": cloexec,
    "linger": linger,
    "reuseaddr": switch(SOL, socket.SO_REUSEADDR),
    "reuseport": switch(SOL, socket.SO_REUSEPORT),
    "broadcast": switch(SOL, socket.SO_BROADCAST),
    "keepalive": switch(SOL, socket.SO_KEEPALIVE),
    "oobinline": switch(SOL, socket.SO_OOBINLINE),
    "dontroute": switch(SOL, socket.SO_DONTROUTE),
    "rcvbuf": number(SOL, socket.SO_RCVBUF),
    "sndbuf": number(SOL, socket.SO_SNDBUF),
    "rcvlowat": number(SOL, socket.SO_RCVLOWAT),
    "acceptconn": switch(SOL, socket.SO_ACCEPTCONN),
    "tcpnodelay": switch(TCP, socket.TCP_NODELAY),
    "tcpcork": switch(TCP, socket.TCP_CORK),
    "tcpkeepalive": number(TCP, socket.TCP_KEEPIDLE),
    "tcpkeepintvl": number(TCP, socket.TCP_KEEPINTVL),
    "tcpkeepcnt": number(TCP, socket.TCP_KEEPCNT),
}
