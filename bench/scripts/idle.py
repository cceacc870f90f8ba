"""What one of 18,000 sockets of 9,000 pairs takes in the process, in bytes: as an object,
or with `raw` as a bare number in the same list."""

import sys
import warnings
from typing import Any

import netsocket

warnings.simplefilter("ignore", ResourceWarning)
raw = sys.argv[1] == "raw"
kept: list[Any] = []


def resident() -> int:
    """As growth.py looks."""
    with open("/proc/self/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if "Anonymous:" in line) * 1024


def make(count: int) -> None:
    for _ in range(count):
        a, b = netsocket.pair_stream()
        kept.extend((a.unwrap(), b.unwrap()) if raw else (a, b))


make(100)
before = resident()
make(9000)
print((resident() - before) / 18000)
