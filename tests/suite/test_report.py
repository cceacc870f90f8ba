"""The report of a run, and the calls that a failure shows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from support.fronts.outcome import (
    AGAIN,
    ERROR,
    RAISED,
    VALUE,
    Failure,
    NotOffered,
    Outcome,
)
from support.fronts.words import Letters, Told, beside, shown, told
from support.machine_lag import PATIENCE
from support.run.report import (
    EXPECTED,
    FAIL,
    NOT_OFFERED,
    PASS,
    Verdict,
    cells,
    unique,
    write,
)

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
    sent = Outcome(VALUE, (4,), what="a.send(b'hello')", front="lua", row="send")
    assert told(sent) == "a.send(b'hello') gave 4"
    assert Told.of(sent).but(5) == "lua: a.send(b'hello') gave 4, wanted 5"
    family = Outcome(VALUE, (2,), what="a.family()", front="lua", row="family")
    assert Told.of(family).but(10) == "lua: a.family() gave AF_INET, wanted AF_INET6"


def test_words_of_another_outcome() -> None:
    again = Outcome(AGAIN, what="a.recv()", front="python")
    with pytest.raises(AssertionError) as failed:
        assert again.value
    assert str(failed.value) == "python: a.recv() gave again, wanted a success"
    failure = Failure("EPIPE", 32, "send", "m", None, "send: EPIPE (32) m", "errno")
    broken = Outcome(ERROR, error=failure, what="a.send(b'x')", front="lua")
    with pytest.raises(AssertionError) as failed:
        broken.fails("ECONNRESET")
    said = "lua: a.send(b'x') gave error EPIPE: send: EPIPE (32) m, wanted ECONNRESET"
    assert str(failed.value) == said
    with pytest.raises(AssertionError) as failed:
        broken.fails("EPIPE", "write")
    assert str(failed.value).endswith("wanted it of write, not of send")


def test_a_name_that_is_no_utf_8_can_be_sent() -> None:
    """xdist sends reports to another process, as UTF-8."""
    failure = Failure("ENOENT", 2, "connect", "m", "\udcff", "connect \udcff", "errno")
    said = told(Outcome(ERROR, error=failure, what="a.connect(b)"))
    assert said.encode("utf-8").endswith(b"connect \\udcff")


def test_arguments_refused_by_raising_are_no_failure_below_strict() -> None:
    failure = Failure("OverflowError", 0, None, "m", None, "m", "raised")
    raised = Outcome(RAISED, error=failure, what="a.listen(-1)", strict=False)
    with pytest.raises(NotOffered, match="it raises"):
        raised.fails("EINVAL")


def test_two_fronts_stand_next_to_each_other() -> None:
    columns = {"lua": ["x gave 1"], "python": ["x gave 1", "y gave 2"]}
    assert beside(columns).splitlines() == [
        "lua      | python",
        "x gave 1 | x gave 1",
        "         | y gave 2 <",
    ]
    assert beside({"lua": ["x"], "python": ["y" * 99]}, 10).splitlines() == [
        "lua        | python",
        "x          | yyyyyyy... <",
    ]


def conformance(*args: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "netsocket_conformance", "-q", "--level", "kernel"]
    done = subprocess.run(
        [*command, *args],
        cwd=TESTS.parent / "conformance",
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return done.returncode, done.stdout + done.stderr


def driver(folder: Path, name: str, send: str) -> str:
    """CPython's sockets with another `send`, as a front."""
    known = TESTS / "support" / "fronts" / "drivers"
    file = folder / f"{name}.py"
    file.write_text(
        f"import sys; sys.path.insert(0, {str(known)!r})\n"
        "import cpython\n"
        f"table = {{**cpython.TABLE, 'SOCKET.send': {send}}}\n"
        f"cpython.serve({name!r}, 'python', table,\n"
        "  {cpython.socket.socket: 'SOCKET', cpython.Address: 'ADDRINFO'})\n"
    )
    return f"{name}=python:{file}"


def test_a_run_shows_the_calls_of_what_failed(tmp_path: Path) -> None:
    """A front that sends nothing, beside one that is right."""
    broken = driver(tmp_path, "broken", "lambda sock, msg, *flags: 0")
    status, said = conformance(
        "stream", "--front", "cpython=python:cpython", "--front", broken,
        "--report", str(tmp_path / "out"), "-k", "test_flags_are_ored",
    )  # fmt: skip
    assert status == 1, said
    assert "calls of cpython and broken, in their order" in said
    assert re.search(r"pair_stream\(\) gave a, b +\| pair_stream\(\) gave a, b\n", said)
    assert re.search(r"b\.send\(b'peek'\) gave 4 +\| b\.send\(b'peek'\) gave 0 +<", said)
    assert re.search(r"broken: a\.recv\(.*\) gave again, wanted a success", said)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    verdicts = {one["front"]: one["verdict"] for one in report}
    assert verdicts == {"cpython": PASS, "broken": FAIL}
    assert all(".send(b" in one["calls"] for one in report)


def test_a_value_that_is_not_the_wanted_one(tmp_path: Path) -> None:
    """The call that gave it, also of a plain assertion."""
    short = driver(tmp_path, "short", "lambda sock, msg, *flags: 4")
    status, said = conformance(
        "stream", "--front", short, "-k", "test_every_byte_both_ways", "--maxfail", "1"
    )
    assert status == 1, said
    assert re.search(r"short: a\.send\(b'.*'\) gave 4, wanted 256", said), said
