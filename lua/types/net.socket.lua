---@meta net.socket
-- What the Lua language server knows of `net.socket`. A test holds it to core/api.def and
-- core/option.def: every name, and the parameters in their order.

---@class net.socket.code
---@field name string
---@field code integer
---@field message string

---@class net.socket.error
---@field type net.socket.code identical to errno.NAME or eai.NAME
---@field name string "ECONNREFUSED"
---@field code integer
---@field op string the system call
---@field message string
---@field addr string? the address, host, path or option concerned
---@field data any recvfd: the byte that came without a descriptor
---@field attempts table[]? connect: what became of each address
---@operator concat(string): string

---@class net.socket.poller.functions
---@field wait_readable fun(fd: integer, sec: number?): any, any, boolean?
---@field wait_writable fun(fd: integer, sec: number?): any, any, boolean?

---@class net.socket.env
---@field os string
---@field unixpath_max integer
---@field somaxconn integer

---@class net.socket
local Socket = {}

---@class net.socket.addrinfo
local AddrInfo = {}

---@class net.socket.msghdr
local MsgHdr = {}

---@class net.socket.cmsghdr
local CmsgHdr = {}

---@class net.socket.cmsghdrs
local CmsgHdrs = {}

---@class net.socket.iovec
local IoVec = {}

---@class net.socket.module
---@field env net.socket.env
---@field errno table<string|integer, net.socket.code>
---@field eai table<string|integer, net.socket.code>
---@field _VERSION string
---@field [string] integer the constants
local socket = {}

local addrinfo, msghdr, cmsghdr, cmsghdrs, iovec, device, poller = {}, {}, {}, {}, {}, {}, {}
socket.addrinfo, socket.msghdr, socket.cmsghdr, socket.cmsghdrs = addrinfo, msghdr, cmsghdr, cmsghdrs
socket.iovec, socket.device, socket.poller = iovec, device, poller

--- Adopt a socket descriptor.
---@param fd integer
---@param nonblock? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function socket.wrap(fd, nonblock) end

--- Open a socket of any family.
---@param family integer
---@param socktype integer
---@param protocol? integer
---@param nonblock? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function socket.new(family, socktype, protocol, nonblock) end

--- Open an IPv4 socket.
---@param socktype integer
---@param protocol integer
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function socket.new_inet(socktype, protocol, reuseaddr, reuseport) end

--- Open an IPv4 TCP socket.
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function socket.new_inet_stream(reuseaddr, reuseport) end

--- Open an IPv4 UDP socket.
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function socket.new_inet_dgram(reuseaddr, reuseport) end

--- Open an IPv6 socket.
---@param socktype integer
---@param protocol integer
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function socket.new_inet6(socktype, protocol, reuseaddr, reuseport) end

--- Open an IPv6 TCP socket.
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function socket.new_inet6_stream(reuseaddr, reuseport) end

--- Open an IPv6 UDP socket.
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function socket.new_inet6_dgram(reuseaddr, reuseport) end

--- Open a unix socket.
---@param socktype integer
---@param protocol integer
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function socket.new_unix(socktype, protocol, reuseaddr, reuseport) end

--- Open a unix stream socket.
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function socket.new_unix_stream(reuseaddr, reuseport) end

--- Open a unix datagram socket.
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function socket.new_unix_dgram(reuseaddr, reuseport) end

--- Make two connected unix sockets.
---@param socktype integer
---@param protocol? integer
---@param nonblock? boolean
---@return net.socket[]?
---@return net.socket.error?
function socket.pair(socktype, protocol, nonblock) end

--- Make two connected unix stream sockets.
---@return net.socket[]?
---@return net.socket.error?
function socket.pair_stream() end

--- Make two connected unix datagram sockets.
---@return net.socket[]?
---@return net.socket.error?
function socket.pair_dgram() end

--- Make two connected unix seqpacket sockets.
---@return net.socket[]?
---@return net.socket.error?
function socket.pair_seqpacket() end

