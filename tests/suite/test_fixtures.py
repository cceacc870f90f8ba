"""Each fixture and each step for other suites, met by CPython's socket as the client."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netsocket_conformance.listening import listens
from netsocket_conformance.peer import (
    Peer,
    drip,
    expect,
    expect_end,
    forget,
    half_close,
    reset,
    send,
    send_early,
    stall,
)
from support.net.peers import wait_until

PeerOf = Callable[..., Peer]
WITHIN = 30.0


def client(server: Peer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), WITHIN)


def all_of(sock: socket.socket) -> list[bytes]:
    """The pieces that come, until the end."""
    pieces = []
    while piece := sock.recv(65536):
        pieces.append(piece)
    return pieces


def test_expect_and_drip(peer: PeerOf) -> None:
    server = peer(expect(b"EHLO"), drip(b"250 ok\r\n", 0.01), expect(b"QUIT"))
    with client(server) as sock:
        sock.sendall(b"EHLO there\r\n")
        got = b""
        pieces = 0
        while not got.endswith(b"\n"):
            got += sock.recv(100)
            pieces += 1
        assert got == b"250 ok\r\n"
        assert pieces > 1
        sock.sendall(b"QUIT")
        server.join()
        assert sock.recv(1) == b""
    assert server.received == b"EHLO there\r\nQUIT"


def test_what_was_expected_is_not_expected_again(peer: PeerOf) -> None:
    server = peer(expect(b"a"), expect(b"a"))
    with client(server) as sock:
        sock.sendall(b"a")
        sock.shutdown(socket.SHUT_WR)
        with pytest.raises(AssertionError, match="the end came, and b'a' had not"):
            server.join()


def test_a_step_that_fails_fails_the_test() -> None:
    own = Peer((expect(b"x", 0.01),), None, socket.AF_INET)
    with client(own):
        with pytest.raises(AssertionError, match=r"nothing came within 0\.\d+ s"):
            own.join()
    own.close()


def test_stall_ends_with_the_test() -> None:
    own = Peer((expect(b"x"), stall(), send(b"never")), None, socket.AF_INET)
    with client(own) as sock:
        sock.sendall(b"x")
        wait_until(lambda: own.received == b"x", "the peer stalls")
        sock.settimeout(0.01)
        with pytest.raises(socket.timeout):
            sock.recv(1)
        sock.settimeout(WITHIN)
        own.close()
        assert sock.recv(1) == b""


def test_a_peer_that_is_never_met() -> None:
    Peer((send(b"x"),), None, socket.AF_INET).close()


def test_reset(peer: PeerOf) -> None:
    server = peer(expect(b"x"), reset())
    with client(server) as sock:
        sock.sendall(b"x")
        with pytest.raises(ConnectionResetError):
            sock.recv(1)


def test_half_close(peer: PeerOf) -> None:
    server = peer(send(b"bye"), half_close(), expect_end())
    with client(server) as sock:
        assert b"".join(all_of(sock)) == b"bye"
        sock.sendall(b"still here")
        sock.shutdown(socket.SHUT_WR)
        server.join()
    assert server.received == b"still here"


def test_send_early(peer: PeerOf) -> None:
    server = peer(send_early(b"220 hello\r\n"), expect(b"EHLO"), send(b"250 ok\r\n"))
    with client(server) as sock:
        sock.sendall(b"EHLO")
        assert b"".join(all_of(sock)) == b"220 hello\r\n250 ok\r\n"


def test_forget(peer: PeerOf) -> None:
    server = peer(expect(b"x"), forget())
    with client(server) as sock:
        sock.sendall(b"x")
        try:
            server.join()
        except PermissionError:
            pytest.skip("TCP_REPAIR needs CAP_NET_ADMIN")
        sock.setblocking(False)
        with pytest.raises(BlockingIOError):
            sock.recv(1)
        sock.settimeout(WITHIN)
        sock.sendall(b"y")
        with pytest.raises(ConnectionResetError):
            sock.recv(1)


def test_a_client(peer: PeerOf) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        own = peer(send(b"hi"), expect(b"there"), connect=listener.getsockname())
        with listener.accept()[0] as sock:
            assert sock.recv(10) == b"hi"
            sock.sendall(b"there")
            own.join()
    assert own.received == b"there"


def test_a_client_of_a_path(peer: PeerOf, unix_path: str) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(unix_path)
        assert not listens(unix_path)
        listener.listen()
        assert listens(unix_path)
        peer(send(b"hi"), connect=unix_path)
        with listener.accept()[0] as sock:
            assert sock.recv(10) == b"hi"


def test_names_of_any_bytes() -> None:
    """A socket of a stranger's, whose name is no text, is beside ours in the table."""
    with socket.socket(socket.AF_UNIX) as strange, socket.socket(socket.AF_UNIX) as ours:
        strange.bind(b"\0nsk-\xff\xfe-%d" % os.getpid())
        ours.bind(b"\0nsk-\xffours-%d" % os.getpid())
        assert not listens(ours.getsockname())
        ours.listen()
        assert listens(ours.getsockname())


