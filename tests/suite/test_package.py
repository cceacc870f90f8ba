"""netsocket-conformance, built as users do: it runs without the repository."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from support.machine_lag import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def filled(folder: Path) -> Path:
    """The package as its build makes it, without a build's tools."""
    package = folder / "netsocket_conformance"
    program = (
        "import shutil, sys, types\n"
        "fake = types.ModuleType('setuptools'); fake.setup = lambda **_: None\n"
        "command = types.ModuleType('setuptools.command')\n"
        "build = types.ModuleType('setuptools.command.build_py')\n"
        "build.build_py = object\n"
        "sys.modules.update({m.__name__: m for m in (fake, command, build)})\n"
        "from pathlib import Path\n"
        "import setup\n"
        "package = Path(sys.argv[1])\n"
        "shutil.copytree(setup.HERE / 'netsocket_conformance', package)\n"
        "setup.fill(package / 'suite')\n"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(package)],
        cwd=ROOT / "conformance",
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    return folder


def test_it_runs_without_the_repository(tmp_path: Path) -> None:
    folder = filled(tmp_path / "installed")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NSK_", "PYTEST_", "LUA_"))
    }
    # Where plugins of pytest that take part unasked are installed.
    assert importlib.util.find_spec("xdist")
    done = subprocess.run(
        [
            sys.executable, "-m", "netsocket_conformance", "stream", "-q",
            "--level", "kernel",
            "--front", "cpython=python:cpython", "-k", "test_every_byte_both_ways",
        ],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout and "failed" not in done.stdout


def test_help() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "netsocket_conformance", "--help"],
        cwd=ROOT / "conformance",
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--front NAME=exec:COMMAND" in done.stdout
    assert "          cpython, luanet, luaposix, luasocket\n" in done.stdout
