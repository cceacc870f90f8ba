---@meta
-- The methods of a socket, but for its options.

---@class net.socket
local Socket = {}

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

--- Forget the peer of a datagram socket.
---@return boolean
---@return net.socket.error?
function Socket:disconnect() end

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

--- Send many packets and return how many were taken.
---@param msgs string[]
---@param to? net.socket.addrinfo|net.socket.addrinfo[]
---@param ... integer?
---@return integer?
---@return net.socket.error?
---@return boolean?
function Socket:sendmany(msgs, to, ...) end

--- Receive at most max packets, each with its sender.
---@param max? integer
---@param bufsize? integer
---@param into? string[] for the messages
---@param senders? table<integer, net.socket.addrinfo> for their senders
---@return string[]? msgs none at the end of a connection
---@return net.socket.error?
---@return boolean?
---@return table<integer, net.socket.addrinfo>? senders
---@return table<integer, boolean>? cut
function Socket:recvmany(max, bufsize, into, senders) end

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
---@param sec? number|net.socket.deadline
---@param exception? boolean
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:recvable(sec, exception) end

--- Wait at most sec seconds until a send would not block.
---@param sec? number|net.socket.deadline
---@param exception? boolean
---@return boolean
---@return net.socket.error?
---@return boolean?
function Socket:sendable(sec, exception) end

--- Return for how many seconds plain calls wait, or set it.
---@param sec? number|net.socket.deadline
---@return number?
---@return net.socket.error?
---@return boolean?
function Socket:timeout(sec) end

--- Send all bytes, or all pieces of a list, waiting at most sec seconds.
---@param msg string|string[]|net.socket.iovec
---@param sec? number|net.socket.deadline
---@return integer?
---@return net.socket.error?
---@return boolean?
---@return integer?
function Socket:sendall(msg, sec) end

--- Send n bytes of a file, or all to its end.
---@param file integer|file*|net.socket
---@param n? integer
---@param offset? integer
---@param sec? number|net.socket.deadline
---@return integer?
---@return net.socket.error?
---@return boolean?
---@return integer?
function Socket:sendfileall(file, n, offset, sec) end

--- Receive n bytes, fewer only where the stream ends.
---@param n integer
---@param sec? number|net.socket.deadline
---@return string?
---@return net.socket.error?
---@return boolean?
---@return integer?
function Socket:recvall(n, sec) end

--- Receive up to and with the next newline, at most max bytes.
---@param max? integer
---@param sec? number|net.socket.deadline
---@return string?
---@return net.socket.error?
---@return boolean?
---@return integer?
function Socket:recvline(max, sec) end

--- Take the next connection, waiting for it at most sec seconds.
---@param sec? number|net.socket.deadline
---@return net.socket?
---@return net.socket.error?
---@return boolean?
function Socket:acceptwait(sec) end

--- Make a reader, which takes lines, counts and marks out of a stream.
---@param limit? integer
---@param size? integer
---@return net.socket.reader?
---@return net.socket.error?
function Socket:reader(limit, size) end

--- Return how many received bytes are pending.
---@return integer
function Socket:pending() end

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

--- Return what the kernel knows of the TCP connection.
---@return net.socket.TcpInfo?
---@return net.socket.error?
function Socket:tcpinfo() end

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
