"""The gates on what a call costs: instructions and system calls, in both languages.
Counts, not times: they do not depend on what else runs on the machine. `./dev check`
counts every exchange, the other tests the first.

And short forms of the benchmarks that take times, which only have to work.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.machine_lag import QUIET

pytestmark = pytest.mark.measures

BENCH = Path(__file__).resolve().parents[2] / "bench"
NOT_MEASURABLE = 77


def bench(name: str, *arguments: str) -> None:
    command = [sys.executable, str(BENCH / f"{name}.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stdout)
    if done.returncode == NOT_MEASURABLE:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(600)
def test_instructions_on_the_hot_path() -> None:
    bench("hotpath", "--check", "--quick" if QUIET else "--shortest")


def test_system_calls() -> None:
    bench("syscalls")


def test_memory() -> None:
    bench("memory", "--count", "20000" if QUIET else "2000")


def test_reader() -> None:
    """How fast it is counts on a quiet machine alone."""
    bench("reader", "--check" if QUIET else "--quick")


def test_udp() -> None:
    """How fast it is counts on a quiet machine alone."""
    bench("udp", *([] if QUIET else ["--quick"]))


@pytest.mark.timeout(600)
def test_tls() -> None:
    """That it runs; docs/performance.md tells which goals are not met."""
    bench("tls", "--quick")


@pytest.mark.timeout(600)
def test_programs() -> None:
    """That all ways to write a program give the same answer; the figures are those of
    docs/performance.md."""
    bench("programs", "--quick")


def test_clients() -> None:
    bench("clients", "--count", "100", "--seconds", "0.3")


@pytest.mark.timeout(600)
def test_server(tmp_path: Path) -> None:
    short = "--rounds", "1", "--seconds", "0.02"
    bench("server", "20", *short, "--plot", str(tmp_path))
    bench("server", "2", *short, "--short", "--bulk", "--only", "cqueues")
    for name in ("server-cost.svg", "server-ratio.svg"):
        assert (tmp_path / name).read_text().startswith("<svg ")


def test_waits() -> None:
    """Ends on time wherever the machine lets it."""
    bench("waits", "--check" if QUIET else "--quick")


@pytest.mark.timeout(600)
def test_beside() -> None:
    """How late the other thread is counts on a quiet machine alone."""
    bench("beside", *(["--check"] if QUIET else ["--size", "64", "--tries", "1"]))


def test_deadlines() -> None:
    """How late they are is test_deadline_orders.py's; here none may be early."""
    bench("deadlines", "--count", "100" if QUIET else "10", "--at-once", "10")
