"""net.socket.tls, under plain poll(2) and under each scheduler. See tls_cases.lua."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from certificates import Authority
from children import output_of, run_lua
from fronts.agent_process import lua_command
from lateness import PATIENCE, QUIET
from lua import schedule
from lua.schedule import ALL, CONCURRENT, environment

every = pytest.mark.parametrize("scheduler", ALL)
each = pytest.mark.parametrize("scheduler", CONCURRENT)
WORDS = {
    "name": "the certificate is not for this name",
    "verify": "certificate verify failed",
    "cut": "the peer ended the connection without a close-notify",
}
HANDSHAKES = 500 if QUIET else 50  # in each half
MIB = 100 if QUIET else 8
KEPT = 1 << 20  # bytes that the second half of the handshakes may have grown by


@pytest.fixture(autouse=True)
def luasec() -> None:
    command = [lua_command(), "-e", "require 'ssl'"]
    found = subprocess.run(command, env=environment(), capture_output=True, check=False)
    if found.returncode:
        pytest.skip("LuaSec is not installed")


def case(scheduler: str, name: str, authority: Authority, *args: object) -> str:
    words = schedule.case(
        scheduler, name, authority.folder, *args, program="tls_cases.lua"
    )
    return " ".join(words)


@contextmanager
def s_server(authority: Authority, name: str, *options: str) -> Iterator[int]:
    """`openssl s_server`, which sends each line back reversed; its port."""
    pem, key = authority.path(f"{name}.pem"), authority.path(f"{name}.key")
    command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-rev"]
    server = subprocess.Popen(
        [*command, "-cert", pem, "-key", key, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    try:
        assert server.stdout is not None
        for line in server.stdout:
            found = re.match(rb"ACCEPT .*:(\d+)", line)
            if found:
                break
        else:
            pytest.fail("s_server has not started")
        yield int(found[1])
    finally:
        server.kill()
        server.communicate()


@every
def test_client_of_openssl(scheduler: str, authority: Authority) -> None:
    with s_server(authority, "server") as port:
        assert case(scheduler, "client", authority, port) == "olleh 5000"


@every
def test_server_of_openssl(scheduler: str, authority: Authority) -> None:
    """s_client checks the name, and ends well."""
    assert case(scheduler, "server", authority) == "HELLO 0"


@pytest.mark.parametrize(
    ("certificate", "name", "how", "words"),
    [
        ("server", "localhost", "", "fine"),
        ("server", "127.0.0.1", "", "fine"),
        ("server", "::1", "", "fine"),
        ("server", "a.EXAMPLE.com.", "", "fine"),
        ("server", "example.com", "", WORDS["name"]),
        ("server", "a.b.example.com", "", WORDS["name"]),
        ("server", "127.0.0.2", "", WORDS["name"]),
        ("server", "server", "", WORDS["name"]),  # the CN is not looked at
        ("server", "", "", WORDS["name"]),
        ("server", "other.org", "unchecked", "fine"),
        ("expired", "localhost", "", WORDS["verify"]),
        ("server", "localhost", "unknown", WORDS["verify"]),
    ],
)
def test_certificates(
    authority: Authority, certificate: str, name: str, how: str, words: str
) -> None:
    with s_server(authority, certificate) as port:
        assert case("poll", "refused", authority, port, name, how) == words


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
@pytest.mark.parametrize("how", ["certificate", "no certificate"])
def test_client_certificates_of_openssl(
    authority: Authority, how: str, version: str
) -> None:
    options = ("-Verify", "1", "-CAfile", authority.path("ca.pem"), version)
    with s_server(authority, "server", *options) as port:
        words = case("poll", "refused", authority, port, "localhost", how)
    if how == "certificate":
        assert words == "olleh"
    else:
        assert re.search("certificate required|handshake failure", words)


@each
@pytest.mark.parametrize("how", ["with", "without"])
def test_client_certificates(scheduler: str, authority: Authority, how: str) -> None:
    words = case(scheduler, "client_certificates", authority, how)
    expected = "client.example.com" if how == "with" else "peer did not return"
    assert expected in words


@every
def test_silent_peer(scheduler: str, authority: Authority) -> None:
    assert case(scheduler, "silent", authority) == "handshake"


@contextmanager
def cutter(authority: Authority) -> Iterator[int]:
    """A server that sends a part, and closes without a close-notify."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.path("server.pem"), authority.path("server.key"))

    def serve() -> None:
        plain, _ = listener.accept()
        with context.wrap_socket(plain, server_side=True) as conn:
            conn.sendall(b"part")
            os.close(conn.detach())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(PATIENCE)


@every
def test_cut_without_close_notify(scheduler: str, authority: Authority) -> None:
    """An error, again at each call, and never a clean end."""
    with cutter(authority) as port:
        assert case(scheduler, "cut", authority, port) == WORDS["cut"]


@pytest.mark.measures
@each
def test_both_ways_at_once(scheduler: str, authority: Authority) -> None:
    assert case(scheduler, "bulk", authority, MIB) == str(MIB << 20)


@pytest.mark.measures
@each
def test_handshakes_leave_nothing(scheduler: str, authority: Authority) -> None:
    assert int(case(scheduler, "handshakes", authority, HANDSHAKES)) < KEPT


@each
@pytest.mark.parametrize("call", ["recv", "read", "sendall"])
def test_waiters(scheduler: str, authority: Authority, call: str) -> None:
    """A second one gets EBUSY, and close() wakes the first with EBADF."""
    case(scheduler, "waiters", authority, call)


def test_closed_coroutine(authority: Authority) -> None:
    case("select", "closed_coroutine", authority)


@each
def test_record_that_was_begun(scheduler: str, authority: Authority) -> None:
    case(scheduler, "begun_record", authority)


@each
def test_peer_that_is_gone(scheduler: str, authority: Authority) -> None:
    case(scheduler, "gone", authority)


@each
def test_fork(scheduler: str, authority: Authority) -> None:
    case(scheduler, "fork", authority)


def test_pending_bytes() -> None:
    """What came before the handshake is no part of it; the socket stays as it is."""
    program = """
        local socket, tls = require 'net.socket', require 'net.socket.tls'
        local ends = socket.pair_stream()
        assert(ends[1]:sendall 'OK\\r\\nextra')
        assert(ends[2]:reader():line(5) == 'OK')
        local conn, err = tls.client(ends[2], 'localhost', nil, 5)
        assert(conn == nil and err.name == 'EBUSY', err)
        print(ends[2]:recv())
    """
    assert output_of(run_lua(program)) == "extra\n"


def test_arguments() -> None:
    program = """
        local socket, tls = require 'net.socket', require 'net.socket.tls'
        local ends = socket.pair_stream()
        print(tls.client(ends[1], 'localhost', nil, -1))
        print(tls.client(ends[1], 'localhost', {cafile = '/none'}))
        print(pcall(tls.client, ends[1]))
        print(pcall(tls.server, ends[1]))
        assert(ends[1]:sendall 'x' == 1)
    """
    lines = output_of(run_lua(program)).splitlines()
    assert [line.split("\t")[0] for line in lines] == ["nil", "nil", "false", "false"]
    assert "handshake sec: EINVAL" in lines[0]
    assert "EINVAL" in lines[1]
    assert "bad argument #2 to 'client' (string expected, got nil)" in lines[2]
    assert "bad argument #2 to 'server'" in lines[3]


def test_without_luasec() -> None:
    program = """
        package.preload.ssl = function() error 'none' end
        print(pcall(require, 'net.socket.tls'))
    """
    assert "luarocks install luasec" in output_of(run_lua(program))
