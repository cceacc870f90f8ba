"""Messages, buffers and control messages, put together for a test."""

from __future__ import annotations

from typing import Any, NamedTuple

from support.fronts.front import Front, Handle
from support.fronts.outcome import ERROR, LINE, Outcome


def iovec(net: Front, *elements: bytes | int) -> Handle:
    """An iovec of these bytes; a number makes an element of so many zero bytes."""
    made: Handle = net.iovec.new().value
    for element in elements:
        if isinstance(element, int):
            made.addn(element)
        else:
            made.add(element)
    return made


def cmsgs(net: Front, *messages: Handle) -> Handle:
    made: Handle = net.cmsghdrs.new().value
    for message in messages:
        assert made.push(message).value is True
    return made


def cmsg(net: Front, level: int, kind: int, data: Any) -> Handle:
    made: Handle = net.cmsghdr.new(level, kind, data).value
    return made


def message(
    net: Front, *elements: bytes | int, name: Any = None, control: Any = None
) -> Handle:
    """A message with these elements, to this address, with these control messages."""
    made: Handle = net.msghdr.new().value
    made.iov(iovec(net, *elements))
    if name is not None:
        made.name(name)
    if control is not None:
        made.control(control if isinstance(control, Handle) else cmsgs(net, *control))
    return made


def received(made: Handle) -> list[Handle]:
    """All control messages of a message, in their order, taken out."""
    queue = made.control().value
    found = []
    while (first := queue.shift().value) is not None:
        found.append(first)
    return found


def bytes_of(made: Handle) -> bytes:
    """The bytes of a message's iovec."""
    together: bytes = made.iov().value.concat().value
    return together


class Seen(NamedTuple):
    """What a program can decide by, without the words, which may differ."""

    kind: str
    name: str | None = None
    op: str | None = None
    subject: str | None = None


def seen(outcome: Outcome) -> Seen:
    if outcome.kind != ERROR:
        return Seen(outcome.kind)
    failure = outcome.failure
    line = LINE.fullmatch(failure.text)  # of Lua's errors, and of Python's arguments
    subject = failure.addr or (line["addr"] if line else None)
    return Seen(outcome.kind, failure.name, failure.op, subject)


def flags_of(made: Handle) -> int:
    """The flags of a message; Handle.flags is about a socket's descriptor."""
    flags: int = made.call("flags").value
    return flags
