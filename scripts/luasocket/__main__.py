"""./dev check luasocket: luasocket's own test programs, unchanged, on luasocket and on
net.socket.luasocket, there under each scheduler as well.

Each runs in a network of its own. It fails where luasocket's own does not.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

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
class Program:
    """`passed` is what it prints at its end when all is well. One without shows what
    calls give and checks little: ours has to print what luasocket prints."""

    name: str
    passed: str | None
    server: tuple[str, ...] = ()


PROGRAMS = (
    Program("testclnt.lua", "done in", ("testsrvr.lua", "waiting")),
    Program("utestclnt.lua", "done in", ("utestsrvr.lua", "waiting")),
    Program("excepttest.lua", "OK"),
    Program("ltn12test.lua", "a bunch): ok"),
    Program("mimetest.lua", "done in"),
    Program("stufftest.lua", "ok"),
    Program("test_bind.lua", "done!"),
    Program("test_getaddrinfo.lua", "done!"),
    Program("test_socket_error.lua", "Passed!"),
    Program("udp-zero-length-send", "OK"),
    Program("udp-zero-length-send-recv", "ok"),
    Program("urltest.lua", "passed all tests"),
    Program("tcp-getoptions", None),
    Program("udpconnectclnt.lua", None, ("udpconnectsrvr.lua", "getsockname")),
    Program("unixdgramclnt.lua", None, ("unixdgramsrvr.lua", "/tmp/foo")),
    Program("unixstreamclnt.lua", None, ("unixstreamsrvr.lua", "00010000 .*/tmp/foo")),
)


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
        "RUN": seen(HERE / "run.lua"),
        "LUA_PATH": f"{';'.join(own)};;{copas}",
        "LUA_CPATH": f"{seen(build)}/?.so;;",
    }


def run(program: Program, side: str, folder: Path) -> Ran:
    """In a copy of luasocket's folder."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(folder.parents[1] / "test", folder)
    pair = os.path.relpath(HERE / "pair.sh", folder)
    done = subprocess.run(
        ["unshare", "-rnm", "sh", pair, *SIDES[side], program.name, *program.server],
        cwd=folder,
        env=os.environ | lua_paths(folder) | {"LIMIT": "600"},
        check=False,
    )
    shown, errors = (
        "".join(file.read_text("latin-1") for file in sorted(folder.glob(f"*.{end}")))
        for end in ("out", "err")
    )
    return Ran(done.returncode, shown, errors)


def lines(ran: Ran) -> list[str]:
    """What a program shows, without what changes: ports of the system's choice, where an
    object is, and whether a number is an integer."""
    changing = r"\b[3-6]\d{4}\b|0x[0-9a-f]+|(?<=\d)\.0\b(?!\.)"
    return re.sub(changing, "", ran.shown).splitlines()


def verdict(program: Program, ran: Ran, original: Ran) -> str:
    if ran.status == 124:  # of timeout(1)
        return "hangs"
    if program.passed is None:
        if ran is original:
            return "shown"
        return "the same" if lines(ran) == lines(original) else "differs"
    if ran.status == 0 and program.passed in ran.shown + ran.errors:
        return "ok"
    return "fails" if last(ran) == last(original) else "fails here"


def last(ran: Ran) -> str:
    """What testclnt and utestclnt say of a check that failed."""
    return ran.errors.strip().rpartition("\n")[2]


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


def main() -> int:
    folder = Path(sys.argv[1])
    if not loads("socket", folder / "test"):
        sys.exit("luasocket: it is not installed")
    lacking = [name for name in MODULES if not loads(name, folder / "test")]
    sides = [side for side in SIDES if side not in lacking]
    print(line("program", sides))
    failed = []
    # testclnt's limits of time leave a second: no more at a time than there is room for.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for program in PROGRAMS:
            places = [folder / side / Path(program.name).stem for side in sides]
            ran = list(pool.map(run, [program] * len(sides), sides, places))
            words = [verdict(program, one, ran[0]) for one in ran]
            print(line(program.name, words), flush=True)
            failed += [
                place for place, word in zip(places, words) if worse(word, words[0])
            ]
    for place in failed:
        print(f"worse than luasocket, see {place}/*.out, *.err", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
