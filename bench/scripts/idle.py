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
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def make(count: int) -> None:
    for _ in range(count):
        a, b = netsocket.pair_stream()
        kept.extend((a.unwrap(), b.unwrap()) if raw else (a, b))


make(100)
before = resident()
make(9000)
print((resident() - before) / 18000)
