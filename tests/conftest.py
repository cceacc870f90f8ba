"""Fixtures of the whole suite: the fronts, the peers, and the guards.

`net` runs a test once on each language; `both` gives a differential test the two
at a time. Every claim of a `covers` marker is checked against what the front saw.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.fronts.agent_process import Agent
from support.fronts.choice import Spec
from support.leak_check import LeakCheck
from support.net import certificates, netns
from support.net.nameserver import name_server
from support.net.peers import Peers, wait_until
from support.processes import privileges
from support.run.record import CLAIMS, PASSED, SPECS, Claims, front_of

if TYPE_CHECKING:
    from support.fronts.exec_front import ExecFront
    from support.fronts.front import Front
    from support.fronts.lua_front import LuaFront

pytest_plugins = (
    "support.run.selection",
    "support.run.results",
    "support.run.brief",
    "support.run.order",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--covers-report",
        metavar="FILE",
        help="write what each collected test claims to cover (for test_completeness)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "covers(row, *outcomes): the test sees these outcomes of a row of api.def "
        "(OWNER.name) or option.def (OPTION.name): success again end timeout error",
    )
    config.addinivalue_line(
        "markers",
        "measures: bounds time, memory or instructions, or builds much: `./dev check` "
        "runs it alone, with narrow bounds and in its long form (support/machine_lag.py)",
    )
    build = os.environ.get("NSK_BUILD")
    if build:
        sys.path.insert(0, f"{build}/python")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    made = [claim for item in items for claim in claims_of(item)]
    config.stash[CLAIMS] = Claims(made, frozenset(item.path for item in items))
    report = config.getoption("--covers-report")
    if report:
        Path(report).write_text(json.dumps(made))


def language_of(item: pytest.Item) -> str:
    """Which front a test runs on: by its parameter, or by the folder it lies in."""
    return front_of(item) or item.path.parent.name


def claims_of(item: pytest.Item) -> list[tuple[str, str, str]]:
    """(row, outcome, language) of each marker; a test that may not run claims nothing."""
    if item.get_closest_marker("skip") or item.get_closest_marker("xfail"):
        return []
    found = []
    for marker in item.iter_markers("covers"):
        row, *outcomes = marker.args
        other = {"python": "LUA_", "lua": "PY_"}.get(language_of(item), "-")
        if row.startswith(other):
            continue
        found += [(row, outcome, language_of(item)) for outcome in outcomes]
    return found


@dataclass
class Workspace:
    """What a worker keeps from test to test."""

    base: Path
    guard: LeakCheck
    level: str
    pool: dict[str, LuaFront | ExecFront] = field(default_factory=dict)

    def front(self, spec: Spec) -> LuaFront | ExecFront:
        """One whose agent is a child: from the pool, or started now."""
        from support.fronts.exec_front import ExecFront
        from support.fronts.lua_front import LuaFront

        known = self.pool.get(spec.name)
        if known is None or not known.agent.usable():
            self.end(spec.name)
            if spec.ours:
                agent = Agent(spec.command, spec.environment) if spec.command else None
                known = LuaFront(agent)
                known.name = spec.name
            else:
                known = ExecFront(spec, self.level)
            self.pool[spec.name] = known
            self.guard.known_children.add(known.pid)
        return known

    def end(self, name: str) -> None:
        if name not in self.pool:
            return
        agent = self.pool.pop(name).agent
        self.guard.known_children.discard(agent.pid)
        expected = 0 if agent.usable() else None
        status = agent.end()
        assert expected in (None, status), f"the child of {name} ended with {status}"

    def end_all(self) -> None:
        for name in list(self.pool):
            self.end(name)

    def pipes(self) -> frozenset[int]:
        return frozenset().union(*(front.agent.pipes() for front in self.pool.values()))


@pytest.fixture(scope="session")
def workspace(pytestconfig: pytest.Config) -> Iterator[Workspace]:
    base = Path(tempfile.mkdtemp(prefix="nsk", dir="/tmp"))
    home = os.getcwd()
    os.chdir(base)
    own = Workspace(base, LeakCheck(base), pytestconfig.getoption("--level"))
    # What is here now stays: each test's own collection need not look at it again.
    gc.collect()
    gc.freeze()
    yield own
    own.end_all()
    os.chdir(home)
    shutil.rmtree(base)


@pytest.fixture
def folder(workspace: Workspace) -> Iterator[Path]:
    """A directory of the test's own, with a path short enough for a unix socket."""
    made = Path(tempfile.mkdtemp(dir=workspace.base))
    yield made
    shutil.rmtree(made)


@pytest.fixture(autouse=True)
def leak_check(workspace: Workspace, request: pytest.FixtureRequest) -> Iterator[None]:
    """No descriptor, thread, child process, file or SIGPIPE outlives a test that passed;
    another one's traceback holds what it had."""
    before = workspace.guard.snapshot()
    yield
    if not request.node.stash.get(PASSED, False):
        workspace.guard.forget_signals()
        return
    # The pipes of a pooled child, started or ended meanwhile, are the workspace's.
    workspace.guard.check(before, workspace.pipes())


