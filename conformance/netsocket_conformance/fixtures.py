"""Fixtures for your own suite:

    # conftest.py
    pytest_plugins = ["netsocket_conformance.fixtures"]

Nothing of it is there unless it is named so.
"""

from __future__ import annotations

import gc
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from .listening import Where, listens, queue_is_full
from .peer import PATIENCE, Peer, Step


def _until(condition: Callable[[], Any], what: str, within: float = PATIENCE) -> None:
    until = time.monotonic() + within
    while not condition():
        if time.monotonic() > until:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(0.005)


def _descriptors() -> set[tuple[int, str]]:
    found = set()
    for name in os.listdir("/proc/self/fd"):
        try:
            found.add((int(name), os.readlink(f"/proc/self/fd/{name}")))
        except FileNotFoundError:  # that of listdir
            continue
    return found


def _children() -> set[str]:
    found: set[str] = set()
    for task in os.listdir("/proc/self/task"):
        try:
            found.update(Path(f"/proc/self/task/{task}/children").read_text().split())
        except FileNotFoundError:  # the thread has ended
            continue
    return found


@pytest.fixture
def no_leaks() -> Iterator[None]:
    """The test leaves no descriptor, thread or child process.

    Name it before other fixtures, so that what they hold is closed when it looks.
    """
    gc.collect()
    descriptors, children = _descriptors(), _children()
    threads = set(threading.enumerate())
    yield
    gc.collect()
    _until(lambda: set(threading.enumerate()) <= threads, "the test's threads end", 5)
    left = sorted(_descriptors() - descriptors)
    assert not left, f"descriptors are left: {left}"
    assert _children() <= children, f"processes are left: {_children() - children}"


@pytest.fixture
def unix_path() -> Iterator[str]:
    """A path for a unix socket: short enough, and nothing is there."""
    folder = tempfile.mkdtemp(prefix="nsc", dir="/tmp")
    yield f"{folder}/socket"
    shutil.rmtree(folder)


@pytest.fixture
def refused_port() -> Iterator[int]:
    """A port of 127.0.0.1 that refuses, for as long as the test runs: it is bound, and
    does not listen."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def black_hole() -> Iterator[tuple[str, int]]:
    """An address that does not answer a connect: its queue is full."""
    with socket.socket() as listener, socket.socket() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting.connect(listener.getsockname())
        _until(lambda: queue_is_full(listener), "the connection is in the queue")
        yield listener.getsockname()


@pytest.fixture
def wait_until_listening() -> Callable[..., None]:
    """`wait_until_listening(where)`: until a port (a number), an address (host, port) or
    a path has a listener. It asks the kernel's tables, so the server sees no
    connection. With `kind` SOCK_DGRAM it is a datagram socket. `process` is one whose end
    means that it will never listen."""

    def wait(
        where: Where,
        within: float = PATIENCE,
        process: subprocess.Popen[Any] | None = None,
        kind: int = socket.SOCK_STREAM,
    ) -> None:
        pid = "self" if process is None else process.pid

        def there() -> bool:
            if process is not None and process.poll() is not None:
                raise AssertionError(f"the server has ended: {process.returncode}")
            return listens(where, pid, kind)

        _until(there, f"{where!r} listens", within)

    return wait


@pytest.fixture
def program(
    wait_until_listening: Callable[..., None],
) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """`program(*command)` runs until the test ends; with `listening=where` it is given
    when it listens there. A command that is not installed skips the test."""
    with ExitStack() as stack:

        def started(
            *command: str,
            listening: Where | None = None,
            kind: int = socket.SOCK_STREAM,
            **more: Any,
        ) -> subprocess.Popen[bytes]:
            if shutil.which(command[0]) is None:
                pytest.skip(f"{command[0]} is not installed")
            said = stack.enter_context(tempfile.TemporaryFile())
            own = subprocess.Popen(
                command, **{"stdout": said, "stderr": subprocess.STDOUT, **more}
            )
            stack.callback(_end, own)
            try:
                if listening is not None:
                    wait_until_listening(listening, process=own, kind=kind)
            except AssertionError as error:
                said.seek(0)
                words = said.read().decode(errors="replace")
                raise AssertionError(f"{command[0]}: {error}\n{words}") from None
            return own

        yield started


def _end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, and SIGKILL for one that does not go."""
    process.terminate()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    """`peer(*steps)` is a server, `peer(*steps, connect=address)` a client: see
    netsocket_conformance.peer. A step that failed fails the test at the latest at its
    end."""
    with ExitStack() as stack:

        def made(*steps: Step, connect: Any = None, family: int = socket.AF_INET) -> Peer:
            own = Peer(steps, connect, family)
            stack.callback(own.close)
            return own

        yield made


class Namespace:
    """A network of its own, with a loopback interface alone."""

    def __init__(self, holder: subprocess.Popen[bytes]) -> None:
        self.pid = holder.pid

    def command(self, *words: str) -> list[str]:
        """The command that runs this one in the namespace, as its root."""
        target = ["nsenter", "-t", str(self.pid), "-U", "-n", "--preserve-credentials"]
        return [*target, *words]

    def run(self, *words: str, **more: Any) -> subprocess.CompletedProcess[Any]:
        return subprocess.run(self.command(*words), **more)

    def popen(self, *words: str, **more: Any) -> subprocess.Popen[Any]:
        return subprocess.Popen(self.command(*words), **more)


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    """Programs run by it have every port free, and root's rights over that network; the
    test itself stays outside. Skips where the system allows no namespaces."""
    inside = "ip link set lo up && echo up && exec cat"
    command = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", inside]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as holder:
        assert holder.stdout and holder.stdin and holder.stderr
        try:
            if holder.stdout.readline() != b"up\n":
                said = holder.stderr.read().decode().strip()
                pytest.skip(f"the system allows no namespace: {said}")
            yield Namespace(holder)
        finally:
            holder.stdin.close()
