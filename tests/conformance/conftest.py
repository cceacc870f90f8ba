"""Fixtures of the cases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.fronts.front import Front
from support.net.peers import Peers
from support.processes.passed_fds import closing

from .blocked import Blocked, Make, blocked, needs


@pytest.fixture
def make(net: Front, peers: Peers, tmp_path: Path) -> Make:
    """A call of this name that would block."""

    def made(name: str) -> Blocked:
        needs(net, name)
        return blocked(net, peers, name, tmp_path)

    return made


@pytest.fixture
def file() -> Iterator[int]:
    """A descriptor of ours with an inode of its own."""
    with closing(os.memfd_create("nsk")) as (fd,):
        yield fd
