"""check.py [SPHINX-ARGUMENT...]: builds the pages into build/docs; a warning is an error.

`./dev docs` runs it in the virtual environment, where it installs what it lacks.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
NEEDED = ("sphinx", "myst_parser", "furo")


def main() -> int:
    python = sys.executable
    if not all(importlib.util.find_spec(name) for name in NEEDED):
        requirements = str(DOCS / "requirements.txt")
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "-r", requirements], check=True
        )
    output = DOCS.parent / "build" / "docs"
    sphinx = [python, "-m", "sphinx", "-W", "--keep-going", "-q", *sys.argv[1:]]
    status = subprocess.run([*sphinx, str(DOCS), str(output)], check=False).returncode
    if status == 0:
        print(output / "index.html")
    return status


if __name__ == "__main__":
    sys.exit(main())
