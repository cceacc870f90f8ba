"""What type checkers know of a failure."""

from collections.abc import Sequence
from typing import Any, Protocol, TypedDict, runtime_checkable

from typing_extensions import TypeGuard

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

    errno: int | None
    strerror: str | None
    filename: Any
    op: str  # the call, or its step that failed
    done: int  # how many bytes have been moved, or are pending
    timeout: bool  # whether it was our own deadline
    attempts: Sequence[Attempt]  # of a connect: each address, as it ended

def is_failure(error: object) -> TypeGuard[Failure]:
    """Whether an exception is a failure of this package, with its attributes."""
