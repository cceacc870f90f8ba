---@meta net.socket
-- What the Lua language server knows of `net.socket`. What stands between lines with
-- `surface:` is made from tables/ and docs/reference by scripts/surface.

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

--- What an opener may have besides its positions, and those by their names.
---@class net.socket.Options
---@field conndeadl? number|net.socket.deadline
---@field mode? integer bind_unix_*
---@field unlink? boolean bind_unix_*
---@field local_addr? net.socket.addrinfo connect*: what the socket is bound to before
---@field attempt_delay? number connect_stream: seconds between the attempts of its race
-- surface: OPTIONS
---@field cloexec? boolean
---@field nonblock? boolean
---@field reuseaddr? boolean
---@field reuseport? boolean
---@field broadcast? boolean
---@field debug? boolean
---@field keepalive? boolean
---@field oobinline? boolean
---@field dontroute? boolean
---@field timestamp? boolean
---@field rcvbuf? integer
---@field sndbuf? integer
---@field rcvlowat? integer
---@field sndlowat? integer
---@field rcvtimeo? number
---@field sndtimeo? number
---@field linger? integer
---@field bindtodevice? string|net.socket.addrinfo
---@field tcpnodelay? boolean
---@field tcpcork? boolean
---@field tcpkeepalive? integer
---@field tcpkeepintvl? integer
---@field tcpkeepcnt? integer
---@field tcpusertimeout? integer
---@field mcastloop? boolean
---@field mcastttl? integer
---@field mcastif? string|net.socket.addrinfo
---@field ipv6only? boolean
---@field passcred? boolean
---@field tos? integer
---@field ttl? integer
---@field recvttl? boolean
---@field recvtos? boolean
---@field recvpktinfo? boolean
---@field recvorigdstaddr? boolean
---@field recverr? boolean
---@field freebind? boolean
---@field bindaddressnoport? boolean
---@field mtudiscover? integer
---@field timestampns? boolean
---@field timestamping? integer
---@field rxqovfl? boolean
---@field mark? integer
---@field priority? integer
---@field tcpquickack? boolean
---@field tcpdeferaccept? integer
---@field tcpfastopen? integer
---@field tcpfastopenconnect? boolean
---@field tcpnotsentlowat? integer
---@field tcpcongestion? string
---@field tcpmaxseg? integer
---@field udpsegment? integer
---@field udpgro? boolean
-- surface: end

---@alias net.socket.poller.wait
---| fun(fd: integer, sec: number?, lasts: boolean, known: boolean, told: integer): any, any, boolean?

---@class net.socket.poller.functions
---@field wait_readable net.socket.poller.wait
---@field wait_writable net.socket.poller.wait
---@field cancel? fun(fd: integer, ended: 'r'|'w'|nil, told: integer) lets go, wakes who waits

---@class net.socket.poller.waiter
---@field fd integer
---@field events 'r'|'w'
---@field told integer the number of the last cancel before it
---@field closed boolean? the descriptor is not its own any more

---@alias waiter net.socket.poller.waiter

---@alias net.socket.poller.lasting
---| fun(fd: integer, events: 'r'|'w', sec: number?, known: boolean, told: integer): any, any, boolean?

---@class net.socket.poller.scheduler
---@field wait fun(waiter: waiter, sec: number?): any, any, boolean?
---@field forget fun(waiter: waiter, other: waiter?)
---@field lasting? net.socket.poller.lasting
---@field cancel fun(fd: integer, reader: waiter?, writer: waiter?, ended: 'r'|'w'|nil, told: integer)

---@class net.socket.poller what require 'net.socket.poller' adds to it
---@field adapt fun(scheduler: net.socket.poller.scheduler): net.socket.poller.functions
---@field foreign fun(): nil, string what wait returns that its scheduler has not resumed

---@class net.socket.env
---@field os string
---@field unixpath_max integer
---@field somaxconn integer

-- Codes by name and by number.
---@class net.socket.errno
---@field [integer] net.socket.code

---@class net.socket.eai
---@field [integer] net.socket.code

---@class net.socket.module
---@field env net.socket.env
---@field errno net.socket.errno
---@field eai net.socket.eai
---@field _VERSION string
---@field addrinfo net.socket.addrinfo.module
---@field msghdr net.socket.msghdr.module
---@field cmsghdr net.socket.cmsghdr.module
---@field cmsghdrs net.socket.cmsghdrs.module
---@field iovec net.socket.iovec.module
local socket = {}

