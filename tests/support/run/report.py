"""The report of a run: rows by outcomes by fronts, and below each cell its cases."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree import ElementTree

FAIL, EXPECTED, PASS, NOT_OFFERED, SKIPPED = WORST = (
    "fail",
    "expected",
    "pass",
    "not offered",
    "skipped",
)


@dataclass(frozen=True)
class Verdict:
    """What came of a case on a front."""

    case: str
    front: str
    verdict: str
    covers: list[list[str]]  # row and outcome
    hazard: str | None
    calls: str
    why: str
    seconds: float


Cells = dict[tuple[str, str], dict[str, list[Verdict]]]


def unique(found: Iterable[Verdict]) -> list[Verdict]:
    """One for each case and front: of several phases, the worst."""
    kept: dict[tuple[str, str], Verdict] = {}
    for one in found:
        known = kept.get((one.case, one.front))
        if known is None or WORST.index(one.verdict) < WORST.index(known.verdict):
            kept[one.case, one.front] = one
    return list(kept.values())


def cells(found: list[Verdict]) -> Cells:
    """The verdicts by row and outcome, then by front. What claims no row stands below the
    file that it is in."""
    table: Cells = {}
    for one in found:
        places = one.covers or [[one.case.partition(".")[0], "(other)"]]
        for row, outcome in places:
            table.setdefault((row, outcome), {}).setdefault(one.front, []).append(one)
    return dict(sorted(table.items()))


def summary(verdicts: list[Verdict]) -> tuple[str, str]:
    """The word for a cell, which is its worst, and how many there are of each."""
    counts = {word: sum(v.verdict == word for v in verdicts) for word in WORST}
    worst = next((word for word in WORST if counts[word]), "none")
    return worst, ", ".join(f"{n} {word}" for word, n in counts.items() if n)


def fronts(found: list[Verdict]) -> list[str]:
    return list(dict.fromkeys(one.front for one in found))


def totals(found: list[Verdict]) -> list[tuple[str, dict[str, int]]]:
    return [
        (
            front,
            {
                word: sum(v.verdict == word for v in found if v.front == front)
                for word in WORST
            },
        )
        for front in fronts(found)
    ]


def markdown(found: list[Verdict]) -> str:
    lines = ["| front | " + " | ".join(WORST) + " |", "| --- " * 6 + "|"]
    for front, counts in totals(found):
        lines.append(f"| {front} | " + " | ".join(map(str, counts.values())) + " |")
    names = fronts(found)
    lines += ["", "| row | outcome | " + " | ".join(names) + " |"]
    lines.append("| --- " * (2 + len(names)) + "|")
    for (row, outcome), of in cells(found).items():
        told = [summary(of[name])[1] if name in of else "" for name in names]
        lines.append(f"| {row} | {outcome} | " + " | ".join(told) + " |")
    failed = [v for v in found if v.verdict in (FAIL, EXPECTED)]
    if failed:
        lines += ["", "| case | front | verdict | why |", "| --- " * 4 + "|"]
        for v in failed:
            why = " ".join(v.why.split())[-160:].replace("|", "\\|")
            lines.append(f"| {v.case} | {v.front} | {v.verdict} | {why} |")
    return "\n".join(lines) + "\n"


STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fff; --line: #d0d0d8;
  --fail: #b3261e; --expected: #8a5a00; --pass: #1b6e34; --none: #63636e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6ea; --paper: #17171b; --line: #3a3a44; --fail: #ff8a80;
    --expected: #ffcf70; --pass: #7ddc97; --none: #a0a0ac; } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem; color: var(--ink);
  background: var(--paper); }
table { border-collapse: collapse; margin-bottom: 2rem; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .7rem; text-align: left;
  vertical-align: top; }
summary { cursor: pointer; } pre { overflow-x: auto; max-width: 60rem; font-size: 13px; }
.fail { color: var(--fail); font-weight: 600; } .expected { color: var(--expected); }
.pass { color: var(--pass); } .not-offered, .skipped { color: var(--none); }
"""


def _details(v: Verdict) -> str:
    kind = v.verdict.replace(" ", "-")
    text = "\n\n".join(part for part in (v.calls, v.why) if part) or "no calls"
    title = f"{v.case}: {v.verdict}"
    return (
        f'<details class="case"><summary class="{kind}">{html.escape(title)}</summary>'
        f"<pre>{html.escape(text)}</pre></details>"
    )


def _cell(verdicts: list[Verdict]) -> str:
    if not verdicts:
        return "<td></td>"
    worst, told = summary(verdicts)
    inside = "".join(map(_details, verdicts))
    kind = worst.replace(" ", "-")
    return f'<td><details><summary class="{kind}">{told}</summary>{inside}</details></td>'


def page(found: list[Verdict]) -> str:
    names = fronts(found)
    head = "".join(f"<th>{word}</th>" for word in WORST)
    sums = "".join(
        f"<tr><th>{html.escape(front)}</th>"
        + "".join(f"<td>{n}</td>" for n in counts.values())
        + "</tr>"
        for front, counts in totals(found)
    )
    columns = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    body = "".join(
        f"<tr><th>{html.escape(row)}</th><td>{html.escape(outcome)}</td>"
        + "".join(_cell(of.get(name, [])) for name in names)
        + "</tr>"
        for (row, outcome), of in cells(found).items()
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Conformance</title><style>{STYLE}</style><h1>Conformance</h1>"
        f'<table id="fronts"><tr><th>front</th>{head}</tr>{sums}</table>'
        f'<table id="rows"><tr><th>row</th><th>outcome</th>{columns}</tr>{body}</table>'
        "</html>\n"
    )


def junit(found: list[Verdict]) -> bytes:
    suites = ElementTree.Element("testsuites")
    for front, counts in totals(found):
        suite = ElementTree.SubElement(
            suites,
            "testsuite",
            name=front,
            tests=str(sum(counts.values())),
            failures=str(counts[FAIL]),
            skipped=str(counts[EXPECTED] + counts[NOT_OFFERED] + counts[SKIPPED]),
        )
        for v in found:
            if v.front == front:
                _junit_case(suite, v)
    return bytes(ElementTree.tostring(suites, "utf-8", xml_declaration=True))


def _junit_case(suite: ElementTree.Element, v: Verdict) -> None:
    file, _, name = v.case.partition(".")
    case = ElementTree.SubElement(
        suite, "testcase", classname=file, name=name, time=f"{v.seconds:.3f}"
    )
    if v.verdict == FAIL:
        ElementTree.SubElement(case, "failure").text = _printable(f"{v.calls}\n{v.why}")
    elif v.verdict != PASS:
        ElementTree.SubElement(
            case, "skipped", message=_printable(f"{v.verdict}: {v.why}")
        )


def _printable(text: str) -> str:
    """XML has no control characters."""
    return "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)


def write(folder: Path, found: Iterable[Verdict]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    own = sorted(unique(found), key=lambda v: v.case)
    (folder / "report.json").write_text(json.dumps([asdict(v) for v in own], indent=1))
    (folder / "report.md").write_text(markdown(own), encoding="utf-8")
    (folder / "report.html").write_text(page(own), encoding="utf-8")
    (folder / "junit.xml").write_bytes(junit(own))
