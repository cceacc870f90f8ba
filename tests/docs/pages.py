"""The pages of docs/reference as data: an entry for each heading of the third rank.

Headings that follow each other with nothing between them share the text below the last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from support.fronts.manifest import Param, Row

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"

HEADING = re.compile(r"^### (.+)$")
PARAMETER = re.compile(r"^- `([^`]+)`: ", re.M)
OUTCOME = re.compile(r"^\| (success|again|end|timeout|error) \| (.+) \| (.+) \|$", re.M)
PART = re.compile(r"^\*\*(Errors|Blocks|Source)\*\* ", re.M)
NAMES = re.compile(r"^(?:`\w+`(?:[,.]\s|\.$)?)+(?=\n|$)", re.M)

# How the reference writes the functions of an owner, and how declarations for Lua do.
PREFIX = {
    "MODULE": "socket.",
    "LUA_MODULE": "socket.",
    "SOCKET": "sock:",
    "LUA_SOCKET": "sock:",
    "PY_SOCKET": "sock.",
    "ADDRESS": "addrinfo.",
    "ADDRINFO": "ai:",
    "MSGHDR_MAKE": "msghdr.",
    "MSGHDR": "mh:",
    "CMSGHDR_MAKE": "cmsghdr.",
    "CMSGHDR": "cmsg:",
    "CMSGHDRS_MAKE": "cmsghdrs.",
    "CMSGHDRS": "cmsgs:",
    "IOVEC_MAKE": "iovec.",
    "IOVEC": "iov:",
    "PY_IOVEC": "iov.",
    "READER": "rd:",
    "DEADLINE": "dl:",
    "DEVICE": "device.",
    "LUA_POLLER": "poller.",
    "LUA_POLLSET": "set:",
    "OPTION": "sock:",
    "AIO": "aio.",
}
LUA_PREFIX = {
    "MODULE": "socket.",
    "LUA_MODULE": "socket.",
    "SOCKET": "Socket:",
    "LUA_SOCKET": "Socket:",
    "OPTION": "Socket:",
    "ADDRESS": "addrinfo.",
    "ADDRINFO": "AddrInfo:",
    "MSGHDR_MAKE": "msghdr.",
    "MSGHDR": "MsgHdr:",
    "CMSGHDR_MAKE": "cmsghdr.",
    "CMSGHDR": "CmsgHdr:",
    "CMSGHDRS_MAKE": "cmsghdrs.",
    "CMSGHDRS": "CmsgHdrs:",
    "IOVEC_MAKE": "iovec.",
    "IOVEC": "IoVec:",
    "READER": "Reader:",
    "DEADLINE": "Deadline:",
    "DEVICE": "device.",
    "LUA_POLLER": "poller.",
    "LUA_POLLSET": "PollSet:",
}


@dataclass(frozen=True)
class Entry:
    page: str
    heading: str
    body: str

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.body)

    @property
    def outcomes(self) -> dict[str, tuple[str, str]]:
        """What the table says of each outcome: in Lua, in Python."""
        return {name: (lua, python) for name, lua, python in OUTCOME.findall(self.body)}

    @property
    def parts(self) -> list[str]:
        return PART.findall(self.body)

    def part(self, name: str) -> str:
        return self.body.partition(f"**{name}** ")[2].split("\n\n")[0]


def entries_of(page: Path) -> list[Entry]:
    headings: list[str] = []
    bodies: list[list[str]] = []
    for line in page.read_text().splitlines():
        match = HEADING.match(line)
        if match:
            headings.append(match[1])
            bodies.append([])
        elif line.startswith("#"):
            headings.append("")
            bodies.append([])
        elif headings:
            bodies[-1].append(line)
    texts = ["\n".join(lines).strip() for lines in bodies]
    for i in reversed(range(len(texts) - 1)):
        if not texts[i] and headings[i]:
            texts[i] = texts[i + 1]
    return [
        Entry(page.stem, heading, text)
        for heading, text in zip(headings, texts)
        if "(" in heading
    ]


@cache
def entries() -> tuple[Entry, ...]:
    pages = sorted(REFERENCE.glob("*.md"))
    return tuple(entry for page in pages for entry in entries_of(page))


def names_in(page: Path, heading: str | None = None) -> list[str]:
    """The constants that a page lists, a paragraph `A`, `B`, ... at a time."""
    text = page.read_text()
    if heading is not None:
        text = text.partition(f"\n### {heading}\n")[2].partition("\n#")[0]
    return re.findall(r"`(\w+)`", " ".join(NAMES.findall(text)))


def shown(param: Param) -> str:
    return param.name[:-1] + "..." if param.rest else param.name  # *flags is flag...


def heading(row: Row) -> str:
    """`bind(ai[, reuseaddr[, reuseport]])`"""
    text, optional = "", 0
    for i, param in enumerate(row.listed):
        if not param.required:
            text += "["
            optional += 1
        text += (", " if i else "") + shown(param)
    return f"{PREFIX[row.owner]}{row.name}({text}{']' * optional})"


def entry_of(row: Row) -> Entry:
    found = [entry for entry in entries() if entry.heading == heading(row)]
    assert len(found) == 1, f"{len(found)} headings `### {heading(row)}`"
    return found[0]