local device = {}
---@class net.socket.poller
local poller = {}
socket.device, socket.poller = device, poller

-- surface: MODULE LUA_MODULE
--- Adopt a socket descriptor.
---@param fd integer the number of a socket descriptor.
---@param nonblock? boolean false leaves the blocking mode as it was found; true by default. Close-on-exec is set either way.
---@return net.socket?
---@return net.socket.error? err
function socket.wrap(fd, nonblock) end

--- Open a socket of any family.
---@param family integer an AF_ constant.
---@param socktype integer a SOCK_ constant. SOCK_NONBLOCK may be added to it and counts as nonblock.
---@param protocol? integer an IPPROTO_ constant; 0, the default, is the usual one of the type.
---@param nonblock? boolean false makes a socket whose plain calls wait; true by default.
---@param options? net.socket.Options options that are set before the socket is returned.
---@return net.socket?
---@return net.socket.error? err
function socket.new(family, socktype, protocol, nonblock, options) end

--- Open an IPv4 socket.
---@param socktype integer a SOCK_ constant.
---@param protocol integer an IPPROTO_ constant, or 0.
---@param reuseaddr? boolean true turns reuseaddr on before the socket is returned.
---@param reuseport? boolean the same for reuseport.
---@param options? net.socket.Options options that are set before the socket is returned.
---@return net.socket?
---@return net.socket.error? err
function socket.new_inet(socktype, protocol, reuseaddr, reuseport, options) end

--- Open an IPv4 TCP socket.
---@param reuseaddr? boolean true turns reuseaddr on before the socket is returned; false by default.
---@param reuseport? boolean the same for reuseport.
---@param options? net.socket.Options options that are set before the socket is returned.
---@return net.socket?
---@return net.socket.error? err
function socket.new_inet_stream(reuseaddr, reuseport, options) end

--- Open an IPv4 UDP socket.
---@param reuseaddr? boolean true turns reuseaddr on before the socket is returned; false by default.
---@param reuseport? boolean the same for reuseport.
---@param options? net.socket.Options options that are set before the socket is returned.
---@return net.socket?
---@return net.socket.error? err
function socket.new_inet_dgram(reuseaddr, reuseport, options) end

--- Open an IPv6 socket.
---@param socktype integer a SOCK_ constant.
---@param protocol integer an IPPROTO_ constant, or 0.
---@param reuseaddr? boolean true turns reuseaddr on before the socket is returned.
---@param reuseport? boolean the same for reuseport.
---@param options? net.socket.Options options that are set before the socket is returned.
---@return net.socket?
---@return net.socket.error? err
function socket.new_inet6(socktype, protocol, reuseaddr, reuseport, options) end

--- Open an IPv6 TCP socket.
---@param reuseaddr? boolean true turns reuseaddr on before the socket is returned; false by default.
---@param reuseport? boolean the same for reuseport.
---@param options? net.socket.Options options that are set before the socket is returned.
---@return net.socket?
---@return net.socket.error? err
function socket.new_inet6_stream(reuseaddr, reuseport, options) end

--- Open an IPv6 UDP socket.
---@param reuseaddr? boolean true turns reuseaddr on before the socket is returned; false by default.
---@param reuseport? boolean the same for reuseport.
---@param options? net.socket.Options options that are set before the socket is returned.
---@return net.socket?
---@return net.socket.error? err
function socket.new_inet6_dgram(reuseaddr, reuseport, options) end

--- Open a unix socket.
---@param socktype integer a SOCK_ constant.
---@param protocol integer an IPPROTO_ constant, or 0.
---@param reuseaddr? boolean true turns reuseaddr on before the socket is returned.
---@param reuseport? boolean the same for reuseport.
---@param options? net.socket.Options options that are set before the socket is returned.
---@return net.socket?
---@return net.socket.error? err
function socket.new_unix(socktype, protocol, reuseaddr, reuseport, options) end

--- Open a unix stream socket.
---@param reuseaddr? boolean true turns reuseaddr on before the socket is returned; false by default.
---@param reuseport? boolean the same for reuseport.
---@param options? net.socket.Options options that are set before the socket is returned.
---@return net.socket?
---@return net.socket.error? err
function socket.new_unix_stream(reuseaddr, reuseport, options) end

