"""How long a program is: its lines without blank ones, comments and docstrings."""

from __future__ import annotations

import ast
from pathlib import Path

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def docstrings(text: str) -> set[int]:
    """The numbers of their lines."""
    numbers: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            first = node.body[0]
            numbers.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return numbers


def count(path: Path) -> int:
    text = path.read_text()
    lua = path.suffix == ".lua"
    left_out = set() if lua else docstrings(text)
    comment = "--" if lua else "#"
    kept = [
        line
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip()
        and not line.lstrip().startswith(comment)
        and number not in left_out
    ]
    return len(kept)
