"""What wrong arguments raise in calls that are written in Python, as in those in C."""

from __future__ import annotations

import errno


def bad_type(op: str, name: str, wanted: str, got: object) -> TypeError:
    """Of an argument of another type."""
    return TypeError(f"{op}() {name}: {wanted} expected, got {type(got).__name__}")


def bad_value(op: str, name: str, words: str) -> ValueError:
    """Of a number that makes no sense."""
    made = ValueError(f"{op} {name}: EINVAL ({errno.EINVAL}) {words}")
    made.op = op  # type: ignore[attr-defined]  # of ours alone
    return made
