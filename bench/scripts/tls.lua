-- A client of TLS: tls.lua LIBRARY WORK PORT COUNT CA. It prints the seconds of processor
-- time that COUNT handshakes or MiB took.
local library, work, port, count, ca = table.unpack(arg)
port, count = tonumber(port), tonumber(count)

local MIB, ROOM = 1 << 20, 65536
local chunk = ('\0'):rep(MIB)
local ssl = require 'ssl'
local context = assert(ssl.newcontext {
  mode = 'client', protocol = 'any', verify = 'peer', cafile = ca, options = {'all'},
})
local connect, receive, sendall

if library == 'net.socket' then
  local socket = require 'net.socket'
  local tls = require 'net.socket.tls'
  connect = function()
    local sock = assert(socket.connect_inet_stream('127.0.0.1', port, 10))
    local conn = assert(tls.client(sock, 'localhost', context, 10))
    conn:timeout(60)
    return conn
  end
  receive = function(conn, n) return assert(conn:recv(n)) end
  sendall = function(conn, bytes) assert(conn:sendall(bytes)) end
else
  local socket = require 'socket'
  connect = function()
    local sock = assert(socket.connect('127.0.0.1', port))
    local conn = assert(ssl.wrap(sock, context))
    conn:sni('localhost')
    assert(conn:dohandshake())
    return conn
  end
  receive = function(conn, n) return assert(conn:receive(n)) end
  sendall = function(conn, bytes) assert(conn:send(bytes)) end
end

local start = os.clock()
if work == 'handshake' then
  for _ = 1, count do
    local conn = connect()
    receive(conn, 1)
    conn:close()
  end
else
  local conn = connect()
  if work == 'send' then
    for _ = 1, count do sendall(conn, chunk) end
  else
    local left = count * MIB
    while left > 0 do left = left - #receive(conn, math.min(ROOM, left)) end
  end
  conn:close()
end
print(os.clock() - start)
