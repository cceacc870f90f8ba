"""Python's docstrings say what the reference says of a call."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

import netsocket
from support.fronts.manifest import Row, options, rows

from .pages import entry_of

PLACE: dict[str, Any] = {
    "MODULE": netsocket,
    "SOCKET": netsocket.Socket,
    "PY_SOCKET": netsocket.Socket,
    "OPTION": netsocket.Socket,
    "ADDRESS": netsocket.addrinfo,
    "ADDRINFO": netsocket.AddrInfo,
    "MSGHDR_MAKE": netsocket.msghdr,
    "MSGHDR": netsocket.MsgHdr,
    "CMSGHDR_MAKE": netsocket.cmsghdr,
    "CMSGHDR": netsocket.CmsgHdr,
    "CMSGHDRS_MAKE": netsocket.cmsghdrs,
    "CMSGHDRS": netsocket.CmsgHdrs,
    "IOVEC_MAKE": netsocket.iovec,
    "IOVEC": netsocket.IoVec,
    "PY_IOVEC": netsocket.IoVec,
    "READER": netsocket.Reader,
    "DEADLINE": netsocket.Deadline,
    "DEVICE": netsocket.device,
}
ALL = [
    row
    for row in [*rows(), *(option.row for option in options())]
    if "python" in row.languages
]


def docstring(row: Row) -> str:
    text = inspect.getdoc(getattr(PLACE[row.owner], row.name))
    assert text is not None
    return text


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.id)
def test_docstring_tells_what_the_reference_tells(row: Row) -> None:
    text = docstring(row)
    summary, _, rest = text.partition("\n\n")
    assert summary.endswith(".")
    params = re.split(r"^(?:Returns|Raises|Errors): ", rest, flags=re.M)[0]
    named = re.findall(r"^(\*?\w+): ", params, re.M)
    assert named == [("*" if p.rest else "") + p.name for p in row.listed]
    assert re.findall(r"^(Errors|Blocks|Source): \S", rest, re.M) == [
        "Errors",
        "Blocks",
        "Source",
    ]
    told = set(re.findall(r"\b(?:E[A-Z0-9]{3,}|EAI_[A-Z]+)\b", rest))
    assert told >= set(re.findall(r"`(E[A-Z0-9_]{3,})`", entry_of(row).part("Errors")))


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.id)
def test_docstring_is_plain_text(row: Row) -> None:
    text = docstring(row)
    assert not re.search(r"`|\*\*|\]\(|\bnil\b|\bLua\b", text)
    assert max(map(len, text.splitlines())) <= 88  # a summary is as long as it is
