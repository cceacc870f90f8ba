"""What README.md shows is what examples/ has, and it works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.net.peers import Peers

from .pages import ROOT
from .programs import blocks, run, server

README = ROOT / "README.md"
SHOWN = re.compile(r"^\[(.+)\]\(\1\)\n\n```\w+\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^):]+)\)")


def test_every_block_is_a_file() -> None:
    shown = SHOWN.findall(README.read_text())
    assert len(shown) == len(blocks(README)) == 4
    for path, code in shown:
        assert (ROOT / path).read_text() == code, path


@pytest.mark.parametrize("name", ["server.lua", "client.lua", "server.py", "client.py"])
def test_echo_is_short(name: str) -> None:
    """Ten lines, and the empty ones between imports."""
    lines = (ROOT / "examples" / f"echo_{name}").read_text().splitlines()
    assert len([line for line in lines if line]) <= 10


@pytest.mark.parametrize("serving", ["echo_server.lua", "echo_server.py"])
def test_echo(serving: str) -> None:
    with server(serving, "0") as (process, at):
        port = at.rpartition(":")[2]
        for client in ("echo_client.lua", "echo_client.py"):
            done = run(client, port, "a word")
            assert (done.stdout, done.stderr, done.returncode) == ("a word\n", "", 0)
        assert process.poll() is None


@pytest.mark.parametrize("language", ["lua", "py"])
@pytest.mark.parametrize("page", ["README.md", "docs/errors.md"])
def test_error_line_is_the_libraries(page: str, language: str, peers: Peers) -> None:
    """What a page shows of a failure is what its program prints."""
    port = str(peers.refused_port())
    done = run(f"echo_client.{language}", port)
    (line,) = re.findall(r"(?:\[Errno 111\] )?connect .*refused$", done.stderr, re.M)
    assert f"\n{line.replace(f':{port}:', ':7000:')}\n" in (ROOT / page).read_text()


def test_counts_are_the_tables() -> None:
    rows = (ROOT / "tables" / "option.def").read_text().count("\nOPTION(")
    assert f"| Options | {rows} by name" in README.read_text()
    beside = ROOT / "docs" / "guide" / "beside.md"
    assert f"| options by name | {rows} |" in beside.read_text()


def test_links_lead_somewhere() -> None:
    for page in (README, ROOT / "CONTRIBUTING.md"):
        for target in LINK.findall(page.read_text()):
            assert (page.parent / target).exists(), target


def test_no_page_names_a_machine() -> None:
    pages = [README, ROOT / "CHANGELOG.md", *Path(ROOT / "docs").rglob("*.md")]
    for page in pages:
        assert not re.search(r"/(?:home|root|work)/", page.read_text()), page