--- Open a socket bound to an address.
---@param ai net.socket.addrinfo
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function socket.bind(ai, reuseaddr, reuseport) end

--- Open a TCP socket bound to an IPv4 address.
---@param host string?
---@param port string|integer|nil
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.bind_inet_stream(host, port, reuseaddr, reuseport) end

--- Open a TCP socket bound to an IPv6 address, for IPv6 only.
---@param host string?
---@param port string|integer|nil
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.bind_inet6_stream(host, port, reuseaddr, reuseport) end

--- Open a TCP socket bound to an IPv6 or IPv4 address, dual-stack where the system allows.
---@param host string?
---@param port string|integer|nil
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.bind_stream(host, port, reuseaddr, reuseport) end

--- Open a UDP socket bound to an IPv4 address.
---@param host string?
---@param port string|integer|nil
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.bind_inet_dgram(host, port, reuseaddr, reuseport) end

--- Open a UDP socket bound to an IPv6 address, for IPv6 only.
---@param host string?
---@param port string|integer|nil
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.bind_inet6_dgram(host, port, reuseaddr, reuseport) end

--- Open a unix stream socket bound to a path or abstract name.
---@param pathname string
---@param mode? integer
---@param unlink? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.bind_unix_stream(pathname, mode, unlink) end

--- Open a unix datagram socket bound to a path or abstract name.
---@param pathname string
---@param mode? integer
---@param unlink? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.bind_unix_dgram(pathname, mode, unlink) end

--- Open a socket connected to an address.
---@param ai net.socket.addrinfo
---@param conndeadl? number
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function socket.connect(ai, conndeadl) end

--- Open a TCP connection over IPv4.
---@param host string?
---@param port string|integer|nil
---@param conndeadl? number
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.connect_inet_stream(host, port, conndeadl) end

--- Open a TCP connection over IPv6.
---@param host string?
---@param port string|integer|nil
---@param conndeadl? number
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.connect_inet6_stream(host, port, conndeadl) end

--- Open a TCP connection over IPv6 or IPv4.
---@param host string?
---@param port string|integer|nil
---@param conndeadl? number
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.connect_stream(host, port, conndeadl) end

--- Open a unix stream connection.
---@param pathname string
---@param conndeadl? number
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.connect_unix_stream(pathname, conndeadl) end

--- Wait until one of many sockets or descriptors is ready.
---@param rd table
---@param wr? table
---@param sec? number
---@return table?
---@return table|net.socket.error?
function socket.select(rd, wr, sec) end

--- Adopt the listening sockets that a service manager passed.
---@param unset? boolean
---@return net.socket[]?
---@return net.socket.error?
function socket.listen_fds(unset) end

--- Shut down receiving, sending or, without a flag, both.
---@param fd integer
---@param flag? integer
---@return boolean
---@return net.socket.error?
---@return boolean?
function socket.shutdown(fd, flag) end

--- Close a descriptor, shutting it down first when a flag is given.
---@param fd integer
---@param flag? integer
---@return boolean
---@return net.socket.error?
---@return boolean?
function socket.close(fd, flag) end

--- Return the descriptor, -1 when closed.
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:fd() end

--- Return the address family.
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:family() end

--- Return the socket type.
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:socktype() end

--- Return the protocol.
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:protocol() end

--- Bind to an address.
---@param ai net.socket.addrinfo
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:bind(ai) end

--- Accept connections from now on; the default backlog is SOMAXCONN.
---@param backlog? integer
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:listen(backlog) end

--- Take the next connection, with its peer's address when asked.
---@param with_ai? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function Socket:accept(with_ai) end

--- Take the next connection as a descriptor that the caller owns.
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:acceptfd() end

--- Connect, or go on with a connect that is under way.
---@param ai net.socket.addrinfo
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:connect(ai) end

--- Send bytes and return how many were taken.
---@param msg string
---@param ... integer?
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:send(msg, ...) end

--- Send bytes without flags.
---@param msg string
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:write(msg) end

