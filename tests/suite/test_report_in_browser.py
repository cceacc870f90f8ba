"""The page of a run's report, as a browser shows it, in light and in dark."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from support.machine_lag import PATIENCE
from support.run.report import write

from .test_report import FOUND

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DARK = "--blink-settings=preferredColorScheme=0"


@pytest.fixture(scope="module")
def browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium is installed")
    return found


@pytest.fixture
def page(tmp_path: Path) -> Path:
    write(tmp_path, FOUND)
    return tmp_path / "report.html"


def headless(browser: str, folder: Path, *words: str) -> str:
    """What the browser prints. As root it has no sandbox."""
    command = [
        browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-dev-shm-usage", f"--user-data-dir={folder / 'profile'}", *words,
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_tables_are_there(browser: str, page: Path, tmp_path: Path) -> None:
    """A script of the test opens the cells, as clicks do, and counts what is shown."""
    look = """<script>
for (const cell of document.querySelectorAll('#rows td summary')) cell.click();
const shown = [...document.querySelectorAll('#rows pre')]
  .filter(each => each.checkVisibility()).length;
document.body.append('shown: ' + shown + ' rows: '
  + document.querySelectorAll('#rows tr').length);
</script>"""
    page.write_text(page.read_text().replace("</html>", f"{look}</html>"))
    dom = headless(browser, tmp_path, "--dump-dom", page.as_uri())
    assert re.search(r'<table id="fronts">', dom)
    assert "shown: 4 rows: 2" in dom, dom[-500:]


def corner(file: Path) -> bytes:
    """The first pixel of a PNG, which no filter alters."""
    data, at, packed = file.read_bytes(), 8, b""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += 12 + length
    return zlib.decompress(packed)[1:4]


@pytest.mark.parametrize("dark", [False, True])
def test_light_and_dark(browser: str, page: Path, tmp_path: Path, dark: bool) -> None:
    """The corner of the page has the paper's colour of each."""
    picture = tmp_path / "picture.png"
    words = [f"--screenshot={picture}", "--window-size=800,600", page.as_uri()]
    headless(browser, tmp_path, *([DARK] if dark else []), *words)
    assert corner(picture) == (b"\x17\x17\x1b" if dark else b"\xff\xff\xff")
