"""Puts the cases and the tables of the repository into the package.

They stay in one place, tests/ and tables/; the package has copies below `suite`, in the
same layout, since they find one another by it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
FOLDERS = ("conformance", "support")
WITHOUT = shutil.ignore_patterns("__pycache__", "*.pyc")


class WithCases(build_py):
    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            fill(Path(self.build_lib) / "netsocket_conformance" / "suite")


def fill(suite: Path) -> None:
    if not (ROOT / "tests").is_dir():
        raise SystemExit("build netsocket-conformance inside the repository")
    shutil.rmtree(suite, ignore_errors=True)
    tests = suite / "tests"
    tests.mkdir(parents=True)
    for folder in FOLDERS:
        shutil.copytree(ROOT / "tests" / folder, tests / folder, ignore=WITHOUT)
    # What counts the cases of the repository's own other folders stays there.
    (tests / "conformance" / "test_completeness.py").unlink()
    shutil.copy(ROOT / "tests" / "conftest.py", tests / "conftest.py")
    shutil.copytree(ROOT / "tables", suite / "tables", ignore=WITHOUT)
    shutil.copy(HERE / "pytest.ini", suite / "pytest.ini")


setup(cmdclass={"build_py": WithCases})
