"""Coroutines on the same channels: cancelled, abandoned, out of time, closed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

from netsocket import aio

from .threads_acts import Acts
from .threads_model import KEY, Stream
from .threads_strangers import Strangers, succeed
from .threads_world import Box, World, done_of, name_of

TASKS = 3
STEPS = 25
LONG = 30  # seconds; what a stream has to come, or its end, comes sooner


async def receive(world: World, dice: random.Random, box: Box) -> None:
    """One operation, which logs what it gives before anything can come in between."""
    sock, sec = box.sock, dice.choice((0, 0.001, 0.01))
    if isinstance(box.channel, Stream) and dice.random() < 0.2:
        sec = LONG
    holds, names = False, set() if sec == LONG else {"timeout"}
    if isinstance(box.channel, Stream):
        kind = dice.choice(("recvall", "recvall", "recvline", "recvable"))
        holds = kind != "recvable"
        wait: Any = getattr(aio, kind)
        name = {"recvall": "n", "recvline": "max"}.get(kind)
        given = {name: dice.choice((1, 100, 5000))} if name else {}
        operation = wait(sock, **given, sec=sec)
    elif box.channel.name == "listener":
        kind = "accept"
        operation = aio.accept(sock, sec)
    else:
        kind = "recvable"
        operation = aio.recvable(sock, sec)
    what = f"{box.channel.name} aio.{kind}"
    use = box.channel.enter(holds)
    error: OSError | None = None
    result: Any = None
    try:
        result = await operation
    except OSError as raised:
        error = raised
    finally:
        beside = box.channel.leave(use, holds)
    if error is not None:
        world.judge(what, error, world.allowed(box, sock, use) | names, False)
        if holds and name_of(error) == "timeout" and done_of(error) is None:
            world.fail(f"{what}: done is {getattr(error, 'done', 'missing')!r:.40}")
    elif kind == "accept":
        with result:
            number = int.from_bytes(result.recvall(KEY, 10), "big")
        world.got(box, number, use, beside)
    elif holds:
        world.got(box, result, use, beside)
    world.calls += 1


async def one(world: World, dice: random.Random, box: Box) -> None:
    """A receive that comes to its end in one of many ways."""
    what = dice.random()
    if what < 0.3:
        await receive(world, dice, box)
        return
    task = asyncio.ensure_future(receive(world, dice, box))
    try:
        if what < 0.5:
            await asyncio.wait_for(task, dice.uniform(0, 0.005))
            return
        await asyncio.sleep(dice.uniform(0, 0.005))
        if what < 0.9:
            task.cancel()
        await task
    except (asyncio.CancelledError, asyncio.TimeoutError):
        pass


def abandon(world: World, dice: random.Random, box: Box) -> None:
    """A coroutine that waits, is never resumed, and is collected at some time."""
    made = receive(world, dice, box)
    try:
        made.send(None)
    except StopIteration:
        return
    world.left.append(made)
    if dice.random() < 0.7:
        world.left.clear()


async def wander(world: World, acts: Acts, boxes: Sequence[Box], name: str) -> None:
    dice, strangers = world.dice(name), Strangers(world, f"{name} strangers")
    for _ in range(STEPS):
        box = dice.choice(boxes)
        if box.over or box.closed or box.owner is not None:
            await asyncio.sleep(0)
        elif dice.random() < 0.1:
            abandon(world, dice, box)
        elif dice.random() < 0.1:
            await succeed(world, strangers)
        elif dice.random() < 0.1:
            acts.user_code(box, False)
        else:
            await one(world, dice, box)
    strangers.leave()


async def wander_all(world: World, acts: Acts, boxes: Sequence[Box], name: str) -> None:
    await asyncio.gather(
        *(wander(world, acts, boxes, f"{name} task {n}") for n in range(TASKS))
    )
    strand(world, world.dice(f"{name} stranded"), boxes)
    await asyncio.sleep(0)


def strand(world: World, dice: random.Random, boxes: Sequence[Box]) -> None:
    """Tasks that still wait when their loop closes. Another one takes their places, as
    soon as they are dropped."""
    for box in dice.sample(boxes, dice.randint(0, len(boxes))):
        if not box.over and not box.closed and box.owner is None:
            world.left.append(asyncio.ensure_future(receive(world, dice, box)))


def complain(world: World, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if "destroyed but it is pending" in context["message"]:
        return
    if isinstance(error, OSError) and "never retrieved" in context["message"]:
        return  # the coroutine that would have been told was abandoned
    world.fail(f"loop: {context}")


def run_loop(world: World, acts: Acts, boxes: Sequence[Box], name: str) -> None:
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _, context: complain(world, context))
    try:
        loop.run_until_complete(wander_all(world, acts, boxes, name))
    finally:
        loop.close()


def run_loops(world: World, acts: Acts, boxes: Sequence[Box], name: str) -> None:
    """One after the other, in a thread; each takes over what the one before has left."""
    dice = world.dice(name)
    for number in range(dice.randint(1, 3)):
        run_loop(world, acts, boxes, f"{name} {number}")
        if dice.random() < 0.7:
            world.left.clear()
    world.left.clear()
