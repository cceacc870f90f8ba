"""TLS between the two languages, each as client and as server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

import netsocket
from lua.schedule import need_luasec
from netsocket import tls
from python.tls_styles import WITHIN, Style
from support.net.certificates import Authority
from support.processes.children import output_of, run_lua

# It connects, and has the other role in TLS: what comes goes back, line by line.
ECHO = """
    local socket, tls = require 'net.socket', require 'net.socket.tls'
    local port, role, folder = table.unpack(arg)
    local sock = assert(socket.connect_inet_stream('127.0.0.1', tonumber(port), 60))
    local conn
    if role == 'client' then
      conn = assert(tls.client(sock, 'localhost', {cafile = folder .. '/ca.pem'}, 60))
    else
      conn = assert(tls.server(sock, {
        certificate = folder .. '/server.pem', key = folder .. '/server.key',
      }, 60))
    end
    local count = 0
    for line in conn:reader(1 << 21):lines(60) do
      assert(conn:sendall({line, '\\n'}, 60))
      count = count + 1
    end
    assert(conn:shutdown(60))
    print(count)
"""


@pytest.mark.parametrize("role", ["client", "server"])
def test_lines(role: str, authority: Authority) -> None:
    """The role of Lua; small lines, then one of a MiB, then the end both ways."""
    need_luasec()
    lines = [b"one", b"", b"three", b"x" * (1 << 20)]
    style = Style("plain", authority)
    listener = netsocket.bind_inet_stream("127.0.0.1", 0)
    with listener, ThreadPoolExecutor(1) as pool:
        listener.listen()
        port, folder = listener.getsockname().port(), authority.folder
        lua = pool.submit(run_lua, ECHO, str(port), role, str(folder))
        sock = listener.acceptwait(WITHIN)
        if role == "client":
            conn = tls.server(sock, style.server_context, WITHIN)
        else:
            conn = tls.client(sock, style.client_context(), "localhost", WITHIN)
        reader = conn.reader(1 << 21)
        for line in lines:
            conn.sendall([line, b"\n"], WITHIN)
            assert reader.line(WITHIN) == line
        conn.shutdown(WITHIN)
        assert output_of(lua.result(WITHIN)) == f"{len(lines)}\n"
