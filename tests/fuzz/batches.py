"""Which seeds the rounds of a program are played with."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator

from hypothesis import settings

BATCH = 20  # seeds of a process


def batches() -> Iterator[tuple[int, int]]:
    """The first seed and how many: the same few, or new ones for as long as is asked."""
    hours = float(os.environ.get("NSK_FUZZ_HOURS", "0"))
    short = settings().max_examples < 1000
    count = int(os.environ.get("NSK_FUZZ_SEEDS", BATCH if short else 1000))
    first = 1 if short else random.randrange(1 << 40)
    first = int(os.environ.get("NSK_FUZZ_FIRST", first))
    until = time.monotonic() + 3600 * hours
    done = 0
    while time.monotonic() < until if hours else done < count:
        size = BATCH if hours else min(BATCH, count - done)
        yield first + done, size
        done += size
