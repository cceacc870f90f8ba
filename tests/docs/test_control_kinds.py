"""What a control message can mean is listed in the core; here the other places are held
to that list, since neither a compiler nor a case would miss them."""

from __future__ import annotations

import re

import netsocket
from conformance.test_control_kinds import KINDS, NUMBERS
from faults.catalogue import trials
from scripts.surface.columns import RESULTS

from .pages import REFERENCE, ROOT, entries_of

SOURCE = (ROOT / "core" / "message" / "cmsg_kind.c").read_text()
ROW = re.compile(r"^ *\{(\w+), (?:NSK_)?(\w+), NSK_CMSG_(\w+),", re.M)
ROWS = {name: kind for _, name, kind in ROW.findall(SOURCE)}
# Another system's name for the same message.
OTHER_NAMES = {"IP_RECVTTL"}
ADDRINFO = "net.socket.addrinfo"


def test_every_kind_has_a_case() -> None:
    assert len(ROWS) > 15
    assert set(KINDS) == {name for name, kind in ROWS.items() if kind != "RIGHTS"}


def test_every_form_is_declared() -> None:
    """A value of a new form has its type in the stub and for Lua's editors."""
    python, lua = (re.findall(r"[\w.]+", text) for text in RESULTS["value|none"])
    forms = {"dict": "table", "float": "number", "int": "integer", "AddrInfo": ADDRINFO}
    for name, kind in KINDS.items():
        number = NUMBERS.get(name) or getattr(netsocket, name)
        made = netsocket.cmsghdr.new(getattr(netsocket, kind.level), number, kind.data)
        form = type(made.value()).__name__
        assert form in python and forms[form] in lua, name


def test_every_form_is_made_without_memory() -> None:
    """What makes an object has its fault recipe; RIGHTS has no value."""
    variants = {one.variant for one in trials() if one.row.id == "CMSGHDR.value"}
    assert {form.lower() for form in ROWS.values()} - {"rights", "integer"} <= variants


def test_every_kind_is_in_the_reference() -> None:
    page = entries_of(REFERENCE / "messages.md")
    (value,) = [entry.body for entry in page if entry.heading == "cmsg:value()"]
    (data,) = [entry.body for entry in page if entry.heading == "cmsg:data()"]
    for name, kind in ROWS.items():
        text = data if kind == "RIGHTS" else value
        assert f"`{name}`" in text or name in OTHER_NAMES, name
