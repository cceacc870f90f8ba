"""Recipes for readers. Whatever fails, what has come stays pending, so that a call made
again gives the whole."""

from __future__ import annotations

from typing import Any

from support.fronts.front import Handle
from support.fronts.outcome import END, TIMEOUT, Outcome

from .setup import Case, Setup, done, recipe


def _reader(s: Setup, sent: bytes, end: bool = False) -> tuple[Handle, Handle, Handle]:
    """A socket with its peer, which has sent this, and a reader of it."""
    a, b = s.pair()
    done(b.send(sent))
    if end:
        done(b.close())
    return a, b, a.reader().value


def _told_again(outcome: Outcome) -> bool:
    """A reset comes again after what came before it: it is no clean end, and no wait."""
    return outcome.kind == "error" and outcome.failure.name == "ECONNRESET"


def _gives(
    row: str, args: list[Any], sent: bytes, wanted: bytes, rest: bytes = b""
) -> None:
    @recipe(f"READER.{row}")
    def case(s: Setup) -> Case:
        a, b, reader = _reader(s, sent, end=row == "readall")

        def check(outcome: Outcome) -> None:
            if row == "readall" and _told_again(outcome):
                return
            assert outcome.value == wanted, outcome.describe()
            left = a.recv()
            assert (b"" if left.kind != "value" else left.value) == rest

        return Case([*args, 5.0], reader, check, [a] if row == "readall" else [a, b])


_gives("read", [100], b"hello", b"hello")
_gives("readexactly", [3], b"hello", b"hel", b"lo")
_gives("readuntil", [b"--"], b"a--b", b"a--", b"b")
_gives("readline", [], b"one\ntwo", b"one\n", b"two")
_gives("line", [], b"one\r\ntwo", b"one", b"two")
_gives("readall", [100], b"hello", b"hello")
_gives("peek", [3], b"hello", b"hel", b"hello")


def _not_given(row: str, args: list[Any], kind: str, end: bool) -> None:
    @recipe(f"READER.{row}/{kind}")
    def case(s: Setup) -> Case:
        a, b, reader = _reader(s, b"abc", end)
        if kind == END:
            done(a.recv())

        def check(outcome: Outcome) -> None:
            assert outcome.kind == kind or _told_again(outcome), outcome.describe()
            if kind != END:
                assert a.recv().value == b"abc"

        sec = 5.0 if end else 0.001
        return Case([*args, sec], reader, check, [a] if end else [a, b])


for _row, _args in (("readexactly", [10]), ("readuntil", [b"--"]), ("line", [])):
    _not_given(_row, _args, TIMEOUT, False)
    _not_given(_row, _args, "error", True)
for _row, _args in (("read", [1]), ("readline", []), ("peek", [1])):
    _not_given(_row, _args, END, True)


@recipe("READER.lines")
def lines(s: Setup) -> Case:
    a, b, reader = _reader(s, b"one\n")
    return Case([5.0], reader, watched=[a, b])


@recipe("SOCKET.reader")
def reader_of(s: Setup) -> Case:
    a, b = s.pair()
    return Case([100, 10], a, watched=[a, b])


@recipe("SOCKET.pending")
def pending(s: Setup) -> Case:
    a, b, reader = _reader(s, b"abc")
    done(reader.peek(1))

    def check(outcome: Outcome) -> None:
        assert outcome.value == 3, outcome.describe()

    return Case([], a, check, [a, b])
