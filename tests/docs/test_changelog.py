"""CHANGELOG.md names what is public: nothing else misses a line that was forgotten."""

from __future__ import annotations

import re

from support.fronts import manifest

from .pages import ROOT

# What the first entries sum up ("the functions that open sockets"): prefixes, and names.
FAMILIES = ("new_", "pair_", "bind_", "connect_", "mcast")
SUMMED_UP = """
    new fd socktype listen dup getsockname getpeername recvable sendable fileno
    readexactly readuntil readline readall peek
    inet inet6 getaddrinfo_stream getaddrinfo_dgram addr canonname
    rights iov push shift add addn get del delete concat consume watch
"""


def test_every_name_is_in_the_changelog() -> None:
    named = set(re.findall(r"\w+", (ROOT / "CHANGELOG.md").read_text()))
    rows = [*manifest.rows(), *(option.row for option in manifest.options())]
    missing = {row.name for row in rows if not row.name.startswith(FAMILIES)} - named
    assert missing == {*SUMMED_UP.split()}, sorted(missing ^ {*SUMMED_UP.split()})
