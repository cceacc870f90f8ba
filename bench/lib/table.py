"""A table of plain text: words to the left, numbers to the right."""

from __future__ import annotations

from collections.abc import Sequence


def number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """The first `left` columns hold words, and so does one without a name."""
    every = [head, *rows]
    widths = [max(len(row[i]) for row in every) for i in range(len(head))]

    def line(row: Sequence[str]) -> str:
        cells = [
            cell.ljust(width) if i < left or not head[i] else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))
        ]
        return "  ".join(cells).rstrip()

    return "\n".join(
        [line(head), line(["-" * width for width in widths]), *map(line, rows)]
    )
