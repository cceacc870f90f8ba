"""The report of a run, and the calls that a failure shows."""

from __future__ import annotations

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

from fronts.outcome import VALUE, Outcome
from fronts.words import Letters, beside, shown, told
from lateness import PATIENCE
from report import EXPECTED, FAIL, NOT_OFFERED, PASS, Verdict, cells, unique, write

TESTS = Path(__file__).resolve().parents[1]
SEND = [["SOCKET.send", "success"]]


def made(case: str, front: str, verdict: str, why: str = "") -> Verdict:
    calls = "a.send(b'<x>') gave 3"
    return Verdict(case, front, verdict, SEND, None, calls, why, 0.1)


FOUND = [
    made("stream.one", "lua", PASS),
    made("stream.one", "cpython", FAIL, "wanted 5\x00"),
    made("stream.two", "lua", EXPECTED, "a reason"),
    made("stream.two", "cpython", NOT_OFFERED, "SOCKET.send"),
]


class Tables(HTMLParser):
    """The cells of each row, and what can be opened by a click."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[str | None] = []
        self.open: list[str] = []
        self.details = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append(dict(attrs)["id"])
        self.details += tag == "details"
        if tag not in ("meta", "!doctype"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_files(tmp_path: Path) -> None:
    write(tmp_path / "new", FOUND)
    page = (tmp_path / "new" / "report.html").read_text()
    reader = Tables()
    reader.feed(page)
    assert reader.tables == ["fronts", "rows"]
    assert reader.open == []
    assert reader.details == 2 + 4  # a cell each, and a case each
    assert "&lt;x&gt;" in page and "<x>" not in page
    assert "prefers-color-scheme: dark" in page
    text = (tmp_path / "new" / "report.md").read_text()
    assert "| row | outcome | lua | cpython |" in text
    assert (
        "| SOCKET.send | success | 1 expected, 1 pass | 1 fail, 1 not offered |" in text
    )
    assert len(json.loads((tmp_path / "new" / "report.json").read_text())) == 4
    tree = ElementTree.parse(tmp_path / "new" / "junit.xml")
    suites = {s.get("name"): s for s in tree.getroot().iter("testsuite")}
    assert suites["cpython"].get("failures") == "1"
    assert suites["lua"].get("skipped") == "1"


def test_of_several_phases_the_worst_counts() -> None:
    one = [made("a.b", "lua", PASS), made("a.b", "lua", FAIL), made("a.b", "lua", PASS)]
    assert [v.verdict for v in unique(one)] == [FAIL]


def test_a_case_without_a_row_is_below_its_file() -> None:
    one = Verdict("stream.one", "lua", PASS, [], None, "", "", 0)
    assert list(cells([one])) == [("stream", "(other)")]


def test_words() -> None:
    letters = Letters()
    assert [letters.next() for _ in range(28)][-3:] == ["z", "a1", "b1"]
    assert shown(2, "family") == "AF_INET"
    assert shown(2, "socktype") == "SOCK_DGRAM"
    assert shown(4711, "family") == "4711"
    outcome = Outcome(VALUE, (4,), what="a.send(b'hello')")
    assert told(outcome, "send") == "a.send(b'hello') gave 4"
    lines = beside({"lua": ["x gave 1"], "python": ["x gave 1", "y gave 2"]}).splitlines()
    assert [cell.strip() for cell in lines[0].split("|")] == ["lua", "python"]
    assert len(lines) == 3


def test_a_run_shows_the_calls_of_what_failed(tmp_path: Path) -> None:
    """A front that sends nothing and says that it did fails, and the report has it."""
    driver = tmp_path / "broken.py"
    driver.write_text(
        f"import sys; sys.path.insert(0, {str(TESTS / 'fronts' / 'drivers')!r})\n"
        "import cpython\n"
        "table = {**cpython.TABLE, 'SOCKET.send': lambda sock, msg, *flags: 0}\n"
        "cpython.serve('broken', 'python', table,\n"
        "  {cpython.socket.socket: 'SOCKET', cpython.Address: 'ADDRINFO'})\n"
    )
    done = subprocess.run(
        [
            sys.executable, "-m", "netsocket_conformance", "-q", "--level", "kernel",
            "--front", f"broken=python:{driver}", "--report", str(tmp_path / "out"),
            "-k", "test_flags_are_ored",
        ],
        cwd=TESTS.parent / "conformance",
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "calls of broken, in their order" in done.stdout
    assert "pair_stream() gave a, b" in done.stdout
    (one,) = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (one["front"], one["verdict"]) == ("broken", FAIL)
    assert ".send(b" in one["calls"]
