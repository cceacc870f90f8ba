"""What an exception of netsocket's stands for."""

from __future__ import annotations

import errno
import os
import socket
from typing import Any

import netsocket

from .outcome import (
    AGAIN,
    ERROR,
    LINE,
    RAISED,
    TIMEOUT,
    Failure,
    Malformed,
    Outcome,
    attempts_of,
)

ALIASES = {"ENOTSUP": "EOPNOTSUPP", "EDEADLOCK": "EDEADLK"}  # errorcode knows the last

EAI_NAMES = {
    getattr(socket, name): name for name in dir(socket) if name.startswith("EAI_")
}


def _text(value: Any) -> str | None:
    return os.fsdecode(value) if isinstance(value, (bytes, str)) else None


def os_failure(error: OSError) -> Failure:
    code = error.errno
    if not isinstance(code, int):
        raise Malformed(f"an OSError without errno: {error!r}")
    resolver = isinstance(error, socket.gaierror)
    early = type(error) is netsocket.EndOfStream
    base = socket.gaierror if resolver else OSError if early else type(OSError(code, ""))
    made = type(error)
    foreign = made.__module__ not in ("netsocket", "netsocket.errors")  # a file's own
    if (made if foreign else made.__bases__[0]) is not base:
        raise Malformed(f"{type(error).__name__} is not the class for errno {code}")
    if not error.strerror:
        raise Malformed(f"no words: {error!r}")
    name = (EAI_NAMES if resolver else errno.errorcode).get(code, str(code))
    return Failure(
        name=ALIASES.get(name, name),
        code=code,
        op=getattr(error, "op", None),
        message=error.strerror,
        addr=_text(error.filename),
        text=str(error),
        domain="resolver" if resolver else "errno",
        data=getattr(error, "data", None),
        attempts=attempts_of(vars(error).get("attempts")),
    )


def _argument_failure(error: ValueError | OverflowError) -> Failure:
    match = LINE.fullmatch(str(error))
    if match is None:
        return Failure(
            "EINVAL", errno.EINVAL, None, str(error), None, str(error), "argument"
        )
    return Failure(
        name=match["name"],
        code=int(match["code"]),
        op=match["op"],
        message=match["message"],
        addr=match["addr"],
        text=str(error),
        domain="argument",
    )


def outcome_of(error: Exception, call: str) -> Outcome:
    """The outcome that an exception stands for."""
    done = vars(error).get("done")
    if isinstance(error, BlockingIOError):
        return Outcome(AGAIN, error=os_failure(error), what=call)
    if isinstance(error, TimeoutError) and getattr(error, "timeout", False) is True:
        return Outcome(TIMEOUT, error=os_failure(error), what=call, done=done)
    if isinstance(error, OSError):
        return Outcome(ERROR, error=os_failure(error), what=call, done=done)
    if isinstance(error, (ValueError, OverflowError)):
        return Outcome(ERROR, error=_argument_failure(error), what=call)
    name = type(error).__name__
    raised = Failure(name, 0, None, str(error), None, str(error), "raised")
    return Outcome(RAISED, error=raised, what=call, done=done)
