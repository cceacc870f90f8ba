"""No descriptor left: sockets that were dropped are collected before a call fails."""

from __future__ import annotations

import subprocess

import pytest

from support.fronts.agent_process import lua_command, lua_environment
from support.machine_lag import PATIENCE

# Every descriptor below the limit is taken, by sockets that are kept or dropped.
PROGRAM = """
collectgarbage 'stop'
local socket = require 'net.socket'
local server = assert(socket.bind_inet_stream('127.0.0.1', 0))
assert(server:listen())
local port = server:getsockname():port()
local client = assert(socket.connect_inet_stream('127.0.0.1', port, 5))
local ai = assert(socket.addrinfo.new_inet_stream('127.0.0.1', port))
local any = assert(socket.addrinfo.new_inet_stream('127.0.0.1', 0))
local file = assert(io.open '/proc/self/exe')
local group = assert(socket.new_inet_dgram())
group:mcastif 'lo'
local many = assert(socket.addrinfo.inet('239.79.1.1', 0))
local makers = {
  new = function() return socket.new(socket.AF_INET, socket.SOCK_STREAM) end,
  new_unix_dgram = function() return socket.new_unix_dgram() end,
  pair_stream = function() return socket.pair_stream() end,
  dup = function() return client:dup() end,
  accept = function() return server:accept() end,
  acceptfd = function() return server:acceptfd() end,
  acceptwait = function() return server:acceptwait(5) end,
  bind = function() return socket.bind(any) end,
  bind_inet_stream = function() return socket.bind_inet_stream('127.0.0.1', 0) end,
  connect = function() return socket.connect(ai, 5) end,
  connect_inet_stream = function()
    return socket.connect_inet_stream('127.0.0.1', port, 5)
  end,
  connect_stream = function() return socket.connect_stream('127.0.0.1', port, 5) end,
  ['connect by name'] = function()
    return socket.connect_inet_stream('localhost', port, 5)
  end,
  ['connect by name, no limit'] = function()
    return socket.connect_inet_stream('localhost', port)
  end,
  ['race by name'] = function()
    return socket.connect_stream('localhost', port, 60, {attempt_delay = 60})
  end,
  ['bind by name'] = function() return socket.bind_inet_stream('localhost', 0) end,
  getaddrinfo = function() return socket.addrinfo.getaddrinfo('localhost', port) end,
  getnameinfo = function() return any:getnameinfo() end,
  getifaddrs = function() return socket.device.getifaddrs() end,
  sendfileall = function() return client:sendfileall(file, 1, 0, 5) end,
  mcastif = function() return group:mcastif() end,
  ['mcastif by address'] = function() return group:mcastif '127.0.0.1' end,
  mcastjoin = function() return group:mcastjoin(many, '127.0.0.1') end,
}
local kept = {}
repeat
  local s = assert(socket.new_unix_dgram())
  if arg[2] == 'kept' then kept[#kept + 1] = s end
  local last = s:fd() == LIMIT - 1
until last
local made, err = makers[arg[1]]()
print(made and 'made' or err.name)
"""
LIMIT = 40
MAKERS = [
    "new", "new_unix_dgram", "pair_stream", "dup", "accept", "acceptfd", "acceptwait",
    "bind", "bind_inet_stream", "connect", "connect_inet_stream", "connect_stream",
    "connect by name", "connect by name, no limit", "race by name", "bind by name",
    "getaddrinfo", "getnameinfo", "getifaddrs", "sendfileall", "mcastif",
    "mcastif by address", "mcastjoin",
]  # fmt: skip


def run(maker: str, how: str) -> str:
    limited = f'ulimit -n {LIMIT} && exec "$0" "$@"'
    program = PROGRAM.replace("LIMIT", str(LIMIT))
    done = subprocess.run(
        ["sh", "-c", limited, lua_command(), "-", maker, how],
        input=program,
        env=lua_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("maker", MAKERS)
def test_dropped_sockets_make_room(maker: str) -> None:
    assert run(maker, "dropped") == "made"


@pytest.mark.parametrize("maker", ["new", "accept", "connect"])
def test_sockets_that_are_kept_do_not(maker: str) -> None:
    assert run(maker, "kept") == "EMFILE"
