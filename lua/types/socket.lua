---@meta
-- The methods of a socket, but for its options.

---@class net.socket
local Socket = {}

-- surface: SOCKET LUA_SOCKET
--- Return the descriptor, -1 when closed.
---@return integer
function Socket:fd() end

--- Return the address family.
---@return integer
function Socket:family() end

--- Return the socket type.
---@return integer
function Socket:socktype() end

--- Return the protocol.
---@return integer
function Socket:protocol() end

--- Bind to an address.
---@param ai net.socket.addrinfo an address of the socket's own family.
---@return boolean
---@return net.socket.error? err
function Socket:bind(ai) end

--- Accept connections from now on; the default backlog is SOMAXCONN.
---@param backlog? integer 0 or more; SOMAXCONN by default. Calling again changes it.
---@return boolean
---@return net.socket.error? err
function Socket:listen(backlog) end

--- Take the next connection, with its peer's address when asked.
---@param with_ai? boolean true gives the peer's address too, without another system call. An unnamed unix peer has one without a name.
---@return net.socket?
---@return net.socket.error? err
---@return boolean?
---@return net.socket.addrinfo? ai
function Socket:accept(with_ai) end

--- Take the next connection as a descriptor that the caller owns.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function Socket:acceptfd() end

--- Connect, or go on with a connect that is under way.
---@param ai net.socket.addrinfo an address of the socket's own family.
---@return boolean
---@return net.socket.error? err
---@return boolean?
function Socket:connect(ai) end

--- Forget the peer of a datagram socket.
---@return boolean
---@return net.socket.error? err
function Socket:disconnect() end

--- Send bytes and return how many were taken.
---@param msg string the bytes. An empty message does nothing on a stream; on a datagram or seqpacket socket it is sent as one empty packet.
---@param ... integer? MSG_ constants. MSG_NOSIGNAL is always on.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function Socket:send(msg, ...) end

--- Send bytes without flags.
---@param msg string the bytes.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function Socket:write(msg) end

--- Send bytes to an address.
---@param msg string the bytes; empty is a datagram too.
---@param ai net.socket.addrinfo an address of the socket's own family.
---@param ... integer? MSG_ constants.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function Socket:sendto(msg, ai, ...) end

--- Receive at most bufsize bytes.
---@param bufsize? integer 1 or more; by default 4,096 on a stream, and 65,536 where packets are kept apart (datagram, seqpacket, raw). No UDP datagram is longer than that; one between unix sockets may be. The memory is taken before the kernel is asked; for a size that cannot be had the call raises, and nothing has been received.
---@param ... integer? MSG_ constants. MSG_TRUNC is ignored: a result is never longer than what was received.
---@return string?
---@return net.socket.error? err
---@return boolean?
function Socket:recv(bufsize, ...) end

--- Receive at most bufsize bytes without flags.
---@param bufsize? integer as for recv.
---@return string?
---@return net.socket.error? err
---@return boolean?
function Socket:read(bufsize) end

--- Receive at most bufsize bytes and the sender's address.
---@param bufsize? integer as for recv.
---@param ... integer? MSG_ constants.
---@return string?
---@return net.socket.error? err
---@return boolean?
---@return net.socket.addrinfo? ai
function Socket:recvfrom(bufsize, ...) end

--- Shut down receiving, sending or, without a flag, both.
---@param flag? integer SHUT_RD, SHUT_WR, or SHUT_RDWR, which is the default.
---@return boolean
---@return net.socket.error? err
function Socket:shutdown(flag) end

--- Close, shutting down first when a flag is given; again is harmless.
---@param flag? integer SHUT_RD, SHUT_WR or SHUT_RDWR: shut the connection down first, for all processes that share it. Left out, no shutdown is made.
---@return boolean
---@return net.socket.error? err
function Socket:close(flag) end

--- Give the descriptor to the caller; the object is closed.
---@return integer?
---@return net.socket.error? err
function Socket:unwrap() end

