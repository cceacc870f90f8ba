"""From a list of Lua results to an outcome: contract section 2, read strictly.

Each kind of success has its own form, so that a result in the wrong place, a missing
error or an error beside a value is refused here and in every test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .front import ADDRINFO, SOCKET, Call, Handle
from .outcome import AGAIN, END, ERROR, TIMEOUT, VALUE, Failure, Malformed, Outcome

WAITS = ("recvable", "sendable")
REPORT = {"sendall": int, "recvall": bytes, "recvline": bytes}  # how far they had come


def _is(chapter: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, Handle) and value.chapter == chapter


def _integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _or_nil(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or check(value)


def _text(value: Any) -> bool:
    return isinstance(value, bytes)


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
    "names": lambda value: isinstance(value, dict),
    "list": lambda value: isinstance(value, list) and all(map(_is(ADDRINFO), value)),
    "sockets": lambda value: isinstance(value, list) and all(map(_is(SOCKET), value)),
    "text|none": _or_nil(_text),
    "int|none": _or_nil(_integer),
    "error|none": _or_nil(lambda value: isinstance(value, Failure)),
    "none": lambda value: value is None,
}


def shape(call: Call, values: list[Any]) -> Outcome:
    """The outcome that these results are, or Malformed."""
    outcome = _shape(call, values)
    if outcome is None:
        raise Malformed(f"{call}: {call.row.result} {call.row.outcomes}: got {values!r}")
    return outcome


def _shape(call: Call, values: list[Any]) -> Outcome | None:
    outcomes = call.row.outcomes
    if not values and "end" in outcomes:
        return Outcome(END, what=str(call))
    first, second, third, fourth, *rest = [*values, None, None, None, None]
    if any(value is not None for value in rest):
        return None
    if isinstance(second, Failure):
        failed = _with_error(call, first, second, third)
        if failed is not None and type(fourth) is REPORT.get(call.row.name):
            return replace(failed, done=fourth)
        return failed if fourth is None else None
    if call.row.result == "ready":
        lists = len(values) == 2 and isinstance(first, list) and isinstance(second, list)
        return Outcome(VALUE, (first, second), what=str(call)) if lists else None
    if second is not None:
        return None
    if third is True:
        return _not_now(call, first) if fourth is None else None
    return _success(call, values, first, third, fourth)


def _with_error(call: Call, first: Any, error: Failure, third: Any) -> Outcome | None:
    row = call.row
    if row.id == "SOCKET.connect":
        if first is True and third is None and error.name == "EINPROGRESS":
            return Outcome(AGAIN, error=error, what=str(call))
        if first is False and third is True:
            return Outcome(AGAIN, error=error, what=str(call))
    nothing = False if row.result == "true" else None
    if first is not nothing:
        return None
    if third is True:
        if "timeout" in row.outcomes and error.name == "ETIMEDOUT":
            return Outcome(TIMEOUT, error=error, what=str(call))
        return None
    if third:
        return None
    return Outcome(ERROR, error=error, what=str(call))


def _not_now(call: Call, first: Any) -> Outcome | None:
    """`again` or `timeout` is true and there is no error."""
    row = call.row
    if first is False and row.name in WAITS:
        return Outcome(TIMEOUT, what=str(call))
    if "again" not in row.outcomes:
        return None
    if row.result == "int":
        if first == 0 and _integer(first):
            return Outcome(AGAIN, what=str(call))
        # A short send: the count, and again because the rest would block.
        if _integer(first) and 0 < first < len(call.args[0]):
            return Outcome(VALUE, (first,), what=str(call))
        return None
    return Outcome(AGAIN, what=str(call)) if first is None else None


def _success(
    call: Call, values: list[Any], first: Any, third: Any, fourth: Any
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
    if row.result == "bytes+ai" or (row.name == "accept" and call.args[:1] == (True,)):
        known = fourth is None or _is(ADDRINFO)(fourth)
        return (
            Outcome(VALUE, (first, fourth), what=str(call))
            if known and not third
            else None
        )
    if row.result == "int" and "again" in row.outcomes and first < len(call.args[0]):
        return None  # short, and does not say so
    # nil, nil without again would be neither a value nor a failure.
    if first is None and "none" not in row.result:
        return None
    return (
        Outcome(VALUE, (first,), what=str(call)) if not third and fourth is None else None
    )


def _ai_and(ai: Any, other: Any) -> bool:
    return _is(ADDRINFO)(ai) and other is None
