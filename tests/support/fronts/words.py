"""A case's calls in words: `a.send(b'hello') gave 4`."""

from __future__ import annotations

import reprlib
import socket
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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


def plain_text(text: str) -> str:
    """Bytes of a name that are no UTF-8, escaped: a report goes to another process."""
    return text.encode("utf-8", "backslashreplace").decode()


def gave(outcome: Outcome) -> str:
    """What a call came to."""
    if outcome.error is not None:
        error = outcome.error
        return plain_text(f"{outcome.kind} {error.name}: {error.text}"[:MOST])
    if outcome.values:
        return ", ".join(shown(value, outcome.row) for value in outcome.values)
    return outcome.kind


def told(outcome: Outcome) -> str:
    """A call and what it gave."""
    return f"{outcome.what[:MOST]} gave {gave(outcome)}"


PLAIN = (bool, bytes, float, int, str)
LARGE = 4096


@dataclass(frozen=True)
class Told:
    """A call in words, and its value where that is plain: what is kept of a call holds no
    object of the library."""

    text: str
    row: str
    front: str
    value: Any = None

    @classmethod
    def of(cls, outcome: Outcome) -> Told:
        value = outcome.values[0] if len(outcome.values) == 1 else None
        plain = isinstance(value, PLAIN) and sys.getsizeof(value) <= LARGE
        text = told(outcome)
        return cls(text, outcome.row, outcome.front, value if plain else None)

    def is_of(self, value: Any) -> bool:
        return type(value) is type(self.value) and bool(value == self.value)

    def but(self, wanted: Any) -> str:
        return f"{self.front}: {self.text}, wanted {shown(wanted, self.row)}"


def cut(text: str, wide: int) -> str:
    return text if len(text) <= wide else text[: wide - 3] + "..."


def beside(columns: dict[str, list[str]], wide: int = 64) -> str:
    """The calls of each front; of several side by side, marked where they differ."""
    if len(columns) == 1:
        return "\n".join(*columns.values())
    wide = min(wide, max(len(line) for calls in columns.values() for line in calls))
    lines = [" | ".join(name.ljust(wide) for name in columns).rstrip()]
    for i in range(max(map(len, columns.values()))):
        row = [calls[i] if i < len(calls) else "" for calls in columns.values()]
        line = " | ".join(cut(cell, wide).ljust(wide) for cell in row)
        lines.append(f"{line} <" if len(set(row)) > 1 else line.rstrip())
    return "\n".join(lines)
