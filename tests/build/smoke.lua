-- What an installed net.socket must do anywhere; run by `dev matrix` with each Lua.
-- Prints which Lua; that it got there is the result.
local socket = require 'net.socket'
local errno = require 'net.socket.errno'

local pair = assert(socket.pair_stream())
local one, two = pair[1], pair[2]
assert(one:send('hello') == 5)
assert(two:recv() == 'hello')
assert(one:close())
assert(two:recv() == nil)
assert(two:close())

local server <close> = assert(socket.bind_inet_stream('127.0.0.1', 0))
assert(server:listen())
local port = server:getsockname():port()
local client <close> = assert(socket.connect_inet_stream('localhost', port, 10))
assert(server:recvable(10))
local peer <close> = assert(server:accept())
assert(peer:send(('x'):rep(1000)) == 1000)
assert(client:recvable(10))
assert(client:recv() == ('x'):rep(1000))

local silent <close> = assert(socket.bind_inet_stream('127.0.0.1', 0))
local none, err = socket.connect_inet_stream('127.0.0.1', silent:getsockname():port(), 10)
assert(none == nil and err.op == 'connect' and err.type == errno.ECONNREFUSED)
assert(not pcall(socket.bind_inet_stream))

print(_VERSION)
