"""CPython's own `socket` as a front: what it has under other names, put to our rows.

Its sockets are made non-blocking, as ours are. What it has not got at all (readers,
messages as objects, transfers with a deadline that say how far they came) is left out.
"""

from __future__ import annotations

import platform
import select
import socket
from collections.abc import Callable
from typing import Any

from agent import (  # type: ignore[import-not-found]  # beside it, when it runs
    End,
    NotOffered,
    Timeout,
    serve,
)
from cpython_address import (  # type: ignore[import-not-found]  # beside it as well
    Address,
    addr,
    inet,
    inet6,
    name_of,
    port,
    resolved,
    unix,
)
from cpython_options import (  # type: ignore[import-not-found]  # beside it as well
    OPTIONS,
)


def made(sock: socket.socket) -> socket.socket:
    sock.setblocking(False)
    return sock


def new(
    family: int, kind: int, protocol: int = 0, nonblock: bool = True
) -> socket.socket:
    sock = socket.socket(family, kind, protocol)
    sock.setblocking(not nonblock)
    return sock


USUAL: dict[tuple[int, int], int] = {
    (family, kind): protocol
    for family in (socket.AF_INET, socket.AF_INET6)
    for kind, protocol in (
        (socket.SOCK_STREAM, socket.IPPROTO_TCP),
        (socket.SOCK_DGRAM, socket.IPPROTO_UDP),
    )
}


def opened(family: int, kind: int | None = None) -> Callable[..., socket.socket]:
    """new_inet and its sisters; with a type in their names, those that have one."""

    def function(
        *args: Any, reuseaddr: bool = False, reuseport: bool = False
    ) -> socket.socket:
        given = list(args)
        socktype = given.pop(0) if kind is None else kind
        protocol = given.pop(0) if kind is None else USUAL.get((family, kind), 0)
        wanted = [*given, reuseaddr, reuseport][:2] if given else [reuseaddr, reuseport]
        sock = made(socket.socket(family, socktype, protocol))
        try:
            _reuse(sock, *wanted)
        except BaseException:
            sock.close()
            raise
        return sock

    return function


def _reuse(sock: socket.socket, reuseaddr: bool = False, reuseport: bool = False) -> None:
    if reuseaddr:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if reuseport:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)


def pair(kind: int, protocol: int = 0, nonblock: bool | None = True) -> tuple[Any, Any]:
    a, b = socket.socketpair(socket.AF_UNIX, kind, protocol)
    nonblock = nonblock is not False
    for end in (a, b):
        end.setblocking(not nonblock)
    return a, b


def bind_to(ai: Address, *reuse: bool, **more: bool) -> socket.socket:
    sock = made(socket.socket(ai.family, ai.kind or socket.SOCK_STREAM, ai.protocol))
    try:
        _reuse(sock, *reuse, **more)
        sock.bind(ai.at)
    except BaseException:
        sock.close()
        raise
    return sock


def bound(family: int, kind: int) -> Callable[..., socket.socket]:
    def function(host: Any, port: Any, *reuse: bool, **more: bool) -> socket.socket:
        return bind_to(resolved(host, port, family, kind, True), *reuse, **more)

    return function


def bound_unix(kind: int) -> Callable[..., socket.socket]:
    def function(
        pathname: bytes | None = None, mode: Any = None, unlink: bool = False
    ) -> Any:
        if mode is not None or unlink:
            raise NotOffered("a mode, or a path removed first")
        return bind_to(Address(socket.AF_UNIX, pathname or b"", kind))

    return function


def connect_to(ai: Address, conndeadl: float | None = None) -> socket.socket:
    sock = socket.socket(ai.family, ai.kind or socket.SOCK_STREAM, ai.protocol)
    try:
        sock.settimeout(conndeadl if conndeadl != float("inf") else None)
        sock.connect(ai.at)
    except BaseException as error:
        sock.close()
        if conndeadl == 0 and isinstance(error, BlockingIOError):
            raise Timeout from None
        raise
    return made(sock)


def connected(family: int) -> Callable[..., socket.socket]:
    def function(host: Any, port: Any, conndeadl: float | None = None) -> socket.socket:
        ai = resolved(host, port, family, socket.SOCK_STREAM, False)
        return connect_to(ai, conndeadl)

    return function


