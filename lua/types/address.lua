---@meta net.socket.addrinfo
-- Addresses.

---@class net.socket.addrinfo
local AddrInfo = {}

---@class net.socket.addrinfo.module
local addrinfo = {}

-- surface: ADDRESS
--- Make an IPv4 address from its numeric form.
---@param addr? string four decimal numbers for IPv4, and no older spelling such as 127.1; for IPv6 what RFC 4291 allows, with % and the name or number of an interface for a zone. Left out, it is loopback, or with AI_PASSIVE the wildcard.
---@param port? string|integer an integer from 0 to 65535; 0 by default.
---@param socktype? integer a SOCK_ constant; 0, the default, is any.
---@param protocol? integer an IPPROTO_ constant; 0, the default, is the usual one.
---@param ... integer? AI_ constants, of which AI_PASSIVE has an effect.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.inet(addr, port, socktype, protocol, ...) end

--- Make an IPv6 address from its numeric form, with an optional %zone.
---@param addr? string four decimal numbers for IPv4, and no older spelling such as 127.1; for IPv6 what RFC 4291 allows, with % and the name or number of an interface for a zone. Left out, it is loopback, or with AI_PASSIVE the wildcard.
---@param port? string|integer an integer from 0 to 65535; 0 by default.
---@param socktype? integer a SOCK_ constant; 0, the default, is any.
---@param protocol? integer an IPPROTO_ constant; 0, the default, is the usual one.
---@param ... integer? AI_ constants, of which AI_PASSIVE has an effect.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.inet6(addr, port, socktype, protocol, ...) end

--- Make a unix address from a path or, with a leading NUL, an abstract name.
---@param pathname string a path of up to 107 bytes; or a NUL and up to 107 bytes that follow it, which is an abstract name of Linux.
---@param socktype? integer a SOCK_ constant; 0, the default, is any.
---@param protocol? integer 0, the default; unix sockets have no other.
---@param ... integer? AI_ constants; none has an effect.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.unix(pathname, socktype, protocol, ...) end

--- Make the address of a virtual machine or of its host.
---@param cid integer which of them: 1 is this machine, 2 the host, 0xffffffff any, to be bound to.
---@param port integer from 0 to 0xffffffff, which is any.
---@param socktype? integer a SOCK_ constant; 0, the default, is any.
---@param protocol? integer 0, the default.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.vsock(cid, port, socktype, protocol) end

--- Make a netlink address.
---@param port? integer whose it is; 0, the default, is the kernel, and to bind a number that is free.
---@param groups? integer the multicast groups, a bit each; 0, the default, is none.
---@param socktype? integer SOCK_RAW; 0, the default, is any.
---@param protocol? integer the netlink family, such as 0 for routing, which is the default.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.netlink(port, groups, socktype, protocol) end

--- Make the address of an interface, for packet sockets.
---@param ifname? string its name, or its number in decimal; nil, the default, is all of them.
---@param ethertype? integer which packets, such as 0x0800 for IPv4 or 3 for all of them; 0, the default, leaves it as it is when the socket is bound. It is the number itself, in no byte order.
---@param hwaddr? string a hardware address to send to, such as "02:fc:00:00:00:01"; none by default.
---@param socktype? integer SOCK_RAW, with the header of the link, or SOCK_DGRAM, without; 0, the default, is any.
---@param protocol? integer what the socket is opened with, the ethertype in network byte order; 0, the default, receives nothing until the socket is bound.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.packet(ifname, ethertype, hwaddr, socktype, protocol) end

--- Make an address of any family from the bytes that follow it.
---@param family integer an AF_ constant.
---@param data string the bytes that follow the family in the kernel's structure.
---@param socktype? integer a SOCK_ constant; 0, the default, is any.
---@param protocol? integer 0, the default, is the usual one.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.raw(family, data, socktype, protocol) end

--- Resolve a host and a port; blocks.
---@param host? string a name or a numeric address; absent, it is loopback, or with AI_PASSIVE the wildcard.
---@param port? string|integer an integer from 0 to 65535, decimal text, or a service name.
---@param family? integer AF_INET, AF_INET6 or, by default, AF_UNSPEC for both.
---@param socktype? integer a SOCK_ constant; 0, the default, is SOCK_STREAM, or the type that protocol goes with.
---@param protocol? integer an IPPROTO_ constant; 0, the default, is any.
---@param ... integer? AI_ constants.
---@return net.socket.addrinfo[]?
---@return net.socket.error? err
function addrinfo.getaddrinfo(host, port, family, socktype, protocol, ...) end

--- Make an IPv4 address.
---@param addr string? a numeric address, as addrinfo.inet takes it; nil is loopback or the wildcard.
---@param port string|integer|nil an integer from 0 to 65535; nil is 0.
---@param socktype integer a SOCK_ constant, or 0.
---@param protocol integer an IPPROTO_ constant, or 0.
---@param passive? boolean true makes an absent addr the wildcard; false by default.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.new_inet(addr, port, socktype, protocol, passive) end