--- Send bytes to an address.
---@param msg string
---@param ai net.socket.addrinfo
---@param ... integer?
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:sendto(msg, ai, ...) end

--- Receive at most bufsize bytes.
---@param bufsize? integer
---@param ... integer?
---@return string?
---@return net.socket.error?
---@return boolean?
---@return string?
function Socket:recv(bufsize, ...) end

--- Receive at most bufsize bytes without flags.
---@param bufsize? integer
---@return string?
---@return net.socket.error?
---@return boolean?
---@return string?
function Socket:read(bufsize) end

--- Receive at most bufsize bytes and the sender's address.
---@param bufsize? integer
---@param ... integer?
---@return string?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function Socket:recvfrom(bufsize, ...) end

--- Shut down receiving, sending or, without a flag, both.
---@param flag? integer
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:shutdown(flag) end

--- Close, shutting down first when a flag is given; again is harmless.
---@param flag? integer
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:close(flag) end

--- Give the descriptor to the caller; the object is closed.
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:unwrap() end

--- Return a second object for the same open socket.
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function Socket:dup() end

--- Return the local address.
---@return net.socket.addrinfo?
---@return net.socket.error?
function Socket:getsockname() end

--- Return the peer's address.
---@return net.socket.addrinfo?
---@return net.socket.error?
function Socket:getpeername() end

--- Fetch and clear the pending error.
---@return net.socket.error?
---@return net.socket.error?
function Socket:error() end

--- Wait at most sec seconds until a receive would not block.
---@param sec? number
---@param exception? boolean
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:recvable(sec, exception) end

--- Wait at most sec seconds until a send would not block.
---@param sec? number
---@param exception? boolean
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:sendable(sec, exception) end

--- Send all bytes, waiting at most sec seconds.
---@param msg string
---@param sec? number
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:sendall(msg, sec) end

--- Receive n bytes, fewer only where the stream ends.
---@param n integer
---@param sec? number
---@return string?
---@return net.socket.error?
---@return boolean?
---@return string?
function Socket:recvall(n, sec) end

--- Receive up to and with the next newline, at most max bytes.
---@param max? integer
---@param sec? number
---@return string?
---@return net.socket.error?
---@return boolean?
---@return string?
function Socket:recvline(max, sec) end

--- Take the next connection, waiting for it at most sec seconds.
---@param sec? number
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function Socket:acceptwait(sec) end

--- Send a message with its address and control data.
---@param mh net.socket.msghdr
---@param ... integer?
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:sendmsg(mh, ...) end

--- Receive a message with its sender and control data.
---@param mh net.socket.msghdr
---@param ... integer?
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:recvmsg(mh, ...) end

--- Pass a descriptor over a unix socket.
---@param fd integer
---@param ai? net.socket.addrinfo
---@param ... integer?
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:sendfd(fd, ai, ...) end

--- Take a message that carries one descriptor.
---@param ... integer?
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:recvfd(...) end

--- Send part of a file.
---@param file integer|file*|net.socket
---@param bytes integer
---@param offset? integer
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:sendfile(file, bytes, offset) end

--- Receive into an iovec.
---@param iov net.socket.iovec
---@param offset? integer
---@param n? integer
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:readv(iov, offset, n) end

--- Send from an iovec.
---@param iov net.socket.iovec
---@param offset? integer
---@param n? integer
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:writev(iov, offset, n) end

--- Read an option by its number, as an integer or as size bytes.
---@param level integer
---@param name integer
---@param size? integer
---@return integer|string|nil
---@return net.socket.error?
function Socket:getsockopt(level, name, size) end

--- Set an option by its number to an integer or to bytes.
---@param level integer
---@param name integer
---@param value integer|string
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:setsockopt(level, name, value) end

--- Tell whether the next byte follows out-of-band data.
---@return boolean?
---@return net.socket.error?
function Socket:atmark() end

--- Join a multicast group.
---@param group net.socket.addrinfo
---@param ifname? string
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:mcastjoin(group, ifname) end

--- Leave a multicast group.
---@param group net.socket.addrinfo
---@param ifname? string
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:mcastleave(group, ifname) end

