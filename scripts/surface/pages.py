"""The tables of the reference: every function, every option, the constants."""

from __future__ import annotations

import re
import textwrap

from docs.pages import PREFIX, entry_of
from support.fronts.manifest import TABLES, Row, rows

from .rows import groups, of_owner

PAGES = ["constants", "functions", "options"]
VALUE = {
    "BOOL": "boolean",
    "CRED": "credentials",
    "FDFLAG": "boolean",
    "FLFLAG": "boolean",
    "IFNAME": "name",
    "NAME": "name",
    "SECONDS": "seconds",
    "STRING": "name",
}
WHERE = {
    "ANY": "all",
    "INET6": "IPv6",
    "IP": "IPv4, IPv6",
    "PACKETS": "IPv4, IPv6, but no stream",
    "UNIX": "unix",
}


def part(name: str) -> str:
    if name == "functions":
        return functions()
    if name == "options":
        return options()
    [found] = [names for _, names in groups() if names[0].startswith(name)]
    return "\n" + textwrap.fill(", ".join(f"`{one}`" for one in found) + ".", 88) + "\n\n"


def link(row: Row) -> str:
    entry = entry_of(row)
    anchor = re.sub(r"[^\w\- ]", "", entry.heading.lower()).replace(" ", "-")
    return f"[`{PREFIX[row.owner]}{row.name}`]({entry.page}.md#{anchor})"


def functions() -> str:
    """A line for each, in the order of api.def, where what belongs together is."""
    lines = ["", "| function | what it does |", "| --- | --- |"]
    lines += [f"| {link(row)} | {row.summary} |" for row in rows()]
    return "\n".join(lines) + "\n\n"


def options() -> str:
    text = (TABLES / "option.def").read_text()
    columns = {
        found[0]: found[1:]
        for found in re.findall(
            r"^OPTION\((\w+), (\w+), (\w+), \w+, (\w+), \w+, (\w+), (\w+),", text, re.M
        )
    }
    lines = ["", "| option | value | sockets | in C | what it is |", "| --- " * 5 + "|"]
    for row in of_owner("OPTION"):
        kind, access, first, second, where = columns[row.name]
        value = VALUE.get(kind, "integer") + ", read only" * (access == "RO")
        names = f"`{first}`" if second == first else f"`{first}`, `{second}`"
        lines.append(
            f"| {link(row)} | {value} | {WHERE.get(where, where)} | {names} "
            f"| {row.summary} |"
        )
    return "\n".join(lines) + "\n\n"
