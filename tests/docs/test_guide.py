"""Every piece of code of the guide, and of the reference where it has any, runs by
itself, and its assertions hold."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from fronts.agent_process import lua_command
from lateness import PATIENCE

from .pages import ROOT
from .programs import Block, blocks, command, environment, need, run

DOCS = ROOT / "docs"
PAGES = [
    *sorted((DOCS / "guide").glob("*.md")),
    DOCS / "errors.md",
    *sorted((DOCS / "reference").glob("*.md")),
]
ALL = [block for page in PAGES for block in blocks(page)]
SUFFIX = {"lua": "block.lua", "python": "block.py"}


@pytest.mark.parametrize("block", ALL, ids=lambda block: block.id)
def test_block_runs(block: Block) -> None:
    for scheduler in re.findall(r"require 'net\.socket\.poller\.(\w+)'", block.code):
        need(scheduler)
    done = run(SUFFIX[block.language], code=block.code)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


# The recipe of servers.md, with every descriptor taken: the connection waits, and is
# accepted once there is room.
LUA_OUT_OF_DESCRIPTORS = """
local server = assert(socket.bind_inet_stream('127.0.0.1', 0))
assert(server:listen())
local port = server:getsockname():port()
local peer = assert(socket.connect_inet_stream('127.0.0.1', port, 5))
local hoard, asked = {}, 0
repeat
  local more, err = peer:dup()
  hoard[#hoard + 1] = more
until err
local client = accept(server, function()
  asked = asked + 1
  return asked == 2 and table.remove(hoard):close()
end)
assert(client:getpeername() == peer:getsockname() and asked == 2)
"""
PYTHON_OUT_OF_DESCRIPTORS = """
server = netsocket.bind_inet_stream("127.0.0.1", 0)
server.listen()
peer = netsocket.connect_inet_stream("127.0.0.1", server.getsockname().port(), 5)
hoard = []
try:
    while True:
        hoard.append(peer.dup())
except OSError as error:
    assert error.errno == errno.EMFILE
asked = 0


def make_room() -> bool:
    global asked
    asked += 1
    return asked == 2 and hoard.pop().close()


with accept(server, make_room) as client:
    assert client.getpeername() == peer.getsockname() and asked == 2
for sock in (*hoard, server, peer):
    sock.close()
"""


@pytest.mark.parametrize(
    ("language", "rest"),
    [("lua", LUA_OUT_OF_DESCRIPTORS), ("python", PYTHON_OUT_OF_DESCRIPTORS)],
)
def test_accept_recipe_when_out_of_descriptors(language: str, rest: str) -> None:
    page = ROOT / "docs" / "guide" / "servers.md"
    mark = "accept: the next connection, whatever it takes\n"
    (recipe,) = [b for b in blocks(page) if b.language == language and mark in b.code]
    done = subprocess.run(
        ["sh", "-c", 'ulimit -n 32; exec "$@"', "sh", *command(SUFFIX[language]), "-"],
        input=recipe.code + rest,
        capture_output=True,
        text=True,
        env=environment(),
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_lua_is_there() -> None:
    """The blocks above would otherwise fail one by one."""
    assert shutil.which(lua_command())
