-- file_client.lua ADDRESS [SECONDS]: receives what file_server.lua sends and writes it to
-- standard output. SECONDS bounds the connect and each silence.
local socket = require 'net.socket'

local address, seconds = arg[1], tonumber(arg[2] or 10)

local function connect_to(at)
  local host, port = at:match '^(.*):(%d+)$'
  if host then return socket.connect_inet_stream(host, port, seconds) end
  return socket.connect_unix_stream(at:gsub('^@', '\0'), seconds)
end

-- Receives n bytes, a piece at a time.
local function receive(sock, n, write)
  while n > 0 do
    local piece, err, again = sock:recv(math.min(n, 65536))
    if piece then
      write(piece)
      n = n - #piece
    elseif again then
      local ready, why = sock:recvable(seconds)
      if not ready then return false, why or 'the server has fallen silent' end
    else
      return false, err or 'the server has left early'
    end
  end
  return true
end

local sock <close> = assert(connect_to(address))
local header = ''
assert(receive(sock, 8, function(piece) header = header .. piece end))
assert(receive(sock, string.unpack('>I8', header), function(piece)
  assert(io.stdout:write(piece))
end))
