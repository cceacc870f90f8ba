"""Whole programs run to their end, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from support.fronts.agent_process import lua_command, lua_environment, python_environment
from support.machine_lag import PATIENCE


@dataclass(frozen=True)
class Ended:
    status: int
    output: str
    errors: str


def _run(
    command: list[str],
    program: str,
    environment: dict[str, str],
    pass_fds: tuple[int, ...] = (),
) -> Ended:
    done = subprocess.run(
        command,
        input=program.encode(),
        capture_output=True,
        timeout=PATIENCE,
        env=environment,
        pass_fds=pass_fds,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def run_lua(program: str, *args: str, pass_fds: tuple[int, ...] = ()) -> Ended:
    """A chunk in a `lua` of its own, with SIGPIPE at its default as in all of these."""
    return _run([lua_command(), "-", *args], program, lua_environment(), pass_fds)


def run_python(program: str, *args: str, options: tuple[str, ...] = ()) -> Ended:
    """A program in a Python of its own, with the build's netsocket."""
    environment = python_environment()
    return _run([sys.executable, *options, "-", *args], program, environment)


def output_of(ended: Ended) -> str:
    """What a program that must succeed has printed."""
    assert ended.status == 0, ended.errors
    return ended.output
