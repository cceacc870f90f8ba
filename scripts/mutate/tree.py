"""A copy of the project that is changed, built and tested."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.mutate.mutants import Mutant

FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.M)
# A change may make a test wait without end, or a whole run.
TEST_LIMIT = 60
# What most tests load.
MODULES = ("netsocket_lua", "netsocket_python")


@dataclass(frozen=True)
class Ran:
    """What a run of tests came to."""

    status: int
    output: str

    @property
    def failed(self) -> list[str]:
        return FAILED.findall(self.output)

    @property
    def passed(self) -> bool:
        return self.status == 0


def same(copy: Path, file: Path) -> bool:
    return copy.is_file() and copy.read_bytes() == file.read_bytes()


class Tree:
    def __init__(self, root: Path, project: Path) -> None:
        self.root = root
        self.source = root / "source"
        listed = subprocess.check_output(
            ["git", "ls-files", "-z"], cwd=project, text=True
        )
        copies = {self.source / name: name for name in filter(None, listed.split("\0"))}
        for old in self.source.rglob("*"):
            if old not in copies and not old.is_dir() and ".git" not in old.parts:
                old.unlink()
        # What differs gets a new time: what an earlier run has built of it is older then,
        # and was perhaps built of a change.
        for copy, name in copies.items():
            if not copy.is_symlink() and same(copy, project / name):
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.unlink(missing_ok=True)
            shutil.copy(project / name, copy, follow_symlinks=False)
        # Tests ask git for the files of the project.
        subprocess.run(["git", "init", "-q"], cwd=self.source, check=True)
        subprocess.run(["git", "add", "-A"], cwd=self.source, check=True)

    def build_for(self, tests: Sequence[str]) -> str | None:
        """Builds what these tests need; what the compiler said where it refuses."""
        core = any(test.startswith("tests/core") for test in tests)
        targets = {"test": () if core else MODULES}
        if any(test.startswith("tests/faults") for test in tests):
            targets["faults"] = ()  # with the interpreter whose memory runs out
        for preset in targets:
            done = self.build(preset, targets[preset])
            if done.returncode != 0:
                return done.stdout
        return None

    def build(
        self, preset: str, targets: Sequence[str]
    ) -> subprocess.CompletedProcess[str]:
        folder = self.root / preset
        python = os.path.realpath(sys.executable)
        if not (folder / "build.ninja").exists():
            make = ["cmake", "--preset", preset, "-B", str(folder)]
            self.run([*make, f"-DPython_EXECUTABLE={python}"], 600)
        chosen = ["--target", *targets] if targets else []
        return self.run(["cmake", "--build", str(folder), *chosen], 600)

    def run(
        self, command: Sequence[str], limit: float
    ) -> subprocess.CompletedProcess[str]:
        """The command in the copy; what it has started goes with it."""
        with tempfile.TemporaryFile("w+", errors="replace") as said:
            process = subprocess.Popen(
                command,
                cwd=self.source,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            late = ""
            try:
                process.wait(timeout=limit)
            except subprocess.TimeoutExpired:
                late = f"\nFAILED the-run not over within {limit:.0f} s"
            # A change that blocks leaves programs behind that a test had started.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            said.seek(0)
            output = said.read() + late
        return subprocess.CompletedProcess(command, process.returncode, output)

    def environment(self) -> dict[str, str]:
        test = self.root / "test"
        return os.environ | {
            "NSK_BUILD": str(test),
            "NSK_FAULTS_BUILD": str(self.root / "faults"),
            "LUA_PATH": f"{test}/lua/?.lua;;",
            "LUA_CPATH": f"{test}/lua/?.so;;",
            "PYTHONPATH": f"{test}/python",
        }

    def pytest(self, tests: Sequence[str], limit: float, workers: int) -> Ran:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "--tb=line"]
        command += ["-p", "no:cacheprovider", f"--timeout={TEST_LIMIT}"]
        command += ["-n", str(workers), "--dist", "worksteal"] if workers > 1 else []
        command += tests
        done = self.run(command, limit)
        return Ran(done.returncode, done.stdout)

    def change(self, mutant: Mutant) -> None:
        file = self.source / mutant.path
        file.write_text(mutant.apply(file.read_text(encoding="utf-8")), encoding="utf-8")

    def restore(self, mutant: Mutant, project: Path) -> None:
        shutil.copy(project / mutant.path, self.source / mutant.path)