--- Return a second object for the same open socket.
---@return net.socket?
---@return net.socket.error? err
function Socket:dup() end

--- Return the local address.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function Socket:getsockname() end

--- Return the peer's address.
---@return net.socket.addrinfo?
---@return net.socket.error? err
function Socket:getpeername() end

--- Fetch and clear the pending error.
---@return net.socket.error?
---@return net.socket.error? err
function Socket:error() end

--- Wait at most sec seconds until a receive would not block.
---@param sec? number|net.socket.deadline how long at most, in seconds; 0, the default, only asks, and infinity is no limit. A wait never ends before its time.
---@param exception? boolean true lets out-of-band data (POLLPRI) count as well; false by default.
---@return boolean
---@return net.socket.error? err
---@return boolean?
function Socket:recvable(sec, exception) end

--- Wait at most sec seconds until a send would not block.
---@param sec? number|net.socket.deadline as for recvable.
---@param exception? boolean as for recvable.
---@return boolean
---@return net.socket.error? err
---@return boolean?
function Socket:sendable(sec, exception) end

--- Return for how many seconds plain calls wait, or set it.
---@param sec? number what it shall be from now on, in seconds. 0, as at first, means that plain calls never wait; infinity that they wait without limit. Left out, nothing changes.
---@return number?
---@return net.socket.error? err
function Socket:timeout(sec) end

--- Send all bytes, or all pieces of a list, waiting at most sec seconds.
---@param msg string|string[]|net.socket.iovec the bytes; or a list, a tuple or a sequence of pieces, each of them bytes; or an iovec.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, without a limit; 0 is one attempt.
---@return integer?
---@return net.socket.error? err
---@return boolean?
---@return integer? n
function Socket:sendall(msg, sec) end

--- Send n bytes of a file, or all to its end.
---@param file integer|file*|net.socket
---@param n? integer how many bytes, fewer where the file ends before; left out, all to its end.
---@param offset? integer where to begin, 0 by default.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, without a limit; 0 is one attempt.
---@return integer?
---@return net.socket.error? err
---@return boolean?
---@return integer? n
function Socket:sendfileall(file, n, offset, sec) end

--- Receive n bytes, fewer only where the stream ends.
---@param n integer how many; 0 is no bytes, at once, also at the end of a stream.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, without a limit; 0 is one attempt.
---@return string?
---@return net.socket.error? err
---@return boolean?
---@return integer? n
function Socket:recvall(n, sec) end

--- Receive up to and with the next newline, at most max bytes.
---@param max? integer the most bytes to take, 65536 by default; a line that is longer comes in parts.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, without a limit; 0 is one attempt.
---@return string?
---@return net.socket.error? err
---@return boolean?
---@return integer? n
function Socket:recvline(max, sec) end

--- Take the next connection, waiting for it at most sec seconds.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, without a limit; 0 is one attempt.
---@param patient? boolean true waits out EMFILE and ENFILE as well: it tries again after pauses of 1 to 50 ms, in which others go on, and fails only when sec seconds have passed, as a timeout; false by default.
---@return net.socket?
---@return net.socket.error? err
---@return boolean?
function Socket:acceptwait(sec, patient) end

--- Make a reader, which takes lines, counts and marks out of a stream.
---@param limit? integer how far a mark or a newline is looked for, 65536 bytes by default.
---@param size? integer how much one receive reads ahead at most, 16384 bytes by default.
---@return net.socket.reader?
---@return net.socket.error? err
function Socket:reader(limit, size) end

--- Return how many received bytes are pending.
---@return integer
function Socket:pending() end

--- Send a message with its address and control data.
---@param mh net.socket.msghdr a message made by msghdr.new. Its buffers stay as they are: after a short send iov:consume(n) takes off what has gone.
---@param ... integer? MSG_ constants. MSG_NOSIGNAL is always on.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function Socket:sendmsg(mh, ...) end

