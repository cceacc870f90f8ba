"""Threads, signals, user code and asyncio at one another's sockets.

    python -m fuzz.threads_main SEED [COUNT [REPEAT]]

plays the rounds of COUNT seeds, each REPEAT times; a build and `tests` are on PYTHONPATH.
Who does what follows from the seed, when it happens does not: a seed that has failed may
need many repetitions to fail again.
"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import os
import sys
import time
import warnings
from typing import Any

from .threads_round import Round
from .threads_world import Boom, World

PATIENCE = 180  # seconds for a round; one that hangs shows where each thread is


def descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


def play(seed: int) -> World:
    gc.collect()
    before = descriptors()
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    made = Round(str(seed))
    world = made.world

    def unraisable(args: Any) -> None:
        if not isinstance(args.exc_value, Boom):
            world.fail(f"in {args.object!r}: {args.exc_value!r}")

    sys.unraisablehook = unraisable
    made.run()
    del made
    gc.collect()
    left = len(descriptors() - before)
    if left:
        world.fail(f"{left} descriptors are left")
    faulthandler.cancel_dump_traceback_later()
    return world


def main(first: int, count: int = 1, repeat: int = 1) -> int:
    # Made at first use under a lock, which a child cannot take that is forked meanwhile.
    asyncio.new_event_loop().close()
    warnings.simplefilter("ignore")  # of coroutines and sockets abandoned on purpose
    gc.set_threshold(60, 5, 5)
    sys.setswitchinterval(0.0005)
    started = time.monotonic()
    calls = forks = reused = 0
    for seed in range(first, first + count):
        print(f"seed {seed}", flush=True)
        for _ in range(repeat):
            world = play(seed)
            calls += world.calls
            forks += world.forks
            reused += world.reused
            if world.failures:
                return 1
    seconds = time.monotonic() - started
    also = f"{forks} forks, {reused} numbers reused"
    print(f"{count * repeat} rounds, {calls} calls, {also}, {seconds:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    faulthandler.enable()
    sys.exit(main(*map(int, sys.argv[1:])))
