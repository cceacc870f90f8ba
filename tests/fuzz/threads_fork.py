"""Children of a fork: what they do to sockets that threads of the parent wait for.

A child looks, peeks, waits in a loop of its own, lets go of what it has and closes; it
takes no byte from the sockets that it shares. It ends with a status that tells its
parent whether all was right.
"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import netsocket
from netsocket import aio

from .threads_model import KEY, Stream
from .threads_world import Box, World, name_of

MOST = 5  # children of a round
WITHIN = 120  # seconds; a child that takes longer hangs
DEBUGGER = 600  # what is left for a debugger and the rest of the round


def peek(box: Box) -> None:
    """Pending bytes are the child's too, and stay with both."""
    data = box.sock.recv(500, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    stream = box.channel
    sure = isinstance(stream, Stream) and len(data) >= KEY and not stream.concurrent
    if sure and isinstance(stream, Stream) and data not in stream.source:
        raise AssertionError(f"{stream.name}: a child sees what is not in the stream")


def wait_in_a_loop(box: Box) -> None:
    asyncio.run(aio.recvable(box.sock, 0.002))


def unwrap(box: Box) -> None:
    """Bytes that are pending refuse it."""
    try:
        os.close(box.sock.unwrap())
    except OSError as error:
        if name_of(error) != "EBUSY" or box.sock.pending() == 0:
            raise


def end_the_abandoned(world: World) -> None:
    """Coroutines that wait in a loop of the parent. One that a thread was executing when
    it forked is so for good, and cannot be closed."""
    for made in world.left:
        coroutine: Any = made.get_coro() if isinstance(made, asyncio.Task) else made
        if not coroutine.cr_running:
            coroutine.close()
    world.left.clear()
    gc.collect()


def identity(fd: int) -> tuple[int, int] | None:
    """Of the file that a descriptor is of, if it is open."""
    try:
        status = os.fstat(fd)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def close(box: Box, inside: bool) -> None:
    """The child's copy closes at once, although threads of the parent wait for it."""
    fd = box.sock.fd()
    before = identity(fd)
    box.sock.close()
    # What finalizers open meanwhile may have the number.
    if before is not None and not inside and identity(fd) == before:
        raise AssertionError(f"{box.channel.name}: a child's copy stays open")


def act(world: World, dice: random.Random, boxes: Sequence[Box], inside: bool) -> None:
    box = dice.choice(boxes)
    calls: list[Callable[[], Any]] = [
        partial(peek, box),
        partial(wait_in_a_loop, box),
        partial(box.sock.recvable, 0.001),
        partial(box.sock.sendable, 0),
        partial(netsocket.select, [box.sock], [box.sock], 0),
        partial(unwrap, box),
        partial(end_the_abandoned, world),
        *(partial(close, box, inside),) * 4,
    ]
    try:
        dice.choice(calls)()
    except OSError as error:
        known = {"EAGAIN", "EBADF", "ECONNRESET", "ENOTCONN", "EPIPE"}
        if inside:
            known |= {"EBUSY"}
        if not isinstance(box.channel, Stream):
            known |= {"EINVAL"}  # a listener gives no bytes
        if name_of(error) not in known:
            raise


def child(
    world: World,
    dice: random.Random,
    boxes: Sequence[Box],
    senders: Sequence[netsocket.Socket],
    inside: bool,
) -> None:
    for box in boxes:
        box.channel.forked()
    for _ in range(dice.randint(1, 5)):
        act(world, dice, boxes, inside)
    if dice.random() < 0.5:
        for sock in senders:
            sock.close()
        for box in boxes:
            box.sock.close()


def in_the_sanitizer(pid: int) -> bool:
    """Whether it waits for a lock of the sanitizer's allocator, which a thread of the
    parent had: gcc's does not keep it for the time of a fork(2). Shows where it is. The
    debugger, which has the sanitizer preloaded as well, would not end."""
    debugger = shutil.which("gdb")
    if debugger is None:
        return False
    faulthandler.dump_traceback_later(DEBUGGER, exit=True)  # the round is over its time
    command = [debugger, "-p", str(pid), "-batch", "-ex", "backtrace 40"]
    env = {name: text for name, text in os.environ.items() if name != "LD_PRELOAD"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    shown = done.stdout
    print(shown, flush=True)
    inner = [line for line in shown.splitlines() if re.match(r"#[0-4] ", line)]
    return any("__sanitizer::" in line or "__asan::" in line for line in inner)


def ended(pid: int) -> int | None:
    """How the child has ended; None: it hangs."""
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return status
        time.sleep(0.001)
    if in_the_sanitizer(pid):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return 0
    os.kill(pid, signal.SIGABRT)  # faulthandler shows where it is
    os.waitpid(pid, 0)
    return None


def fork(
    world: World,
    dice: random.Random,
    boxes: Sequence[Box],
    senders: Sequence[netsocket.Socket],
    inside: bool,
) -> None:
    """`inside`: the thread may be in a call, which its copy in the child is as well."""
    pid = os.fork()
    if pid == 0:
        status = 3
        try:
            child(world, dice, boxes, senders, inside)
            status = 0
        except BaseException:
            os.write(1, traceback.format_exc().encode())
        finally:
            os._exit(status)
    world.forks += 1
    status_of_it = ended(pid)
    if status_of_it != 0:
        world.fail(f"a child: {status_of_it}")


def forks(
    world: World,
    boxes: Sequence[Box],
    senders: Sequence[netsocket.Socket],
    over: Callable[[], bool],
) -> None:
    """A thread that forks now and then."""
    dice = world.dice("forks")
    for _ in range(dice.randint(1, MOST)):
        if over():
            break
        time.sleep(dice.uniform(0, 0.05))
        fork(world, dice, boxes, senders, False)