--- Join a group for one source.
---@param group net.socket.addrinfo
---@param source net.socket.addrinfo
---@param ifname? string
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:mcastjoinsrc(group, source, ifname) end

--- Leave a group for one source.
---@param group net.socket.addrinfo
---@param source net.socket.addrinfo
---@param ifname? string
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:mcastleavesrc(group, source, ifname) end

--- Drop what a source sends to a joined group.
---@param group net.socket.addrinfo
---@param source net.socket.addrinfo
---@param ifname? string
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:mcastblocksrc(group, source, ifname) end

--- Take back mcastblocksrc.
---@param group net.socket.addrinfo
---@param source net.socket.addrinfo
---@param ifname? string
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:mcastunblocksrc(group, source, ifname) end

--- Have fn(*args) called before the descriptor is closed.
---@param errfn function?
---@param fn function
---@param ... any?
---@return integer?
---@return net.socket.error?
function Socket:addgcfn(errfn, fn, ...) end

--- Take a function of addgcfn back; false when it is not there.
---@param handle integer
---@return boolean?
---@return net.socket.error?
function Socket:delgcfn(handle) end

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

--- Return the address and, with an argument, set it; None removes it.
---@param ai? net.socket.addrinfo?
---@return net.socket.addrinfo?
function MsgHdr:name(ai) end

--- Return the iovec and, with an argument, set it.
---@param iov? net.socket.iovec
---@return net.socket.iovec?
function MsgHdr:iov(iov) end

--- Return the control messages and, with an argument, set them.
---@param cmsgs? net.socket.cmsghdrs?
---@return net.socket.cmsghdrs?
function MsgHdr:control(cmsgs) end

--- Return the MSG_ flags of the last receive.
---@return integer?
---@return net.socket.error?
---@return boolean?
function MsgHdr:flags() end

--- Return the protocol level.
---@return integer?
---@return net.socket.error?
---@return boolean?
function CmsgHdr:level() end

--- Return the type.
---@return integer?
---@return net.socket.error?
---@return boolean?
function CmsgHdr:type() end

--- Return the bytes, or take the descriptors.
---@return string|integer[]|nil
function CmsgHdr:data() end

--- Return the data decoded: an integer, seconds, credentials or packet info.
---@return integer|number|table|nil
function CmsgHdr:value() end

--- Append a copy of a control message.
---@param cmsg net.socket.cmsghdr
---@return boolean
---@return net.socket.error?
---@return boolean?
function CmsgHdrs:push(cmsg) end

--- Remove and return the first control message.
---@return net.socket.cmsghdr?
function CmsgHdrs:shift() end

--- Append bytes and return the element's index.
---@param str string
---@return integer?
---@return net.socket.error?
---@return boolean?
function IoVec:add(str) end

--- Append n zero bytes and return the element's index.
---@param n integer
---@return integer?
---@return net.socket.error?
---@return boolean?
function IoVec:addn(n) end

--- Return element i.
---@param i integer
---@return string?
function IoVec:get(i) end

--- Replace element i.
---@param str string
---@param i integer
---@return boolean
---@return net.socket.error?
---@return boolean?
function IoVec:set(str, i) end

--- Remove element i and return it.
---@param i integer
---@return string?
---@return net.socket.error?
---@return boolean?
---@return string?
function IoVec:del(i) end

--- Return how many bytes there are.
---@return integer?
---@return net.socket.error?
---@return boolean?
function IoVec:bytes() end

--- Return n bytes from offset on.
---@param offset? integer
---@param n? integer
---@return string?
---@return net.socket.error?
---@return boolean?
---@return string?
function IoVec:concat(offset, n) end

--- Forget the first n bytes and return how many are left.
---@param n integer
---@return integer?
---@return net.socket.error?
---@return boolean?
function IoVec:consume(n) end

--- Read from a descriptor into the buffers.
---@param fd integer|net.socket
---@param offset? integer
---@param n? integer
---@return integer?
---@return net.socket.error?
---@return boolean?
function IoVec:readv(fd, offset, n) end

