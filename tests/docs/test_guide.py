"""Every piece of code of the guide, and of the reference where it has any, runs by
itself, and its assertions hold."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lua.schedule import need_luasec
from support.fronts.agent_process import lua_command
from support.machine_lag import PATIENCE

from .pages import ROOT
from .programs import Block, blocks, command, environment, need, run

DOCS = ROOT / "docs"
PAGES = [
    *sorted((DOCS / "guide").glob("*.md")),
    DOCS / "errors.md",
    *sorted((DOCS / "reference").glob("*.md")),
]
TESTING = DOCS / "guide" / "testing.md"  # its blocks are files of tests
ALL = [block for page in PAGES if page != TESTING for block in blocks(page)]
SUFFIX = {"lua": "block.lua", "python": "block.py"}


@pytest.mark.parametrize("block", ALL, ids=lambda block: block.id)
def test_block_runs(block: Block, request: pytest.FixtureRequest) -> None:
    for scheduler in re.findall(r"require 'net\.socket\.poller\.(\w+)'", block.code):
        need(scheduler)
    folder = None  # of TLS: that of its certificates
    if block.page == DOCS / "guide" / "tls.md":
        folder = request.getfixturevalue("authority").folder
        if block.language == "lua":
            need_luasec()
    done = run(SUFFIX[block.language], code=block.code, folder=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_certificates_of_the_guide(tmp_path: Path) -> None:
    """They are such as CPython 3.13 and later take."""
    page = (DOCS / "guide" / "tls.md").read_text()
    (made,) = re.findall(r"^```sh\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    verified = "openssl verify -x509_strict -CAfile ca.pem server.pem client.pem"
    done = subprocess.run(
        ["sh", "-ec", made + verified],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.timeout(3 * PATIENCE)
@pytest.mark.parametrize("block", blocks(TESTING), ids=lambda block: block.id)
def test_block_of_tests(block: Block, tmp_path: Path) -> None:
    """They pass; those skip whose server is not installed, or without namespaces."""
    (tmp_path / "conftest.py").write_text(
        'pytest_plugins = ["netsocket_conformance.fixtures"]\n'
    )
    (tmp_path / "test_block.py").write_text(block.code)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=environment() | {"PYTHONPATH": str(ROOT / "conformance")},
        capture_output=True,
        text=True,
        timeout=3 * PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    if re.search(r" passed", done.stdout) is None:
        pytest.skip(done.stdout)


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
