"""The loop alone."""

import sys


def loop(turns: int) -> None:
    for _ in range(turns):
        pass


loop(int(sys.argv[1]))