--- Open a unix datagram socket.
---@param reuseaddr? boolean true turns reuseaddr on before the socket is returned; false by default.
---@param reuseport? boolean the same for reuseport.
---@param options? net.socket.Options options that are set before the socket is returned.
---@return net.socket?
---@return net.socket.error? err
function socket.new_unix_dgram(reuseaddr, reuseport, options) end

--- Make two connected unix sockets.
---@param socktype integer SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET.
---@param protocol? integer 0, which is the default.
---@param nonblock? boolean false makes both blocking; true by default.
---@return net.socket[]?
---@return net.socket.error? err
function socket.pair(socktype, protocol, nonblock) end

--- Make two connected unix stream sockets.
---@return net.socket[]?
---@return net.socket.error? err
function socket.pair_stream() end

--- Make two connected unix datagram sockets.
---@return net.socket[]?
---@return net.socket.error? err
function socket.pair_dgram() end

--- Make two connected unix seqpacket sockets.
---@return net.socket[]?
---@return net.socket.error? err
function socket.pair_seqpacket() end

--- Open a socket bound to an address.
---@param ai net.socket.addrinfo the address.
---@param reuseaddr? boolean true turns reuseaddr on before binding; false by default.
---@param reuseport? boolean the same for reuseport.
---@param options? net.socket.Options options that are set before it is bound.
---@return net.socket?
---@return net.socket.error? err
function socket.bind(ai, reuseaddr, reuseport, options) end

--- Open a TCP socket bound to an IPv4 address.
---@param host string? a name or an IPv4 address; nil, None or "*" is every address of this machine. An empty string is refused, so that no configuration that lost its value opens a server to the world.
---@param port string|integer|nil an integer from 0 to 65535, the same as decimal text, or a service name; nil is 0. With 0 the system chooses a free port, which sock:getsockname() tells.
---@param reuseaddr? boolean true lets the address be bound again while connections of its last user are in TIME-WAIT.
---@param reuseport? boolean true lets other sockets of the same user bind the same address.
---@param options? net.socket.Options options that are set before it is bound.
---@return net.socket?
---@return net.socket.error? err
---@return net.socket.addrinfo? ai
function socket.bind_inet_stream(host, port, reuseaddr, reuseport, options) end

--- Open a TCP socket bound to an IPv6 address, for IPv6 only.
---@param host string? a name or an IPv6 address, with % and a zone where it is link-local, or the wildcard: nil, None or "*".
---@param port string|integer|nil an integer from 0 to 65535, decimal text, or a service name; nil is 0, for which the system chooses a free one.
---@param reuseaddr? boolean true lets the address be bound again while connections of its last user are in TIME-WAIT.
---@param reuseport? boolean true lets other sockets of the same user bind the same address.
---@param options? net.socket.Options options that are set before it is bound.
---@return net.socket?
---@return net.socket.error? err
---@return net.socket.addrinfo? ai
function socket.bind_inet6_stream(host, port, reuseaddr, reuseport, options) end

--- Open a TCP socket bound to an IPv6 or IPv4 address, dual-stack if possible.
---@param host string? a name, an address of either family, or the wildcard: nil, None or "*".
---@param port string|integer|nil an integer from 0 to 65535, decimal text, or a service name; nil is 0, for which the system chooses a free one.
---@param reuseaddr? boolean true lets the address be bound again while connections of its last user are in TIME-WAIT.
---@param reuseport? boolean true lets other sockets of the same user bind the same address.
---@param options? net.socket.Options options that are set before it is bound.
---@return net.socket?
---@return net.socket.error? err
---@return net.socket.addrinfo? ai
function socket.bind_stream(host, port, reuseaddr, reuseport, options) end

--- Open a UDP socket bound to an IPv4 address.
---@param host string? a name or an IPv4 address; nil, None or "*" is every address of this machine. An empty string is refused, so that no configuration that lost its value opens a server to the world.
---@param port string|integer|nil an integer from 0 to 65535, the same as decimal text, or a service name; nil is 0. With 0 the system chooses a free port, which sock:getsockname() tells.
---@param reuseaddr? boolean true lets the address be bound again while connections of its last user are in TIME-WAIT.
---@param reuseport? boolean true lets other sockets of the same user bind the same address.
---@param options? net.socket.Options options that are set before it is bound.
---@return net.socket?
---@return net.socket.error? err
---@return net.socket.addrinfo? ai
function socket.bind_inet_dgram(host, port, reuseaddr, reuseport, options) end

