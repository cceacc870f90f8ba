"""The pages build, and a warning is an error; docs/requirements.txt says with what.
What a reader looks for is found first."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from support.machine_lag import PATIENCE
from support.run.once import made_once

from .pages import ROOT

NEEDED = ("sphinx", "myst_parser", "furo")
BUILDS = 3 * PATIENCE  # seconds; another worker may be at it
pytestmark = [
    pytest.mark.skipif(
        not all(importlib.util.find_spec(name) for name in NEEDED),
        reason="docs/requirements.txt is not installed",
    ),
    pytest.mark.timeout(2 * BUILDS),
]


def build(folder: Path) -> None:
    sphinx = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-n"]
    done = subprocess.run(
        [*sphinx, "-d", str(folder / "cache"), str(ROOT / "docs"), str(folder / "html")],
        capture_output=True,
        text=True,
        timeout=BUILDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "docs", build) / "html"


@cache
def search_index(html: Path) -> Any:
    text = (html / "searchindex.js").read_text()
    return json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))


def test_build(html: Path) -> None:
    assert (html / "reference" / "sockets.html").exists()


@pytest.mark.parametrize(
    "word, page, section",
    [
        ("recvline", "reference/waiting", "sock-recvline-"),
        ("sendfile", "reference/send-receive", "sock-sendfile-"),
        ("readuntil", "reference/reader", "rd-readuntil-"),
        ("getifaddrs", "reference/devices", "device-getifaddrs"),
        ("keepalive", "reference/options", "sock-keepalive-"),
        ("fork", "guide/several-at-a-time", "fork"),
        ("tls", "guide/tls", "tls"),
        ("http", "guide/http", "http"),
        ("testing", "guide/testing", "testing-a-server"),
        ("prefork", "guide/processes", "a-listener"),
        ("graceful", "guide/servers", "ending-gracefully"),
        ("emfile", "guide/servers", "out-of-descriptors"),
    ],
)
def test_search_finds_the_entry_first(
    html: Path, word: str, page: str, section: str
) -> None:
    """Sphinx's search gives a main entry of the index that is the word itself 100 points,
    and a title or a text at most 16."""
    index = search_index(html)
    found = [
        (index["docnames"][page], target)
        for page, target, is_main in index["indexentries"][word]
        if is_main
    ]
    assert [where for where, _ in found] == [page]
    assert found[0][1].startswith(section)


def test_index_has_every_function(html: Path) -> None:
    text = (html / "genindex.html").read_text()
    for name in ("connect_stream", "recvmsg", "mcastjoin", "new_unix_dgram"):
        assert f">{name}<" in text
