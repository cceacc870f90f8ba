"""Counting what the fault runs have tried, and saying it at the end."""

from __future__ import annotations

from collections.abc import Mapping

SYSTEM, HEAP, MEMORY, BOTH = "system calls", "core's heap", "allocations", "both at once"
SEAMS = (SYSTEM, HEAP, MEMORY, BOTH)
UNITS = {SYSTEM: "faults", HEAP: "faults", MEMORY: "indexes", BOTH: "indexes"}


class Counts:
    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def add(self, seam: str, language: str, count: int = 1) -> None:
        """Faults that have been injected and whose aftermath has been checked."""
        key = f"{seam}/{language}"
        self.counts[key] = self.counts.get(key, 0) + count

    def leak(self, count: int) -> None:
        """Descriptors, heap blocks or resolver's lists that a fault has left behind."""
        self.counts["leaks"] = self.counts.get("leaks", 0) + count


def lines(total: Mapping[str, int]) -> list[str]:
    """A line for each seam that ran."""
    shown = []
    for seam in SEAMS:
        by_language = {
            language: total[f"{seam}/{language}"]
            for language in ("python", "lua")
            if f"{seam}/{language}" in total
        }
        if by_language:
            parts = [f"{language} {count}" for language, count in by_language.items()]
            shown.append(f"{seam}: {', '.join(parts)} {UNITS[seam]}")
    shown.append(f"descriptors, heap blocks, lists left behind: {total.get('leaks', 0)}")
    return shown
