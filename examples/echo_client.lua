local socket = require 'net.socket'
local port, text = arg[1] or '7000', arg[2] or 'hello'
local sock <close> = assert(socket.connect_inet_stream('127.0.0.1', port, 5))
assert(sock:sendall(text, 5))
assert(sock:shutdown(socket.SHUT_WR)) -- nothing more to say: the server sees the end
print(assert(sock:reader():readall(1 << 20, 5)))
