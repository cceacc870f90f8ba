-- cqueues' own sockets: each line is sent back, without a deadline. Prints the port.
local cqueues = require 'cqueues'
local socket = require 'cqueues.socket'

local server = assert(socket.listen {host = '127.0.0.1', port = 0, nodelay = true})
assert(server:listen())
print((select(3, server:localname())))
io.stdout:flush()

local function serve(client)
  client:setmode('b', 'bn')
  client:onerror(function(_, _, code) return code end)
  for line in client:lines '*L' do
    if not client:write(line) then break end
  end
  client:close()
end

local all = cqueues.new()
all:wrap(function()
  for client in server:clients() do
    all:wrap(serve, client)
  end
end)
assert(all:loop())