def test_ipv6(peer: PeerOf) -> None:
    server = peer(send(b"six"), family=socket.AF_INET6)
    with socket.create_connection(("::1", server.port), WITHIN) as sock:
        assert b"".join(all_of(sock)) == b"six"


def test_refused_port(refused_port: int) -> None:
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", refused_port), WITHIN)


def test_black_hole(black_hole: tuple[str, int]) -> None:
    with pytest.raises(socket.timeout):
        socket.create_connection(black_hole, 0.05)


@pytest.mark.parametrize("host, family", [("127.0.0.1", 2), ("::1", 10)])
def test_wait_until_listening(
    wait_until_listening: Callable[..., None], host: str, family: int
) -> None:
    with socket.socket(family) as listener:
        listener.bind((host, 0))
        port = listener.getsockname()[1]
        with pytest.raises(AssertionError, match="listens"):
            wait_until_listening(port, 0.01)
        timer = threading.Timer(0.02, listener.listen)
        timer.start()
        wait_until_listening((host, port))
        wait_until_listening(port)
        timer.join()
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):  # no connection was made
            listener.accept()


def test_a_server_that_ends(wait_until_listening: Callable[..., None]) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
        with pytest.raises(AssertionError, match="the server has ended: 0"):
            wait_until_listening(1, process=ended)


def test_wait_until_a_datagram_socket_listens(
    wait_until_listening: Callable[..., None], unix_path: str
) -> None:
    kind = socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as inet, socket.socket(1, kind) as unix:
        inet.bind(("127.0.0.1", 0))
        wait_until_listening(inet.getsockname(), kind=kind)
        assert not listens(unix_path, kind=kind)
        unix.bind(unix_path)
        wait_until_listening(unix_path, kind=kind)
        assert not listens(unix_path)


SERVER = "import socket, sys; s = socket.socket(1); s.bind(sys.argv[1]); s.listen(); "


def test_program(program: Callable[..., Any], unix_path: str) -> None:
    """It listens when it is given, and has ended after the test (see leak_check)."""
    code = SERVER + "s.accept()[0].send(b'x'); s.accept()"
    server = program(sys.executable, "-c", code, unix_path, listening=unix_path)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(unix_path)
        assert sock.recv(1) == b"x"
    assert server.poll() is None


def test_program_that_ignores_the_signal(program: Callable[..., Any]) -> None:
    code = "import signal; signal.signal(15, signal.SIG_IGN); print('ready', flush=True)"
    code += "; signal.pause()"
    server = program(sys.executable, "-c", code, stdout=subprocess.PIPE)
    assert server.stdout.readline() == b"ready\n"


def test_program_that_fails(program: Callable[..., Any], unix_path: str) -> None:
    """What it said is in the message."""
    code = "raise SystemExit('no such option')"
    with pytest.raises(AssertionError, match="(?s)has ended: 1.*no such option"):
        program(sys.executable, "-c", code, listening=unix_path)


def test_program_that_is_not_there(program: Callable[..., Any]) -> None:
    with pytest.raises(pytest.skip.Exception, match="no-such-program is not installed"):
        program("no-such-program")


def test_namespace(namespace: Any, wait_until_listening: Callable[..., None]) -> None:
    program = (
        "import socket; s = socket.create_server(('127.0.0.1', 53)); "
        "s.accept()[0].send(b'x')"
    )
    with namespace.popen(sys.executable, "-c", program) as server:
        wait_until_listening(("127.0.0.1", 53), process=server)
        assert not listens(("127.0.0.1", 53))
        ask = "import socket; print(socket.create_connection(('127.0.0.1', 53)).recv(1))"
        done = namespace.run(sys.executable, "-c", ask, stdout=subprocess.PIPE)
        assert done.stdout == b"b'x'\n"


LEAKS = """
import os, pytest, socket, subprocess, threading
kept = []

def test_descriptor(no_leaks):
    kept.append(socket.socket())

def test_process(no_leaks):
    kept.append(subprocess.Popen(["cat"], stdin=kept[0]))

def test_thread(no_leaks):
    threading.Thread(target=threading.Event().wait, daemon=True).start()

def test_nothing(no_leaks, unix_path, refused_port, black_hole, peer):
    peer()
"""


def test_no_leaks(folder: Path) -> None:
    """Three tests leak, and each is told; a fourth holds what fixtures close."""
    (folder / "conftest.py").write_text(
        "pytest_plugins = ['netsocket_conformance.fixtures']\n"
    )
    (folder / "test_leaks.py").write_text(LEAKS)
    package = Path(__file__).resolve().parents[2] / "conformance"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(package),
             "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert "4 passed, 3 errors" in done.stdout, done.stdout + done.stderr
    assert "descriptors are left" in done.stdout
    assert "processes are left" in done.stdout
    assert "not within 5 s: the test's threads end" in done.stdout
