"""The core as a C program finds it: what is installed, and netsocket.pc, are enough."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support.machine_lag import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def flags_of_the_build(build: Path) -> list[str]:
    """A sanitizer has to be linked by the program too."""
    cache = (build / "CMakeCache.txt").read_text()
    found = re.search(r"^CMAKE_C_FLAGS:STRING=(.*)$", cache, re.M)
    return found[1].split() if found else []


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A prefix with the core alone; moved, since its place is no part of it."""
    build, first, second = os.environ["NSK_BUILD"], tmp_path / "first", tmp_path / "there"
    component = ["--component", "library", "--prefix", str(first)]
    run("cmake", "--install", build, *component, cwd=tmp_path)
    return first.rename(second)


def test_files(installed: Path) -> None:
    names = {path.name for path in installed.rglob("*") if path.is_file()}
    headers = {path.name for path in (ROOT / "include" / "netsocket").glob("*.h")}
    assert names == headers | {"netsocket.h", "netsocket.pc", "libnetsocket.a"}


def test_a_program_builds_and_works(installed: Path) -> None:
    """examples/echo.c, away from the sources."""
    (pc,) = installed.rglob("netsocket.pc")
    asked = ["pkg-config", "--cflags", "--libs", "netsocket"]
    flags = run(*asked, cwd=installed, PKG_CONFIG_PATH=str(pc.parent)).split()
    assert not [flag for flag in flags if str(ROOT) in flag]
    shutil.copy(ROOT / "examples" / "echo.c", installed)
    strict = ["-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Werror"]
    more = flags_of_the_build(Path(os.environ["NSK_BUILD"]))
    run("cc", *strict, *more, "-o", "echo", "echo.c", *flags, cwd=installed)
    echo = str(installed / "echo")
    with subprocess.Popen(
        [echo, "listen", "127.0.0.1", "0", "1"], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            port = server.stdout.readline().strip().rpartition(":")[2]
            assert run(echo, "send", "127.0.0.1", port, "hello", cwd=installed) == "hello"
            assert server.wait(PATIENCE) == 0
        finally:
            server.kill()


def test_versions_agree(installed: Path) -> None:
    (pc,) = installed.rglob("netsocket.pc")
    (version,) = re.findall(r"^Version: (.+)$", pc.read_text(), re.M)
    assert (
        f'#define NSK_VERSION "{version}"' in (ROOT / "include/netsocket.h").read_text()
    )