--- Make an IPv4 address for TCP.
---@param addr? string a numeric address, as addrinfo.inet takes it; nil, the default, is loopback or the wildcard.
---@param port? string|integer an integer from 0 to 65535; 0 by default.
---@param passive? boolean true makes an absent addr the wildcard; false by default.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.new_inet_stream(addr, port, passive) end

--- Make an IPv4 address for UDP.
---@param addr? string a numeric address, as addrinfo.inet takes it; nil, the default, is loopback or the wildcard.
---@param port? string|integer an integer from 0 to 65535; 0 by default.
---@param passive? boolean true makes an absent addr the wildcard; false by default.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.new_inet_dgram(addr, port, passive) end

--- Make an IPv6 address.
---@param addr string? a numeric address, as addrinfo.inet takes it; nil is loopback or the wildcard.
---@param port string|integer|nil an integer from 0 to 65535; nil is 0.
---@param socktype integer a SOCK_ constant, or 0.
---@param protocol integer an IPPROTO_ constant, or 0.
---@param passive? boolean true makes an absent addr the wildcard; false by default.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.new_inet6(addr, port, socktype, protocol, passive) end

--- Make an IPv6 address for TCP.
---@param addr? string a numeric address, as addrinfo.inet takes it; nil, the default, is loopback or the wildcard.
---@param port? string|integer an integer from 0 to 65535; 0 by default.
---@param passive? boolean true makes an absent addr the wildcard; false by default.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.new_inet6_stream(addr, port, passive) end

--- Make an IPv6 address for UDP.
---@param addr? string a numeric address, as addrinfo.inet takes it; nil, the default, is loopback or the wildcard.
---@param port? string|integer an integer from 0 to 65535; 0 by default.
---@param passive? boolean true makes an absent addr the wildcard; false by default.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.new_inet6_dgram(addr, port, passive) end

--- Make a unix address.
---@param pathname string as for addrinfo.unix.
---@param socktype integer a SOCK_ constant, or 0.
---@param protocol integer 0.
---@param passive? boolean has no effect.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.new_unix(pathname, socktype, protocol, passive) end

--- Make a unix address for a stream socket.
---@param pathname string as for addrinfo.unix.
---@param passive? boolean has no effect.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.new_unix_stream(pathname, passive) end

--- Make a unix address for a datagram socket.
---@param pathname string as for addrinfo.unix.
---@param passive? boolean has no effect.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function addrinfo.new_unix_dgram(pathname, passive) end

--- Resolve a host and a port for TCP over IPv4; blocks.
---@param host? string a name or a numeric address; absent, it is loopback, or with passive the wildcard.
---@param port? string|integer an integer from 0 to 65535, decimal text, or a service name.
---@param passive? boolean true stands for AI_PASSIVE; false by default.
---@param canonname? boolean true stands for AI_CANONNAME: the first address then knows the host's canonical name; false by default.
---@return net.socket.addrinfo[]?
---@return net.socket.error? err
function addrinfo.getaddrinfo_stream(host, port, passive, canonname) end

--- Resolve a host and a port for UDP over IPv4; blocks.
---@param host? string a name or a numeric address; absent, it is loopback, or with passive the wildcard.
---@param port? string|integer an integer from 0 to 65535, decimal text, or a service name.
---@param passive? boolean true stands for AI_PASSIVE; false by default.
---@param canonname? boolean true stands for AI_CANONNAME: the first address then knows the host's canonical name; false by default.
---@return net.socket.addrinfo[]?
---@return net.socket.error? err
function addrinfo.getaddrinfo_dgram(host, port, passive, canonname) end
-- surface: end

-- surface: ADDRINFO
--- Return the address family.
---@return integer
function AddrInfo:family() end

--- Return the socket type, 0 for any.
---@return integer
function AddrInfo:socktype() end

--- Return the protocol, 0 for the default.
---@return integer
function AddrInfo:protocol() end

--- Return the numeric host, the path or the abstract name.
---@return string?
function AddrInfo:addr() end

--- Return the port.
---@return integer?
function AddrInfo:port() end

--- Return the bytes that follow the family, as the kernel has them.
---@return string
function AddrInfo:raw() end

--- Return the host's canonical name where it was asked for.
---@return string?
function AddrInfo:canonname() end

--- Look up host and service names; blocks on the resolver.
---@param ... integer? NI_ constants. With NI_NUMERICHOST and NI_NUMERICSERV nothing is looked up.
---@return {host: string, service: string}?
---@return net.socket.error? err
function AddrInfo:getnameinfo(...) end
-- surface: end

return addrinfo
