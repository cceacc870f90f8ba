"""The rows of the tables with what the reference says of each."""

from __future__ import annotations

import re
from functools import cache

from support.fronts.manifest import TABLES, Row, aio_rows, options, rows


@cache
def of_owner(owners: str) -> tuple[Row, ...]:
    """The rows of some owners, `SOCKET PY_SOCKET OPTION`, in the order of the tables."""
    wanted = owners.split()
    found = [row for row in rows() if row.owner in wanted]
    if "OPTION" in wanted:
        found += [option.row for option in options()]
    return tuple(found)


@cache
def of_openers() -> tuple[Row, ...]:
    """The options that an opener may set."""
    return tuple(option.row for option in options() if option.writable)


@cache
def coroutines() -> tuple[tuple[Row, Row], ...]:
    """The rows of aio.def, each with that of the plain call of its name."""
    owners = ("ADDRINFO", "ADDRESS", "SOCKET", "PY_SOCKET", "MODULE")
    plain = {row.name: row for owner in owners for row in of_owner(owner)}
    return tuple((row, plain[row.name]) for row in aio_rows())


@cache
def groups() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The constants below the comment of constant.def that names their group."""
    text = (TABLES / "constant.def").read_text()
    found = []
    for title, names in re.findall(r"^/\* (.+)\. \*/\n((?:CONSTANT.*\n)+)", text, re.M):
        found.append((title, tuple(re.findall(r"\((\w+)\)", names))))
    return tuple(found)


def constants(table: str, macro: str) -> list[str]:
    return re.findall(rf"^{macro}\((\w+)\)$", (TABLES / table).read_text(), re.M)
