"""The rows of the tables with what the reference says of each."""

from __future__ import annotations

import re
from functools import cache

from fronts.manifest import TABLES, Row, options, rows


@cache
def of_owner(owners: str) -> tuple[Row, ...]:
    """The rows of some owners, `SOCKET PY_SOCKET OPTION`, in the order of the tables."""
    wanted = owners.split()
    found = [row for row in rows() if row.owner in wanted]
    if "OPTION" in wanted:
        found += [option.row for option in options()]
    return tuple(found)


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
