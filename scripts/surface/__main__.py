"""What is written once, in tables/ and docs/reference, and read in many places.

    python -m scripts.surface           writes the generated parts of the files below
    python -m scripts.surface --check   says which of them are out of date

Signatures, names and outcomes come from the tables, prose and Lua's results from the
reference, the types of arguments and results from columns.py. A generated part stands
between a line that ends in `surface: NAME` and one that ends in `surface: end`; the
rest of the file is written by hand.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in (".", "tests", "cmake")]

from scripts.surface import lua, pages, python  # noqa: E402 (needs the paths)

FILES = [
    *sorted((ROOT / "python" / "netsocket").glob("*.pyi")),
    *sorted((ROOT / "lua" / "types").glob("*.lua")),
    *(ROOT / "docs" / "reference" / f"{page}.md" for page in pages.PAGES),
]
PART = re.compile(
    r"^(?P<first>.* surface: (?P<name>[\w ]+?)(?: -->)?\n)"
    r"(?P<text>(?:.*\n)*?)(?P<last>.* surface: end(?: -->)?\n)",
    re.M,
)
MAKERS = {".pyi": python.part, ".lua": lua.part, ".md": pages.part}


def made(path: Path) -> str:
    """The file's text with its generated parts made anew."""
    make = MAKERS[path.suffix]
    return PART.sub(
        lambda found: found["first"] + make(found["name"]) + found["last"],
        path.read_text(encoding="utf-8"),
    )


def main() -> int:
    try:
        stale = [p for p in FILES if made(p) != p.read_text(encoding="utf-8")]
    except AssertionError as missing:
        print(f"docs/reference has {missing}: write the entry first")
        return 1
    for path in stale:
        name = path.relative_to(ROOT)
        if "--check" in sys.argv:
            print(f"{name} is not what the tables say: run python -m scripts.surface")
        else:
            path.write_text(made(path), encoding="utf-8")
            print(f"{name} is written")
    return int("--check" in sys.argv and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
