"""The calls: how each is made with numbers from a dice, and what it gives.

A call may have user code among its arguments: `act` runs in the conversion of seconds,
and in `__buffer__` from CPython 3.12 on.
"""

from __future__ import annotations

import os
import random
import socket
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import netsocket

from .threads_model import KEY, Stream, number_of, packet
from .threads_world import Box, Call, World, done_of, name_of

Act = Callable[[], None]


class Seconds(int):
    """A number whose conversion runs user code."""

    act: Act
    value: float

    def __float__(self) -> float:
        self.act()
        return self.value


class Bytes:
    """A buffer whose making runs user code, where Python lets it."""

    def __init__(self, data: bytes, act: Act) -> None:
        self.data, self.act = data, act

    def __buffer__(self, flags: int) -> memoryview:
        self.act()
        return memoryview(self.data)


def seconds(value: float, act: Act | None) -> float:
    if act is None:
        return value
    made = Seconds(1)
    made.act, made.value = act, value
    return made


def buffer(data: bytes, act: Act | None) -> Any:
    return Bytes(data, act) if act is not None and sys.version_info >= (3, 12) else data


@dataclass
class Receive:
    call: Call
    taken: Callable[[Any], Any]  # from the call's result
    holds: bool = False
    peeks: bool = False
    names: tuple[str, ...] = ()  # further errors that it may have
    waits: bool = True  # on a blocking socket
    line: bool = False


def room(dice: random.Random, size: int) -> netsocket.IoVec:
    iov = netsocket.iovec.new()
    first = dice.randint(0, size)
    for n in (first, size - first):
        iov.addn(n)
    return iov


RECEIVES = (
    *("recv", "read", "recvfrom", "recv_into", "readv", "recvmsg", "peek", "dontwait"),
    *("recvall",) * 4,
    *("recvline",) * 3,
)


# Rows of buffers that calls have received into, or are about to: user code adds to them.
recent: deque[netsocket.IoVec] = deque(maxlen=8)


def receive(dice: random.Random, sock: netsocket.Socket, act: Act | None) -> Receive:
    """Any receive of a stream."""
    size = dice.choice((1, 7, 64, 64, 64, 500, 500, 1000, 4096, 70_000, 200_000))
    kind = dice.choice(RECEIVES)
    if kind == "recv_into":
        into = bytearray(size)
        return Receive(partial(sock.recv_into, into), lambda n: bytes(into[:n]))
    if kind == "readv":
        iov = room(dice, size)
        recent.append(iov)
        return Receive(partial(sock.readv, iov), lambda n: iov.concat(0, n or 0))
    if kind == "recvmsg":
        message = netsocket.msghdr.new()
        parts = room(dice, size)
        recent.append(parts)
        message.iov(parts)
        return Receive(partial(sock.recvmsg, message), lambda n: parts.concat(0, n or 0))
    if kind in ("recvall", "recvline"):
        most = size
        if kind == "recvall":
            most = dice.choice((1, 100, 100, 3000, 3000, 100_000))
        limit = dice.choice((0.0, 0.001, 0.02, None))
        sec = None if limit is None else seconds(limit, act)
        call = partial(sock.recvall, most, sec)
        if kind == "recvline":
            call = partial(sock.recvline, max=most, sec=sec)
        return Receive(call, bytes, True, names=("timeout",), line=kind == "recvline")
    if kind == "peek":
        flags = socket.MSG_PEEK | socket.MSG_DONTWAIT
        call = partial(sock.recv, size, flags)
        return Receive(call, bytes, peeks=True, names=("EAGAIN",), waits=False)
    if kind == "dontwait":
        call = partial(sock.recv, size, socket.MSG_DONTWAIT)
        return Receive(call, bytes, names=("EAGAIN",), waits=False)
    if kind == "recvfrom":
        return Receive(partial(sock.recvfrom, size), lambda pair: pair[0])
    return Receive(partial(getattr(sock, kind), size), bytes)


def take(
    world: World, box: Box, made: Receive, sock: netsocket.Socket, raising: bool = False
) -> Any:
    """Make a receive, log what it gives or judge its error; what it gave, or None."""
    out: list[Any] = []
    use = box.channel.enter(made.holds)
    error = world.call(made.call, out, raising)
    allowed = world.allowed(box, sock, use) | set(made.names)
    beside = box.channel.leave(use, made.holds)
    if not out:
        if error is not None:
            box.refusal = repr(error)
            if not box.blocking:
                allowed.add("EAGAIN")
            what = f"{box.channel.name} {words_of(made)}"
            world.judge(what, error, allowed, True)
            if made.holds and name_of(error) == "timeout" and done_of(error) is None:
                world.fail(f"{what}: done is {getattr(error, 'done', 'missing')!r:.40}")
        return None
    data = made.taken(out[0])
    if isinstance(box.channel, Stream):
        look_at_bytes(world, box.channel, made, data)
    if not made.peeks:
        world.got(box, data, use, beside)
    return data


