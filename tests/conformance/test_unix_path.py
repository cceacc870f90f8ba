"""mode of bind_unix_*, and names that are no files."""

from __future__ import annotations

import ctypes
import os
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from support.fronts.front import Front
from support.net.peers import Peers

covers = pytest.mark.covers

BOTH = ["bind_unix_stream", "bind_unix_dgram"]
IN_ATTRIB, IN_CREATE, IN_DELETE = 0x4, 0x100, 0x200


@contextmanager
def under(net: Front, umask: int) -> Iterator[Front]:
    """A front whose process has this umask: Lua has no call to change it."""
    before = os.umask(umask)
    try:
        with net.given() as (front, _):
            yield front
    finally:
        os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


class Watch:
    """The events of a folder, in order, from inotify(7)."""

    def __init__(self, folder: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        mask = IN_ATTRIB | IN_CREATE | IN_DELETE
        assert libc.inotify_add_watch(self.fd, os.fsencode(folder), mask) >= 0

    def events(self) -> list[tuple[int, str]]:
        found = []
        try:
            data = os.read(self.fd, 65536)
        except BlockingIOError:
            return []
        while data:
            mask = int.from_bytes(data[4:8], "little")
            length = int.from_bytes(data[12:16], "little")
            found.append((mask, data[16 : 16 + length].rstrip(b"\0").decode()))
            data = data[16 + length :]
        return found


@pytest.fixture
def watch(folder: Path) -> Iterator[Watch]:
    made = Watch(folder)
    yield made
    os.close(made.fd)


@pytest.mark.parametrize("umask", [0, 0o022, 0o077, 0o777])
@pytest.mark.parametrize("mode", [0, 0o222, 0o600, 0o660, 0o666, 0o777])
def test_mode(net: Front, folder: Path, watch: Watch, mode: int, umask: int) -> None:
    """Exactly these bits at the end, and never more: the file is made with no more than
    them, so its mode is changed afterwards only when the umask has taken some."""
    path = folder / "s"
    with under(net, umask) as front:
        made = front.bind_unix_stream(str(path), mode).value
        assert mode_of(path) == mode
        assert made.listen().value is True
        made.close()
    assert path.exists(), "without unlink the file stays"
    wanted = [(IN_CREATE, "s")] + ([(IN_ATTRIB, "s")] if mode & umask else [])
    assert watch.events() == wanted


@pytest.mark.parametrize("name", BOTH)
def test_mode_of_each_kind(net: Front, folder: Path, name: str) -> None:
    path = folder / "s"
    made = net.call(name, str(path), 0o640).value
    assert mode_of(path) == 0o640
    assert made.getsockname().value.addr().value == os.fsencode(path)


def test_mode_of_no_other_file(net: Front, folder: Path) -> None:
    """A symbolic link is put where the socket was, again and again, by a thread that has
    the directory: what it points to keeps its mode."""
    path, victim = folder / "s", folder / "victim"
    victim.touch(0o600)
    stop = threading.Event()

    def swap() -> None:
        link = folder / "link"
        while not stop.is_set():
            with suppress(FileNotFoundError):
                link.symlink_to(victim)
                if stat.S_ISSOCK(path.lstat().st_mode):
                    link.rename(path)
            link.unlink(missing_ok=True)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        with under(net, 0o077) as front:
            for _ in range(300):
                made = front.bind_unix_stream(str(path), 0o666)
                if made.kind == "value":
                    made.value.close()
                path.unlink(missing_ok=True)
    finally:
        stop.set()
        thread.join()
    assert mode_of(victim) == 0o600


@pytest.mark.parametrize("umask", [0, 0o027, 0o077])
def test_mode_left_out(net: Front, folder: Path, watch: Watch, umask: int) -> None:
    """The umask decides, as for any program; nothing is changed afterwards."""
    with under(net, umask) as front:
        for i, args in enumerate([(), (None,), (None, None), (None, False)]):
            path = folder / str(i)
            front.bind_unix_stream(str(path), *args).value  # noqa: B018
            assert mode_of(path) == 0o777 & ~umask
    assert {mask for mask, _ in watch.events()} == {IN_CREATE}


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("mode", [-1, 0o1000, 0o4755, 0o10000, 2**31, 2**32, 2**63])
def test_impossible_mode(net: Front, folder: Path, name: str, mode: int) -> None:
    """Refused before there is a file; a bit more than 0777 is not dropped in silence."""
    path = folder / "s"
    with net.no_new_descriptors():
        net.call(name, str(path), mode).fails("EINVAL", text="mode")
    assert not path.exists()


def test_abstract_name(net: Front, peers: Peers, folder: Path) -> None:
    """It has no file: mode and unlink have nothing to do."""
    name = peers.abstract()
    made = net.bind_unix_stream(name, 0o600, True).value
    assert made.getsockname().value.addr().value == name
    net.bind_unix_stream(name, 0o600, True).fails("EADDRINUSE", op="bind")
    made.close()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["bind_unix_stream", "bind_unix_dgram"])
def test_name_of_the_kernel(net: Front, peers: Peers, name: str) -> None:
    """Without a path: abstract, different each time, and one that a peer can reach."""
    first, second = net.call(name), net.call(name, None, None, False)
    names = [made.value.getsockname().value.addr().value for made in (first, second)]
    assert len(set(names)) == 2
    for one in names:
        assert one[:1] in (b"\0", "\0") and len(one) > 1
    if net.language == "lua":
        assert first.extra.addr().value == names[0]
    far = peers.open(socket.AF_UNIX, socket.SOCK_DGRAM)
    if name == "bind_unix_dgram":
        far.sendto(b"found", names[0])
        assert first.value.recv().value == b"found"
    net.call(name, names[1]).fails("EADDRINUSE", op="bind")


@pytest.mark.parametrize("name", ["bind_unix_stream", "bind_unix_dgram"])
def test_name_of_the_kernel_has_no_file(net: Front, name: str) -> None:
    with net.no_new_descriptors():
        net.call(name, None, 0o600).fails("EINVAL", text="mode")
        net.call(name, None, None, True).fails("EINVAL", text="unlink")
        net.call(name, "").fails("EINVAL", text="pathname")


def test_mode_leaves_a_foreign_file(net: Front, folder: Path) -> None:
    """A bind that fails changes nothing of what is there."""
    path = folder / "s"
    path.write_text("precious")
    path.chmod(0o444)
    for unlink in (False, True):
        with net.no_new_descriptors():
            failed = net.bind_unix_stream(str(path), 0o600, unlink)
            failed.fails("EADDRINUSE", op="bind", addr=str(path))
    assert path.read_text() == "precious"
    assert mode_of(path) == 0o444


@pytest.mark.parametrize("name", BOTH)
def test_mode_without_a_directory(net: Front, folder: Path, name: str) -> None:
    with net.no_new_descriptors():
        net.call(name, str(folder / "no" / "s"), 0o600, True).fails("ENOENT", op="bind")
