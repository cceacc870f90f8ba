"""Sphinx: the pages are MyST, and a warning is an error (`./dev docs`)."""

from __future__ import annotations

import re
import sys
from pathlib import Path

_header = Path(__file__).resolve().parents[1] / "include" / "netsocket.h"
_version = re.search(r'NSK_VERSION "([0-9.]+)"', _header.read_text())
assert _version is not None

project = "net.socket"
author = "the netsocket authors"
copyright = "2026, the netsocket authors"
release = version = _version[1]

sys.path.insert(0, str(Path(__file__).parent))
extensions = ["myst_parser", "entries"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["requirements.txt", "entries.py", "pypi.md"]
nitpicky = True

myst_heading_anchors = 3
myst_links_external_new_tab = False

html_theme = "furo"
html_title = f"net.socket {release}"
html_copy_source = False
