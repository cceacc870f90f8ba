"""Values as they travel to and from the Lua child; agent.lua has the other half.

nil {"z": true}   boolean true, false    integer {"i": "7"}    float {"f": "0x1p+0"}
string {"b": base64}   list {"l": [...], "n": 2}   table {"m": [{"k":, "v":}], "n": 1}
object {"h": id, "c": class}   error {"e": {fields}, "h": id}   callback {"fn": name}
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True)
class Callback:
    """A named callback of the agent: same, record, raise or close."""

    name: str


@dataclass(frozen=True)
class Remote:
    """An object that the child keeps."""

    id: int
    cls: str


@dataclass(frozen=True)
class RemoteError:
    """An error object of the library, with its fields."""

    id: int
    fields: dict[str, Any]


def _list(items: Any) -> dict[str, Any]:
    sent = [encode(item) for item in items]
    return {"l": sent, "n": len(sent)}


def encode(value: Any) -> Any:
    if value is None:
        return {"z": True}
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        value = int(value)  # a range is searched one by one for a subclass
        # Lua reads a literal beyond its integers as a float, and so do we.
        return {"i": str(value)} if value in INT64 else {"f": float(value).hex()}
    if isinstance(value, float):
        return {"f": "nan" if value != value else value.hex()}
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogateescape")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"b": base64.b64encode(value).decode("ascii")}
    if isinstance(value, Callback):
        return {"fn": value.name}
    if isinstance(value, Remote):
        return {"h": value.id}
    if isinstance(value, (list, tuple)):
        return _list(value)
    if isinstance(value, dict):
        pairs = [{"k": encode(k), "v": encode(v)} for k, v in value.items()]
        return {"m": pairs, "n": len(pairs)}
    raise TypeError(f"{type(value).__name__} cannot travel to Lua")


def _decode_tagged(tag: str, value: dict[str, Any]) -> Any:
    simple: dict[str, Callable[[Any], Any]] = {
        "i": int,
        "f": lambda text: float.fromhex(text.replace("-nan", "nan")),
        "b": base64.b64decode,
        "l": lambda items: [decode(item) for item in items],
        "m": lambda pairs: {decode(pair["k"]): decode(pair["v"]) for pair in pairs},
        "z": lambda _: None,
    }
    return simple[tag](value[tag])


def decode(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if "e" in value:
        return RemoteError(value["h"], {k: decode(v) for k, v in value["e"].items()})
    if "h" in value:
        return Remote(value["h"], value["c"])
    (tag,) = set(value) - {"n"}
    return _decode_tagged(tag, value)