--- Open a UDP socket bound to an IPv6 address, for IPv6 only.
---@param host string? a name or an IPv6 address, with % and a zone where it is link-local, or the wildcard: nil, None or "*".
---@param port string|integer|nil an integer from 0 to 65535, decimal text, or a service name; nil is 0, for which the system chooses a free one.
---@param reuseaddr? boolean true lets the address be bound again while connections of its last user are in TIME-WAIT.
---@param reuseport? boolean true lets other sockets of the same user bind the same address.
---@param options? net.socket.Options options that are set before it is bound.
---@return net.socket?
---@return net.socket.error? err
---@return net.socket.addrinfo? ai
function socket.bind_inet6_dgram(host, port, reuseaddr, reuseport, options) end

--- Open a UDP socket bound to an IPv6 or IPv4 address, dual-stack if possible.
---@param host string? a name, an address of either family, or the wildcard: nil, None or "*".
---@param port string|integer|nil an integer from 0 to 65535, decimal text, or a service name; nil is 0, for which the system chooses a free one.
---@param reuseaddr? boolean true lets the address be bound again while connections of its last user are in TIME-WAIT.
---@param reuseport? boolean true lets other sockets of the same user bind the same address.
---@param options? net.socket.Options options that are set before it is bound.
---@return net.socket?
---@return net.socket.error? err
---@return net.socket.addrinfo? ai
function socket.bind_dgram(host, port, reuseaddr, reuseport, options) end

--- Open a unix stream socket bound to a path or abstract name.
---@param pathname? string up to 107 bytes. A NUL as its first byte makes it an abstract name of Linux that has exactly the bytes that follow, up to 107 of them, and no file. A path creates a file, which stays after the socket has been closed, and which nothing may have created before. Without it the kernel chooses an abstract name, on Linux alone; it is in ai and in getsockname.
---@param mode? integer the permission bits of the file, 0 to 0777 (octal). It is never more open than that, not even for a moment, and it is this file's mode and no other's: a link that has taken its place meanwhile is EEXIST. Left out, the umask decides. On Linux a mode that the umask narrows needs /proc.
---@param unlink? boolean true removes a socket file that stands in the way, if the socket that made it is no longer open anywhere; one that is bound and does not listen yet is left, and the answer is EADDRINUSE. It also removes the new file at close, if this process made it and it is still the same file; a relative path is the one that it was when binding, whatever directory the process is in by then.
---@param options? net.socket.Options options that are set before it is bound.
---@return net.socket?
---@return net.socket.error? err
---@return net.socket.addrinfo? ai
function socket.bind_unix_stream(pathname, mode, unlink, options) end

--- Open a unix datagram socket bound to a path or abstract name.
---@param pathname? string up to 107 bytes. A NUL as its first byte makes it an abstract name of Linux that has exactly the bytes that follow, up to 107 of them, and no file. A path creates a file, which stays after the socket has been closed, and which nothing may have created before. Without it the kernel chooses an abstract name, on Linux alone; it is in ai and in getsockname.
---@param mode? integer the permission bits of the file, 0 to 0777 (octal). It is never more open than that, not even for a moment, and it is this file's mode and no other's: a link that has taken its place meanwhile is EEXIST. Left out, the umask decides. On Linux a mode that the umask narrows needs /proc.
---@param unlink? boolean true removes a socket file that stands in the way, if the socket that made it is no longer open anywhere; one that is bound and does not listen yet is left, and the answer is EADDRINUSE. It also removes the new file at close, if this process made it and it is still the same file; a relative path is the one that it was when binding, whatever directory the process is in by then.
---@param options? net.socket.Options options that are set before it is bound.
---@return net.socket?
---@return net.socket.error? err
---@return net.socket.addrinfo? ai
function socket.bind_unix_dgram(pathname, mode, unlink, options) end

--- Open a socket connected to an address.
---@param ai net.socket.addrinfo the address.
---@param conndeadl? number|net.socket.deadline the most seconds that all of it may take, fractions included; nil waits for as long as it takes.
---@param options? net.socket.Options options that are set before each connect, local_addr and attempt_delay.
---@return net.socket?
---@return net.socket.error? err
---@return boolean?
function socket.connect(ai, conndeadl, options) end

