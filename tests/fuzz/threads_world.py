"""How a call is made so that the harness itself loses nothing, and how it is judged.

A signal handler may raise between any two instructions of Python. What a call returns
is put into a list by C code therefore (`list.extend` of a `starmap`), and a handler
raises only while it is `armed`, once for each call.
"""

from __future__ import annotations

import errno
import itertools
import os
import random
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import netsocket

from .threads_model import Chunk, Stream, Things, Use, tick


class Boom(Exception):
    """What a handler or user code raises; calls annotate it."""


Call = Callable[[], Any]


class Box:
    """The receiving end of a channel. Its socket is another after a dup or an unwrap."""

    def __init__(self, sock: netsocket.Socket, channel: Stream | Things) -> None:
        self.sock, self.channel = sock, channel
        self.gone: list[netsocket.Socket] = []  # closed, or about to be
        self.closed = False  # for good: what has not come is lost
        self.blocking = False
        self.over = False  # the end was seen
        self.may_close = False
        self.refusal = ""  # what the last receive that failed was told
        self.owner: threading.Thread | None = None  # the only thread that receives

    def close(self) -> None:
        self.closed = True
        self.gone.append(self.sock)
        self.sock.close()

    def is_gone(self, sock: netsocket.Socket) -> bool:
        return any(sock is one for one in self.gone)


class World:
    """One round: its failures, and what stands for the thread that takes the signals."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.failures: list[str] = []
        self.armed = False  # of the main thread alone
        self.calls = self.forks = self.reused = 0
        self.left: list[Any] = []  # coroutines and tasks that nothing will resume
        self.process = os.getpid()
        self.main = threading.current_thread()
        self.depth = threading.local()

    def is_child(self) -> bool:
        """Of a fork: no model hears of what happens here. So from the first instruction
        on, since finalizers run while Python has yet to return from fork(2)."""
        return os.getpid() != self.process

    def fail(self, words: str) -> None:
        """Said at once: what comes next may be a crash, or nothing at all."""
        if words not in self.failures:
            self.failures.append(words)
            print(f"  seed {self.seed}: {words}", flush=True)

    def dice(self, words: str) -> random.Random:
        """Numbers that follow from the seed, for each thread its own."""
        return random.Random(f"{self.seed} {words}")

    # ---------------------------------------------------------------- calls --

    def call(self, function: Call, out: list[Any], raising: bool = False) -> Any:
        """Put what function returns into `out`; the error, or None."""
        error = None
        try:
            try:
                if raising:
                    self.armed = True
                out.extend(itertools.starmap(function, ((),)))
                if raising:
                    self.armed = False
            except Exception as raised:
                if raising:
                    self.armed = False
                error = raised
        except Boom:  # so late that the call had ended
            pass
        self.calls += 1
        return error

    @contextmanager
    def inside(self) -> Iterator[bool]:
        """User code within calls goes two deep, or there would be no end to it.

        No handler raises in it: it would take away what a call here has just returned.
        """
        own = threading.current_thread() is self.main
        armed, depth = self.armed, getattr(self.depth, "now", 0)
        if own:
            self.armed = False
        self.depth.now = depth + 1
        try:
            yield depth < 2 and not self.is_child()
        finally:
            self.depth.now = depth
            if own:
                self.armed = armed

    # ------------------------------------------------------------- verdicts --

    def judge(
        self, what: str, error: BaseException, allowed: set[str], boom: bool
    ) -> None:
        """An error has to be one of those that the call may have here."""
        if isinstance(error, Boom):
            if not boom:
                self.fail(f"{what}: a Boom that none raised")
            return
        name = name_of(error)
        if name not in allowed:
            words = "".join(traceback.format_exception_only(type(error), error)).strip()
            self.fail(f"{what}: {name} is not among {sorted(allowed)}: {words}")

    def allowed(self, box: Box, sock: netsocket.Socket, use: Use) -> set[str]:
        names = set()
        if box.is_gone(sock):
            names.add("EBADF")
        if box.channel.was_beside(use):
            names.add("EBUSY")
        if box.closed:
            names.add("ECONNRESET")
        return names

    def got(self, box: Box, data: Any, use: Use, beside: bool) -> None:
        """Bytes, a number or several, or b"" and None for the end."""
        channel = box.channel
        if data is None or data == b"":
            box.over = True
            if not channel.finished and not box.closed:
                self.fail(f"{channel.name}: an end that is none")
        elif isinstance(channel, Stream):
            channel.log.append(Chunk(data, use.began, tick(), beside))
        else:
            channel.log += data if isinstance(data, list) else [data]


def name_of(error: BaseException) -> str:
    """EBADF, ...; a deadline of ours is "timeout", beside the kernel's ETIMEDOUT."""
    if isinstance(error, TimeoutError) and getattr(error, "timeout", False):
        return "timeout"
    if isinstance(error, socket.gaierror):
        return "gaierror"
    if isinstance(error, OSError) and error.errno is not None:
        if error.errno == errno.EOPNOTSUPP:
            return "EOPNOTSUPP"  # on Linux it has a second name
        return errno.errorcode.get(error.errno, str(error.errno))
    return type(error).__name__


def done_of(error: BaseException) -> int | None:
    """How much was done, or how much is pending; None where the error does not say."""
    done = getattr(error, "done", None)
    return done if isinstance(done, int) else None
