---@meta net.socket
-- What the Lua language server knows of `net.socket`. A test holds it to core/api.def and
-- core/option.def: every name, and the parameters in their order.

---@class net.socket.code
---@field name string
---@field code integer
---@field message string

---@class net.socket.attempt
---@field addr string
---@field op string the system call that failed
---@field name string "ECONNREFUSED"
---@field code integer
---@field seconds number from its start to its end

---@class net.socket.error
---@field type net.socket.code identical to errno.NAME or eai.NAME
---@field name string "ECONNREFUSED"
---@field code integer
---@field op string the system call
---@field message string
---@field addr string? the address, host, path or option concerned
---@field data any recvfd: the byte that came without a descriptor
---@field attempts net.socket.attempt[]? connect: what became of each address
---@operator concat(string): string

---@class net.socket.poller.functions
---@field wait_readable fun(fd: integer, sec: number?): any, any, boolean?
---@field wait_writable fun(fd: integer, sec: number?): any, any, boolean?
---@field cancel? fun(fd: integer) wakes those who wait for fd, which is to be closed
---@field running? fun(): boolean? whether the running coroutine is the scheduler's own

---@class net.socket.poller.waiter
---@field fd integer
---@field events 'r'|'w'
---@field closed boolean? the descriptor is not its own any more

---@alias waiter net.socket.poller.waiter

---@class net.socket.poller.scheduler
---@field wait fun(waiter: waiter, sec: number?): any, any, boolean?
---@field forget fun(waiter: waiter, other: waiter?)
---@field cancel fun(fd: integer, reader: waiter?, writer: waiter?)
---@field running? fun(): boolean? whether the running coroutine is its own

---@class net.socket.poller what require 'net.socket.poller' adds to it
---@field adapt fun(scheduler: net.socket.poller.scheduler): net.socket.poller.functions
---@field foreign fun(): nil, string what wait returns that its scheduler has not resumed

---@class net.socket.env
---@field os string
---@field unixpath_max integer
---@field somaxconn integer

---@class net.socket.module
---@field env net.socket.env
---@field errno table<string|integer, net.socket.code>
---@field eai table<string|integer, net.socket.code>
---@field _VERSION string
---@field addrinfo net.socket.addrinfo.module
---@field msghdr net.socket.msghdr.module
---@field cmsghdr net.socket.cmsghdr.module
---@field cmsghdrs net.socket.cmsghdrs.module
---@field iovec net.socket.iovec.module
---@field [string] integer the constants
local socket = {}

local device = {}
---@class net.socket.poller
local poller = {}
socket.device, socket.poller = device, poller

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

--- Open a TCP socket bound to an IPv6 or IPv4 address, to both where the system
--- allows.
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

--- Open a UDP socket bound to an IPv6 or IPv4 address, dual-stack where the system
--- allows.
---@param host string?
---@param port string|integer|nil
---@param reuseaddr? boolean
---@param reuseport? boolean
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.bind_dgram(host, port, reuseaddr, reuseport) end

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
---@param conndeadl? number|net.socket.deadline
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function socket.connect(ai, conndeadl) end

--- Open a TCP connection over IPv4.
---@param host string?
---@param port string|integer|nil
---@param conndeadl? number|net.socket.deadline
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.connect_inet_stream(host, port, conndeadl) end

--- Open a TCP connection over IPv6.
---@param host string?
---@param port string|integer|nil
---@param conndeadl? number|net.socket.deadline
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.connect_inet6_stream(host, port, conndeadl) end

--- Open a TCP connection over IPv6 or IPv4.
---@param host string?
---@param port string|integer|nil
---@param conndeadl? number|net.socket.deadline
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.connect_stream(host, port, conndeadl) end

--- Open a unix stream connection.
---@param pathname string
---@param conndeadl? number|net.socket.deadline
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.connect_unix_stream(pathname, conndeadl) end

--- Open a UDP socket with an IPv4 peer.
---@param host string?
---@param port string|integer|nil
---@param conndeadl? number|net.socket.deadline
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.connect_inet_dgram(host, port, conndeadl) end

--- Open a UDP socket with an IPv6 peer.
---@param host string?
---@param port string|integer|nil
---@param conndeadl? number|net.socket.deadline
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.connect_inet6_dgram(host, port, conndeadl) end

--- Open a UDP socket with an IPv6 or IPv4 peer.
---@param host string?
---@param port string|integer|nil
---@param conndeadl? number|net.socket.deadline
---@return net.socket?
---@return net.socket.error?
---@return boolean?
---@return net.socket.addrinfo?
function socket.connect_dgram(host, port, conndeadl) end

--- Open a unix datagram socket with a peer.
---@param pathname string
---@return net.socket?
---@return net.socket.error?
function socket.connect_unix_dgram(pathname) end

--- Wait until one of many sockets or descriptors is ready.
---@param rd table
---@param wr? table
---@param sec? number|net.socket.deadline
---@return table?
---@return table|net.socket.error?
function socket.select(rd, wr, sec) end

--- Make a deadline: one point of time, sec seconds from now, for many calls.
---@param sec number|net.socket.deadline
---@return net.socket.deadline?
---@return net.socket.error?
function socket.deadline(sec) end

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

--- Return the network interfaces with their addresses.
---@return table<string
---@return table>?
---@return net.socket.error?
function device.getifaddrs() end

--- Return a number by which parent and child of a fork differ.
---@return integer
function poller.generation() end

--- Return whether a descriptor is non-blocking, and say whether it is from now on.
---@param fd integer
---@param nonblock? boolean
---@return boolean?
---@return net.socket.error?
function poller.nonblock(fd, nonblock) end

--- Return the time of the deadlines' clock, which is monotonic, in seconds.
---@return number
function poller.now() end

--- Return the time of day in seconds since 1970, with its fraction.
---@return number
function poller.time() end

--- Make a set of descriptors that are waited for together, again and again.
---@return net.socket.pollset?
---@return net.socket.error?
function poller.pollset() end

--- Wait through the functions wait_readable and wait_writable of a table; nil restores
--- poll(2).
---@param poller? net.socket.poller.functions?
function poller.use(poller) end -- luacheck: ignore 431 (the name is the row's)

return socket
