"""The figures that are kept in the repository, bench/figures.json."""

from __future__ import annotations

import json
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "figures.json"
TOLERANCE = 0.03  # how far above its recorded figure ours may be

# benchmark -> toolchain -> script -> figure
Figures = dict[str, dict[str, dict[str, float]]]


def load() -> Figures:
    try:
        figures: Figures = json.loads(FILE.read_text())
    except FileNotFoundError:
        return {}
    return figures


def recorded(figures: Figures, bench: str, toolchain: str, script: str) -> float | None:
    return figures.get(bench, {}).get(toolchain, {}).get(script)


def put(figures: Figures, bench: str, toolchain: str, script: str, value: float) -> None:
    figures.setdefault(bench, {}).setdefault(toolchain, {})[script] = round(value, 1)


def save(figures: Figures) -> None:
    FILE.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n")
