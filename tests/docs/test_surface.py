"""Stubs, declarations and tables are what the generator makes of tables and reference."""

from __future__ import annotations

import re
import subprocess
import sys

from .pages import ROOT


def surface(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.surface", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_generated_parts_are_up_to_date() -> None:
    found = surface("--check")
    assert found.returncode == 0, found.stdout + found.stderr


def lua_returns(function: str) -> list[str]:
    texts = [path.read_text() for path in (ROOT / "lua" / "types").glob("*.lua")]
    [notes] = re.findall(
        rf"((?:^---.*\n)*)^function {re.escape(function)}\(", "".join(texts), re.M
    )
    return re.findall(r"^---@return (\S+)", notes, re.M)


def test_lua_has_the_right_number_of_results() -> None:
    address = "net.socket.addrinfo?"
    assert lua_returns("Socket:accept")[3] == address
    assert lua_returns("socket.connect_stream")[3] == address
    assert lua_returns("socket.bind_stream")[2] == address
    assert lua_returns("Socket:sendall")[3] == "integer?"
    assert len(lua_returns("Socket:recvmany")) == 5
    assert len(lua_returns("Socket:send")) == 3
    assert len(lua_returns("Socket:keepalive")) == 2
    assert len(lua_returns("Socket:fd")) == 1
