"""Several Lua states in one process, each on a thread of its own (h114).

There is no host program to compile: a child Python loads liblua itself and runs the
same chunk in four states at a time.
"""

from __future__ import annotations

import ctypes.util
import subprocess
import sys

import pytest

from support.fronts.agent_process import lua_command, lua_environment
from support.machine_lag import PATIENCE

HOST = """
import ctypes, os, sys, threading

lua = ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL)
for name in ("luaL_newstate", "lua_tolstring"):
    getattr(lua, name).restype = ctypes.c_void_p
lua.lua_tolstring.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
for name in ("luaL_openlibs", "lua_close"):
    getattr(lua, name).argtypes = [ctypes.c_void_p]
lua.luaL_loadstring.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
lua.lua_pcallk.argtypes = (
    [ctypes.c_void_p] + [ctypes.c_int] * 3 + [ctypes.c_ssize_t, ctypes.c_void_p]
)

CHUNK = b'''
-- A finalizer that was set before the module was loaded runs after the module's last one.
KEEP = setmetatable({}, {__gc = function()
  pcall(SOCKET.new_inet_stream)
  pcall(SOCKET.pair_stream)
  pcall(SOCKET.iovec.new)
end})
local socket = require 'net.socket'
SOCKET = socket
for round = 1, 300 do
  local a, b = table.unpack(assert(socket.pair_stream()))
  assert(a:send('round ' .. round) > 0)
  assert(b:recv() == 'round ' .. round)
  assert(a:close())
  assert(b:recv() == nil)
  local _, err = socket.connect_unix_stream('/none/' .. round)
  assert(err.type == socket.errno.ENOENT)
  assert(tostring(err):find('/none/' .. round, 1, true))
  local l = assert(socket.bind_inet_stream('127.0.0.1', 0))
  assert(l:listen())
  local c = assert(socket.connect_inet_stream('127.0.0.1', l:getsockname():port(), 10))
  assert(l:accept())
  if round % 2 == 0 then c:close() l:close() end
  if round % 50 == 0 then collectgarbage() end
end
'''
messages = []

def run():
    for _ in range(2):
        state = lua.luaL_newstate()
        lua.luaL_openlibs(state)
        if lua.luaL_loadstring(state, CHUNK) or lua.lua_pcallk(state, 0, 0, 0, 0, None):
            messages.append(ctypes.string_at(lua.lua_tolstring(state, -1, None)))
        lua.lua_close(state)

before = set(os.listdir("/proc/self/fd"))
threads = [threading.Thread(target=run) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert not messages, messages
left = set(os.listdir("/proc/self/fd")) - before
assert not left, left
print("ended")
"""


def test_h114_four_states() -> None:
    """Four threads, eight states one after another: nothing is shared, nothing stays."""
    library = ctypes.util.find_library("lua5.4")
    version = subprocess.run([lua_command(), "-v"], stdout=subprocess.PIPE).stdout
    if library is None or not version.startswith(b"Lua 5.4"):
        pytest.skip("no shared library of the same Lua that a host could load")
    environment = lua_environment()
    done = subprocess.run(
        [sys.executable, "-c", HOST, library],
        env=environment,
        stdout=subprocess.PIPE,
        timeout=PATIENCE,
    )
    assert done.returncode == 0
    assert done.stdout == b"ended\n"
