---@meta net.socket.addrinfo
-- Addresses.

---@class net.socket.addrinfo
local AddrInfo = {}

---@class net.socket.addrinfo.module
local addrinfo = {}

--- Make an IPv4 address from its numeric form.
---@param addr? string?
---@param port? string|integer|nil
---@param socktype? integer
---@param protocol? integer
---@param ... integer?
---@return net.socket.addrinfo?
---@return net.socket.error?
function addrinfo.inet(addr, port, socktype, protocol, ...) end

--- Make an IPv6 address from its numeric form, with an optional %zone.
---@param addr? string?
---@param port? string|integer|nil
---@param socktype? integer
---@param protocol? integer
---@param ... integer?
---@return net.socket.addrinfo?
---@return net.socket.error?
function addrinfo.inet6(addr, port, socktype, protocol, ...) end

--- Make a unix address from a path or, with a leading NUL, an abstract name.
---@param pathname string
---@param socktype? integer
---@param protocol? integer
---@param ... integer?
---@return net.socket.addrinfo?
---@return net.socket.error?
function addrinfo.unix(pathname, socktype, protocol, ...) end

--- Resolve a host and a port; blocks.
---@param host? string?
---@param port? string|integer|nil
---@param family? integer
---@param socktype? integer
---@param protocol? integer
---@param ... integer?
---@return net.socket.addrinfo[]?
---@return net.socket.error?
function addrinfo.getaddrinfo(host, port, family, socktype, protocol, ...) end

--- Make an IPv4 address.
---@param addr string?
---@param port string|integer|nil
---@param socktype integer
---@param protocol integer
---@param passive? boolean
---@return net.socket.addrinfo?
---@return net.socket.error?
function addrinfo.new_inet(addr, port, socktype, protocol, passive) end

--- Make an IPv4 address for TCP.
---@param addr? string?
---@param port? string|integer|nil
---@param passive? boolean
---@return net.socket.addrinfo?
---@return net.socket.error?
function addrinfo.new_inet_stream(addr, port, passive) end

--- Make an IPv4 address for UDP.
---@param addr? string?
---@param port? string|integer|nil
---@param passive? boolean
---@return net.socket.addrinfo?
---@return net.socket.error?
function addrinfo.new_inet_dgram(addr, port, passive) end

--- Make an IPv6 address.
---@param addr string?
---@param port string|integer|nil
---@param socktype integer
---@param protocol integer
---@param passive? boolean
---@return net.socket.addrinfo?
---@return net.socket.error?
function addrinfo.new_inet6(addr, port, socktype, protocol, passive) end

--- Make an IPv6 address for TCP.
---@param addr? string?
---@param port? string|integer|nil
---@param passive? boolean
---@return net.socket.addrinfo?
---@return net.socket.error?
function addrinfo.new_inet6_stream(addr, port, passive) end

--- Make an IPv6 address for UDP.
---@param addr? string?
---@param port? string|integer|nil
---@param passive? boolean
---@return net.socket.addrinfo?
---@return net.socket.error?
function addrinfo.new_inet6_dgram(addr, port, passive) end

--- Make a unix address.
---@param pathname string
---@param socktype integer
---@param protocol integer
---@param passive? boolean
---@return net.socket.addrinfo?
---@return net.socket.error?
function addrinfo.new_unix(pathname, socktype, protocol, passive) end

--- Make a unix address for a stream socket.
---@param pathname string
---@param passive? boolean
---@return net.socket.addrinfo?
---@return net.socket.error?
function addrinfo.new_unix_stream(pathname, passive) end

--- Make a unix address for a datagram socket.
---@param pathname string
---@param passive? boolean
---@return net.socket.addrinfo?
---@return net.socket.error?
function addrinfo.new_unix_dgram(pathname, passive) end

--- Resolve a host and a port for TCP over IPv4; blocks.
---@param host? string?
---@param port? string|integer|nil
---@param passive? boolean
---@param canonname? boolean
---@return net.socket.addrinfo[]?
---@return net.socket.error?
function addrinfo.getaddrinfo_stream(host, port, passive, canonname) end

--- Resolve a host and a port for UDP over IPv4; blocks.
---@param host? string?
---@param port? string|integer|nil
---@param passive? boolean
---@param canonname? boolean
---@return net.socket.addrinfo[]?
---@return net.socket.error?
function addrinfo.getaddrinfo_dgram(host, port, passive, canonname) end

--- Return the address family.
---@return integer?
---@return net.socket.error?
---@return boolean?
function AddrInfo:family() end

--- Return the socket type, 0 for any.
---@return integer?
---@return net.socket.error?
---@return boolean?
function AddrInfo:socktype() end

--- Return the protocol, 0 for the default.
---@return integer?
---@return net.socket.error?
---@return boolean?
function AddrInfo:protocol() end

--- Return the numeric host, the path or the abstract name.
---@return string?
function AddrInfo:addr() end

--- Return the port.
---@return integer?
function AddrInfo:port() end

--- Return the host's canonical name where it was asked for.
---@return string?
function AddrInfo:canonname() end

--- Look up host and service names; blocks on the resolver.
---@param ... integer?
---@return {host: string
---@return service: string}?
---@return net.socket.error?
function AddrInfo:getnameinfo(...) end

return addrinfo
