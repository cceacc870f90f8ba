"""An outcome as it can be compared between two languages and two processes."""

from __future__ import annotations

from typing import Any

from support.fronts.front import ADDRINFO, Handle
from support.fronts.outcome import AGAIN, END, ERROR, RAISED, VALUE, Failure, Outcome


def plain(value: Any) -> Any:
    """Numbers and bytes are themselves; an object is what it is, an error its name."""
    if isinstance(value, Handle):
        # The kernel names sockets itself, two never alike: ports, and with passcred more.
        return (value.chapter, value.family().value if value.chapter == ADDRINFO else 0)
    if isinstance(value, Failure):
        return value.name
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, dict):  # each front is a process of its own
        return {key: plain(one) for key, one in value.items() if key != b"pid"}
    return value


def _error(failure: Failure | None) -> tuple[str, str | None] | None:
    return None if failure is None else (failure.name, failure.op)


def alike(one: Outcome, other: Outcome, arguments: int) -> bool:
    """The same kind, values, error and call; the words may differ."""
    if (one.kind, other.kind) == (END, VALUE):
        return not other.values[0]  # Python says the same of both
    if one.kind != other.kind:
        # Of a wrong type and a wrong value in one call, either may be found first.
        kinds = {one.kind: one.error, other.kind: other.error}
        refused = kinds.get(ERROR)
        found = RAISED in kinds and refused is not None and refused.name == "EINVAL"
        return found and arguments > 1
    if one.kind in (RAISED, AGAIN):
        return True
    if one.kind == ERROR and None in (one.failure.op, other.failure.op):
        # How Python says that a number is too large for C has no place for the call.
        return one.failure.name == other.failure.name
    return (plain(one.values), _error(one.error), one.done) == (
        plain(other.values),
        _error(other.error),
        other.done,
    )
