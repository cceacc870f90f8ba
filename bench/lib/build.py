"""The build that is measured, and how its modules are loaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

NOT_MEASURABLE = 77  # the exit status that says: not this build, nothing is wrong
SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"


class Unusable(Exception):
    """Why nothing can be measured here."""


def first_line(*command: str) -> str:
    """The first line that a command prints, wherever it prints it."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.stdout.partition("\n")[0].strip()


def require(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            raise Unusable(f"{program} is not installed")


@dataclass(frozen=True)
class Build:
    """A build directory, from what CMake remembers of it."""

    folder: Path
    cache: dict[str, str]

    @classmethod
    def find(cls, folder: str | None) -> Build:
        named = folder or os.environ.get("NSK_BUILD")
        if not named:
            raise Unusable("say which build: --build or NSK_BUILD, or run ./dev bench")
        path = Path(named).resolve()
        try:
            lines = (path / "CMakeCache.txt").read_text().splitlines()
        except OSError as error:
            raise Unusable(f"not a build directory: {error}") from error
        cache = {}
        for line in lines:
            name, _, value = line.partition("=")
            cache[name.partition(":")[0]] = value
        return cls(path, cache)

    def require_optimised(self) -> None:
        """Counts of any other build say nothing about what users run."""
        kind = self.cache.get("CMAKE_BUILD_TYPE", "")
        flags = self.cache.get("CMAKE_C_FLAGS", "")
        if kind not in ("Release", "RelWithDebInfo"):
            raise Unusable(f"a {kind or 'nameless'} build is not what users run")
        if "-fsanitize" in flags or "--coverage" in flags:
            raise Unusable(f"a build with {flags} is not what users run")
        if self.cache.get("NSK_FAULTS") == "ON":
            raise Unusable("a build with wrapped system calls is not what users run")

    @property
    def python(self) -> str:
        """The interpreter that the extension was built for, never a shell shim."""
        for name in ("Python_EXECUTABLE", "_Python_EXECUTABLE"):
            path = self.cache.get(name)
            if path:
                return first_line(path, "-c", "import sys; print(sys.executable)")
        return sys.executable

    @property
    def lua(self) -> str:
        return os.environ.get("NSK_LUA", "lua5.4")

    @property
    def compiler(self) -> str:
        """As in "gcc 12.2.0"."""
        path = self.cache.get("CMAKE_C_COMPILER", "cc")
        words = first_line(path, "--version").split()
        name = "clang" if "clang" in words else "gcc"
        return f"{name} {first_line(path, '-dumpfullversion', '-dumpversion')}"

    def environment(self, pycache: str) -> dict[str, str]:
        """Nothing of the user's own, which would change what an interpreter does."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": "/",
            "LC_ALL": "C",
            "LUA_PATH": f"{self.folder}/lua/?.lua;;",
            "LUA_CPATH": f"{self.folder}/lua/?.so;;",
            "PYTHONPATH": f"{self.folder}/python",
            "PYTHONHASHSEED": "0",
            "PYTHONPYCACHEPREFIX": pycache,
        }

    def command(self, script: str) -> list[str]:
        """Runs a file of bench/scripts, by its ending."""
        path = str(SCRIPTS / script)
        if script.endswith(".lua"):
            return [self.lua, path]
        return [self.python, "-S", path]
