"""./dev check luasocket: luasocket's own test programs, unchanged, on luasocket and on
net.socket.luasocket, there under each scheduler as well.

Each runs in a network of its own. It fails where luasocket's own does not. Names of
programs after it are the only ones to run.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from scripts.luasocket.programs import PROGRAMS, Program

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OURS = "net.socket.luasocket"
MODULES = ("cqueues", "luv", "copas")
# The title of a column, what is required, and the scheduler that it runs in.
SIDES = {
    "luasocket": ("socket", "none"),
    "ours": (OURS, "none"),
    **{name: (OURS, name) for name in ("select", *MODULES)},
}


@dataclass(frozen=True)
class Ran:
    status: int
    shown: str
    errors: str


def lua_paths(folder: Path) -> dict[str, str]:
    """From there, so that a /tmp of the programs' own hides nothing."""

    def seen(path: Path) -> str:
        return os.path.relpath(path, folder)

    build = Path(os.environ["NSK_BUILD"]) / "lua"
    own = [
        f"{seen(path)}/?.lua" for path in (build, ROOT / "tests/lua", ROOT / "examples")
    ]
    copas = "/usr/share/lua/5.2/?.lua;/usr/share/lua/5.3/?.lua"
    return {
        "HERE": seen(HERE),
        "SERVERS": seen(folder.parents[1] / "servers"),
        "VENV": seen(Path(sys.prefix)),
        "LUA_PATH": f"{';'.join(own)};;{copas}",
        "LUA_CPATH": f"{seen(build)}/?.so;;",
    }


def run(program: Program, side: str, folder: Path) -> Ran:
    """In a copy of luasocket's folder."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(folder.parents[1] / "test", folder)
    pair = os.path.relpath(HERE / "pair.sh", folder)
    done = subprocess.run(
        [
            *("setpriv", "--pdeathsig", "KILL"),  # as this one ends, so does all of it
            *("unshare", "-rnmpf", "--kill-child", "sh", pair),
            *(*SIDES[side], program.name, *program.server),
        ],
        cwd=folder,
        env=os.environ | lua_paths(folder) | {"WITHIN": str(program.within)},
        check=False,
    )
    if not (folder / "client.out").exists():
        raise RuntimeError(f"{program.name} could not be started")
    shown, errors = (
        "".join(file.read_text("latin-1") for file in sorted(folder.glob(f"*.{end}")))
        for end in ("out", "err")
    )
    return Ran(done.returncode, shown, errors)


def lines(ran: Ran) -> list[str]:
    """What a program shows, without what changes: ports of the system's choice, where an
    object is, whether a number is an integer, the time and what follows from it, which
    of the two it is, and the order, which with a table's fields is any."""
    changing = (
        r"\b[3-6]\d{4}\b|0x[0-9a-f]+|(?<=\d)\.0\b(?!\.)"
        r"|\d\d:\d\d:\d\d|\d{14,}(?===)| \(net\.socket\)"
    )
    return sorted(re.sub(changing, "", ran.shown).splitlines())


def verdict(program: Program, ran: Ran, original: Ran) -> str:
    hangs = ran.status == 124  # of timeout(1)
    if program.passed is None and not hangs:
        if ran is original:
            return "shown"
        return "the same" if lines(ran) == lines(original) else "differs"
    ended = (program.passed or "") in ran.shown + ran.errors
    if ended and not hangs and (ran.status != 0) == program.raises:
        return "ok"
    word = "hangs" if hangs else "fails"
    return word if story(program, ran) == story(program, original) else f"{word} here"


def story(program: Program, ran: Ran) -> list[str]:
    """Of a program that fails: its titles, what Lua or itself says of checks that failed,
    and how it ended."""
    title, own, of_lua = (
        r"^testing: .*?(?= in \d|$)",
        "^ERROR: .*",
        rf"{re.escape(program.name)}:\d+: .*",
    )
    told = "|".join((title, own, of_lua, re.escape(program.passed or "")))
    said = ran.errors.partition("stack traceback:")[0] + ran.shown
    return [str(ran.status == 0), *re.findall(told, said, re.MULTILINE)]


def worse(word: str, original: str) -> bool:
    """Where luasocket itself fails, ours may do so too, and at the same check."""
    return word not in ("ok", "the same", original)


def loads(module: str, folder: Path) -> bool:
    command = [os.environ["NSK_LUA"], "-e", f"require '{module}'"]
    env = os.environ | lua_paths(folder)
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
    return done.returncode == 0


def line(name: str, words: list[str]) -> str:
    return f"{name:27}" + "".join(f"{word:11}" for word in words)


def table(programs: list[Program], sides: list[str], folder: Path) -> list[Path]:
    """Prints it, a line a program; where those ran that are worse."""
    failed = []
    # testclnt's limits of time leave a second: no more at a time than there is room for.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for program in programs:
            places = [folder / side / Path(program.name).stem for side in sides]
            ran = list(pool.map(run, [program] * len(sides), sides, places))
            words = [verdict(program, one, ran[0]) for one in ran]
            print(line(program.name, words), flush=True)
            failed += [
                place for place, word in zip(places, words) if worse(word, words[0])
            ]
    return failed


def interrupted(*_: object) -> None:
    """At once, where the pool would wait for what it runs."""
    os._exit(130)


def main() -> int:
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    if not loads("socket", folder / "test"):
        sys.exit("luasocket: it is not installed")
    signal.signal(signal.SIGINT, interrupted)
    lacking = [name for name in MODULES if not loads(name, folder / "test")]
    sides = [side for side in SIDES if side not in lacking]
    programs = [one for one in PROGRAMS if not names or one.name in names]
    print(line("program", sides))
    failed = table(programs, sides, folder)
    for place in failed:
        print(f"worse than luasocket, see {place}/*.out, *.err", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
