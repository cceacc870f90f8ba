"""net.socket.tls, under plain poll(2) and under each scheduler. See tls_cases.lua."""

from __future__ import annotations

import re

import pytest

from lua import schedule
from lua.schedule import ALL, CONCURRENT
from support.machine_lag import QUIET
from support.net.certificates import Authority
from support.net.tls_peers import KEPT, REFUSED, WORDS, cutter, s_server
from support.processes.children import output_of, run_lua

every = pytest.mark.parametrize("scheduler", ALL)
each = pytest.mark.parametrize("scheduler", CONCURRENT)
HANDSHAKES = 500 if QUIET else 50  # in each half
MIB = 100 if QUIET else 8


@pytest.fixture(autouse=True)
def luasec() -> None:
    schedule.need_luasec()


def case(scheduler: str, name: str, authority: Authority, *args: object) -> str:
    words = schedule.case(
        scheduler, name, authority.folder, *args, program="tls_cases.lua"
    )
    return " ".join(words)


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
        *REFUSED,
        ("server", "a.EXAMPLE.com.", "", "fine"),
        ("server", "", "", WORDS["name"]),
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


@every
def test_cut_without_close_notify(scheduler: str, authority: Authority) -> None:
    """An error, again at each call, and never a clean end."""
    with cutter(authority) as port:
        assert case(scheduler, "cut", authority, port) == WORDS["cut"]


@every
def test_reset(scheduler: str, authority: Authority) -> None:
    """An error too: to LuaSec it is as closed as what ends with a close-notify."""
    with cutter(authority, resets=True) as port:
        case(scheduler, "reset", authority, port)


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
    case(scheduler, "begun", authority)


@each
def test_shutdown_sends_what_was_begun(scheduler: str, authority: Authority) -> None:
    case(scheduler, "rest", authority)


@each
def test_close_loses_nothing(scheduler: str, authority: Authority) -> None:
    """A ticket that the client has not read makes no reset of its close."""
    case(scheduler, "unread", authority)


@each
def test_short_messages_and_lines(scheduler: str, authority: Authority) -> None:
    case(scheduler, "lines", authority)


@each
def test_timeout_of_the_socket(scheduler: str, authority: Authority) -> None:
    case(scheduler, "timeout", authority)


@each
def test_bytes_of_who_waits(scheduler: str, authority: Authority) -> None:
    """They come while it is about to go on, and no second one takes them."""
    case(scheduler, "turns", authority)


def test_call_that_was_dropped_holds_nothing(authority: Authority) -> None:
    """Garbage is collected before another is refused."""
    case("select", "dropped", authority)


@pytest.mark.parametrize("method", ["recv", "send", "sendall", "line"])
def test_hook_that_closes(method: str, authority: Authority) -> None:
    """Between any two instructions of a call."""
    case("select", "hooked", authority, method)


HANDSHAKE = """
local socket = require 'net.socket'
local tls = require 'net.socket.tls'
local how = arg[1]
collectgarbage 'stop'
local function wait()
  if how == 'raised' then error 'in the wait' end
  return coroutine.yield()
end
socket.poller.use {wait_readable = wait, wait_writable = wait}
local a, b = table.unpack(assert(socket.pair_stream()))
local fd = a:fd()
local thread = coroutine.create(function() tls.client(a, 'host', {verify = 'none'}) end)
local ok = coroutine.resume(thread)
assert(ok == (how == 'closed'))
coroutine.close(thread) -- what an error leaves is closed by this too
local _, err = socket.poller.nonblock(fd)
assert(err and err.type == socket.errno.EBADF, 'it is open still')
assert(#b:recv(16) > 0)
"""


@pytest.mark.parametrize("how", ["closed", "raised"])
def test_handshake_that_is_left(how: str) -> None:
    """By the end of its coroutine or an error: the descriptor does not wait for a
    collection."""
    done = schedule.ran(HANDSHAKE, "", how)
    assert done.returncode == 0, done.stderr


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
        print(tls.server(ends[1], {certificate = '/none', key = '/none'}))
        print(tls.server(ends[1], {}))
        print(pcall(tls.client, ends[1]))
        print(pcall(tls.client, 5, 'localhost'))
        print(pcall(tls.client, ends[1], 'localhost', 5))
        print(pcall(tls.server, ends[1]))
        print(pcall(tls.server, {}, {}))
        print(pcall(tls.client, ends[1], 'localhost', nil, '5'))
        print(pcall(tls.server, ends[1], {}, true))
        assert(ends[1]:sendall 'x' == 1)
    """
    lines = output_of(run_lua(program)).splitlines()
    assert [line.split("\t")[0] for line in lines] == ["nil"] * 4 + ["false"] * 7
    assert "handshake sec: EINVAL" in lines[0]
    none = "/none: No such file or directory"
    assert [line.split("\t")[1] for line in lines[1:4]] == [
        f"handshake cafile: EINVAL (22) {none}",
        f"handshake certificate: EINVAL (22) {none}",
        "handshake certificate: EINVAL (22) a server needs one, and its key",
    ]
    assert [line.split("bad argument ")[1] for line in lines[4:]] == [
        "#2 to 'client' (string expected, got nil, for host)",
        "#1 to 'client' (net.socket expected, got number, for sock)",
        "#3 to 'client' (table or context expected, got number, for params)",
        "#2 to 'server' (table or context expected, got nil, for params)",
        "#1 to 'server' (net.socket expected, got table, for sock)",
        "#4 to 'client' (number or net.socket.deadline expected, got string, for sec)",
        "#3 to 'server' (number or net.socket.deadline expected, got boolean, for sec)",
    ]


def test_closed_socket() -> None:
    program = """
        local socket, tls = require 'net.socket', require 'net.socket.tls'
        local sock = socket.pair_stream()[1]
        sock:close()
        print(tls.client(sock, 'localhost', nil, 5))
    """
    assert output_of(run_lua(program)).startswith("nil\thandshake: EBADF (9)")


def test_without_luasec() -> None:
    program = """
        package.preload.ssl = function() error 'none' end
        print(pcall(require, 'net.socket.tls'))
    """
    assert "luarocks install luasec" in output_of(run_lua(program))
