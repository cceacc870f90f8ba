"""Running what the pages show, as a reader would: in processes of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lua.schedule import MORE_LUA, missing
from support.fronts.agent_process import lua_command, lua_environment
from support.machine_lag import PATIENCE

from .pages import ROOT

EXAMPLES = ROOT / "examples"
BLOCK = re.compile(r"^```(lua|python)\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    language: str
    code: str

    @property
    def id(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> list[Block]:
    text = page.read_text()
    return [
        Block(page, text.count("\n", 0, match.start()) + 1, match[1], match[2])
        for match in BLOCK.finditer(text)
    ]


def environment() -> dict[str, str]:
    own = lua_environment()
    build = os.environ["NSK_BUILD"]
    return {
        **own,
        "LUA_PATH": f"{own['LUA_PATH']};{MORE_LUA}",
        "PYTHONPATH": f"{build}/python",
    }


def need(scheduler: str) -> None:
    if missing(scheduler):
        pytest.skip(f"{scheduler} is not installed")


def command(program: str) -> list[str]:
    """How to run a file of examples, or a piece of code given by -."""
    return [sys.executable, "-W", "error"] if program.endswith(".py") else [lua_command()]


def run(
    program: str, *arguments: str, code: str | None = None, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs an example, or with `code` that text under a name which tells its language."""
    path = "-" if code is not None else str(EXAMPLES / program)
    return subprocess.run(
        [*command(program), path, *arguments],
        input=code,
        capture_output=True,
        text=True,
        env=environment(),
        cwd=folder,
        timeout=PATIENCE,
        check=False,
    )


@contextmanager
def server(program: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """An example that serves; with it, the last word of the first line that it prints,
    which is where it listens."""
    with subprocess.Popen(
        [*command(program), str(EXAMPLES / program), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(),
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().split()[-1]
        finally:
            process.kill()
