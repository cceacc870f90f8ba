"""demo.py: real data over every kind of socket, then three failures as a user meets them.

`./dev demo` runs it, with LUA_PATH, LUA_CPATH and PYTHONPATH pointing at a build. The
exit status is not 0 when any byte or any outcome is wrong.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LUA = os.environ.get("NSK_LUA", "lua5.4")
PATIENCE = 60  # seconds for any one program; a hang is a failure, not a hang
MIB = 1 << 20

ANY_PORT = "127.0.0.1:0"
LUA_CLIENT = (LUA, str(HERE / "file_client.lua"))
PYTHON_CLIENT = (sys.executable, str(HERE / "file_client.py"))
LUA_HTTP = (LUA, str(HERE / "http_get.lua"))


@dataclass(frozen=True)
class Run:
    """One program that has run: what it wrote, and how long it took in all."""

    status: int
    output: bytes
    last_line: str
    ms: float


def run(*command: str) -> Run:
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    ms = (time.monotonic() - start) * 1000
    lines = done.stderr.decode(errors="replace").strip().splitlines() or [""]
    return Run(done.returncode, done.stdout, lines[-1], ms)


class Report:
    """Prints a row for each thing done, and remembers whether all were right."""

    def __init__(self, digest: str) -> None:
        self.digest = digest
        self.right = True

    def judge(self, ok: bool) -> str:
        self.right = self.right and ok
        return "yes" if ok else "NO"

    def moved(self, what: str, through: str, done: Run) -> None:
        ok = done.status == 0 and hashlib.sha256(done.output).hexdigest() == self.digest
        size = len(done.output)
        print(f"{what:30} {through:25} {size:>10} {done.ms:>7.1f}  {self.judge(ok)}")
        if done.last_line:
            print(f"    {done.last_line}")

    def failed(self, what: str, done: Run, expected: str, seconds: float = 0.0) -> None:
        """A failure is right when it says what happened, and is not early."""
        in_time = seconds * 1000 <= done.ms
        ok = done.status == 1 and expected in done.last_line and in_time
        print(f"{what:30} {done.ms:>7.1f}  {self.judge(ok):3}  {done.last_line}")


# ------------------------------------------------------------------- servers


@contextmanager
def server(
    *command: str,
    quiet: bool = False,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    fds: tuple[int, ...] = (),
) -> Iterator[subprocess.Popen[str]]:
    """A program that has ended when the block has."""
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if quiet else None,
        text=True,
        cwd=cwd,
        env=env,
        pass_fds=fds,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def first_line(process: subprocess.Popen[str]) -> str:
    """What a server says once it listens: no client has to guess when."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def through_our_server(report: Report, kind: str, address: str, file: Path) -> None:
    name = str(HERE / "file_server.lua")
    with server(LUA, name, address, str(file), "2") as process:
        at = first_line(process)
        report.moved(f"{kind}, Lua to Lua", at, run(*LUA_CLIENT, at))
        report.moved(f"{kind}, Lua to Python", at, run(*PYTHON_CLIENT, at))
        # Both clients are served, so it ends by itself and takes its path along.
        if process.wait(PATIENCE) != 0 or Path(address).exists():
            report.judge(False)
            print(f"    the server on {at} has not ended cleanly")


def from_http_server(report: Report, file: Path) -> None:
    """CPython's own server."""
    command = ("-u", "-m", "http.server", "--bind", "127.0.0.1", "0")
    with server(sys.executable, *command, quiet=True, cwd=file.parent) as process:
        port = first_line(process).partition(" port ")[2].split()[0]  # "... port N (...)"
        url = f"http://127.0.0.1:{port}/{file.name}"
        report.moved(
            "python3 -m http.server to Lua", f"127.0.0.1:{port}", run(*LUA_HTTP, url)
        )


NGINX = """
daemon off;
{user}
worker_processes 1;
pid nginx.pid;
error_log stderr crit;
events {{}}
http {{
  access_log off;
  client_body_temp_path t1;
  proxy_temp_path t2;
  fastcgi_temp_path t3;
  uwsgi_temp_path t4;
  scgi_temp_path t5;
  server {{
    listen 127.0.0.1:{port};
    root {root};
  }}
}}
"""


