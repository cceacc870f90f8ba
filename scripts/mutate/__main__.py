"""./dev mutate: does a test see each of the changes in lists/?

A change is built, the tests that touch its file run, and where they see nothing all
others. A test that fails is run once more: one that fails by chance kills nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from scripts.mutate.mutants import ROOT, Mutant, all_mutants
from scripts.mutate.tree import Ran, Tree

# The code alone: what compares texts would see every change.
REST = ["tests/conformance", "tests/core", "tests/lua", "tests/python", "tests/faults"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev mutate", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="these alone")
    parser.add_argument(
        "-k", metavar="TEXT", default="", help="those with it in their id"
    )
    parser.add_argument("--minutes", type=float, default=600, help="begin none after it")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--touching", action="store_true", help="only tests that touch it"
    )
    parser.add_argument(
        "--quick", action="store_true", help="of these single files alone"
    )
    parser.add_argument(
        "--rest", nargs="+", metavar="PATH", default=REST, help="what the others are"
    )
    parser.add_argument("--list", action="store_true", help="print the changes, run none")
    parser.add_argument(
        "--no-baseline", action="store_true", help="the tests are known to pass"
    )
    parser.add_argument("--json", metavar="FILE", help="add a line for each to the file")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(os.environ.get("NSK_BUILD_ROOT", ROOT / "build")),
    )
    return parser.parse_args()


def seen_by(tree: Tree, tests: list[str], limit: float, workers: int) -> str | None:
    """The test that fails, twice."""
    ran = tree.pytest(tests, limit, workers)
    if ran.passed:
        return None
    again = tree.pytest(ran.failed, limit, 1) if named(ran) else ran
    return None if again.passed else (ran.failed or ["the run"])[0]


def named(ran: Ran) -> bool:
    """Whether what failed can be asked for by its name."""
    return bool(ran.failed) and all("::" in name for name in ran.failed)


def stages(mutant: Mutant, options: argparse.Namespace) -> list[list[str]]:
    """Files first, which are soon run; then folders; then all."""
    files = [test for test in mutant.tests if test.endswith(".py")]
    folders = [test for test in mutant.tests if test not in files]
    asked = [files]
    if not options.quick:
        asked.append(folders)
    if not options.quick and not options.touching:
        asked.append(options.rest)
    return [tests for tests in asked if tests]


def verdict(tree: Tree, mutant: Mutant, options: argparse.Namespace) -> tuple[str, str]:
    """What it came to, and the test that saw it or what the compiler said."""
    asked = stages(mutant, options)
    for tests in asked:
        wrong = tree.build_for(tests)
        if wrong is not None:
            return "does not build", wrong[-2000:]
        test = seen_by(tree, tests, 2400, options.workers)
        if test is not None:
            return "killed", test
    return ("survived" if asked else "not tried"), ""


def baseline(tree: Tree, chosen: list[Mutant], workers: int) -> None:
    """The tests pass where nothing is changed, else their failing says nothing."""
    tests = sorted({test for mutant in chosen for test in mutant.tests})
    wrong = tree.build_for(["tests/core", "tests/faults"])
    failing = wrong if wrong is not None else seen_by(tree, tests, 3000, workers)
    if failing is not None:
        sys.exit(f"with nothing changed: {failing}")


def main() -> int:
    options = arguments()
    began = time.monotonic()
    chosen = [m for m in all_mutants() if options.k in m.id or options.k in m.path]
    if options.ids:
        chosen = [m for m in chosen if m.id in options.ids]
    if options.list:
        for mutant in chosen:
            print(mutant.id, mutant.path, mutant.equivalent or "")
        return 0
    tree = Tree(options.folder / "mutate", ROOT)
    alive = [m for m in chosen if m.equivalent is None]
    if not options.no_baseline:
        baseline(tree, alive, options.workers)
    results: dict[str, list[str]] = {}
    for mutant in alive:
        if time.monotonic() - began > 60 * options.minutes:
            results.setdefault("not tried", []).append(mutant.id)
            continue
        start = time.monotonic()
        tree.change(mutant)
        what, why = verdict(tree, mutant, options)
        tree.restore(mutant, ROOT)
        took = time.monotonic() - start
        print(f"{what:9} {mutant.id} ({mutant.path}, {took:.0f} s) {why}", flush=True)
        results.setdefault(what, []).append(mutant.id)
        if options.json:
            with Path(options.json).open("a", encoding="utf-8") as out:
                print(json.dumps([mutant.id, what, why]), file=out)
    for what, ids in sorted(results.items()):
        print(f"{len(ids)} {what}" + ("" if what == "killed" else ": " + " ".join(ids)))
    print(f"{len(chosen) - len(alive)} equivalent, of {len(chosen)}")
    return int(bool(set(results) - {"killed", "not tried"}))


if __name__ == "__main__":
    sys.exit(main())
