"""What the runner and the Python child say to each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ref:
    """An object that the child keeps."""

    id: int
    chapter: str


@dataclass(frozen=True)
class Request:
    op: str  # a method of the agent
    args: tuple[Any, ...] = ()


def convert(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """value with leaf applied to everything in its lists, tuples and dicts."""
    if isinstance(value, (list, tuple)):
        return type(value)(convert(item, leaf) for item in value)
    if isinstance(value, dict):
        return {convert(k, leaf): convert(v, leaf) for k, v in value.items()}
    return leaf(value)
