"""unlink of bind_unix_*: a stale path is removed before, its own at close."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from support.fronts.front import Front
from support.net.peers import Peers

covers = pytest.mark.covers

UNIX = socket.AF_UNIX
BOTH = ["bind_unix_stream", "bind_unix_dgram"]
KINDS = {
    "bind_unix_stream": socket.SOCK_STREAM,
    "bind_unix_dgram": socket.SOCK_DGRAM,
}

pytestmark = pytest.mark.alias("unix_path")


# ------------------------------------------------------------- before: a stale path


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("left_by", BOTH)
def test_stale_path(net: Front, peers: Peers, name: str, left_by: str) -> None:
    """A socket file that no process has open is replaced, whatever left it."""
    path = Path(peers.path())
    with socket.socket(UNIX, KINDS[left_by]) as old:
        old.bind(str(path))
    # Held, or the new file may get the same number.
    before = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        net.call(name, str(path)).fails("EADDRINUSE", op="bind", addr=str(path))
        made = net.call(name, str(path), 0o600, True).value
        assert path.lstat().st_ino != os.fstat(before).st_ino
    finally:
        os.close(before)
    assert stat.S_IMODE(path.lstat().st_mode) == 0o600
    made.close()
    assert not path.exists()


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("owner", BOTH)
def test_path_in_use(net: Front, peers: Peers, name: str, owner: str) -> None:
    """A server is there, of this kind or the other: EADDRINUSE, and it goes on."""
    path = peers.path()
    theirs = peers.bound(UNIX, KINDS[owner], path)
    if owner == "bind_unix_stream":
        theirs.listen()
    file = os.lstat(path)
    with net.no_new_descriptors():
        net.call(name, path, None, True).fails("EADDRINUSE", op="bind", addr=path)
    assert os.lstat(path).st_ino == file.st_ino
    if owner == "bind_unix_dgram":
        peers.open(UNIX, socket.SOCK_DGRAM).sendto(b"still here", path)
        assert theirs.recv(100) == b"still here"


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_SEQPACKET])
def test_bound_and_not_listening(
    net: Front, peers: Peers, name: str, kind: socket.SocketKind
) -> None:
    """A server that has not come as far as listening refuses as a dead one does; it is
    told from that, and can listen then."""
    path = peers.path()
    theirs = peers.bound(UNIX, kind, path)
    file = os.lstat(path)
    with net.no_new_descriptors():
        net.call(name, path, None, True).fails("EADDRINUSE", op="bind", addr=path)
    assert os.lstat(path).st_ino == file.st_ino
    theirs.listen()
    peers.open(UNIX, kind).connect(path)
    theirs.close()
    assert net.call(name, path, None, True).value.close().value is True


def test_listener_is_not_connected_to(net: Front, peers: Peers) -> None:
    """Whether it lives is asked without a connection, which it would have to accept."""
    theirs = peers.listener(UNIX)
    net.bind_unix_stream(theirs.getsockname(), None, True).fails("EADDRINUSE")
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.accept()


def test_busy_listener_is_not_stale(net: Front, peers: Peers) -> None:
    """One whose queue is full does not answer, and is there all the same."""
    path = peers.black_hole(UNIX)
    file = os.lstat(path)
    with net.no_new_descriptors():
        net.bind_unix_stream(path, None, True).fails("EADDRINUSE", op="bind")
    assert os.lstat(path).st_ino == file.st_ino


@pytest.mark.parametrize("kind", ["file", "folder", "fifo", "link", "dangling"])
def test_only_a_socket_is_removed(net: Front, peers: Peers, kind: str) -> None:
    """Nothing else is, and no link is followed, not even to a stale socket."""
    path, target = Path(peers.path()), Path(peers.path())
    if kind == "file":
        path.write_text("precious")
    elif kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to(target)
        if kind == "link":
            with socket.socket(UNIX) as old:
                old.bind(str(target))
    before = path.lstat()
    with net.no_new_descriptors():
        net.bind_unix_stream(str(path), None, True).fails("EADDRINUSE", op="bind")
    after = path.lstat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert target.exists() == (kind == "link")


# --------------------------------------------------------------- after: at close


@pytest.mark.parametrize("name", BOTH)
def test_removed_at_close(net: Front, folder: Path, name: str) -> None:
    path = folder / "s"
    made = net.call(name, str(path), None, True).value
    assert path.is_socket()
    assert made.close().value is True
    assert not path.exists()
    path.write_text("another's")
    assert made.close().value is True
    assert path.exists(), "once only"


@pytest.mark.parametrize("form", ["s", "./s", "../{folder}/s"])
@pytest.mark.parametrize("name", BOTH)
def test_removed_after_chdir(net: Front, folder: Path, name: str, form: str) -> None:
    """A relative path is the same file after the process has gone elsewhere, and one of
    that name there is spared."""
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    with net.given() as (front, _):
        with front.working_in(folder):
            made = front.call(name, form.format(folder=folder.name), None, True).value
        assert (folder / "s").is_socket()
        with front.working_in(elsewhere), socket.socket(UNIX) as other:
            other.bind(str(elsewhere / "s"))
            assert made.close().value is True
    assert not (folder / "s").exists()
    assert (elsewhere / "s").is_socket()


@pytest.mark.parametrize("flag", ["SHUT_RD", "SHUT_WR", "SHUT_RDWR"])
def test_removed_at_close_with_a_shutdown(net: Front, folder: Path, flag: str) -> None:
    path = folder / "s"
    made = net.bind_unix_stream(str(path), None, True).value
    made.listen()
    assert made.close(net.const(flag)).value is True
    assert not path.exists()


def test_removed_by_the_collector(net: Front, folder: Path) -> None:
    path = folder / "s"
    net.bind_unix_stream(str(path), None, True).value.forget()
    assert not path.exists()


def test_unwrap_leaves_it(net: Front, folder: Path) -> None:
    """Who has the descriptor now has its path."""
    path = folder / "s"
    made = net.bind_unix_stream(str(path), None, True).value
    made.listen()
    fd = made.unwrap().value
    made.close()
    assert path.is_socket()
    with socket.socket(UNIX) as client:
        client.connect(str(path))
    assert net.close(fd).value is True
    assert path.is_socket()


def test_others_of_the_same_socket_leave_it(net: Front, folder: Path) -> None:
    """A dup and an accepted connection close without it; its maker takes it."""
    path = folder / "s"
    made = net.bind_unix_stream(str(path), None, True).value
    made.listen()
    client = net.connect_unix_stream(str(path), 5).value
    accepted = made.acceptwait(5).value
    for other in (made.dup().value, accepted, client):
        other.close()
    assert path.is_socket()
    made.close()
    assert not path.exists()


@pytest.mark.parametrize("by", ["file", "socket", "nothing"])
def test_replaced_file_is_left(net: Front, folder: Path, by: str) -> None:
    """The name belongs to another socket now, or to none."""
    path, aside = folder / "s", folder / "aside"
    made = net.bind_unix_stream(str(path), None, True).value
    path.rename(aside)
    with socket.socket(UNIX) as other:
        if by == "file":
            path.write_text("new")
        elif by == "socket":
            other.bind(str(path))
        made.close()
    assert path.exists() == (by != "nothing")
    assert aside.is_socket(), "under another name it is not ours to remove"


def test_rename_over_is_left(net: Front, folder: Path) -> None:
    """A new server puts its socket over the old one: the old one's close spares it."""
    path, fresh = folder / "s", folder / "fresh"
    old = net.bind_unix_stream(str(path), None, True).value
    new = net.bind_unix_stream(str(fresh), None, True).value
    new.listen()
    fresh.rename(path)
    old.close()
    assert net.connect_unix_stream(str(path), 5).kind == "value"
    new.close()
    assert path.is_socket(), "it was not bound to this name"


def test_folder_that_has_gone(net: Front, folder: Path) -> None:
    """Nothing to remove is no error."""
    inner = folder / "inner"
    inner.mkdir()
    made = net.bind_unix_stream(str(inner / "s"), None, True).value
    (inner / "s").unlink()
    inner.rmdir()
    assert made.close().value is True


def test_again_and_again(net: Front, folder: Path) -> None:
    """A server that restarts, also after a crash that left the file."""
    path = folder / "s"
    for clean in (True, False, False, True):
        made = net.bind_unix_stream(str(path), 0o600, True).value
        made.listen()
        assert net.connect_unix_stream(str(path), 5).kind == "value"
        if clean:
            made.close()
        else:
            assert net.close(made.unwrap().value).value is True
        assert path.exists() != clean