--- Write the buffers to a descriptor.
---@param fd integer|net.socket
---@param offset? integer
---@param n? integer
---@return integer?
---@return net.socket.error?
---@return boolean?
function IoVec:writev(fd, offset, n) end

--- Return the network interfaces with their addresses.
---@return table<string
---@return table>?
---@return net.socket.error?
function device.getifaddrs() end

--- Wait through the functions wait_readable and wait_writable of a table; nil restores poll(2).
---@param poller? net.socket.poller.functions?
function poller.use(poller) end

--- Close the descriptor in a program started by exec.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:cloexec(value) end

--- Let no call on this object wait.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:nonblock(value) end

--- Allow binding to an address in TIME_WAIT.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:reuseaddr(value) end

--- Share an address among sockets of one user.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:reuseport(value) end

--- Allow sending to a broadcast address.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:broadcast(value) end

--- Record debugging information in the kernel; setting needs CAP_NET_ADMIN.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:debug(value) end

--- Probe an idle connection.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:keepalive(value) end

--- Leave out-of-band data in the stream.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:oobinline(value) end

--- Send only to hosts on the same network.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:dontroute(value) end

--- Let recvmsg report when a datagram came.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:timestamp(value) end

--- Receive buffer in bytes; Linux doubles what is set.
---@param value? integer
---@return integer?
---@return net.socket.error?
function Socket:rcvbuf(value) end

--- Send buffer in bytes; Linux doubles what is set.
---@param value? integer
---@return integer?
---@return net.socket.error?
function Socket:sndbuf(value) end

--- Bytes that make the socket readable.
---@param value? integer
---@return integer?
---@return net.socket.error?
function Socket:rcvlowat(value) end

--- Room that makes the socket writable; Linux does not let it be set.
---@param value? integer
---@return integer?
---@return net.socket.error?
function Socket:sndlowat(value) end

--- Longest wait of a blocking receive; 0 is for ever.
---@param value? number
---@return number?
---@return net.socket.error?
function Socket:rcvtimeo(value) end

--- Longest wait of a blocking send; 0 is for ever.
---@param value? number
---@return number?
---@return net.socket.error?
function Socket:sndtimeo(value) end

--- Seconds that close waits for unsent data; -1 is off, 0 resets the connection.
---@param value? integer
---@return integer?
---@return net.socket.error?
function Socket:linger(value) end

--- Whether the socket listens.
---@return boolean?
---@return net.socket.error?
function Socket:acceptconn() end

--- Use one interface only; the empty name unbinds.
---@param value? string
---@return string?
---@return net.socket.error?
function Socket:bindtodevice(value) end

--- Send small segments at once.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:tcpnodelay(value) end

--- Hold back partial segments.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:tcpcork(value) end

--- Idle seconds before the first keepalive probe.
---@param value? integer
---@return integer?
---@return net.socket.error?
function Socket:tcpkeepalive(value) end

--- Seconds between keepalive probes.
---@param value? integer
---@return integer?
---@return net.socket.error?
function Socket:tcpkeepintvl(value) end

--- Unanswered probes that end the connection.
---@param value? integer
---@return integer?
---@return net.socket.error?
function Socket:tcpkeepcnt(value) end

--- Deliver sent multicast to this host too.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:mcastloop(value) end

--- Hops that multicast may take.
---@param value? integer
---@return integer?
---@return net.socket.error?
function Socket:mcastttl(value) end

--- Interface that multicast is sent on; nil resets.
---@param value? string
---@return string?
---@return net.socket.error?
function Socket:mcastif(value) end

--- Refuse IPv4 on an IPv6 socket.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:ipv6only(value) end

--- Receive the sender's credentials with each message.
---@param value? boolean
---@return boolean?
---@return net.socket.error?
function Socket:passcred(value) end

--- Process, user and group of the peer when it connected.
---@return table?
---@return net.socket.error?
function Socket:peercred() end

return socket