--- Open a TCP connection over IPv4.
---@param host string? a name or a numeric address of the family; nil is this machine's loopback address.
---@param port string|integer|nil an integer from 0 to 65535, the same as decimal text, or a service name; nil is 0, to which nothing can connect.
---@param conndeadl? number|net.socket.deadline the most seconds that all of it may take, fractions included; nil waits for as long as it takes.
---@param options? net.socket.Options options that are set before each connect, local_addr and attempt_delay.
---@return net.socket?
---@return net.socket.error? err
---@return boolean?
---@return net.socket.addrinfo? ai
function socket.connect_inet_stream(host, port, conndeadl, options) end

--- Open a TCP connection over IPv6.
---@param host string? a name or a numeric address of the family; nil is this machine's loopback address.
---@param port string|integer|nil an integer from 0 to 65535, the same as decimal text, or a service name; nil is 0, to which nothing can connect.
---@param conndeadl? number|net.socket.deadline the most seconds that all of it may take, fractions included; nil waits for as long as it takes.
---@param options? net.socket.Options options that are set before each connect, local_addr and attempt_delay.
---@return net.socket?
---@return net.socket.error? err
---@return boolean?
---@return net.socket.addrinfo? ai
function socket.connect_inet6_stream(host, port, conndeadl, options) end

--- Open a TCP connection over IPv6 or IPv4.
---@param host string? a name or a numeric address of the family; nil is this machine's loopback address.
---@param port string|integer|nil an integer from 0 to 65535, the same as decimal text, or a service name; nil is 0, to which nothing can connect.
---@param conndeadl? number|net.socket.deadline the most seconds that all of it may take, fractions included; nil waits for as long as it takes.
---@param options? net.socket.Options options that are set before each connect, local_addr and attempt_delay.
---@return net.socket?
---@return net.socket.error? err
---@return boolean?
---@return net.socket.addrinfo? ai
function socket.connect_stream(host, port, conndeadl, options) end

--- Open a unix stream connection.
---@param pathname string a path or an abstract name, as for bind_unix_stream.
---@param conndeadl? number|net.socket.deadline the most seconds that all of it may take, fractions included; nil waits for as long as it takes.
---@param options? net.socket.Options options that are set before each connect, local_addr and attempt_delay.
---@return net.socket?
---@return net.socket.error? err
---@return boolean?
---@return net.socket.addrinfo? ai
function socket.connect_unix_stream(pathname, conndeadl, options) end

--- Open a UDP socket with an IPv4 peer.
---@param host string? a name or a numeric address of the family; nil is this machine's loopback address.
---@param port string|integer|nil an integer from 0 to 65535, the same as decimal text, or a service name; nil is 0.
---@param conndeadl? number|net.socket.deadline the most seconds that the resolver may take; nil waits for as long as it takes.
---@param options? net.socket.Options options that are set before each connect, local_addr and attempt_delay.
---@return net.socket?
---@return net.socket.error? err
---@return boolean?
---@return net.socket.addrinfo? ai
function socket.connect_inet_dgram(host, port, conndeadl, options) end

--- Open a UDP socket with an IPv6 peer.
---@param host string? a name or a numeric address of the family; nil is this machine's loopback address.
---@param port string|integer|nil an integer from 0 to 65535, the same as decimal text, or a service name; nil is 0.
---@param conndeadl? number|net.socket.deadline the most seconds that the resolver may take; nil waits for as long as it takes.
---@param options? net.socket.Options options that are set before each connect, local_addr and attempt_delay.
---@return net.socket?
---@return net.socket.error? err
---@return boolean?
---@return net.socket.addrinfo? ai
function socket.connect_inet6_dgram(host, port, conndeadl, options) end

--- Open a UDP socket with an IPv6 or IPv4 peer.
---@param host string? a name or a numeric address of the family; nil is this machine's loopback address.
---@param port string|integer|nil an integer from 0 to 65535, the same as decimal text, or a service name; nil is 0.
---@param conndeadl? number|net.socket.deadline the most seconds that the resolver may take; nil waits for as long as it takes.
---@param options? net.socket.Options options that are set before each connect, local_addr and attempt_delay.
---@return net.socket?
---@return net.socket.error? err
---@return boolean?
---@return net.socket.addrinfo? ai
function socket.connect_dgram(host, port, conndeadl, options) end

