"""Lua programs of the examples and the guide name only what there is."""

from __future__ import annotations

import pytest

from .lua_names import faults
from .pages import ROOT
from .programs import blocks

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PROGRAMS = {
    **{path.name: path.read_text() for path in sorted((ROOT / "examples").glob("*.lua"))},
    **{
        block.id: block.code
        for page in PAGES
        for block in blocks(page)
        if block.language == "lua"
    },
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=list(PROGRAMS))
def test_program_names_what_there_is(program: str) -> None:
    assert faults(program) == []


@pytest.mark.parametrize(
    "code, found",
    [
        ("socket.conect_stream('a', 1)", ["socket.conect_stream"]),
        ("sock:shutdown(socket.SHUT_WRR)", ["socket.SHUT_WRR"]),
        ("print(socket.errno.ECONREFUSED)", ["socket.errno.ECONREFUSED"]),
        ("socket.addrinfo.inet5()", ["socket.addrinfo.inet5"]),
        ("local s = assert(socket.bind_stream('a', 1)) s:lisen()", ["s:lisen"]),
        (
            "local a, b, c, d, e = socket.connect_stream('a', 1)",
            ["socket.connect_stream"],
        ),
        (
            "local l = socket.bind_stream('a', 1) local s, e, again, ai = l:accept(true)"
            " ai:adr()",
            ["ai:adr"],
        ),
        (
            "local l = socket.bind_stream('a', 1) local s, e, again, ai = l:accept(true)"
            " ai:addr() s:send('x')",
            [],
        ),
        (
            "local tls = require 'net.socket.tls' local c = tls.client(s) c:sned('x')",
            ["c:sned"],
        ),
        (
            "local tls = require 'net.socket.tls' local a, b, c, d = tls.client(s, 'h')",
            ["tls.client"],
        ),
        ("-- socket.nothing\nprint('socket.nothing')", []),
    ],
)
def test_mistakes_are_found(code: str, found: list[str]) -> None:
    told = faults("local socket = require 'net.socket'\n" + code)
    assert [one.split(" ")[0] for one in told] == found
