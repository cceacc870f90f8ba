"""Strangers: sockets that get the numbers which sockets of ours had.

What waits for the old socket, or was to be forgotten with it, must leave them alone: each
byte comes to its owner, their modes stay, and who watches them hears of them.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import threading
from typing import Any

import netsocket
from netsocket import aio

from .threads_world import Box, World, name_of

MOST = 8  # that live at a time
PATIENCE = 20  # seconds for a byte that is there


class Stranger:
    """Both ends of a connection; one of them may have a number that was ours."""

    def __init__(self, dice: random.Random) -> None:
        self.ends = socket.socketpair()
        self.blocking = dice.random() < 0.5
        self.texts = [dice.randbytes(dice.randint(1, 300)) for _ in self.ends]
        for end, text in zip(self.ends, self.texts):
            end.setblocking(self.blocking)
            end.send(text)

    def numbers(self) -> set[int]:
        return {end.fileno() for end in self.ends}

    def wrongs(self) -> list[str]:
        """What has been done to it."""
        wrong = []
        for end, due in zip(self.ends, reversed(self.texts)):
            if os.get_blocking(end.fileno()) != self.blocking:
                wrong.append("its mode is another")
            try:
                came = end.recv(1000, socket.MSG_DONTWAIT)
            except OSError as error:
                wrong.append(f"it fails: {error!r}")
                continue
            if came != due:
                wrong.append(f"{len(came)} bytes came of {len(due)}")
        return wrong

    def close(self) -> None:
        for end in self.ends:
            end.close()


class Strangers:
    def __init__(self, world: World, name: str) -> None:
        self.world, self.dice = world, world.dice(name)
        self.living: list[Stranger] = []

    def appear(self, numbers: set[int]) -> Stranger:
        """One that takes what is free; `numbers`: those that ours have just had."""
        made = Stranger(self.dice)
        self.world.reused += bool(made.numbers() & numbers)
        self.living.append(made)
        return made

    def leave(self, most: int = 0) -> None:
        while len(self.living) > most:
            gone = self.living.pop(0)
            for words in gone.wrongs():
                self.world.fail(f"a stranger {sorted(gone.numbers())}: {words}")
            gone.close()


def close_box(strangers: Strangers, box: Box) -> None:
    """The box closes, while others may wait for it, and a stranger takes its number."""
    fd = box.sock.fd()
    box.close()
    strangers.appear({fd})
    strangers.leave(MOST)


# ----------------------------------------------------------------------- in a loop --


async def is_heard_of(stranger: Stranger) -> bool:
    """Whether the loop tells of a stranger, who is readable from the first on."""
    loop = asyncio.get_running_loop()
    told = loop.create_future()
    fd = stranger.ends[0].fileno()

    def readable() -> None:
        if not told.done():
            told.set_result(None)

    loop.add_reader(fd, readable)
    try:
        await asyncio.sleep(0)
        await asyncio.wait_for(told, PATIENCE)
    except asyncio.TimeoutError:
        return False
    finally:
        loop.remove_reader(fd)
    return True


async def refused(world: World, wait: Any) -> None:
    try:
        await wait
    except OSError as error:
        if name_of(error) != "EBADF":
            world.fail(f"a wait whose socket is closed: {error!r}")
    else:
        world.fail("a wait whose socket is closed ends well")


async def succeed(world: World, strangers: Strangers) -> None:
    """A socket that is waited for closes, in any thread; a stranger follows."""
    dice = strangers.dice
    ours, other = netsocket.pair_stream()
    wait: asyncio.Task[Any]
    if dice.random() < 0.5:
        wait = asyncio.ensure_future(aio.recvable(ours, PATIENCE))
    else:
        wait = asyncio.ensure_future(aio.recvall(ours, 5, PATIENCE))
    for _ in range(dice.randint(1, 2)):
        await asyncio.sleep(0)
    fd = ours.fd()
    if dice.random() < 0.5:
        ours.close()
    else:
        closing = threading.Thread(target=ours.close)
        closing.start()
        while closing.is_alive():
            await asyncio.sleep(0)
    if dice.random() < 0.5:
        await refused(world, wait)
        stranger = strangers.appear({fd})
    else:
        stranger = strangers.appear({fd})
        await refused(world, wait)
    if not await is_heard_of(stranger):
        world.fail("the loop does not tell of a stranger")
    other.close()
    strangers.leave(MOST)