@pytest.fixture
def peers(folder: Path) -> Iterator[Peers]:
    own = Peers(folder)
    yield own
    own.close()


def check_claims(request: pytest.FixtureRequest, front: Front) -> None:
    """A test that passed has really seen every outcome it claims to cover."""
    if not request.node.stash.get(PASSED, False):
        return
    for row, outcome, _ in claims_of(request.node):
        assert (row, outcome) in front.observed, (
            f"claims {row} {outcome}, but never saw it"
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


@pytest.fixture
def python_net(leak_check: None, request: pytest.FixtureRequest) -> Iterator[Front]:
    from support.fronts.python_front import PythonFront

    front = PythonFront()
    yield front
    try:
        check_claims(request, front)
    finally:
        front.reset()


def kept_descriptors(front: Front, before: dict[int, str]) -> dict[int, str]:
    return {
        fd: what for fd, what in front.descriptors().items() if before.get(fd) != what
    }


@contextmanager
def child_front(
    workspace: Workspace, spec: Spec, request: pytest.FixtureRequest
) -> Iterator[LuaFront | ExecFront]:
    """A front of the pool for one test, which may leave it no descriptor."""
    front = workspace.front(spec)
    before = front.descriptors()
    front.begin_case()
    yield front
    passed = request.node.stash.get(PASSED, False)
    if not front.agent.usable():
        inside = front.agent.waiting
        workspace.end(spec.name)
        assert not (inside and passed), "the test has left the agent inside a call"
        return
    try:
        check_claims(request, front)
    finally:
        front.reset()
    if not passed and kept_descriptors(front, before):
        workspace.end(spec.name)  # a case that stopped half-way had no time to close
        return
    try:
        # A resolver's worker that outlives its call still has a socket for a moment.
        wait_until(
            lambda: not kept_descriptors(front, before), "descriptors are closed", 5
        )
    except AssertionError:
        left = kept_descriptors(front, before)
        workspace.end(spec.name)
        raise AssertionError(f"the agent has kept descriptors: {left}") from None


@pytest.fixture
def lua_net(
    workspace: Workspace, leak_check: None, request: pytest.FixtureRequest
) -> Iterator[LuaFront]:
    spec = request.config.stash[SPECS].get("lua") or Spec("lua", (), {}, "lua")
    with child_front(workspace, spec, request) as front:
        assert front.language == "lua"
        yield front  # type: ignore[misc]  # what `ours` makes is a LuaFront


@pytest.fixture
def foreign_net(
    workspace: Workspace, leak_check: None, request: pytest.FixtureRequest
) -> Iterator[Front]:
    spec = request.config.stash[SPECS][front_of(request.node) or ""]
    with child_front(workspace, spec, request) as front:
        yield front


@pytest.fixture
def net(request: pytest.FixtureRequest) -> Front:
    """The library as one front shows it; the test runs once on each."""
    spec = request.config.stash[SPECS][request.param]
    own = spec.ours if spec.name == spec.ours or spec.ours == "python" else None
    front: Front = request.getfixturevalue(f"{own}_net" if own else "foreign_net")
    return front


@pytest.fixture
def both(python_net: Front, lua_net: LuaFront) -> tuple[Front, Front]:
    """Both languages at a time, for tests that compare them."""
    return python_net, lua_net


@pytest.fixture
def in_netns(workspace: Workspace, leak_check: None, folder: Path) -> Iterator[None]:
    """The test has a network and a hosts file of its own (see netns.py).

    Named before `net` among a test's parameters, so that a fresh Lua child is on it too.
    """
    workspace.end_all()
    with ExitStack() as stack:
        try:
            stack.enter_context(netns.entered(folder))
        except netns.NotAllowed as reason:
            pytest.skip(f"this machine allows no namespaces: {reason}")
        yield
        workspace.end_all()


@pytest.fixture
def silent_name(in_netns: None) -> Iterator[str]:
    """A name whose server does not answer as long as the test goes on."""
    with name_server():
        yield "hangs.example"


@pytest.fixture(params=["address", "name"])
def silence(request: pytest.FixtureRequest, peers: Peers) -> tuple[str, int]:
    """Where a connect gets no answer: an address, or a name."""
    if request.param == "name":
        return request.getfixturevalue("silent_name"), 80
    address: tuple[str, int] = peers.black_hole()
    return address


@pytest.fixture
def without_privileges(workspace: Workspace, leak_check: None) -> Iterator[None]:
    """The kernel's limits hold for the test, also where root runs it (privileges.py).

    Named before `net` among a test's parameters, for the sake of a fresh Lua child.
    """
    workspace.end_all()
    with privileges.unprivileged():
        yield
        workspace.end_all()


@pytest.fixture(scope="session")
def authority() -> Iterator[certificates.Authority]:
    """Certificates of the session's own."""
    with tempfile.TemporaryDirectory(prefix="nsk-tls-", dir="/tmp") as made:
        yield certificates.make(Path(made))
