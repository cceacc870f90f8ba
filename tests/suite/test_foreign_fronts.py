"""The cases on CPython's socket and on luasocket: what these do otherwise is written
down, and nothing else. `./dev check fronts` runs all of them."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from support.fronts.agent_process import lua_command
from support.machine_lag import PATIENCE

from .test_package import ROOT

FRONTS = {
    "cpython": "cpython=python:cpython",
    "luasocket": f"luasocket=lua:{lua_command()},,,luasocket",
}
FILES = [
    ["stream", "transfer", "shutdown_close"],
    ["accept", "bind", "connect", "connect_method"],
    ["datagram", "seqpacket", "pair", "new", "options", "sigpipe"],
]


@pytest.mark.timeout(3 * PATIENCE)
@pytest.mark.parametrize("files", FILES, ids=lambda files: files[0])
@pytest.mark.parametrize("front", FRONTS)
def test_front(front: str, files: list[str]) -> None:
    if front == "luasocket":
        known = [lua_command(), "-e", "require 'socket' require 'cjson'"]
        if subprocess.run(known, capture_output=True, check=False).returncode:
            pytest.skip("luasocket or lua-cjson is not installed")
    done = subprocess.run(
        [
            sys.executable, "-m", "netsocket_conformance", *files, "-q",
            "--front", FRONTS[front], "--expect", front, "--level", "outcomes",
        ],
        cwd=ROOT / "conformance",
        capture_output=True,
        text=True,
        timeout=3 * PATIENCE,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed[1]) >= 25, done.stdout
    assert "xfailed" in done.stdout
