"""The tests in another order than they stand in. NSK_ORDER is the seed of it; without one
nothing is moved. What a test leaves behind is another's then."""

from __future__ import annotations

import os
import random

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    seed = os.environ.get("NSK_ORDER")
    if seed:
        random.Random(seed).shuffle(items)
