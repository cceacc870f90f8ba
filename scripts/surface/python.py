"""Python's stubs: signatures with the docstrings that the extension has."""

from __future__ import annotations

import keyword
import textwrap

from docstrings import awaited as awaited_words
from docstrings import docstring

from docs.pages import entry_of
from support.fronts.manifest import Row

from . import columns
from .rows import coroutines, groups, of_openers, of_owner

CLASSES = {
    *("SOCKET", "ADDRINFO", "READER", "DEADLINE"),
    *("MSGHDR", "CMSGHDR", "CMSGHDRS", "IOVEC"),
}
WIDTH = 90  # of pyproject.toml


def part(name: str) -> str:
    if name == "constants":
        return "\n".join(
            f"# {title}.\n" + "".join(f"{one}: Final[int]\n" for one in names)
            for title, names in groups()
        )
    if name == "OPTIONS":
        # Those that are parameters of some openers are written by hand.
        rows = [row for row in of_openers() if row.name not in columns.POSITIONS]
        return "".join(f"    {row.name}: {option(row)}\n" for row in rows)
    if name == "AIO":
        return "".join(coroutine(*pair) + "\n" for pair in coroutines())
    if name == "AIO READER":
        made = [reader_coroutine(row) for row in of_owner("READER")]
        return "".join(textwrap.indent(text, "    ") for text in made)
    rows = [row for row in of_owner(name) if "python" in row.languages]
    method = rows[0].chapter in CLASSES
    indent = "    " if method else ""
    made = [function(row, method) for row in rows if sayable(row)]
    return "".join(textwrap.indent(text, indent) + "\n" * (not method) for text in made)


def option(row: Row) -> str:
    return f"{columns.parameter(row, 'value')[0]} | None"


def sayable(row: Row) -> bool:
    """`del` is a word of the language."""
    return not keyword.iskeyword(row.name)


def function(row: Row, method: bool) -> str:
    overloads = columns.PYTHON_OVERLOADS.get(row.id)
    if overloads is None:
        return signature(row, parameters(row), result(row), method)
    made = (signature(row, params, found, method) for params, found in overloads)
    return "".join("@overload\n" + one for one in made)


def coroutine(row: Row, plain: Row) -> str:
    """A function of netsocket.aio: the types are those of the plain call of its name."""
    overloads = columns.PYTHON_OVERLOADS.get(row.id)
    if overloads is None:
        overloads = [(parameters(row, plain), columns.awaited(row, plain))]
    made = [signature(row, params, returns, False) for params, returns in overloads]
    return "\n".join("@overload\n" * (len(made) > 1) + one for one in made)


def reader_coroutine(row: Row) -> str:
    """A method of netsocket.aio's reader, which waits where the plain one blocks."""
    text = signature(row, parameters(row), columns.awaited(row, row), True)
    return awaited_words(text)


def in_class(row: Row, text: str) -> str:
    """An iovec has a method `bytes`."""
    return text.replace("bytes", "_bytes") if row.chapter == "IOVEC" else text


def result(row: Row) -> str:
    return in_class(row, columns.result(row)[0])


def parameters(row: Row, types: Row | None = None) -> list[str]:
    """`types`: the row whose columns have the types, where it is another."""
    found: list[str] = []
    rest = False
    for param in row.params:
        kind, _ = columns.parameter(types or row, param.name)
        if param.named and "*" not in found:
            found.append("*")
        if param.rest:
            found += ["/"] * bool(found) + [f"*{param.name}: {kind}"]
            rest = True
        elif param.default is None:
            found.append(f"{param.name}: {kind}")
        else:
            none = "" if kind in ("_Host", "_Port") else " | None"
            found.append(f"{param.name}: {kind}{none} = {param.default}")
    if row.options:
        found.append(f"**options: Unpack[{columns.options(row)}]")
    positional = row.params and not row.keywords and not rest
    return found + ["/"] * bool(positional)


def signature(row: Row, params: list[str], returns: str, method: bool) -> str:
    width = WIDTH - 4 * method
    all_params = ["self"] * method + params
    head, tail = f"def {row.name}(", f") -> {returns}:"
    line = head + ", ".join(all_params) + tail
    if len(line) > width:
        joined = "    " + ", ".join(all_params)
        if len(joined) > width:
            joined = "".join(f"    {param},\n" for param in all_params).rstrip("\n")
        line = f"{head}\n{joined}\n{tail}"
    return f"{line}\n{textwrap.indent(documentation(row), '    ')}\n"


def documentation(row: Row) -> str:
    text = f'"""{row.summary}\n\n{docstring(entry_of(row).body)}\n"""'
    return text.replace("\\", "\\\\")
