"""What must still come: the bytes of a stream, and things that come once each.

The bytes of a stream are random, so that any eight of them say where they stand. Where
several threads receive at a time, each chunk is a set of ranges, and all of them together
cover the stream, none of them twice.
"""

from __future__ import annotations

import itertools
import random
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

KEY = 8  # so many bytes are at one place of a stream only
EDGE = 4  # by chance a range looks longer than it is, but never by so much
tick = itertools.count().__next__  # what happens before what; atomic


@dataclass
class Chunk:
    data: bytes
    began: int
    ended: int
    beside_holder: bool  # others had bytes of this stream in their hands meanwhile


@dataclass
class Use:
    """An operation on a channel, from before its call until after it."""

    began: int
    active: int  # operations under way when it began, itself among them
    holders: int
    begun: int  # operations ever begun, at that time
    holders_begun: int


class Channel:
    """Counts who is inside, to tell whether a refusal has its reason."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.RLock()  # a finalizer or a handler may come in between
        self.active = self.begun = self.holders = self.holders_begun = 0
        self.concurrent = False  # ever
        self.finished = False  # all has been sent, or no more will be

    def enter(self, holds: bool) -> Use:
        with self._lock:
            self.begun += 1
            self.active += 1
            self.holders += holds
            self.holders_begun += holds
            others = self.holders - holds
            return Use(tick(), self.active, others, self.begun, self.holders_begun)

    def leave(self, use: Use, holds: bool) -> bool:
        """Whether others held bytes meanwhile."""
        with self._lock:
            beside = use.holders > 0 or self.holders_begun > use.holders_begun
            self.concurrent |= self.was_beside(use)
            self.active -= 1
            self.holders -= holds
            return beside

    def forked(self) -> None:
        """In a child, where a thread that had the lock is not."""
        self._lock = threading.RLock()

    def was_beside(self, use: Use) -> bool:
        return use.active > 1 or self.begun > use.begun


class Stream(Channel):
    def __init__(self, name: str, seed: str, size: int) -> None:
        super().__init__(name)
        self.source = random.Random(seed).randbytes(size)
        self.sent = 0  # a prefix of the source
        self.log: list[Chunk] = []

    def left(self) -> int:
        return len(self.source) - self.sent

    def locate(self, chunk: Chunk) -> tuple[list[tuple[int, int]], bytes]:
        """Its ranges, and the bytes that are too few to say where they belong."""
        ranges, loose, data = [], b"", chunk.data
        while len(data) >= KEY:
            start = self.source.find(data[:KEY])
            if start < 0:
                loose, data = loose + data[:1], data[1:]
                continue
            length = alike(self.source, start, data)
            sure = length if length == len(data) else length - EDGE
            ranges.append((start, start + sure))
            loose, data = loose + data[sure:length], data[length:]
        return ranges, loose + data

    def check(self, whole: bool) -> Iterator[str]:
        """What is wrong; `whole`: all that was sent has come."""
        placed: list[tuple[int, int]] = []
        loose: Counter[int] = Counter()
        for chunk in self.log:
            ranges, rest = self.locate(chunk)
            size = len(chunk.data)
            if not self.concurrent and size >= KEY and (rest or len(ranges) > 1):
                yield f"a chunk of {size} is no range, but {ranges} and {len(rest)}"
            placed += ranges
            loose.update(rest)
        placed.sort()
        gaps: Counter[int] = Counter()
        end = 0
        missing = []
        for start, stop in [*placed, (self.sent, self.sent)]:
            if start < end:
                words = "was never sent" if start == self.sent else "came twice"
                yield f"{start}..{end} {words}"
            elif start > end:
                missing.append((end, start))
                gaps.update(self.source[end:start])
            end = max(end, stop)
        if loose - gaps:
            yield f"{sum((loose - gaps).values())} bytes too many in short chunks"
        elif whole and gaps != loose:
            count = sum(gaps.values()) - sum(loose.values())
            yield f"{count} bytes of {self.sent} are lost, among {missing[:5]}"
        yield from self.order()

    def order(self) -> Iterator[str]:
        """What was received before a receive began stands before what that one gave."""
        events: list[tuple[int, int, list[tuple[int, int]], Chunk]] = []
        for number, chunk in enumerate(self.log):
            ranges, _ = self.locate(chunk)
            if ranges:
                events.append((chunk.began, number, ranges, chunk))
                events.append((chunk.ended, number, ranges, chunk))
        least = 0
        bound: dict[int, int] = {}
        for _, number, ranges, chunk in sorted(events, key=lambda event: event[0]):
            if number not in bound:
                bound[number] = least
            elif ranges[0][0] < bound[number]:
                yield f"{ranges[0]} came after {bound[number]}"
            elif not chunk.beside_holder:
                least = max(least, ranges[-1][1])


def alike(source: bytes, start: int, data: bytes) -> int:
    """How many bytes of data are those of source from start on."""
    low, high = 0, min(len(data), len(source) - start)
    while low < high:
        middle = (low + high + 1) // 2
        if source[start : start + middle] == data[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


class Things(Channel):
    """Packets, connections or descriptors: each has a number and comes once."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.sent: list[int] = []
        self.log: list[int] = []

    def check(self, whole: bool) -> Iterator[str]:
        came = Counter(self.log)
        twice = [number for number, count in came.items() if count > 1]
        if twice:
            yield f"{twice[:9]} came twice"
        unknown = came.keys() - set(self.sent)
        if unknown:
            yield f"{sorted(unknown, key=repr)[:9]} never sent"
        lost = set(self.sent) - came.keys()
        if whole and lost:
            yield f"{len(lost)} of {len(self.sent)} are lost: {sorted(lost)[:9]}"


def packet(number: int) -> bytes:
    """Begins with its number; as long as the number says."""
    return number.to_bytes(KEY, "big") + random.Random(number).randbytes(number % 700)


def number_of(data: bytes, room: int) -> int | None:
    """Of a packet that had so much room; None at the end, 0 for what is no packet."""
    if not data:
        return None
    number = int.from_bytes(data[:KEY], "big")
    if number >= 1 << 32 or packet(number)[:room] != data:
        return 0
    return number
