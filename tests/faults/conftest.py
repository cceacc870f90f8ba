"""Fixtures of the fault runs: the children, and the report at the end."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.run.record import PASSED

from .child import Net, faults_build
from .counts import Counts, lines
from .lua_child import LuaChild
from .plan import Plan
from .python_child import PythonChild
from .setup import Setup

MAKERS: dict[str, type[PythonChild | LuaChild]] = {"python": PythonChild, "lua": LuaChild}


class Children:
    """The children that a worker keeps, one of each language."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="nskfault", dir="/tmp"))
        self._nets: dict[str, Net] = {}

    def start(self) -> None:
        for language, maker in MAKERS.items():
            if language not in self._nets:
                build = faults_build()
                plan = Plan(self._folder / language)
                child = maker(build, plan)
                self._nets[language] = Net(child, child, plan)

    def pids(self) -> set[int]:
        return {net.front.pid for net in self._nets.values()}

    def net(self, language: str) -> Net:
        return self._nets[language]

    def end(self, language: str) -> None:
        net = self._nets.pop(language)
        net.window.end()
        net.plan.close()

    def close(self) -> None:
        for language in list(self._nets):
            self.end(language)
        shutil.rmtree(self._folder)


@pytest.fixture(scope="session")
def children() -> Iterator[Children]:
    own = Children()
    yield own
    own.close()


@pytest.fixture
def started(children: Children) -> None:
    """Before leak_check looks: the children are not the test's."""
    children.start()


@pytest.fixture(autouse=True)
def leak_check(started: None, leak_check: None) -> None:
    """The guard of the whole suite, after the children have been started."""


@pytest.fixture
def fault_net(
    children: Children, request: pytest.FixtureRequest, counts: Counts
) -> Iterator[Net]:
    """The library in a child; a parameter or the test's trial says in which language."""
    trial = request.node.callspec.params.get("trial")
    language = trial.language if trial else request.param
    net = children.net(language)
    net.counts = counts
    yield net
    # After a failure nothing is known about the child.
    if not request.node.stash.get(PASSED, False) or not net.usable():
        children.end(language)


@pytest.fixture
def setup(fault_net: Net, folder: Path) -> Iterator[Setup]:
    """For a test with a script of its own; nothing may be left when it is over."""
    with Setup(fault_net, folder) as own:
        own.clear()
        yield own
        if fault_net.usable():
            own.clear()
            fault_net.check_nothing_left()


@pytest.fixture
def counts(request: pytest.FixtureRequest) -> Counts:
    """What a test counts, for the report at the end."""
    own = Counts()
    request.node.user_properties.append(("faults", own.counts))
    return own


def pytest_terminal_summary(terminalreporter: Any) -> None:
    total: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                for name, counts in report.user_properties:
                    if name == "faults":
                        total.update(counts)
    if total:
        terminalreporter.section("faults")
        for line in lines(total):
            terminalreporter.write_line(line)
