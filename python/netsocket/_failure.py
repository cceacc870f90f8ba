"""What type checkers know of a failure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional, Protocol, TypedDict, runtime_checkable


class Attempt(TypedDict):
    """One address that a failed connect has tried."""

    addr: str
    op: str
    name: str
    code: int
    seconds: float


@runtime_checkable
class Failure(Protocol):
    """What each OSError of this package has beside its class."""

    errno: Optional[int]  # noqa: UP045 (evaluated by get_type_hints, also on 3.9)
    strerror: Optional[str]  # noqa: UP045
    filename: Any
    op: str
    done: int
    timeout: bool
    attempts: Sequence[Attempt]


def is_failure(error: object) -> bool:
    """Whether an exception is a failure of this package, with its attributes."""
    return isinstance(error, OSError) and isinstance(error, Failure)
