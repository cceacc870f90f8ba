"""The literal results of Lua calls, where the idiom has more than the outcome."""

from __future__ import annotations

import socket

import pytest

from support.fronts.lua_front import LuaFront
from support.net.peers import Peers, port_of


def test_send_counts(lua_net: LuaFront) -> None:
    """n, nil, n < #msg."""
    results = lua_net.run("""
        local a, b = table.unpack(require 'net.socket'.pair_stream())
        local full = table.pack(a:send 'x')
        local none = table.pack(a:send '')
        local short = table.pack(a:send(('x'):rep(1 << 22)))
        local again = table.pack(a:send 'x')
        a:close() b:close()
        local function flat(t)
          return {t[1] or 'nil', t[2] or 'nil', t[3] == nil and 'nil' or t[3]}
        end
        return flat(full), flat(none), flat(short), flat(again)
    """)
    assert results[0] == [1, b"nil", False]
    assert results[1] == [0, b"nil", False]
    assert 0 < results[2][0] < 1 << 22
    assert results[2][1:] == [b"nil", True]
    assert results[3] == [0, b"nil", True]


def test_bind_gives_the_candidate(lua_net: LuaFront, peers: Peers) -> None:
    """sock, nil, ai: as resolved, so port 0 stays 0."""
    bound = lua_net.bind_inet_stream("127.0.0.1", 0)
    assert bound.extra.text() == "127.0.0.1:0"
    assert bound.extra.socktype().value == socket.SOCK_STREAM
    path = peers.path()
    assert lua_net.bind_unix_stream(path).extra.addr().value == path.encode()


def test_connect_gives_the_candidate(lua_net: LuaFront, peers: Peers) -> None:
    """sock, nil, nil, ai."""
    listener = peers.listener()
    made = lua_net.connect_inet_stream("127.0.0.1", port_of(listener), 5)
    assert made.extra == made.value.getpeername().value
    unix = peers.listener(socket.AF_UNIX)
    made = lua_net.connect_unix_stream(unix.getsockname())
    assert made.extra.text() == unix.getsockname()


@pytest.mark.parametrize(
    "call, count",
    [
        ("a:recv()", 3),
        ("a:recvfrom()", 3),
        ("b:close() ; a:recv()", 0),
        ("b:send 'x' ; a:recv()", 1),
        ("b:send 'x' ; a:recvfrom()", 1),
        ("a:recvable(0)", 3),
        ("a:sendable(0)", 1),
        ("a:close()", 1),
        ("socket.new_unix_stream()", 1),
        ("socket.connect_unix_stream '/nonexistent/x'", 2),
        ("socket.wrap(-1)", 2),
    ],
)
def test_number_of_results(lua_net: LuaFront, call: str, count: int) -> None:
    """As many values as the table of section 4 shows, and no nil behind them."""
    *before, last = call.split(" ; ")
    code = f"""
        local socket = require 'net.socket'
        local a, b = table.unpack(socket.pair_stream())
        {" ".join(before)}
        local n = select('#', {last})
        a:close() b:close()
        return n
    """
    assert lua_net.run(code) == [count]


def test_error_object(lua_net: LuaFront, peers: Peers) -> None:
    """Fields, one line of text, identity of the type, and `..`."""
    port = peers.refused_port()
    values = lua_net.run(
        """
        local socket = require 'net.socket'
        local sock, err, timeout = socket.connect_inet_stream('127.0.0.1', ...)
        assert(sock == nil and timeout == nil)
        assert(err.type == socket.errno.ECONNREFUSED)
        assert(err.type ~= socket.errno.ETIMEDOUT)
        return tostring(err), 'failed: ' .. err, err .. '!', err.name, err.code, err.op,
               err.message, err.addr
        """,
        port,
    )
    line = f"connect 127.0.0.1:{port}: ECONNREFUSED (111) Connection refused".encode()
    assert values[:3] == [line, b"failed: " + line, line + b"!"]
    assert values[3:] == [
        b"ECONNREFUSED",
        111,
        b"connect",
        b"Connection refused",
        f"127.0.0.1:{port}".encode(),
    ]


def test_errors_of_a_timeout(lua_net: LuaFront, peers: Peers) -> None:
    """nil, err, true, and the line says how long it waited."""
    port = peers.black_hole()[1]
    values = lua_net.run(
        """
        local socket = require 'net.socket'
        local sock, err, timeout, more = socket.connect_inet_stream('127.0.0.1', ..., 0.2)
        assert(err.type == socket.errno.ETIMEDOUT)
        return sock, tostring(err), timeout, more
        """,
        port,
    )
    line = f"connect 127.0.0.1:{port}: ETIMEDOUT (110) no answer within 0.2 s"
    assert values == [None, line.encode(), True, None]


def test_assert_shows_the_line(lua_net: LuaFront) -> None:
    """An error object works with assert and pcall: it is the error itself."""
    values = lua_net.run("""
        local socket = require 'net.socket'
        local ok, err = pcall(function()
          return assert(socket.connect_unix_stream '/none/x')
        end)
        return ok, tostring(err)
    """)
    assert values == [False, b"connect /none/x: ENOENT (2) No such file or directory"]


def test_errors_stay_as_they_were(lua_net: LuaFront) -> None:
    """The library reuses a spare error; one that was given away never changes."""
    values = lua_net.run("""
        local socket = require 'net.socket'
        local kept = {}
        for i = 1, 20 do
          local _, err = socket.connect_unix_stream('/none/' .. i)
          kept[i] = err
        end
        socket.wrap(-1)
        collectgarbage()
        for i = 1, 20 do kept[i] = tostring(kept[i]) end
        return kept
    """)
    assert values[0] == [
        f"connect /none/{i}: ENOENT (2) No such file or directory".encode()
        for i in range(1, 21)
    ]


@pytest.mark.parametrize("method", ["recv", "read", "recvfrom"])
def test_h052_empty_packet_is_no_end(lua_net: LuaFront, method: str) -> None:
    """Lua tells an empty seqpacket from the end of the connection; Python cannot."""
    a, b = lua_net.pair_seqpacket().all
    for message in (b"", b"x", b""):
        assert a.send(message).value == len(message)
    for message in (b"", b"x", b""):
        assert b.call(method).value == message
    assert b.call(method).is_again()
    a.close()
    assert b.call(method).is_end()


def test_message_objects_as_text(lua_net: LuaFront) -> None:
    """tostring tells what a message, its buffers and its control messages hold."""
    buffers = lua_net.iovec.new().value
    buffers.add(b"four")
    assert buffers.text() == "net.socket.iovec: 1 elements, 4 bytes"
    queue = lua_net.cmsghdrs.new().value
    assert queue.text() == "net.socket.cmsghdrs: 0 control messages"
    message = lua_net.msghdr.new().value
    assert message.text() == "net.socket.msghdr: name= iov=0 control=0 flags=0"
    message.iov(buffers)
    message.name(lua_net.addrinfo.inet("127.0.0.1", 80).value)
    wanted = "net.socket.msghdr: name=127.0.0.1:80 iov=4 control=0 flags=0"
    assert message.text() == wanted
