"""A reader beside a model, beside asyncio's StreamReader and beside Lua's files."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from support.fronts.front import Front, Handle
from support.fronts.lua_front import LuaFront
from support.fronts.outcome import Outcome

TEXT = st.text("ab-\r\n", max_size=9).map(str.encode)
MARKS = st.sampled_from([b"\n", b"-", b"--", b"-a-", b"\r\n"])
COUNTS = st.integers(1, 12)
CALLS = st.one_of(
    st.tuples(st.sampled_from(["line", "readline", "pending"])),
    st.tuples(st.sampled_from(["read", "readexactly", "readall", "recv"]), COUNTS),
    st.tuples(st.just("peek"), st.integers(1, 4)),
    st.tuples(st.just("readuntil"), MARKS),
)
Step = bytes | tuple[Any, ...]
STEPS: st.SearchStrategy[list[Step]] = st.lists(st.one_of(TEXT, CALLS), max_size=30)


class Model:
    """What the stream has still to give, and what each call must come to."""

    def __init__(self, sock: Handle, readers: list[Handle], limit: int) -> None:
        self.sock, self.readers, self.limit = sock, readers, limit
        self.left = b""
        self.ended = False
        self.calls = 0

    def call(self, method: str, *args: Any) -> None:
        """The readers take turns: what is pending is of all of them."""
        self.calls += 1
        if method == "pending":
            assert self.sock.pending().value <= len(self.left)
        elif method == "recv":
            self._received(self.sock.recv(*args), *args)
        else:
            reader = self.readers[self.calls % len(self.readers)]
            getattr(self, f"_{method}")(reader.call(method, *args, 0), *args)

    def _takes(self, outcome: Outcome, count: int) -> None:
        assert outcome.value == self.left[:count]
        self.left = self.left[count:]

    def _fails(self, outcome: Outcome, early: bool) -> None:
        """There is not enough. early: the end is an error, where something came."""
        if not self.ended:
            assert outcome.kind == "timeout"
            assert outcome.done == len(self.left)
        elif early:
            outcome.fails("EPROTO")
            assert outcome.done == len(self.left)
        else:
            assert outcome.is_end()

    def _received(self, outcome: Outcome, n: int) -> None:
        if not self.left:
            assert outcome.kind == ("end" if self.ended else "again")
            return
        got = outcome.value
        assert 0 < len(got) <= n
        self._takes(outcome, len(got))

    def _read(self, outcome: Outcome, n: int) -> None:
        if self.left:
            self._received(outcome, n)
        else:
            self._fails(outcome, False)

    def _readexactly(self, outcome: Outcome, n: int) -> None:
        if len(self.left) >= n:
            self._takes(outcome, n)
        else:
            self._fails(outcome, True)

    def _readall(self, outcome: Outcome, n: int) -> None:
        if len(self.left) > n:
            outcome.fails("EMSGSIZE")
        elif self.ended:
            self._takes(outcome, n)
        else:
            self._fails(outcome, True)

    def _peek(self, outcome: Outcome, n: int) -> None:
        if len(self.left) >= n or (self.ended and self.left):
            assert outcome.value == self.left[:n]
        else:
            self._fails(outcome, False)

    def _finds(self, outcome: Outcome, mark: bytes) -> bool:
        """False: the mark is not there, nor is too much without it."""
        end = self.left.find(mark) + len(mark)
        if end >= len(mark) and end <= self.limit:
            self._takes(outcome, end)
        elif len(self.left) >= self.limit:
            outcome.fails("EMSGSIZE")
            assert outcome.done <= len(self.left)
        else:
            return False
        return True

    def _readuntil(self, outcome: Outcome, mark: bytes) -> None:
        if not self._finds(outcome, mark):
            self._fails(outcome, True)

    def _readline(self, outcome: Outcome) -> None:
        if self._finds(outcome, b"\n"):
            return
        if self.ended and self.left:
            self._takes(outcome, len(self.left))
        else:
            self._fails(outcome, False)

    def _line(self, outcome: Outcome) -> None:
        end = self.left.find(b"\n") + 1
        if 0 < end <= self.limit:
            whole, self.left = self.left[:end], self.left[end:]
            assert outcome.value == whole[:-1].removesuffix(b"\r")
        elif not self._finds(outcome, b"\n"):
            self._fails(outcome, bool(self.left))


@given(
    steps=STEPS,
    limit=st.integers(4, 20),
    size=st.sampled_from([1, 2, 3, 7, 16384]),
    ends=st.booleans(),
)
def test_model(net: Front, steps: list[Step], limit: int, size: int, ends: bool) -> None:
    """Whatever comes between its calls, a reader gives each byte once, in order."""
    a, b = net.pair_stream().all
    readers = [b.reader(limit, size).value, b.reader(limit).value]
    model = Model(b, readers, limit)
    for step in steps:
        if isinstance(step, bytes):
            a.send(step)
            model.left += step
        else:
            model.call(*step)
    if ends:
        a.close()
        model.ended = True
        for step in steps:
            if not isinstance(step, bytes):
                model.call(*step)
    left = b.recv(1000)
    while left.kind == "value":
        model._takes(left, len(left.value))
        left = b.recv(1000)
    assert model.left == b""
    net.reset()


# ------------------------------------------------------------------------- beside others

READS = st.lists(
    st.one_of(
        st.just(("readline",)),
        st.tuples(st.just("readexactly"), st.integers(0, 12)),
        st.tuples(st.just("readuntil"), MARKS),
    ),
    max_size=12,
)


async def by_asyncio(chunks: list[bytes], reads: list[tuple[Any, ...]]) -> list[bytes]:
    """What its reader gives until the first failure, which clears its buffer."""
    reader = asyncio.StreamReader()
    for chunk in chunks:
        reader.feed_data(chunk)
    reader.feed_eof()
    results = []
    for method, *args in reads:
        try:
            results.append(await getattr(reader, method)(*args))
        except asyncio.IncompleteReadError:
            break
    return results


@given(chunks=st.lists(TEXT, max_size=8), reads=READS)
def test_beside_asyncio(
    net: Front, chunks: list[bytes], reads: list[tuple[Any, ...]]
) -> None:
    a, b = net.pair_stream().all
    reader = b.reader().value
    for chunk in chunks:
        a.send(chunk)
    a.close()
    expected = asyncio.run(by_asyncio(chunks, reads))
    for (method, *args), wanted in zip(reads, expected):
        outcome = reader.call(method, *args, 5)
        assert (b"" if outcome.kind == "end" else outcome.value) == wanted
    if len(expected) < len(reads):
        method, *args = reads[len(expected)]
        reader.call(method, *args, 5).fails("EPROTO", method)
    net.reset()


BESIDE_A_FILE = """
local socket = require 'net.socket'
local text, reads = ...
local file <close> = assert(io.tmpfile())
file:write(text)
file:seek 'set'
local a, b = table.unpack(assert(socket.pair_stream()))
local _ <close> = b
local rd = b:reader()
assert(a:sendall(text))
a:close()
for _, format in ipairs(reads) do
  local theirs, ours, err = file:read(format), nil, nil
  if format == 'L' then
    ours, err = rd:readline(5)
  elseif format == 'l' then
    -- A file gives an unfinished last line as a whole one; a carriage return stays.
    ours, err = rd:readline(5)
    ours = ours and ours:gsub('\\n$', '')
  elseif format == 'a' then
    ours, err = rd:readall(1000, 5)
  else
    ours, err = rd:peek(format, 5)
    ours = ours and assert(rd:readexactly(#ours, 5))
  end
  assert(not err, err)
  assert(ours == theirs, ('%s: %q and %q'):format(format, ours, theirs))
end
"""
FORMATS = st.lists(st.one_of(st.sampled_from(["L", "l", "a"]), COUNTS), max_size=12)


@given(text=TEXT, reads=FORMATS)
def test_beside_a_file(lua_net: LuaFront, text: bytes, reads: list[Any]) -> None:
    """The formats of file:read: a line with or without its newline, a count, all."""
    lua_net.run(BESIDE_A_FILE, text * 3, reads)
