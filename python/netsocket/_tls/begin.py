"""How a connection begins: its arguments, its limit, the socket that it takes over."""

from __future__ import annotations

import contextlib
import os
import ssl
import sys

from .. import Socket, wrap
from .._arguments import bad_type, bad_value
from .channel import Channel, Waits, limit_of
from .engine import Engine
from .failures import named
from .types import Limit

SERVERS = ("server", "tls_server")


def take_over(sock: Socket, waits: type[Waits], engine: Engine) -> Channel:
    """The descriptor is a socket of the channel's from now on."""
    try:
        sock.reader()  # a stream
        sec = sock.timeout()
        fd = sock.unwrap()
    except OSError as error:
        raise named(error, "handshake") from None
    try:
        own = wrap(fd)
    except BaseException:
        os.close(fd)
        raise
    own.timeout(sec)
    with contextlib.suppress(OSError):
        engine.address = own.getpeername()
    return Channel(own, waits, engine)


def check_side(op: str, context: ssl.SSLContext) -> None:
    """A context may be for one side only."""
    other, whose = ssl.PROTOCOL_TLS_SERVER, "a server's"
    if op in SERVERS:
        other, whose = ssl.PROTOCOL_TLS_CLIENT, "a client's"
    if context.protocol == other:
        raise bad_value(op, "context", f"is {whose}")


def check_arguments(op: str, sock: object, context: object, host: object) -> None:
    if not isinstance(sock, Socket):
        raise bad_type(op, "sock", "Socket", sock)
    if not isinstance(context, ssl.SSLContext):
        raise bad_type(op, "context", "SSLContext", context)
    if host is not None and not isinstance(host, str):
        raise bad_type(op, "host", "str or None", host)
    serves = op in SERVERS
    if sys.version_info < (3, 10):  # ssl itself refuses it since then
        check_side(op, context)
    if host is None and context.check_hostname and not serves:
        raise bad_value(op, "host", "is needed, since the context checks it")
    if host == "":
        raise bad_value(op, "host", "must not be empty")
    if host is not None and "\0" in host:
        raise bad_value(op, "host", "has a NUL in it")


def prepared(
    op: str,
    sock: Socket,
    waits: type[Waits],
    context: ssl.SSLContext,
    host: str | None,
    sec: Limit,
) -> tuple[Channel, Limit]:
    """A channel before its handshake, and the limit of that."""
    check_arguments(op, sock, context, host)
    try:
        engine = Engine(context, op in SERVERS, host)
    except ssl.SSLError:
        check_side(op, context)
        raise
    except ValueError:  # of IDNA, or of the standard library, on 3.14 about a side too
        check_side(op, context)
        words = "is no host name, not by IDNA either"
        raise bad_value(op, "host", words) from None
    limit = limit_of(sock, sec, op)
    return take_over(sock, waits, engine), limit