--- Receive a message with its sender and control data.
---@param mh net.socket.msghdr a message whose iov has room.
---@param ... integer? MSG_ constants.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function Socket:recvmsg(mh, ...) end

--- Send many packets and return how many were taken.
---@param msgs string[]|net.socket.iovec
---@param to? net.socket.addrinfo|net.socket.addrinfo[] an address for all of them; a list of as many addresses as there are messages; left out, they go to the peer.
---@param ... integer? MSG_ constants.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function Socket:sendmany(msgs, to, ...) end

--- Receive at most max packets, each with its sender.
---@param max? integer 1 to 1,024; by default 64. Where udpgro has the system join datagrams, they are told apart again: max is how many the system gives, each of which may be some dozens.
---@param bufsize? integer the most bytes of each, as for recv; by default 65,536. The memory stays for the next call.
---@param into? string[] a table for the messages, in place of a new one.
---@param senders? table<integer, net.socket.addrinfo> a table for their senders.
---@return string[]?
---@return net.socket.error? err
---@return boolean?
---@return table<integer, net.socket.addrinfo>? senders
---@return table<integer, boolean>? cut
function Socket:recvmany(max, bufsize, into, senders) end

--- Take what the kernel has to tell about something that was sent.
---@return net.socket.Queued?
---@return net.socket.error? err
function Socket:errqueue() end

--- Pass a descriptor over a unix socket.
---@param fd integer|file*|net.socket the descriptor;
---@param ai? net.socket.addrinfo where to, on a datagram socket that is not connected.
---@param ... integer? MSG_ constants.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function Socket:sendfd(fd, ai, ...) end

--- Pass several descriptors with one message over a unix socket.
---@param fds (integer|net.socket|file*)[] There may be none.
---@param msg? string the bytes; without them one zero byte.
---@param ai? net.socket.addrinfo where to, on a datagram socket that is not connected.
---@param ... integer? MSG_ constants.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function Socket:sendfds(fds, msg, ai, ...) end

--- Take a message and the descriptors that it carries.
---@param bufsize? integer at most so many bytes, by default as for recv.
---@param ... integer? MSG_ constants but MSG_PEEK, with which the kernel makes the descriptors for each look.
---@return integer[]?
---@return net.socket.error? err
---@return boolean?
function Socket:recvfds(bufsize, ...) end

--- Take a message that carries one descriptor.
---@param ... integer? MSG_ constants but MSG_PEEK, with which the kernel makes a descriptor for each look.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function Socket:recvfd(...) end

--- Send part of a file.
---@param file integer|file*|net.socket
---@param bytes integer how many at most, 0 or more.
---@param offset? integer where to begin, 0 by default.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function Socket:sendfile(file, bytes, offset) end

--- Receive into an iovec.
---@param iov net.socket.iovec an iovec.
---@param offset? integer the first byte of the row to use, 0 by default.
---@param n? integer how many bytes at most; to the end by default.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function Socket:readv(iov, offset, n) end

--- Send from an iovec.
---@param iov net.socket.iovec an iovec.
---@param offset? integer the first byte of the row to use, 0 by default.
---@param n? integer how many bytes at most; to the end by default.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function Socket:writev(iov, offset, n) end

--- Read an option by its number, as an integer or as size bytes.
---@param level integer SOL_SOCKET, IPPROTO_TCP and so on.
---@param name integer the option, such as TCP_INFO.
---@param size? integer the most bytes to read, 1 to 65536; left out, the option is an integer.
---@return integer|string|nil
---@return net.socket.error? err
function Socket:getsockopt(level, name, size) end

--- Set an option by its number to an integer or to bytes.
---@param level integer SOL_SOCKET, IPPROTO_TCP and so on.
---@param name integer the option.
---@param value integer|string an integer, or bytes as the kernel wants them.
---@return boolean
---@return net.socket.error? err
function Socket:setsockopt(level, name, value) end

--- Return what the kernel knows of the TCP connection.
---@return net.socket.TcpInfo?
---@return net.socket.error? err
function Socket:tcpinfo() end

