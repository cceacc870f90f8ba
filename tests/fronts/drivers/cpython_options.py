"""The options of CPython's `socket`, by their names in option.def: each reads its value,
and with an argument sets it."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Any


def number(level: int, name: int) -> Callable[..., Any]:
    def function(sock: socket.socket, value: Any = None) -> Any:
        if value is None:
            return sock.getsockopt(level, name)
        sock.setsockopt(level, name, value)
        return True

    return function


def switch(level: int, name: int) -> Callable[..., Any]:
    def function(sock: socket.socket, value: Any = None) -> Any:
        if value is None:
            return sock.getsockopt(level, name) != 0
        sock.setsockopt(level, name, 1 if value else 0)
        return True

    return function


def linger(sock: socket.socket, value: Any = None) -> Any:
    if value is None:
        on, seconds = struct.unpack(
            "ii", sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
        )
        return seconds if on else -1
    packed = struct.pack("ii", value >= 0, max(0, value))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, packed)
    return True


def nonblock(sock: socket.socket, value: Any = None) -> bool:
    if value is None:
        return not sock.getblocking()
    sock.setblocking(not value)
    return True


def cloexec(sock: socket.socket, value: Any = None) -> bool:
    if value is None:
        return not sock.get_inheritable()
    sock.set_inheritable(not value)
    return True


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
