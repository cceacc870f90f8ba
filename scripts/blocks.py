"""Writes the Python of the pages as files, so that type checkers can read it:

    python -m scripts.blocks FOLDER

A line of a file is the same line of its page; each block is a file of its own.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "docs/*.md", "docs/guide/*.md", "docs/reference/*.md")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


def blocks(page: Path) -> list[tuple[int, str]]:
    """The line before each block's first, and the block."""
    text = page.read_text()
    return [
        (text.count("\n", 0, match.start(1)), match[1]) for match in BLOCK.finditer(text)
    ]


def write(folder: Path) -> int:
    count = 0
    for pattern in PAGES:
        for page in sorted(ROOT.glob(pattern)):
            name = page.stem.replace("-", "_").lower()
            for line, code in blocks(page):
                count += 1
                file = folder / f"{page.parent.name}_{name}_{line}.py"
                file.write_text("\n" * line + code)
    return count


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{write(folder)} blocks")
