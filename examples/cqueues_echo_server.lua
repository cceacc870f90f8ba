-- cqueues_echo_server.lua [PORT [SECONDS]]: sends back each line that a client sends. A
-- client that is silent for SECONDS is hung up on. Each has a coroutine of its own, in
-- one process and one thread.
local cqueues = require 'cqueues'
local socket = require 'net.socket'
require 'net.socket.poller.cqueues' -- from here on net.socket waits through cqueues

local port, seconds = arg[1] or '7000', tonumber(arg[2] or 60)
local exhausted = {[socket.errno.EMFILE] = true, [socket.errno.ENFILE] = true}
local server <close> = assert(socket.bind_inet_stream('127.0.0.1', port, true))
assert(server:listen())
print(server:getsockname())
io.stdout:flush()

local function serve(client)
  local _ <close> = client
  while true do
    local line, err, timeout = client:recvline(nil, seconds)
    if timeout then
      client:sendall('silent for too long\n', seconds)
      return
    end
    -- No line is the end of the stream, or an error that is this client's alone.
    if err or not line or not client:sendall(line, seconds) then return end
  end
end

local all = cqueues.new()
all:wrap(function()
  while true do
    local client, err = server:acceptwait()
    if client then
      all:wrap(function() serve(client) end)
    elseif exhausted[err.type] then
      cqueues.sleep(0.1) -- the client waits in the queue until another has gone
    else
      error(err)
    end
  end
end)
assert(all:loop())
