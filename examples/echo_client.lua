local socket = require 'net.socket'
local port, text = arg[1] or '7000', arg[2] or 'hello'
local sock <close> = assert(socket.connect_inet_stream('127.0.0.1', port, 5))
assert(sock:send(text))
assert(sock:shutdown(socket.SHUT_WR)) -- nothing more to say: the server sees the end
local data, err, again
repeat
  assert(sock:recvable(5), 'no answer within 5 seconds')
  data, err, again = sock:recv()
  assert(not err, err)
  io.write(data or '')
until not data and not again
print()
