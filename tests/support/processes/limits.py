"""Taking descriptors away from a front's process, and giving them back."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

from support.fronts.front import Front


@contextmanager
def descriptors_left(net: Front, count: int) -> Iterator[None]:
    """The front's process can open `count` more descriptors and no other."""
    used = net.descriptors()
    free = [fd for fd in range(len(used) + count + 1) if fd not in used]
    soft, hard = resource.prlimit(net.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(net.pid, resource.RLIMIT_NOFILE, (free[count], hard))
    try:
        yield
    finally:
        resource.prlimit(net.pid, resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    """This process can open none: what is free below its limit is taken."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def high_descriptors(highest: int) -> Iterator[None]:
    """This process, and every child it starts meanwhile, may use them up to `highest`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, max(hard, highest + 1)))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, max(hard, highest + 1)))