def words_of(made: Receive) -> str:
    call: Any = made.call
    return str(getattr(getattr(call, "func", call), "__name__", call))


def look_at_bytes(world: World, stream: Stream, made: Receive, data: bytes) -> None:
    what = f"{stream.name} {words_of(made)}"
    sure = len(data) >= KEY and not stream.concurrent
    if made.peeks and sure and data not in stream.source:
        world.fail(f"{what}: what was seen is not in the stream")
    if made.line and b"\n" in data[:-1]:
        world.fail(f"{what}: went on after a newline")


# ------------------------------------------------------------------------- sending --


def send(
    dice: random.Random, sock: netsocket.Socket, stream: Stream, act: Act | None
) -> tuple[Call, bool]:
    """A call that sends what comes next, and whether it waits until all is sent."""
    size = dice.choice((1, 9, 100, 100, 1000, 1000, 5000, 20_000, 70_000, 200_000))
    data = stream.source[stream.sent : stream.sent + size]
    kind = dice.choice(("send", "write", "sendall", "sendall", "writev", "sendmsg"))
    if kind == "sendall":
        limit = dice.choice((0.0, 0.01, 5.0))
        return partial(sock.sendall, buffer(data, act), seconds(limit, act)), True
    if kind in ("writev", "sendmsg"):
        iov = netsocket.iovec.new()
        half = dice.randint(0, len(data))
        iov.add(data[:half])
        iov.add(data[half:])
        if kind == "writev":
            return partial(sock.writev, iov), False
        message = netsocket.msghdr.new()
        message.iov(iov)
        return partial(sock.sendmsg, message), False
    return partial(getattr(sock, kind), buffer(data, act)), False


# -------------------------------------------------------------------------- things --


def whole_packet(
    dice: random.Random, world: World, box: Box, sock: netsocket.Socket
) -> Receive:
    """A packet, whole or cut; its number is in its first bytes."""
    size = dice.choice((KEY, 100, 1000, 70_000))
    kinds = ("recv", "recvfrom", "recvmany", "recvmsg", "readv", "recvall", "recvline")
    kind = dice.choice(kinds)
    name = box.channel.name

    if kind in ("recvall", "recvline"):

        def taken(_: bytes) -> int:
            world.fail(f"{name} {kind}: took a part of a packet")
            return 0

        refused = partial(sock.recvall, size, 0)
        if kind == "recvline":
            refused = partial(sock.recvline, max=size, sec=0)
        return Receive(refused, taken, names=("EOPNOTSUPP",))
    if kind in ("recvmsg", "readv"):
        iov, message = room(dice, size), netsocket.msghdr.new()
        message.iov(iov)

        def from_parts(n: int) -> int | None:
            number = number_of(iov.concat(0, n or 0), size)
            cut = bool(message.flags() & socket.MSG_TRUNC)
            if kind == "recvmsg" and number and cut != (len(packet(number)) > size):
                world.fail(f"{name}: MSG_TRUNC is {cut}")
            return number

        argument: Any = message if kind == "recvmsg" else iov
        return Receive(partial(getattr(sock, kind), argument), from_parts)

    if kind == "recvmany":

        def from_many(found: list[Any]) -> list[int | None] | None:
            numbers = [number_of(one[0], size) for one in found]
            for one, number in zip(found, numbers):
                if number and one.cut != (len(packet(number)) > size):
                    world.fail(f"{name}: cut is {one.cut}")
            return numbers or None

        return Receive(partial(sock.recvmany, dice.randint(1, 5), size), from_many)

    def from_result(result: Any) -> int | None:
        return number_of(result if kind == "recv" else result[0], size)

    return Receive(partial(getattr(sock, kind), size), from_result)


def descriptor(sock: netsocket.Socket) -> Receive:
    """A descriptor of a file that has its number for a name."""

    def taken(fd: int | None) -> int | None:
        if fd is None:
            return None
        name = os.readlink(f"/proc/self/fd/{fd}")
        os.close(fd)
        return int(name.split(":")[1].split()[0])

    return Receive(sock.recvfd, taken)


def connection(dice: random.Random, sock: netsocket.Socket) -> Receive:
    """A connection, whose first bytes are its number."""

    def taken(made: Any) -> int:
        if isinstance(made, tuple):
            made = made[0]
        if isinstance(made, int):
            made = netsocket.wrap(made)
        with made:
            return int.from_bytes(made.recvall(KEY, 10), "big")

    calls: list[Call] = [sock.accept, partial(sock.accept, True), sock.acceptfd]
    calls.append(partial(sock.acceptwait, dice.choice((0, 0.01))))
    number = dice.randrange(len(calls))
    return Receive(calls[number], taken, names=("timeout",) if number == 3 else ())
