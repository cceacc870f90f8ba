"""Which cases run, on which fronts, and what counts as a failure.

  --front    see fronts/choice.py
  --level    how much of the library a front is held to
  --expect   failures that are known, with their reasons

A case that asks for what its front lacks is "not offered". A failure that the file names
is expected; a case of the file that passes fails.
"""

from __future__ import annotations

import fnmatch
import re
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.fronts.choice import KERNEL, LEVELS, OUTCOMES, STRICT, BadFront, chosen
from support.fronts.outcome import NotOffered
from support.run.record import SPECS, front_of

CASES = Path(__file__).parents[2] / "conformance"
EXPECTED = pytest.StashKey["list[Expected]"]()
OUR_NAMES = {"python_net": "python", "lua_net": "lua"}
# About our names, words, rules of arguments and objects: of no other library.
OURS_ALONE = (
    "addrinfo", "arguments", "attempts", "bad_values", "closed", "cmsghdr",
    "completeness", "constants", "deadline_object", "deadline_orders", "device",
    "differential", "errors", "failures", "gcfn", "iovec", "iovec_io",
    "mode_of_duplicate", "names", "parity", "pending", "reader", "ready_for_nothing",
    "resolve", "resolution", "rights", "rights_limit", "rights_messages",
    "rights_pidfd", "rights_sent", "select", "sendfile", "system_time", "tcpinfo",
    "timeout", "timeout_details", "transfer_kept", "transfer_pieces", "wrap",
)  # fmt: skip
WAITING = {"again", "timeout"}


@dataclass(frozen=True)
class Expected:
    """A failure that is known: of these cases (a pattern), on this front."""

    case: str
    front: str
    reason: str

    def names(self, front: str | None, case: str) -> bool:
        return self.front == front and fnmatch.fnmatchcase(
            case, self.case.replace("[", "[[]")
        )


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance")
    group.addoption(
        "--front", action="append", default=[], metavar="NAME=KIND:...",
        help="run the cases on this front; more than once for several (default: ours)",
    )  # fmt: skip
    group.addoption(
        "--level", choices=LEVELS, default=STRICT,
        help="kernel: what the system does; outcomes: also again, end, timeout and "
        "error told apart; strict: also our names, words and rules of arguments",
    )  # fmt: skip
    group.addoption(
        "--expect", action="append", default=[], metavar="FILE.toml", type=Path,
        help="known failures with their reasons",
    )  # fmt: skip
    group.addoption(
        "--list", action="store_true", help="print the cases' ids and levels, run nothing"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "level(name): the least --level at which the case runs"
    )
    config.addinivalue_line(
        "markers",
        "alias(id): an id that the case had before it was renamed; a name without a dot "
        "is that of the file where the cases of a whole file were",
    )
    try:
        config.stash[SPECS] = chosen(config.getoption("--front"))
    except BadFront as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[EXPECTED] = [
        one for file in config.getoption("--expect") for one in expected_of(file)
    ]


def expected_of(file: Path) -> list[Expected]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    with file.open("rb") as opened:
        read = tomllib.load(opened)
    found = [Expected(**one) for one in read.get("expect", ())]
    assert all(one.reason.strip() for one in found), f"{file}: a failure has its reason"
    return found


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file of cases that are all strict need not be read below that level."""
    if config.getoption("--level") == STRICT or collection_path.parent != CASES:
        return None
    return collection_path.stem.replace("test_", "", 1) in OURS_ALONE or None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`net` is each front in its turn."""
    if "net" in metafunc.fixturenames:
        specs = metafunc.config.stash[SPECS]
        metafunc.parametrize("net", list(specs), indirect=True)


def case_id(item: pytest.Item) -> str:
    """The same in every run, whatever the fronts: `stream.h050_no_sigpipe[param]`."""
    name, bracket, inside = item.name.partition("[")
    parts = inside[:-1].split("-") if bracket else []
    front = front_of(item)
    if front in parts:
        parts.remove(front)
    function = name.replace("test_", "", 1)
    made = f"{item.path.stem.replace('test_', '', 1)}.{function}"
    return f"{made}[{'-'.join(parts)}]" if parts else made


def ids_of(item: pytest.Item) -> list[str]:
    """Its id, and those that it had."""
    own = case_id(item)
    _, _, rest = own.partition(".")
    params = own[own.find("[") :] if "[" in own else ""
    former = [str(marker.args[0]) for marker in item.iter_markers("alias")]
    return [own, *(f"{f}{params}" if "." in f else f"{f}.{rest}" for f in former)]


def level_of(item: pytest.Item) -> str:
    """By its marker; else by what it is about and by the outcomes that it claims."""
    marker = item.get_closest_marker("level")
    if marker:
        return str(marker.args[0])
    if item.path.stem.replace("test_", "", 1) in OURS_ALONE:
        return STRICT
    claims = {outcome for m in item.iter_markers("covers") for outcome in m.args[1:]}
    return OUTCOMES if claims & WAITING else KERNEL


def _wanted(item: pytest.Item, config: pytest.Config) -> bool:
    """Whether a case is one for the fronts and the level of this run."""
    if item.path.parent != CASES:
        return True
    if LEVELS.index(level_of(item)) > LEVELS.index(config.getoption("--level")):
        return False
    specs = config.stash[SPECS]
    ours = {spec.name for spec in specs.values() if spec.ours}
    uses = set(getattr(item, "fixturenames", ()))
    if front_of(item) is None and not config.getoption("--front"):
        return True
    if "both" in uses:
        return set(OUR_NAMES.values()) <= ours
    needed = {name for fixture, name in OUR_NAMES.items() if fixture in uses}
    return needed <= ours and (front_of(item) is not None or bool(needed))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    left = [item for item in items if not _wanted(item, config)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.getoption("--list"):
        for case, level in sorted({(case_id(i), level_of(i)) for i in session.items}):
            print(f"{case}  {level}")
        session.items.clear()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--list"):
        session.exitstatus = pytest.ExitCode.OK


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    reason = None
    if call.excinfo is not None and call.excinfo.errisinstance(NotOffered):
        reason = str(call.excinfo.value)
        # A failure's traceback would be made, with its sources, for nothing.
        skipped = pytest.skip.Exception(reason)
        call.excinfo = pytest.ExceptionInfo.from_exc_info(
            (type(skipped), skipped, call.excinfo.tb)
        )
    report = yield
    if reason is not None:
        report.longrepr = (str(item.path), 0, f"not offered: {reason}")
        report.not_offered = reason  # type: ignore[attr-defined]  # for xdist
        return report
    for one in item.config.stash[EXPECTED]:
        if any(one.names(front_of(item), case) for case in ids_of(item)):
            _expect(report, one)
            break
    return report


def _expect(report: pytest.TestReport, one: Expected) -> None:
    if report.failed:
        report.outcome = "skipped"
        report.wasxfail = one.reason
    elif report.passed and report.when == "call":
        report.outcome = "failed"
        report.longrepr = f"passed, and was expected to fail: {one.reason}"


def pytest_report_teststatus(
    report: pytest.TestReport | pytest.CollectReport,
) -> tuple[str, str, str] | None:
    if getattr(report, "not_offered", None):
        return "not offered", "n", "NOT OFFERED"
    return None


def hazard_of(case: str) -> str | None:
    """The id of a hazard that a case's name begins with."""
    match = re.search(r"\.(h\d{3})_", case)
    return match[1].upper() if match else None
