"""python -m scripts.circles FOLDER...: the files of a folder, here of object files, use
each other in one direction only, so that there is an order in which to read them."""

from __future__ import annotations

import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

# An adapter's tables, which it makes of the manifest, name every function, and its
# functions their rows.
TABLES = "module.c.o"


def symbols(file: Path) -> tuple[set[str], set[str]]:
    """What it defines for others, and what it needs."""
    command = ["nm", "--format=posix", "--extern-only", str(file)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [line.split()[:2] for line in listed.stdout.splitlines()]
    needs = {name for name, kind in rows if kind in "Uw"}
    return {name for name, _ in rows} - needs, needs


def circle(folder: Path) -> list[str]:
    """Some files that use each other in a circle, if there are any."""
    found = sorted(file for file in folder.rglob("*.o") if file.name != TABLES)
    # One whose source has gone stays in the folder.
    kept = [file for file in found if file.relative_to(folder).with_suffix("").exists()]
    files = {file: symbols(file) for file in kept}
    if not files:
        sys.exit(f"{folder}: no object files")
    owner = {name: file for file, (defined, _) in files.items() for name in defined}
    uses = {
        file: {owner[name] for name in needs if name in owner} - {file}
        for file, (_, needs) in files.items()
    }
    try:
        TopologicalSorter(uses).prepare()
    except CycleError as error:
        return [str(file.relative_to(folder)) for file in error.args[1]]
    return []


def main() -> int:
    bad = 0
    for folder in sys.argv[1:]:
        if found := circle(Path(folder)):
            print(f"{folder}: in a circle: {' <- '.join(found)}")
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main())
