"""Lines over a logarithmic number of connections, as SVG."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

Line = list[tuple[float, float]]

WIDTH, HEIGHT = 380, 250  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 44, 108, 26, 32
COLOURS = ("#0b62a4", "#c4501b", "#7a7a7a", "#2e8b57", "#8e44ad", "#b8860b")
STEPS = (1.0, 2.0, 5.0)


def ticks(low: float, high: float) -> list[float]:
    """1, 2, 5, 10 and so on: those from `low` to `high`."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = [step * 10.0**power for power in range(first, last + 1) for step in STEPS]
    return [tick for tick in every if low <= tick <= high]


@dataclass(frozen=True)
class Axes:
    """Where a value is in a panel."""

    right: float
    low: float
    high: float
    logarithmic: bool

    def x(self, count: float) -> float:
        share = math.log10(count) / max(math.log10(self.right), 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        if self.logarithmic:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def marks(self) -> list[float]:
        if self.logarithmic:
            return ticks(self.low, self.high)
        return [step / 4 for step in range(math.ceil(self.high * 4) + 1)]


def axes_for(panels: dict[str, dict[str, Line]], logarithmic: bool) -> Axes:
    """The same for all panels, so that they can be compared."""
    every = [at for lines in panels.values() for line in lines.values() for at in line]
    values = [value for _, value in every]
    right = max(count for count, _ in every)
    if logarithmic:
        return Axes(right, min(values) / 1.2, max(values) * 1.2, True)
    return Axes(right, 0, math.ceil(max(values) * 4) / 4, False)


def text(x: float, y: float, words: str, **more: str) -> str:
    style = "".join(
        f' {name.replace("_", "-")}="{value}"' for name, value in more.items()
    )
    return f'<text x="{x:.1f}" y="{y:.1f}"{style}>{escape(words)}</text>'


def frame(axes: Axes, title: str, unit: str) -> list[str]:
    parts = [text(LEFT, 14, f"{title}  {unit}".strip(), font_weight="bold")]
    for mark in axes.marks():
        y = axes.y(mark)
        parts.append(
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#dddddd" fill="none"/>'
        )
        parts.append(text(LEFT - 5, y + 4, f"{mark:g}", text_anchor="end"))
    for power in range(math.floor(math.log10(axes.right)) + 1):
        x, below = axes.x(10**power), HEIGHT - BOTTOM + 16
        parts.append(text(x, below, f"{10**power:,}", text_anchor="middle"))
    return parts


def spread(wanted: list[float], apart: float) -> list[float]:
    """Places for labels, in the order of `wanted`, at least `apart` from one another."""
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    placed = list(wanted)
    for before, after in zip(order, order[1:]):
        placed[after] = max(placed[after], placed[before] + apart)
    return placed


def curves(axes: Axes, lines: dict[str, Line]) -> list[str]:
    parts = []
    labels = spread([axes.y(line[-1][1]) for line in lines.values()], 13)
    for place, (name, line), colour in zip(labels, lines.items(), COLOURS):
        points = " ".join(f"{axes.x(count):.1f},{axes.y(y):.1f}" for count, y in line)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" '
            'stroke-width="2"/>'
        )
        for count, y in line:
            at = f'cx="{axes.x(count):.1f}" cy="{axes.y(y):.1f}"'
            parts.append(f'<circle {at} r="2.5" fill="{colour}"/>')
        parts.append(text(WIDTH - RIGHT + 8, place + 4, name, fill=colour))
    return parts


def write(
    path: Path,
    panels: dict[str, dict[str, Line]],
    unit: str,
    logarithmic: bool = False,
) -> None:
    """A panel for each title, two in a row."""
    axes = axes_for(panels, logarithmic)
    columns = min(2, len(panels))
    width, height = WIDTH * columns, HEIGHT * math.ceil(len(panels) / columns)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for number, (title, lines) in enumerate(panels.items()):
        x, y = number % columns * WIDTH, number // columns * HEIGHT
        parts.append(f'<g transform="translate({x} {y})">')
        parts += frame(axes, title, unit)
        parts += curves(axes, lines)
        parts.append("</g>")
    path.write_text("\n".join([*parts, "</svg>", ""]), encoding="utf-8")