def connect_unix(pathname: bytes, conndeadl: float | None = None) -> socket.socket:
    return connect_to(Address(socket.AF_UNIX, pathname), conndeadl)


def wrap(fd: int, nonblock: bool = True) -> socket.socket:
    sock = socket.socket(fileno=fd)
    sock.setblocking(not nonblock)
    return sock


# ---------------------------------------------------------------------- sockets


def flags(given: tuple[int | None, ...]) -> int:
    together = 0
    for flag in given:
        together |= flag or 0
    return together


def accept(sock: socket.socket, with_ai: bool = False) -> Any:
    taken, at = sock.accept()
    return (made(taken), name_of(taken, at)) if with_ai else made(taken)


def recv(sock: socket.socket, bufsize: int | None = None, *given: int) -> bytes:
    return _received(sock, sock.recv(bufsize or 16384, flags(given)))


def _received(sock: socket.socket, data: bytes) -> bytes:
    if not data and sock.type != socket.SOCK_DGRAM:
        raise End
    return data


def recvfrom(sock: socket.socket, bufsize: int | None = None, *given: int) -> Any:
    data, at = sock.recvfrom(bufsize or 16384, flags(given))
    return _received(sock, data), name_of(sock, at) if at else None


def sendfd(sock: socket.socket, fd: int, ai: Any = None, *given: int) -> int:
    at = ai.at if ai is not None else None
    return socket.send_fds(sock, [b"\0"], [fd], flags(given), at) - 1


def recvfd(sock: socket.socket, *given: int) -> int:
    data, fds, _, _ = socket.recv_fds(sock, 1, 1, flags(given))
    if not data and not fds:
        raise End
    if not fds:
        raise NotOffered("an error where the message carries no descriptor")
    return fds[0]


def shutdown(sock: socket.socket, flag: int | None = None) -> bool:
    sock.shutdown(socket.SHUT_RDWR if flag is None else flag)
    return True


def close(sock: socket.socket, flag: int | None = None) -> bool:
    if flag is not None:
        raise NotOffered("a close that shuts down")
    sock.close()
    return True


def error(sock: socket.socket) -> None:
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise NotOffered("an error as a value")


def ready(event: int) -> Callable[..., bool]:
    def function(sock: socket.socket, sec: Any = 0, exception: bool = False) -> bool:
        poll = select.poll()
        poll.register(sock, event | (select.POLLPRI if exception else 0))
        endless = sec is None or sec == float("inf")
        if not poll.poll(None if endless else max(0, sec) * 1000):
            raise Timeout
        return True

    return function


def sendall(sock: socket.socket, msg: bytes, sec: float | None = None) -> int:
    if isinstance(msg, list):
        raise NotOffered("a list of pieces")
    sock.settimeout(sec if sec != float("inf") else None)
    try:
        sock.sendall(msg)
    finally:
        sock.setblocking(False)
    return len(msg)


def acceptwait(sock: socket.socket, sec: float | None = None) -> socket.socket:
    sock.settimeout(sec if sec != float("inf") else None)
    try:
        return made(sock.accept()[0])
    finally:
        sock.setblocking(False)


def unwrap(sock: socket.socket) -> int:
    if sock.fileno() < 0:
        raise NotOffered("an error of a closed socket")
    return sock.detach()


def getsockopt(sock: socket.socket, level: int, name: int, size: Any = None) -> Any:
    return sock.getsockopt(level, name, *([] if size is None else [size]))


def true(function: Callable[..., Any]) -> Callable[..., bool]:
    def done(*args: Any, **named: Any) -> bool:
        function(*args, **named)
        return True

    return done


STREAM, DGRAM = socket.SOCK_STREAM, socket.SOCK_DGRAM
V4, V6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX

TABLE: dict[str, Callable[..., Any]] = {
    "MODULE.wrap": wrap,
    "MODULE.new": new,
    "MODULE.new_inet": opened(V4),
    "MODULE.new_inet_stream": opened(V4, STREAM),
    "MODULE.new_inet_dgram": opened(V4, DGRAM),
    "MODULE.new_inet6": opened(V6),
    "MODULE.new_inet6_stream": opened(V6, STREAM),
    "MODULE.new_inet6_dgram": opened(V6, DGRAM),
    "MODULE.new_unix": opened(UNIX),
    "MODULE.new_unix_stream": opened(UNIX, STREAM),
    "MODULE.new_unix_dgram": opened(UNIX, DGRAM),
    "MODULE.pair": pair,
    "MODULE.pair_stream": lambda: pair(STREAM),
    "MODULE.pair_dgram": lambda: pair(DGRAM),
    "MODULE.pair_seqpacket": lambda: pair(socket.SOCK_SEQPACKET),
    "MODULE.bind": bind_to,
    "MODULE.bind_inet_stream": bound(V4, STREAM),
    "MODULE.bind_inet6_stream": bound(V6, STREAM),
    "MODULE.bind_inet_dgram": bound(V4, DGRAM),
    "MODULE.bind_inet6_dgram": bound(V6, DGRAM),
    "MODULE.bind_unix_stream": bound_unix(STREAM),
    "MODULE.bind_unix_dgram": bound_unix(DGRAM),
    "MODULE.connect": connect_to,
    "MODULE.connect_inet_stream": connected(V4),
    "MODULE.connect_inet6_stream": connected(V6),
    "MODULE.connect_unix_stream": connect_unix,
    "ADDRESS.inet": inet,
    "ADDRESS.inet6": inet6,
    "ADDRESS.unix": unix,
    "ADDRINFO.family": lambda ai: ai.family,
    "ADDRINFO.socktype": lambda ai: ai.kind,
    "ADDRINFO.protocol": lambda ai: ai.protocol,
    "ADDRINFO.addr": addr,
    "ADDRINFO.port": port,
    "SOCKET.fd": lambda sock: sock.fileno(),
    "PY_SOCKET.fileno": lambda sock: sock.fileno(),
    "SOCKET.family": lambda sock: sock.family,
    "SOCKET.socktype": lambda sock: sock.type,
    "SOCKET.protocol": lambda sock: sock.proto,
    "SOCKET.bind": true(lambda sock, ai: sock.bind(ai.at)),
    "SOCKET.listen": true(
        lambda sock, backlog=None: sock.listen(*[] if backlog is None else [backlog])
    ),
    "SOCKET.accept": accept,
    "SOCKET.acceptfd": lambda sock: made(sock.accept()[0]).detach(),
    "SOCKET.acceptwait": acceptwait,
    "SOCKET.connect": true(lambda sock, ai: sock.connect(ai.at)),
    "SOCKET.send": lambda sock, msg, *given: sock.send(msg, flags(given)),
    "SOCKET.write": lambda sock, msg: sock.send(msg),
    "SOCKET.sendto": lambda sock, msg, ai, *given: sock.sendto(msg, flags(given), ai.at),
    "SOCKET.sendall": sendall,
    "SOCKET.recv": recv,
    "SOCKET.read": recv,
    "SOCKET.recvfrom": recvfrom,
    "SOCKET.sendfd": sendfd,
    "SOCKET.recvfd": recvfd,
    "SOCKET.shutdown": shutdown,
    "SOCKET.close": close,
    "SOCKET.unwrap": unwrap,
    "SOCKET.dup": lambda sock: sock.dup(),
    "SOCKET.getsockname": lambda sock: name_of(sock, sock.getsockname()),
    "SOCKET.getpeername": lambda sock: name_of(sock, sock.getpeername()),
    "SOCKET.error": error,
    "SOCKET.recvable": ready(select.POLLIN),
    "SOCKET.sendable": ready(select.POLLOUT),
    "SOCKET.getsockopt": getsockopt,
    "SOCKET.setsockopt": true(lambda sock, *args: sock.setsockopt(*args)),
    **{f"OPTION.{name}": function for name, function in OPTIONS.items()},
}

if __name__ == "__main__":
    serve(
        f"CPython {platform.python_version()}'s socket",
        "python",
        TABLE,
        {socket.socket: "SOCKET", Address: "ADDRINFO"},
    )
