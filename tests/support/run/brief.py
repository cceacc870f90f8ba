"""A worker of xdist tells of a test that passed in one message, where each of its phases
has one and start and end have theirs: of 20,000 tests that is a twentieth of a run.

Who asks for the phases, by `-v`, `--durations` or `--junitxml`, gets them.
"""

from __future__ import annotations

import pytest
from _pytest.runner import runtestprotocol


def pytest_configure(config: pytest.Config) -> None:
    phases = (
        config.getoption("verbose") > 0
        or config.getoption("durations") is not None
        or config.getoption("xmlpath", None)
    )
    if hasattr(config, "workerinput") and not phases:
        config.pluginmanager.register(Brief())


def _is_news(report: pytest.TestReport) -> bool:
    return not report.passed or report.when == "call"


class Brief:
    """In place of pytest's own way to run a test."""

    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool:
        for report in filter(
            _is_news, runtestprotocol(item, nextitem=nextitem, log=False)
        ):
            if report.passed:
                report.keywords = {}
            item.ihook.pytest_runtest_logreport(report=report)
        return True