def from_nginx(report: Report, file: Path, folder: Path) -> None:
    """nginx takes over a socket that listens already, as when it upgrades itself: no
    port to guess, no moment at which it is not there yet."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        user = "user root;" if os.geteuid() == 0 else ""
        prefix = folder / "nginx"
        prefix.mkdir()
        (prefix / "nginx.conf").write_text(
            NGINX.format(user=user, port=port, root=file.parent)
        )
        command = ("nginx", "-p", str(prefix), "-c", "nginx.conf", "-e", "stderr")
        fd = listener.fileno()
        env = {**os.environ, "NGINX": f"{fd};"}
        with server(*command, quiet=True, env=env, fds=(fd,)):
            listener.close()
            url = f"http://127.0.0.1:{port}/{file.name}"
            report.moved("nginx to Lua", f"127.0.0.1:{port}", run(*LUA_HTTP, url))


# ------------------------------------------------------------------ failures


@contextmanager
def black_hole() -> Iterator[str]:
    """A listener whose queue is full: it drops what asks for a connection."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        stack.enter_context(socket.create_connection(address))  # the one that fits
        while not is_full(listener):
            time.sleep(0.001)
        yield f"127.0.0.1:{address[1]}"


def is_full(listener: socket.socket) -> bool:
    """Of a listener, tcp_info tells how many wait in its queue, and how many may."""
    info = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 32)
    waiting, most = struct.unpack_from("=II", info, 24)
    return bool(waiting > most)


def resolver_code(name: str) -> int:
    """What this machine's resolver says of a name: -2 is that there is none."""
    try:
        socket.getaddrinfo(name, 80, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        return int(error.args[0])
    return 0


def failures(report: Report) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and never listens
        at = f"127.0.0.1:{bound.getsockname()[1]}"
        url = f"http://{at}/"
        report.failed("refused, Lua", run(*LUA_HTTP, url), f"{at}: ECONNREFUSED (111)")
        report.failed("refused, Python", run(*PYTHON_CLIENT, at), "[Errno 111]")

    with black_hole() as at:
        url = f"http://{at}/"
        words = "no answer within 0.5 s"
        line = f"{at}: ETIMEDOUT (110) {words}"
        report.failed("black hole, Lua", run(*LUA_HTTP, url, "0.5"), line, 0.5)
        report.failed("black hole, Python", run(*PYTHON_CLIENT, at, "0.5"), words, 0.5)

    name = "no.such.name.invalid"
    code = resolver_code(name)
    url, at, patience = f"http://{name}/", f"{name}:80", str(PATIENCE / 2)
    report.failed("no such name, Lua", run(*LUA_HTTP, url, patience), f"({code})")
    report.failed(
        "no such name, Python", run(*PYTHON_CLIENT, at, patience), f"[Errno {code}]"
    )


# ---------------------------------------------------------------------- main


def a_real_file(folder: Path) -> Path:
    """A copy of a program or library of some MiB; without one, bytes from a seed."""
    directory, name = sysconfig.get_config_vars("LIBDIR", "INSTSONAME")
    library = Path(directory or "/", name or "")
    copy = folder / "blob"
    for candidate in (Path(sys.executable), library, Path(shutil.which("git") or "/")):
        if candidate.is_file() and 2 * MIB <= candidate.stat().st_size <= 64 * MIB:
            shutil.copyfile(candidate, copy)
            return copy
    copy.write_bytes(random.Random(7000).randbytes(8 * MIB))
    return copy


def stop(number: int, _frame: object) -> None:
    """Ends the program in order, so that nothing it has started stays."""
    sys.exit(128 + number)


def main() -> int:
    signal.signal(signal.SIGTERM, stop)
    # Not in TMPDIR, which may be too long for the path of a socket.
    with tempfile.TemporaryDirectory(prefix="nsk-", dir="/tmp") as name:
        folder = Path(name)
        file = a_real_file(folder)
        report = Report(hashlib.sha256(file.read_bytes()).hexdigest())
        print(f"{file.stat().st_size} bytes, sha256 {report.digest}")
        print("ms is the life of the client, its interpreter's start included\n")
        print(f"{'moved':30} {'through':25} {'bytes':>10} {'ms':>7}  ok")
        through_our_server(report, "TCP", ANY_PORT, file)
        through_our_server(report, "unix path", str(folder / "socket"), file)
        through_our_server(report, "abstract", f"@nsk-{uuid.uuid4().hex[:8]}", file)
        from_http_server(report, file)
        if shutil.which("nginx"):
            from_nginx(report, file, folder)
        else:
            print("nginx is not installed: not tried")
        print(f"\n{'failures':30} {'ms':>7}  ok   as the user reads it")
        failures(report)
    print("\nall is right" if report.right else "\nsomething is WRONG")
    return 0 if report.right else 1


if __name__ == "__main__":
    sys.exit(main())
