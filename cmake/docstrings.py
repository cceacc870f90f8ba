"""Makes the header of Python's docstrings from the pages of docs/reference.

    docstrings.py PAGES HEADER

Each entry of a page becomes `#define DOC_<owner>_<name> "..."`: its parameters, results,
errors, blocking behaviour and source, as plain text and without what concerns Lua alone.
The signature and the summary before it come from tables/api.def.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

# How a heading begins, and the owner whose functions are called so.
OWNERS = {
    "socket.": "module",
    "sock:": "socket",
    "sock.": "socket",
    "addrinfo.": "address",
    "ai:": "addrinfo",
    "msghdr.": "msghdr_make",
    "mh:": "msghdr",
    "cmsghdr.": "cmsghdr_make",
    "cmsg:": "cmsghdr",
    "cmsghdrs.": "cmsghdrs_make",
    "cmsgs:": "cmsghdrs",
    "iovec.": "iovec_make",
    "iov:": "iovec",
    "iov.": "iovec",
    "rd:": "reader",
    "dl:": "deadline",
    "device.": "device",
    "aio.": "aio",
}
HEADING = re.compile(r"### (\w+[.:])(\w+)\(")
WORDS = {"`nil` or `None`": "None", "`nil`, `None`": "None", "(in Python ": "(", "`": ""}
WIDTH = 78
WHEN = {
    "success": "",
    "again": " where it would have to wait",
    "end": " at the end of the stream",
    "timeout": " when the time is up",
    "error": "",
}

Lines = list[str]


def plain(text: str) -> str:
    """One paragraph of a page, for a Python reader."""
    text = " ".join(text.split())
    sentences = re.split(r"(?<=[.:]) (?=[A-Z`])", text)
    text = " ".join(one for one in sentences if not re.search(r"\b[Ii]n Lua\b", one))
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"`(\w+)\.\.\.`", r"*\1s", text)
    for theirs, ours in WORDS.items():
        text = text.replace(theirs, ours)
    return text


def wrapped(text: str, indent: str = "    ") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent)


def outcomes(body: str) -> Lines:
    """What is returned and what is raised, from the table of outcomes."""
    table = r"^\| (success|again|end|timeout|error) \| [^|]+ \| ([^|]+) \|$"
    returned, raised = [], []
    for outcome, cell in re.findall(table, body, re.M):
        text, when = plain(cell), WHEN[outcome]
        if text == "none":
            continue
        if "Error" in text or "gaierror" in text or text == "raises":
            raised.append(f"{text}{when}" if outcome != "error" else text)
        else:
            returned.append(f"{text}{when}")
    lines = []
    if returned:
        lines.append(wrapped(f"Returns: {'; '.join(returned)}."))
    if raised:
        lines.append(wrapped(f"Raises: {'; '.join(raised)}."))
    return lines


def docstring(body: str) -> str:
    parameters = re.findall(r"^- (`[^`]+`: .*(?:\n  .*)*)", body, re.M)
    lines = [wrapped(plain(one)) for one in parameters]
    parts = outcomes(body)
    for part in ("Errors", "Blocks", "Waits", "Cancelled", "Source"):
        found = re.search(rf"^\*\*{part}\*\* (.*?)(?:\n\n|\Z)", body, re.M | re.S)
        if found:
            parts.append(wrapped(f"{part}: {plain(found[1])}"))
    return "\n\n".join("\n".join(some) for some in (lines, parts) if some)


def awaited(text: str) -> str:
    """What netsocket.aio's reader says of the method that has this docstring."""
    return re.sub(r"^( *)Blocks: ", r"\1Waits: ", text, flags=re.M)


def entries(page: str) -> list[tuple[str, str]]:
    """Symbol and text of each entry; headings in a row share the text below the last."""
    found: list[tuple[str, str]] = []
    waiting: Lines = []
    for block in re.split(r"^(?=#)", page, flags=re.M):
        heading, _, body = block.partition("\n")
        match = HEADING.match(heading)
        if match is None or match[1] not in OWNERS:
            waiting = []
            continue
        waiting.append(f"{OWNERS[match[1]]}_{match[2]}")
        if body.strip():
            found += [(symbol, docstring(body)) for symbol in waiting]
            waiting = []
    return found


def literal(text: str) -> str:
    """A string literal of C, a line of text a line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return ' \\\n  "' + '\\n" \\\n  "'.join(escaped.split("\n")) + '"'


def main() -> None:
    pages, header = Path(sys.argv[1]), Path(sys.argv[2])
    lines = ["/* Made from docs/reference by cmake/docstrings.py. */"]
    for page in sorted(pages.glob("*.md")):
        # Where each language has an entry of its own, Python's comes last.
        for symbol, text in dict(entries(page.read_text(encoding="utf-8"))).items():
            lines.append(f"#define DOC_{symbol}{literal(text)}")
            if symbol.startswith("reader_"):
                lines.append(f"#define DOC_aio_{symbol}{literal(awaited(text))}")
    made = "\n".join(lines) + "\n"
    # Untouched when equal, so that nothing is compiled again.
    if not header.exists() or header.read_text(encoding="utf-8") != made:
        header.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
