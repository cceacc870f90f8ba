"""What came of the cases: the calls of one that failed, and the report of a run.

`--report DIR` writes report.html, report.md, report.json and junit.xml.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from support.fronts.front import Front
from support.fronts.words import beside
from support.run.record import front_of
from support.run.report import EXPECTED, FAIL, NOT_OFFERED, PASS, SKIPPED, Verdict, write
from support.run.selection import case_id, hazard_of

KEPT_CASES = 100
FOUND = pytest.StashKey["list[Verdict]"]()
SEEN = pytest.StashKey["Seen"]()
CURRENT = pytest.StashKey[pytest.Item]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("conformance").addoption(
        "--report", metavar="DIR", type=Path,
        help="write the verdict as a page, Markdown, JSON and JUnit",
    )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FOUND] = []
    config.stash[SEEN] = Seen()


def fronts_of(item: pytest.Item) -> list[Front]:
    """The fronts that a case has run on; while its fixtures are made it has none yet."""
    given: list[Any] = []
    for value in (getattr(item, "funcargs", None) or {}).values():
        given += value if isinstance(value, tuple) else [value]
    unique = {id(front): front for front in given if isinstance(front, Front)}
    return list(unique.values())


def columns_of(item: pytest.Item) -> dict[str, list[str]]:
    """The calls of a case by front."""
    own = {front.name: front.transcript() for front in fronts_of(item)}
    return {name: calls for name, calls in own.items() if calls}


class Seen:
    """What a case did on each front, of the cases that ran last: the fronts of a case
    run one after the other."""

    def __init__(self) -> None:
        self._cases: OrderedDict[str, dict[str, list[str]]] = OrderedDict()

    def add(self, case: str, columns: dict[str, list[str]]) -> dict[str, list[str]]:
        """All that is known of the case."""
        known = self._cases.setdefault(case, {})
        known.update(columns)
        while len(self._cases) > KEPT_CASES:
            self._cases.popitem(last=False)
        return known


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    item.config.stash[CURRENT] = item


@pytest.hookimpl(wrapper=True)
def pytest_assertrepr_compare(
    config: pytest.Config, op: str, left: object, right: object
) -> Generator[None, list[list[str]], list[list[str]]]:
    """`assert a.send(b"hello").value == 5` says which call gave the value."""
    told = yield
    item = config.stash.get(CURRENT, None)
    if op != "==" or item is None:
        return told
    for front in fronts_of(item):
        if front.told and front.told[-1].is_of(left):
            return [[front.told[-1].but(right), *(told[0][1:] if told else ())]]
    return told


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    own = columns_of(item) if report.when == "call" else {}
    known = item.config.stash[SEEN].add(case_id(item), own) if own else {}
    if report.failed and own:
        names = " and ".join(known)
        report.sections.append((f"calls of {names}, in their order", beside(known)))
    if item.config.getoption("--report"):
        # A dictionary, since it comes from another process where xdist runs.
        report.case = {  # type: ignore[attr-defined]  # the report's own would be lost
            "case": case_id(item),
            "front": front_of(item) or "both",
            "covers": [
                [m.args[0], outcome]
                for m in item.iter_markers("covers")
                for outcome in m.args[1:]
            ],
            "hazard": hazard_of(case_id(item)),
            "calls": beside(own) if own else "",
        }
    return report


def _verdict(report: pytest.TestReport) -> str | None:
    """Of a phase of a case; nothing, where another phase decides."""
    if report.failed:
        return FAIL
    if getattr(report, "not_offered", None):
        return NOT_OFFERED
    if hasattr(report, "wasxfail"):
        return EXPECTED
    if report.skipped:
        return SKIPPED
    return PASS if report.when == "call" else None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    folder = session.config.getoption("--report")
    if folder and not hasattr(session.config, "workerinput"):
        found = session.config.stash[FOUND]
        write(folder, found)


class Collector:
    """Sees the report of each phase, also of a case that another process ran."""

    def __init__(self, found: list[Verdict]) -> None:
        self._found = found

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        case = getattr(report, "case", None)
        verdict = _verdict(report)
        if case is not None and verdict is not None:
            why = report.longreprtext if verdict == FAIL else ""
            if verdict == NOT_OFFERED:
                why = str(getattr(report, "not_offered", ""))
            elif verdict == EXPECTED:
                why = str(getattr(report, "wasxfail", ""))
            one = Verdict(verdict=verdict, why=why, seconds=report.duration, **case)
            self._found.append(one)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    found = session.config.stash[FOUND]
    session.config.pluginmanager.register(Collector(found))
