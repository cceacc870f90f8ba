-- net.socket.luasocket: the interface of luasocket's module `socket`, on net.socket.
--
--   package.loaded.socket = require 'net.socket.luasocket'
--
-- before anything requires socket gives it to luasocket's http, smtp and ftp, to LuaSec,
-- Copas and redis-lua as well. What waits goes through the poller that is in use.
local netsocket = require 'net.socket'
local flow = require 'net.socket.luasocket.flow'
local names = require 'net.socket.luasocket.names'
local tcp = require 'net.socket.luasocket.tcp'
local udp = require 'net.socket.luasocket.udp'
local object = require 'net.socket.luasocket.object'

local now, time = netsocket.poller.now, netsocket.poller.time

local socket = {
  _VERSION = 'LuaSocket 3.0.0 (net.socket)',
  _SETSIZE = math.maxinteger, -- select has no limit
  _SOCKETINVALID = -1,
  _DATAGRAMSIZE = 8192,
  BLOCKSIZE = 2048,
  dns = names.dns,
  gettime = time,
  select = require 'net.socket.luasocket.select',
  unix = require 'net.socket.luasocket.unix',
  tcp = tcp.new(nil),
  tcp4 = tcp.new 'inet4',
  tcp6 = tcp.new 'inet6',
  udp = udp.new(nil),
  udp4 = udp.new 'inet4',
  udp6 = udp.new 'inet6',
  bind = tcp.bind,
  connect = tcp.connect,
}

for name, value in pairs(flow(socket)) do socket[name] = value end

function socket.connect4(host, port, lhost, lport)
  return tcp.connect(host, port, lhost, lport, 'inet')
end

function socket.connect6(host, port, lhost, lport)
  return tcp.connect(host, port, lhost, lport, 'inet6')
end

function socket.skip(n, ...)
  return select(n + 1, ...)
end

-- In a coroutine of a scheduler it is the coroutine that sleeps.
function socket.sleep(sec)
  local until_when = now() + object.number(sec, 1)
  local left = until_when - now()
  while left > 0 do
    assert(netsocket.select({}, {}, left))
    left = until_when - now()
  end
end

function socket.__unload() end

return socket
