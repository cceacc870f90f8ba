"""User code that runs where a program does not expect it.

In conversions, signal handlers, finalizers, callbacks and functions before a close.
"""

from __future__ import annotations

import gc
import random
import signal
import threading
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any

from .threads_calls import (
    Receive,
    connection,
    descriptor,
    receive,
    recent,
    take,
    whole_packet,
)
from .threads_fork import MOST, fork
from .threads_model import Stream
from .threads_world import Boom, Box, World


def step(
    world: World,
    dice: random.Random,
    box: Box,
    act: Callable[[], None] | None = None,
    raising: bool = False,
) -> bool:
    """One receive of whatever the box gives; whether it gave something."""
    sock = box.sock
    if isinstance(box.channel, Stream):
        made = receive(dice, sock, act)
    elif box.channel.name.startswith("listener"):
        made = connection(dice, sock)
    elif box.channel.name.startswith("descriptors"):
        made = descriptor(sock)
    else:
        made = whole_packet(dice, world, box, sock)
    return take(world, box, made, sock, raising) is not None


def glance(world: World, dice: random.Random, box: Box) -> None:
    """A receive that does not wait, also on a blocking socket."""
    sock = box.sock
    if isinstance(box.channel, Stream):
        while True:
            made: Receive = receive(dice, sock, None)
            if not made.waits:
                break
        take(world, box, made, sock)
    elif not box.blocking and box.channel.name.startswith("packets"):
        take(world, box, whole_packet(dice, world, box, sock), sock)


class Cycle:
    """Garbage that only the collector finds."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.me, self.act = self, act

    def __del__(self) -> None:
        self.act()


WHAT = (
    "receive",
    "receive",
    "receive",
    "collect",
    "close",
    "garbage",
    "junk",
    "boom",
    "fork",
    "",
)


class Acts:
    def __init__(self, world: World, boxes: Sequence[Box]) -> None:
        self.world, self.boxes = world, boxes
        self.dice = world.dice("acts")
        self.references: list[Any] = []
        self.junk: list[bytearray] = []

    def mine(self, box: Box) -> bool:
        return box.owner in (None, threading.current_thread())

    def user_code(self, box: Box, may_raise: bool = True) -> None:
        """Something that no library would do in such a place."""
        with self.world.inside() as allowed:
            if not allowed:
                return
            what = self.dice.choice(WHAT)
            if what == "receive" and self.mine(box):
                glance(self.world, self.dice, box)
            elif what == "collect":
                gc.collect(self.dice.randint(0, 2))
            elif what == "close" and box.may_close and self.dice.random() < 0.2:
                box.close()
            elif what == "garbage":
                self.garbage(box)
            elif what == "junk":  # takes the place of what has just been freed
                self.junk.append(bytearray(self.dice.choice((64, 4096, 4200, 65_600))))
                del self.junk[:-20]
            elif what == "grow" and recent:
                with suppress(BufferError):  # a call is using it
                    self.dice.choice(recent).add(b"more")
            elif what == "fork" and self.world.forks < MOST:
                if self.dice.random() < 0.1:
                    fork(self.world, self.dice, self.boxes, (), True)
            elif what == "boom" and may_raise:
                raise Boom

    def act(self, box: Box) -> Callable[[], None] | None:
        """User code for an argument, sometimes."""
        return partial(self.user_code, box) if self.dice.random() < 0.3 else None

    def garbage(self, box: Box) -> None:
        """A finalizer, or a callback of a weak reference, that runs when it likes."""
        act = partial(self.user_code, box, False)
        if self.dice.random() < 0.5:
            Cycle(act)
            return
        made = Cycle(lambda: None)
        self.references.append(weakref.ref(made, lambda _: act()))
        del self.references[:-50]

    def before_close(self, box: Box) -> None:
        """A function of addgcfn, often taken back."""
        sock = box.sock
        out: list[Any] = []
        use = box.channel.enter(False)
        error = self.world.call(
            partial(sock.addgcfn, None, partial(self.user_code, box)), out
        )
        if out and self.dice.random() < 0.5:
            error = self.world.call(partial(sock.delgcfn, out[0]), out)
        if error is not None:
            allowed = self.world.allowed(box, sock, use)
            self.world.judge(f"{box.channel.name} addgcfn", error, allowed, False)
        box.channel.leave(use, False)

    # -------------------------------------------------------------- signals --

    def handler(self, _number: int, _frame: FrameType | None) -> None:
        if self.dice.random() < 0.8:
            signal.setitimer(signal.ITIMER_REAL, self.dice.uniform(0.0002, 0.005))
        with self.world.inside() as allowed:
            if allowed:
                self.user_code(self.dice.choice(self.boxes), False)
        if self.world.armed and self.dice.random() < 0.5:
            self.world.armed = False
            raise Boom

    def signals(self, on: bool) -> None:
        """Off, a handler stays: CPython complains of a signal that it has noticed, when
        the handler is gone."""
        for number in (signal.SIGALRM, signal.SIGUSR1):
            signal.signal(number, self.handler if on else lambda *_: None)
        signal.setitimer(signal.ITIMER_REAL, 0.001 if on else 0)
