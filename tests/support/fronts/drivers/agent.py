"""What drivers written in Python have in common: docs/agent-protocol.md from the agent's
side. It needs the standard library alone, and nothing else of the suite.

A driver gives `serve` a table of functions, by the ids of the rows that they are:
`MODULE.pair_stream`, and `SOCKET.send`, which has the object first. Each returns what the
row's success gives, a tuple for several values, or raises: one of the classes below, or
an exception of the library's own.
"""

from __future__ import annotations

import base64
import errno
import gc
import json
import socket
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

PROTOCOL = 1
EAI_NAMES = {
    getattr(socket, name): name for name in dir(socket) if name.startswith("EAI_")
}
SAME = {"ENOTSUP": "EOPNOTSUPP", "EDEADLOCK": "EDEADLK"}

Table = Mapping[str, Callable[..., Any]]


class NotOffered(Exception):
    """The library has nothing for these arguments."""


class Again(Exception):
    """The call would block."""


class End(Exception):
    """The stream has ended."""


class Timeout(Exception):
    """The time is up."""


class Agent:
    def __init__(self, table: Table, classes: Mapping[type, str]) -> None:
        self._table = table
        self._classes = classes
        self._held: dict[int, Any] = {}
        self._last = 0

    # ---------------------------------------------------------------- values

    def encode(self, value: Any) -> Any:
        if value is None:
            return {"z": True}
        if isinstance(value, bool):
            return value
        if isinstance(value, int):
            return {"i": str(int(value))}
        if isinstance(value, float):
            return {"f": value.hex()}
        if isinstance(value, str):
            value = value.encode("utf-8", "surrogateescape")
        if isinstance(value, (bytes, bytearray)):
            return {"b": base64.b64encode(value).decode("ascii")}
        if isinstance(value, (list, tuple)):
            return {"l": [self.encode(item) for item in value], "n": len(value)}
        if isinstance(value, dict):
            pairs = [{"k": self.encode(k), "v": self.encode(v)} for k, v in value.items()]
            return {"m": pairs, "n": len(pairs)}
        return {"h": self._keep(value), "c": self._classes[type(value)]}

    def decode(self, value: Any) -> Any:
        if isinstance(value, bool):
            return value
        tag = next(tag for tag in value if tag not in ("n", "c"))
        inner = value[tag]
        if tag == "h":
            return self._held[inner]
        if tag == "l":
            return [self.decode(item) for item in inner]
        if tag == "m":
            return {self.decode(pair["k"]): self.decode(pair["v"]) for pair in inner}
        if tag == "fn":
            raise NotOffered("callbacks")
        simple: dict[str, Callable[[Any], Any]] = {
            "i": int,
            "f": float.fromhex,
            "b": base64.b64decode,
            "z": lambda _: None,
        }
        return simple[tag](inner)

    def _keep(self, made: Any) -> int:
        for known, held in self._held.items():
            if held is made:
                return known
        self._last += 1
        self._held[self._last] = made
        return self._last

    # ---------------------------------------------------------------- requests

    def _row(self, request: dict[str, Any]) -> tuple[str, list[Any]]:
        """The row that a request is for, and what stands before its arguments."""
        if request["op"] == "method":
            made = self._held[request["h"]]
            name = request["name"]
            owners = (self._classes[type(made)], "OPTION", "PY_SOCKET")
            rows = [f"{owner}.{name}" for owner in owners]
            return next((row for row in rows if row in self._table), rows[0]), [made]
        chapters = {"addrinfo": "ADDRESS", "device": "DEVICE"}
        *where, name = request["path"]
        chapter = chapters.get(where[0], where[0]) if where else "MODULE"
        return f"{chapter}.{name}", []

    def _perform(self, request: dict[str, Any]) -> dict[str, Any]:
        row, args = self._row(request)
        function = self._table.get(row)
        if function is None:
            raise NotOffered(row)
        args += [self.decode(arg) for arg in request["args"]]
        named = {k: self.decode(v) for k, v in request.get("named", {}).items()}
        result = function(*args, **named)
        values = list(result) if isinstance(result, tuple) else [result]
        return {"outcome": "value", "values": [self.encode(value) for value in values]}

    def reset(self) -> None:
        for made in self._held.values():
            close = getattr(made, "close", None)
            if close:
                try:
                    close()
                except OSError:  # closed all the same
                    pass
        self._held.clear()
        gc.collect()

    def _other(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["op"] == "reset":
            self.reset()
            return {"outcome": "value"}
        if request["op"] == "forget":
            self._held.pop(request["h"], None)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                gc.collect()
            return {"outcome": "value"}
        raise NotOffered(request["op"])

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            if request["op"] in ("call", "method"):
                return self._perform(request)
            return self._other(request)
        except NotOffered as lacks:
            return {"outcome": "not offered", "what": str(lacks)}
        except (Again, BlockingIOError):
            return {"outcome": "again"}
        except End:
            return {"outcome": "end"}
        except Timeout:
            return {"outcome": "timeout"}
        except OSError as error:
            if error.errno is None and isinstance(error, TimeoutError):
                return {"outcome": "timeout"}
            return {"outcome": "error", "error": self._error(error)}
        except Exception as error:
            name = type(error).__name__
            fields = {"name": name, "code": 0, "message": str(error)}
            return {"outcome": "raised", "error": self._fields(fields)}

    def _fields(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {name: self.encode(value) for name, value in fields.items()}

    def _error(self, error: OSError) -> dict[str, Any]:
        code = error.errno or 0
        resolver = isinstance(error, socket.gaierror)
        name = (EAI_NAMES if resolver else errno.errorcode).get(code, str(code))
        return self._fields(
            {
                "name": SAME.get(name, name),
                "code": code,
                "message": error.strerror or str(error),
                "domain": "resolver" if resolver else "errno",
            }
        )


def serve(name: str, language: str, table: Table, classes: Mapping[type, str]) -> None:
    """Say hello, then answer each line, until there is no more."""
    agent = Agent(table, classes)

    def say(line: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    offers = [*table, "forget", "named arguments"]
    say(
        {
            "protocol": PROTOCOL,
            "name": name,
            "language": language,
            "answers": "outcomes",
            "offers": offers,
        }
    )
    for line in sys.stdin:
        say(agent.answer(json.loads(line)))
    agent.reset()
