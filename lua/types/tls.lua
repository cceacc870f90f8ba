---@meta net.socket.tls
-- What the Lua language server knows of `net.socket.tls`.

--- TLS over LuaSec on a connected socket.
---@class net.socket.tls.module
---@field luasec string LuaSec's version
local tls = {}

--- Make a TLS connection of a connected socket, as its client. The socket is taken over.
---@param sock net.socket a connected stream socket.
---@param host string the name or address that the certificate must be for.
---@param params? table|userdata LuaSec's parameters, or a context of LuaSec.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, the socket's timeout, or without a limit.
---@return net.socket.tls?
---@return net.socket.error? err
---@return boolean? timeout
function tls.client(sock, host, params, sec) end

--- Make a TLS connection of an accepted socket, as its server. The socket is taken over.
---@param sock net.socket an accepted socket.
---@param params table|userdata LuaSec's parameters with certificate and key, or a context of LuaSec.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, the socket's timeout, or without a limit.
---@return net.socket.tls?
---@return net.socket.error? err
---@return boolean? timeout
function tls.server(sock, params, sec) end

--- A connection with TLS.
---@class net.socket.tls
local Connection = {}

--- Receive what there is, at most n bytes. No values: the end.
---@param n? integer the most bytes to take, 16384 by default.
---@return string?
---@return net.socket.error? err
---@return boolean? again
function Connection:recv(n) end

--- Send what can be sent now.
---@param msg string the bytes.
---@return integer? n
---@return net.socket.error? err
---@return boolean? again
function Connection:send(msg) end

--- Send all of a string, or of a sequence of strings.
---@param msg string|string[] the bytes.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, the connection's timeout, or without a limit.
---@return integer?
---@return net.socket.error? err
---@return boolean? timeout
---@return integer? n
function Connection:sendall(msg, sec) end

--- Make a reader, which takes lines, counts and marks out of the connection.
---@param limit? integer how far a mark or a newline is looked for, 65536 bytes by default.
---@param size? integer how much one receive reads ahead at most, 16384 bytes by default.
---@return net.socket.reader?
---@return net.socket.error? err
function Connection:reader(limit, size) end

--- Return how many received bytes are pending.
---@return integer
function Connection:pending() end

--- Return for how many seconds calls wait that are given none, or set it.
---@param sec? number seconds; 0: not at all.
---@return number?
---@return net.socket.error? err
function Connection:timeout(sec) end

--- Send the rest of a record that was begun, and the close-notify, and close.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, the connection's timeout, or without a limit.
---@return boolean
---@return net.socket.error? err
---@return boolean? timeout
function Connection:shutdown(sec) end

--- Close, and wake with EBADF who waits; again is harmless.
---@return boolean
---@return net.socket.error? err
function Connection:close() end

--- Return the peer's address.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function Connection:getpeername() end

--- Return the peer's certificate, an object of LuaSec, or nil where it has shown none.
---@return userdata?
---@return net.socket.error? err
function Connection:getpeercert() end

--- Return the protocol that ALPN has agreed on, or nil.
---@return string?
---@return net.socket.error? err
function Connection:alpn() end

return tls
