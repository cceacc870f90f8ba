-- cqueues_poller.lua PORT [COUNT]: COUNT echo clients at a time in one process. Each is a
-- coroutine that looks as if it waited; net.socket waits through the scheduler, cqueues.
local cqueues = require 'cqueues'
local socket = require 'net.socket'
require 'net.socket.poller.cqueues'

local function echo(port, text)
  local sock <close> = assert(socket.connect_inet_stream('127.0.0.1', port, 5))
  assert(sock:sendall(text .. '\n', 5))
  assert(sock:shutdown(socket.SHUT_WR))
  assert(sock:recvline(nil, 5) == text .. '\n', 'the answer is another text')
end

local port, count = arg[1], tonumber(arg[2] or 100)
local clients, done = cqueues.new(), 0
for i = 1, count do
  clients:wrap(function()
    echo(port, 'client ' .. i)
    done = done + 1
  end)
end
assert(clients:loop())
print(done .. ' clients')
