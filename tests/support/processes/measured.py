"""Programs of either language in a process of their own: what they use can be measured
there without the tests' own memory in the picture."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.fronts.agent_process import lua_command, lua_environment, python_environment
from support.machine_lag import PATIENCE
from support.processes.limits import high_descriptors

SCRIPTS = Path(__file__).resolve().parents[3] / "bench" / "scripts"


def python(program: str, *args: str) -> list[float]:
    environment = python_environment()
    return _numbers([sys.executable, "-c", program, *args], environment)


def lua(program: str, *args: str) -> list[float]:
    return _numbers([lua_command(), "-", *args], lua_environment(), program)


def script(name: str, *args: str) -> list[float]:
    """A file of bench/scripts, in the language of its ending."""
    text = (SCRIPTS / name).read_text()
    return (lua if name.endswith(".lua") else python)(text, *args)


def _numbers(
    command: list[str], environment: dict[str, str], text: str | None = None
) -> list[float]:
    """The numbers that the program has printed."""
    with high_descriptors(19_999):
        done = subprocess.run(
            command,
            env=environment,
            input=text,
            stdout=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
        )
    assert done.returncode == 0, f"status {done.returncode}"
    return [float(word) for word in done.stdout.split()]
