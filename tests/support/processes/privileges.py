"""Limits that the kernel waives for root: a thread can do without what waives them."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

PR_GET_SECUREBITS, PR_SET_SECUREBITS, NO_ROOT = 27, 28, 1
VERSION_3 = 0x20080522
CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_ADMIN, CAP_SYS_RESOURCE = 12, 13, 21, 24
WAIVING = (
    1 << CAP_NET_ADMIN | 1 << CAP_NET_RAW | 1 << CAP_SYS_ADMIN | 1 << CAP_SYS_RESOURCE
)


class Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class Sets(ctypes.Structure):
    """The lower half of the capabilities, then the upper one."""

    _fields_ = tuple(
        (f"{name}{half}", ctypes.c_uint32)
        for half in (0, 1)
        for name in ("effective", "permitted", "inheritable")
    )


def _checked(status: int) -> int:
    if status < 0:
        raise OSError(ctypes.get_errno(), "capabilities")
    return status


@contextmanager
def unprivileged() -> Iterator[None]:
    """The calling thread has no privilege that waives a limit, and a program that it
    starts meanwhile has none at all, whatever its user."""
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = Header(VERSION_3, 0), Sets()
    _checked(libc.capget(ctypes.byref(header), ctypes.byref(sets)))
    before: int = sets.effective0
    if before & WAIVING == 0:
        yield  # a user without privileges, to begin with
        return
    bits = _checked(libc.prctl(PR_GET_SECUREBITS))
    _checked(libc.prctl(PR_SET_SECUREBITS, bits | NO_ROOT))
    sets.effective0 = before & ~WAIVING
    _checked(libc.capset(ctypes.byref(header), ctypes.byref(sets)))
    try:
        yield
    finally:
        sets.effective0 = before
        _checked(libc.capset(ctypes.byref(header), ctypes.byref(sets)))
        _checked(libc.prctl(PR_SET_SECUREBITS, bits))
