"""From a list of Lua results to an outcome, read strictly.

Each kind of success has its own form, so that a result in the wrong place, a missing
error or an error beside a value is refused here and in every test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .front import (
    ADDRINFO,
    CMSGHDR,
    CMSGHDRS,
    DEADLINE,
    IOVEC,
    MSGHDR,
    POLLSET,
    READER,
    SOCKET,
    Call,
    Handle,
)
from .outcome import AGAIN, END, ERROR, TIMEOUT, VALUE, Failure, Malformed, Outcome

WAITS = ("recvable", "sendable")
REPORT = (
    "sendall",
    "sendfileall",
    "recvall",
    "recvline",
)  # a failure says how many bytes it has moved
NIL_END = ("recvall", "recvline")  # one nil; the calls of llsocket give no values


def _is(chapter: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, Handle) and value.chapter == chapter


def _integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _or_nil(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or check(value)


def _text(value: Any) -> bool:
    return isinstance(value, bytes)


def _integers(value: Any) -> bool:
    return isinstance(value, list) and all(map(_integer, value))


FIRST: dict[str, Callable[[Any], bool]] = {
    "socket": _is(SOCKET),
    "socket+ai": _is(SOCKET),
    "ai": _is(ADDRINFO),
    "true": lambda value: value is True,
    "bool": lambda value: isinstance(value, bool),
    "int": _integer,
    "fd": _integer,
    "bytes": _text,
    "bytes+ai": _text,
    "fds+bytes": lambda value: isinstance(value, list),
    "names": lambda value: isinstance(value, dict),
    "texts": lambda value: isinstance(value, list),
    "list": lambda value: isinstance(value, list) and all(map(_is(ADDRINFO), value)),
    "sockets": lambda value: isinstance(value, list) and all(map(_is(SOCKET), value)),
    "text|none": _or_nil(_text),
    "int|none": _or_nil(_integer),
    "error|none": _or_nil(lambda value: isinstance(value, Failure)),
    "none": lambda value: value is None,
    "handle": lambda value: value is not None,
    "msghdr": _is(MSGHDR),
    "cmsghdr": _is(CMSGHDR),
    "cmsghdrs": _is(CMSGHDRS),
    "iovec": _is(IOVEC),
    "reader": _is(READER),
    "deadline": _is(DEADLINE),
    "pollset": _is(POLLSET),
    "line": _text,
    "lines": lambda value: value is not None,
    "ai|none": _or_nil(_is(ADDRINFO)),
    "iovec|none": _or_nil(_is(IOVEC)),
    "cmsghdr|none": _or_nil(_is(CMSGHDR)),
    "cmsghdrs|none": _or_nil(_is(CMSGHDRS)),
    "bytes|none": _or_nil(_text),
    "int|bytes": lambda value: _integer(value) or _text(value),
    "bytes|fds|none": _or_nil(lambda value: _text(value) or _integers(value)),
    "value|none": _or_nil(
        lambda value: isinstance(value, (int, float, dict)) or _is(ADDRINFO)(value)
    ),
    "devices": lambda value: isinstance(value, dict),
    "queued|none": _or_nil(lambda value: isinstance(value, dict)),
    "tcpinfo": lambda value: isinstance(value, dict),
    # What options hold.
    "u8": _integer,
    "u32": _integer,
    "u64": _integer,
    "name": _text,
    "linger": _integer,
    "seconds": lambda value: isinstance(value, float),
    "cred": lambda value: isinstance(value, dict),
}


def shape(call: Call, values: list[Any], wanted: int | None = None) -> Outcome:
    """The outcome that these results are, or Malformed. `wanted` is how many bytes were
    to be sent."""
    outcome = _shape(call, values, wanted)
    if outcome is None:
        raise Malformed(f"{call}: {call.row.result} {call.row.outcomes}: got {values!r}")
    return outcome


def _shape(call: Call, values: list[Any], wanted: int | None) -> Outcome | None:
    outcomes = call.row.outcomes
    if "end" in outcomes and values == ([None] if call.row.name in NIL_END else []):
        return Outcome(END, what=str(call))
    if values == [None] and "end" in outcomes and row_reads(call):
        return Outcome(END, what=str(call))
    if call.row.result == "packets" and isinstance(values[0], list):
        return _packets(call, *values)
    first, second, third, fourth, *rest = [*values, None, None, None, None]
    if any(value is not None for value in rest):
        return None
    if isinstance(second, Failure):
        failed = _with_error(call, first, second, third)
        reports = row_reads(call) or call.row.name in REPORT
        if failed is not None and reports and _integer(fourth):
            return replace(failed, done=fourth)
        return failed if fourth is None else None
    if call.row.result == "ready":
        lists = len(values) == 2 and isinstance(first, list) and isinstance(second, list)
        return Outcome(VALUE, (first, second), what=str(call)) if lists else None
    if second is not None:
        return None
    if third is True:
        return _not_now(call, first, wanted) if fourth is None else None
    return _success(call, values, first, third, fourth, wanted)


def _packets(
    call: Call, msgs: Any, error: Any, again: Any, senders: Any, cut: Any = None
) -> Outcome | None:
    """A list of messages, senders by their indexes, and which messages were cut."""
    found = dict(enumerate(senders, 1)) if isinstance(senders, list) else senders
    if error is not None or again is not None or not all(map(_text, msgs)):
        return None
    marked = dict(enumerate(cut, 1)) if isinstance(cut, list) else cut or {}
    packets = [[msg, found.get(i), bool(marked.get(i))] for i, msg in enumerate(msgs, 1)]
    return Outcome(VALUE, (packets,), what=str(call))


def row_reads(call: Call) -> bool:
    """Whether a failure says how many bytes are pending."""
    return call.row.chapter == READER and call.row.name != "lines"


def _with_error(call: Call, first: Any, error: Failure, third: Any) -> Outcome | None:
    row = call.row
    if row.id == "SOCKET.connect":
        if first is True and third is None and error.name == "EINPROGRESS":
            return Outcome(AGAIN, error=error, what=str(call))
        if first is False and third is True and error.name != "ETIMEDOUT":
            return Outcome(AGAIN, error=error, what=str(call))
    nothing = False if row.result == "true" else None
    if first is not nothing:
        return None
    if third is True:
        if "timeout" in row.outcomes and error.name == "ETIMEDOUT":
            return Outcome(TIMEOUT, error=error, what=str(call))
        return None
    if third is not None:
        return None
    return Outcome(ERROR, error=error, what=str(call))


def _not_now(call: Call, first: Any, wanted: int | None) -> Outcome | None:
    """`again` or `timeout` is true and there is no error."""
    row = call.row
    if first is False and row.name in WAITS:
        return Outcome(TIMEOUT, what=str(call))
    if "again" not in row.outcomes:
        return None
    if row.result == "int" and not _receives(call):
        if first == 0 and _integer(first):
            return Outcome(AGAIN, what=str(call))
        # A short send: the count, and again because the rest would block.
        if _integer(first) and wanted is not None and 0 < first < wanted:
            return Outcome(VALUE, (first,), what=str(call))
        return None
    return Outcome(AGAIN, what=str(call)) if first is None else None


def _success(
    call: Call, values: list[Any], first: Any, third: Any, fourth: Any, wanted: int | None
) -> Outcome | None:
    row = call.row
    if not values or not FIRST[row.result](first):
        return None
    if row.result == "sockets" and row.name != "listen_fds":
        if len(first) != 2:
            return None
        return Outcome(VALUE, tuple(first), what=str(call)) if not third else None
    if row.result == "socket+ai":
        ai, other = (fourth, third) if "timeout" in row.outcomes else (third, fourth)
        return (
            Outcome(VALUE, (first,), extra=ai, what=str(call))
            if _ai_and(ai, other)
            else None
        )
    if row.result == "fds+bytes":
        if third or not _integers(first) or not _text(fourth):
            return None
        return Outcome(VALUE, (first, fourth), what=str(call))
    if row.result == "bytes+ai" or (row.name == "accept" and call.args[:1] == (True,)):
        known = fourth is None or _is(ADDRINFO)(fourth)
        return (
            Outcome(VALUE, (first, fourth), what=str(call))
            if known and not third
            else None
        )
    if wanted is not None and first < wanted and not _at_file_end(call, first):
        return None  # short, and does not say so
    # nil, nil without again would be neither a value nor a failure.
    if first is None and "none" not in row.result:
        return None
    return (
        Outcome(VALUE, (first,), what=str(call)) if not third and fourth is None else None
    )


def _receives(call: Call) -> bool:
    return "end" in call.row.outcomes


def _at_file_end(call: Call, first: int) -> bool:
    return call.row.name == "sendfile" and first == 0


def _ai_and(ai: Any, other: Any) -> bool:
    return _is(ADDRINFO)(ai) and other is None