--- Open a unix datagram socket with a peer.
---@param pathname string a path or an abstract name, as for bind_unix_dgram.
---@param options? net.socket.Options options that are set before each connect, local_addr and attempt_delay.
---@return net.socket?
---@return net.socket.error? err
function socket.connect_unix_dgram(pathname, options) end

--- Wait until one of many sockets or descriptors is ready.
---@param rd (integer|net.socket|file*)[]? a list of sockets, descriptors and files to receive from. What a file has in a buffer of its own does not count.
---@param wr? (integer|net.socket|file*)[] a list of those to send to.
---@param sec? number|net.socket.deadline how long at most, in seconds; left out, without a limit; 0 only asks.
---@return table?
---@return table|net.socket.error|nil
function socket.select(rd, wr, sec) end

--- Make a deadline: one point of time, sec seconds from now, for many calls.
---@param sec number|net.socket.deadline how many seconds from now; infinity is without limit. A deadline is copied.
---@return net.socket.deadline?
---@return net.socket.error? err
function socket.deadline(sec) end

--- Return the names of the listening sockets that a service manager passed.
---@return string[]?
---@return net.socket.error? err
function socket.listen_fdnames() end

--- Adopt the listening sockets that a service manager passed.
---@param unset? boolean
---@return net.socket[]?
---@return net.socket.error? err
function socket.listen_fds(unset) end

--- Shut down receiving, sending or, without a flag, both.
---@param fd integer the number of a socket descriptor.
---@param flag? integer as for sock:shutdown; SHUT_RDWR by default.
---@return boolean
---@return net.socket.error? err
function socket.shutdown(fd, flag) end

--- Close a descriptor, shutting it down first when a flag is given.
---@param fd integer the number of a descriptor.
---@param flag? integer as for sock:close. With it the descriptor is shut down first and closed in any case.
---@return boolean
---@return net.socket.error? err
function socket.close(fd, flag) end

--- Say whether each socket that is collected open gives a warning, and return what was so before.
---@param flag? boolean whether it warns; true by default.
---@return boolean
function socket.warnleaks(flag) end
-- surface: end

-- surface: DEVICE
--- Return the network interfaces with their addresses.
---@return table<string, table>?
---@return net.socket.error? err
function device.getifaddrs() end
-- surface: end

-- surface: LUA_POLLER
--- Wait through the functions wait_readable and wait_writable of a table; nil restores poll(2).
---@param poller? net.socket.poller.functions a table with the functions below, or objects that can be called; other fields are ignored. nil, the default, restores poll(2).
function poller.use(poller) end

--- Return an error object, for what another library says of a socket.
---@param code net.socket.code|integer one of socket.errno, or its number.
---@param op string the name of the call.
---@param message? string its words; left out, the system's. The first 79 bytes count.
---@param addr? string the address that it is about.
---@return net.socket.error
function poller.error(code, op, message, addr) end

--- Call a function of another library that writes to a socket, without SIGPIPE.
---@param fn function the function. It must not yield.
---@param ... any what it is called with.
---@return any
function poller.nosigpipe(fn, ...) end

--- Send from the first to the last of some bytes of a string, as many as go at once, without a copy.
---@param sock net.socket the socket.
---@param msg string the string.
---@param first? integer where the part begins, 1 by default. Below 0 it counts from the end, as in string.sub.
---@param last? integer its last byte, -1 by default. A part without a byte is sent as an empty message.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function poller.sendpart(sock, msg, first, last) end

--- Return a number by which parent and child of a fork differ.
---@return integer
function poller.generation() end

--- Return whether a descriptor is non-blocking, and say whether it is from now on.
---@param fd integer the number of a descriptor, of a socket or not.
---@param nonblock? boolean a boolean.
---@return boolean?
---@return net.socket.error? err
function poller.nonblock(fd, nonblock) end

--- Return the time of the deadlines' clock, which is monotonic, in seconds.
---@return number
function poller.now() end

--- Return the time of day in seconds since 1970, with its fraction.
---@return number
function poller.time() end

--- Make a set of descriptors that are waited for together, again and again.
---@return net.socket.pollset?
---@return net.socket.error? err
function poller.pollset() end
-- surface: end

return socket
