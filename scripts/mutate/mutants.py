"""The lists of changes: lists/*.toml, a file of the project for each `[[file]]`.

    [[file]]
    path = "core/base/clock.c"
    tests = ["tests/core", "tests/conformance/test_deadline.py"]

    [[file.mutant]]
    id = "clock-round-down"
    from = 'ceil(seconds * 1e9)'
    to = 'floor(seconds * 1e9)'

`from` stands once in the file. `tests` are those that touch the file, or are the mutant's
own. One that no test can see has `equivalent`, the reason.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
LISTS = Path(__file__).parent / "lists"


@dataclass(frozen=True)
class Mutant:
    id: str
    path: str
    before: str
    after: str
    tests: tuple[str, ...]
    equivalent: str | None

    def apply(self, text: str) -> str:
        """The file's text with the change in it."""
        count = text.count(self.before)
        if count != 1:
            raise ValueError(f"{self.id}: `from` stands {count} times in {self.path}")
        return text.replace(self.before, self.after)


def mutants_of(source: Path) -> list[Mutant]:
    listed = tomllib.loads(source.read_text(encoding="utf-8"))["file"]
    return [
        Mutant(
            id=row["id"],
            path=entry["path"],
            before=row["from"],
            after=row["to"],
            tests=tuple(row.get("tests", entry["tests"])),
            equivalent=row.get("equivalent"),
        )
        for entry in listed
        for row in entry["mutant"]
    ]


def all_mutants() -> list[Mutant]:
    return [m for source in sorted(LISTS.glob("*.toml")) for m in mutants_of(source)]
