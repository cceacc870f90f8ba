"""A Sphinx extension: every entry of the reference is in the index, and so are the words
that a reader looks for and no heading has. Sphinx's search shows these first."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

REFERENCE = Path(__file__).parent / "reference"
HEADING = re.compile(r"(?:(\w+)[.:])?(\w+)\(")

# Words, and the section that tells of them.
WORDS = {
    ("errors", "Errors and what to do"): ["errors", "ECONNREFUSED", "ECONNRESET"],
    ("guide/asyncio", "asyncio"): ["asyncio"],
    ("guide/deadlines", "Deadlines"): ["deadline"],
    ("guide/http", "HTTP, one connection for many requests"): ["HTTP", "keep-alive"],
    ("guide/processes", "A listener that many have"): ["prefork"],
    ("guide/tls", "TLS"): ["TLS"],
    ("guide/protocols", "Reading a protocol"): ["protocol"],
    ("guide/servers", "Accepting"): ["accepting"],
    ("guide/servers", "Ending gracefully"): ["graceful", "SIGTERM"],
    ("guide/servers", "Out of descriptors"): ["EMFILE"],
    ("guide/several-at-a-time", "fork"): ["fork"],
    ("guide/testing", "Testing a server"): ["testing"],
}


def first_owners() -> dict[str, str]:
    """Of the objects that have a function of a name, the one that is meant first."""
    owners: dict[str, str] = {}
    for page in sorted(REFERENCE.glob("*.md")):
        for owner, name in re.findall(
            r"^### (?:(\w+)[.:])?(\w+)\(", page.read_text(), re.M
        ):
            if name not in owners or owner in ("sock", "socket"):
                owners[name] = owner
    return owners


OWNERS = first_owners()


def index_node(entries: list[tuple[str, str]], target: str) -> addnodes.index:
    node = addnodes.index()
    node["entries"] = [("single", text, target, main, None) for text, main in entries]
    node["inline"] = False
    return node


class Entries(SphinxTransform):
    default_priority = 500  # before the index is collected

    def apply(self, **_: Any) -> None:
        page = self.env.docname
        for section in self.document.findall(nodes.section):
            title = section[0].astext()
            words = [(word, "main") for word in WORDS.get((page, title), [])]
            match = HEADING.match(title) if page.startswith("reference/") else None
            if match is not None:
                owner, name = match[1] or "", match[2]
                words.append((name, "main" if OWNERS.get(name) == owner else ""))
            if words:
                section.insert(1, index_node(words, section["ids"][0]))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_transform(Entries)
    return {"parallel_read_safe": True, "version": "1"}