--- Tell whether the next byte follows out-of-band data.
---@return boolean?
---@return net.socket.error? err
function Socket:atmark() end

--- Return how many bytes of what was sent the kernel still keeps.
---@return integer?
---@return net.socket.error? err
function Socket:sendqueue() end

--- Join a multicast group.
---@param group net.socket.addrinfo the address of the group, of the socket's own family; its port does not matter.
---@param ifname? string|net.socket.addrinfo the interface by name, or by an address that it has: the text of one, IPv4 or IPv6 whichever the group is, or an address, whose port does not matter. What reads as an address is one. A link-local one is looked for in its zone, if it has one. The system chooses when it is left out.
---@return boolean
---@return net.socket.error? err
function Socket:mcastjoin(group, ifname) end

--- Leave a multicast group.
---@param group net.socket.addrinfo the address of the group, of the socket's own family; its port does not matter.
---@param ifname? string|net.socket.addrinfo the interface by name, or by an address that it has: the text of one, IPv4 or IPv6 whichever the group is, or an address, whose port does not matter. What reads as an address is one. A link-local one is looked for in its zone, if it has one. The system chooses when it is left out.
---@return boolean
---@return net.socket.error? err
function Socket:mcastleave(group, ifname) end

--- Join a group for one source.
---@param group net.socket.addrinfo the address of the group, of the socket's own family; its port does not matter.
---@param source net.socket.addrinfo the address of the sender.
---@param ifname? string|net.socket.addrinfo the interface by name, or by an address that it has: the text of one, IPv4 or IPv6 whichever the group is, or an address, whose port does not matter. What reads as an address is one. A link-local one is looked for in its zone, if it has one. The system chooses when it is left out.
---@return boolean
---@return net.socket.error? err
function Socket:mcastjoinsrc(group, source, ifname) end

--- Leave a group for one source.
---@param group net.socket.addrinfo the address of the group, of the socket's own family; its port does not matter.
---@param source net.socket.addrinfo the address of the sender.
---@param ifname? string|net.socket.addrinfo the interface by name, or by an address that it has: the text of one, IPv4 or IPv6 whichever the group is, or an address, whose port does not matter. What reads as an address is one. A link-local one is looked for in its zone, if it has one. The system chooses when it is left out.
---@return boolean
---@return net.socket.error? err
function Socket:mcastleavesrc(group, source, ifname) end

--- Drop what a source sends to a joined group.
---@param group net.socket.addrinfo the address of the group, of the socket's own family; its port does not matter.
---@param source net.socket.addrinfo the address of the sender.
---@param ifname? string|net.socket.addrinfo the interface by name, or by an address that it has: the text of one, IPv4 or IPv6 whichever the group is, or an address, whose port does not matter. What reads as an address is one. A link-local one is looked for in its zone, if it has one. The system chooses when it is left out.
---@return boolean
---@return net.socket.error? err
function Socket:mcastblocksrc(group, source, ifname) end

--- Take back mcastblocksrc.
---@param group net.socket.addrinfo the address of the group, of the socket's own family; its port does not matter.
---@param source net.socket.addrinfo the address of the sender.
---@param ifname? string|net.socket.addrinfo the interface by name, or by an address that it has: the text of one, IPv4 or IPv6 whichever the group is, or an address, whose port does not matter. What reads as an address is one. A link-local one is looked for in its zone, if it has one. The system chooses when it is left out.
---@return boolean
---@return net.socket.error? err
function Socket:mcastunblocksrc(group, source, ifname) end

--- Have fn(*args) called before the descriptor is closed.
---@param errfn function?
---@param fn function the function.
---@param ... any what it is called with.
---@return integer?
---@return net.socket.error? err
function Socket:addgcfn(errfn, fn, ...) end

--- Take a function of addgcfn back; false when it is not there.
---@param handle integer what addgcfn returned.
---@return boolean
function Socket:delgcfn(handle) end
-- surface: end
