"""CPython's addresses under our names."""

from __future__ import annotations

import socket
from typing import Any

from agent import NotOffered  # type: ignore[import-not-found]  # beside it, when it runs


class Address:
    """An address with its family, as getaddrinfo(3) tells them."""

    def __init__(self, family: int, at: Any, kind: int = 0, protocol: int = 0) -> None:
        self.family, self.at, self.kind, self.protocol = family, at, kind, protocol


def resolved(host: Any, port: Any, family: int, kind: int, passive: bool) -> Address:
    if host == b"":
        raise NotOffered("an empty host is no wildcard in our rules")
    name = host.decode() if host is not None else None
    if name == "*":
        name = None
    service = port.decode() if isinstance(port, bytes) else port
    flags = socket.AI_PASSIVE if passive else 0
    found = socket.getaddrinfo(name, service, family, kind, 0, flags)
    return Address(found[0][0], found[0][4], found[0][1], found[0][2])


def inet(
    addr: Any = None, port: Any = None, kind: int = 0, protocol: int = 0, *flags: int
) -> Address:
    return _numeric(socket.AF_INET, addr, port, kind, protocol, flags)


def inet6(
    addr: Any = None, port: Any = None, kind: int = 0, protocol: int = 0, *flags: int
) -> Address:
    return _numeric(socket.AF_INET6, addr, port, kind, protocol, flags)


def _numeric(
    family: int, addr: Any, port: Any, kind: int, protocol: int, flags: tuple[int, ...]
) -> Address:
    if flags or not isinstance(port, (int, type(None))) or addr is None:
        raise NotOffered("an address from parts that are not there, or with flags")
    text = addr.decode()
    socket.inet_pton(family, text.partition("%")[0])
    flag = socket.AI_NUMERICHOST
    at = socket.getaddrinfo(text, port or 0, family, socket.SOCK_STREAM, 0, flag)[0][4]
    return Address(family, at, kind, protocol)


def unix(pathname: bytes, kind: int = 0, protocol: int = 0, *flags: int) -> Address:
    if flags:
        raise NotOffered("flags")
    return Address(socket.AF_UNIX, pathname, kind, protocol)


def addr(ai: Address) -> Any:
    if ai.family == socket.AF_UNIX:
        return ai.at or None
    zone = ai.at[3] if ai.family == socket.AF_INET6 else 0
    return f"{ai.at[0]}%{socket.if_indextoname(zone)}" if zone else ai.at[0]


def port(ai: Address) -> Any:
    return ai.at[1] if ai.family in (socket.AF_INET, socket.AF_INET6) else None


def name_of(sock: socket.socket, at: Any) -> Address:
    return Address(sock.family, at, sock.type, sock.proto)
