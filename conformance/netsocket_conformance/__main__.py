"""`python -m netsocket_conformance`: the cases, on the fronts that are named."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXPECTED = HERE / "expected"

USAGE = """\
usage: python -m netsocket_conformance [OPTION...] [FILE...] [PYTEST OPTION...]

  FILE is one of the cases' files, without it all are run: stream, accept, ...

  --front NAME=python:DRIVER                         a driver written in Python
  --front NAME=lua:INTERPRETER,PATH,CPATH,DRIVER     a driver written in Lua
  --front NAME=exec:COMMAND                          any program
          Each speaks the agent protocol. DRIVER is a file or one of these:
          {drivers}
          More than one --front runs each case on each. Without any, the cases run on
          netsocket and net.socket, which must be installed.
  --level kernel | outcomes | strict
          what the system does; also again, end, timeout and error told apart; also our
          names, words and rules of arguments (the default)
  --expect FILE.toml    failures that are known, with their reasons; {expected} come
          with the suite
  --report DIR          write the verdict as a page, Markdown, JSON and JUnit
  --list                print the cases' ids and levels
  -k WORDS              run the cases whose names match
"""


def suite() -> Path:
    """Where the cases are: in the package, or in the repository that this file is in."""
    own = HERE / "suite"
    return own if own.is_dir() else HERE.parents[1]


def drivers() -> list[str]:
    found = (suite() / "tests" / "support" / "fronts" / "drivers").glob("*.*")
    return sorted(
        file.stem
        for file in found
        if "serve(" in file.read_text() and file.stem != "agent"
    )


def known_expected() -> list[str]:
    return sorted(file.stem for file in EXPECTED.glob("*.toml"))


def place(option: str, value: str) -> str:
    """A file that an option names, from where the user is: pytest starts elsewhere."""
    if option == "--expect" and value in known_expected():
        return str(EXPECTED / f"{value}.toml")
    return os.path.abspath(value)


def absolute(args: Sequence[str]) -> list[str]:
    found: list[str] = []
    for arg in args:
        name, equals, value = arg.partition("=")
        if found and found[-1] in ("--expect", "--report"):
            arg = place(found[-1], arg)
        elif equals and name in ("--expect", "--report"):
            arg = f"{name}={place(name, value)}"
        found.append(arg)
    return found


def cases(args: Sequence[str]) -> tuple[list[str], list[str]]:
    """The files of cases that are named, or all, and the other arguments."""
    folder = suite() / "tests" / "conformance"
    named, others = [], []
    for before, arg in zip(("", *args), args):
        file = folder / f"test_{arg}.py"
        if not before.startswith("-") and file.exists():
            named.append(str(file))
        else:
            others.append(arg)
    return named or [str(folder)], others


def main(argv: Sequence[str] | None = None) -> int:
    args = list(sys.argv[1:] if argv is None else argv)
    if "--help" in args or "-h" in args:
        known = " and ".join(known_expected())
        print(USAGE.format(drivers=", ".join(drivers()), expected=known))
        return 0
    import pytest

    # Plugins that happen to be installed here take no part: they are not the suite's.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    where = suite()
    config = where / "pytest.ini"
    if not config.exists():
        config = where / "pyproject.toml"
    files, others = cases(args)
    return int(
        pytest.main(
            [
                "-c", str(config), "--rootdir", str(where),
                "-p", "pytest_timeout", "-p", "no:cacheprovider",
                *files, *absolute(others),
            ]
        )
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
