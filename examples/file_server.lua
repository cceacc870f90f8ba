-- file_server.lua ADDRESS FILE [CLIENTS]: sends a file to each client that connects, its
-- length first, and ends after so many clients. ADDRESS is HOST:PORT, /a/path or, for a
-- Linux abstract name, @name.
local socket = require 'net.socket'

local address, name, clients = arg[1], arg[2], tonumber(arg[3] or math.huge)

local function bind_at(at)
  local host, port = at:match '^(.*):(%d+)$'
  if host then return socket.bind_inet_stream(host, port, true) end
  return socket.bind_unix_stream((at:gsub('^@', '\0')))
end

-- A send takes what the kernel has room for; the rest waits until there is room again.
local function send_all(sock, data)
  while true do
    local sent, err = sock:send(data)
    if not sent then return false, err end
    if sent == #data then return true end
    data = data:sub(sent + 1)
    local ready, why = sock:sendable(10)
    if not ready then return false, why or 'the client has stopped reading' end
  end
end

local function send_file(sock)
  local file <close> = assert(io.open(name, 'rb'))
  local ok, err = send_all(sock, string.pack('>I8', file:seek 'end'))
  file:seek 'set'
  for chunk in file:lines(65536) do
    if not ok then break end
    ok, err = send_all(sock, chunk)
  end
  return ok, err
end

local server <close> = assert(bind_at(address))
assert(server:listen())
print(server:getsockname())
io.stdout:flush()

while clients > 0 and assert(server:recvable(math.huge)) do
  local client <close> = server:accept()
  if client then
    local ok, err = send_file(client)
    if not ok then io.stderr:write('file_server: ', tostring(err), '\n') end
    clients = clients - 1
  end
end
if address:find '^/' then os.remove(address) end
