"""A case's calls in words: `a.send(b'hello') gave 4`."""

from __future__ import annotations

import reprlib
import socket
from typing import Any

from .outcome import Outcome

LAST = 100  # so many calls of a case are kept
MOST = 160  # characters of a call
NAMED: dict[str, Any] = {"family": socket.AddressFamily, "socktype": socket.SocketKind}

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 60
_short.maxlist = _short.maxtuple = _short.maxdict = 6


class Letters:
    """Names of objects, in the order in which a case meets them: a, b, ... z, a1, ..."""

    def __init__(self) -> None:
        self._count = 0

    def next(self) -> str:
        turn, letter = divmod(self._count, 26)
        self._count += 1
        return f"{chr(ord('a') + letter)}{turn or ''}"


def shown(value: Any, name: str = "") -> str:
    """A value, shortened; a family or a type of socket by its name."""
    if name in NAMED and type(value) is int:
        try:
            return str(NAMED[name](value).name)
        except ValueError:  # a number that the system gives no name
            return str(value)
    return _short.repr(value)


def told(outcome: Outcome, name: str) -> str:
    """A call and what it gave."""
    if outcome.error is not None:
        error = outcome.error
        gave = f"{outcome.kind} {error.name}: {error.text}"[:MOST]
    elif outcome.values:
        gave = ", ".join(shown(value, name) for value in outcome.values)
    else:
        gave = outcome.kind
    return f"{outcome.what[:MOST]} gave {gave}"


def beside(columns: dict[str, list[str]]) -> str:
    """The calls of each front; of two, next to each other."""
    if len(columns) == 1:
        return "\n".join(*columns.values())
    wide = 64
    longest = max(map(len, columns.values()))
    rows = [list(columns)]
    for i in range(longest):
        rows.append([calls[i] if i < len(calls) else "" for calls in columns.values()])
    lines = [" | ".join(cell[:wide].ljust(wide) for cell in row).rstrip() for row in rows]
    return "\n".join(lines)
