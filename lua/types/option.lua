---@meta
-- The options of a socket: without a value they read, with one they set.
-- Either way they return the value before: a false that was there is no failure, so not
-- assert(sock:keepalive(true)), but
--   local old, err = sock:keepalive(true)
--   assert(old ~= nil, err)

---@class net.socket
local Socket = {}

-- surface: OPTION
--- Close the descriptor in a program started by exec.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:cloexec(value) end

--- Let no call on this object wait.
---@param value? boolean boolean; false makes the plain calls of this object wait.
---@return boolean?
---@return net.socket.error? err
function Socket:nonblock(value) end

--- Allow binding to an address in TIME_WAIT.
---@param value? boolean boolean.
---@return boolean?
---@return net.socket.error? err
function Socket:reuseaddr(value) end

--- Share an address among sockets of one user.
---@param value? boolean boolean.
---@return boolean?
---@return net.socket.error? err
function Socket:reuseport(value) end

--- Allow sending to a broadcast address.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:broadcast(value) end

--- Record debugging information in the kernel; setting needs CAP_NET_ADMIN.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:debug(value) end

--- Probe an idle connection.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:keepalive(value) end

--- Leave out-of-band data in the stream.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:oobinline(value) end

--- Send only to hosts on the same network.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:dontroute(value) end

--- Let recvmsg report when a datagram came.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:timestamp(value) end

--- Receive buffer in bytes; Linux doubles what is set.
---@param value? integer integer, 0 or more; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:rcvbuf(value) end

--- Send buffer in bytes; Linux doubles what is set.
---@param value? integer integer, 0 or more; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:sndbuf(value) end

--- Bytes that make the socket readable.
---@param value? integer integer, 0 or more; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:rcvlowat(value) end

--- Room that makes the socket writable; Linux does not let it be set.
---@param value? integer integer, 0 or more; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:sndlowat(value) end

--- Longest wait of a blocking receive; 0 is no limit.
---@param value? number number of seconds, fractions allowed; absent, it only reads.
---@return number?
---@return net.socket.error? err
function Socket:rcvtimeo(value) end

--- Longest wait of a blocking send; 0 is no limit.
---@param value? number number of seconds, fractions allowed; absent, it only reads.
---@return number?
---@return net.socket.error? err
function Socket:sndtimeo(value) end

--- Seconds that close waits for unsent data; -1 is off, 0 resets the connection.
---@param value? integer integer, -1 to 65535; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:linger(value) end

--- Whether the socket listens.
---@return boolean?
---@return net.socket.error? err
function Socket:acceptconn() end

--- Use one interface only; the empty name unbinds.
---@param value? string|net.socket.addrinfo the name of an interface, or an address that it has, as text or as an address; the empty name unbinds; absent, it only reads.
---@return string?
---@return net.socket.error? err
function Socket:bindtodevice(value) end

--- Send small segments at once.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:tcpnodelay(value) end

--- Hold back partial segments.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:tcpcork(value) end

--- Idle seconds before the first keepalive probe.
---@param value? integer integer, 0 or more; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:tcpkeepalive(value) end

--- Seconds between keepalive probes.
---@param value? integer integer, 0 or more; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:tcpkeepintvl(value) end

--- Unanswered probes that end the connection.
---@param value? integer integer, 0 or more; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:tcpkeepcnt(value) end

--- Milliseconds that sent data may go unacknowledged; 0 is the system's limit.
---@param value? integer integer, 0 or more; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:tcpusertimeout(value) end

--- Deliver sent multicast to this host too.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:mcastloop(value) end

--- Hops that multicast may take.
---@param value? integer integer, 0 to 255; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:mcastttl(value) end

--- Interface that multicast is sent on; an absent one resets.
---@param value? string|net.socket.addrinfo the name of an interface, or an address that it has, as text or as an address, see mcastjoin; an explicit nil goes back to the system's choice; absent, it only reads.
---@return string?
---@return net.socket.error? err
function Socket:mcastif(value) end

--- Refuse IPv4 on an IPv6 socket.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:ipv6only(value) end

--- Receive the sender's credentials with each message.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:passcred(value) end

--- Process, user and group of the peer when it connected.
---@return table<string, integer>?
---@return net.socket.error? err
function Socket:peercred() end

--- Type of service of what is sent; over IPv6 the traffic class.
---@param value? integer integer, 0 to 255; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:tos(value) end

--- Hops that a unicast packet may take.
---@param value? integer integer, 0 to 255, over IPv4 from 1 on; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:ttl(value) end

--- Let recvmsg report the hops that a datagram had left.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:recvttl(value) end

--- Let recvmsg report a datagram's type of service.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:recvtos(value) end

--- Let recvmsg report where a datagram came in, and for which address.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:recvpktinfo(value) end

--- Let recvmsg report the address and port that a datagram was sent to.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:recvorigdstaddr(value) end

--- Keep the errors of what was sent in the error queue.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:recverr(value) end

--- Allow binding to an address that this host has not got.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:freebind(value) end

--- Bind to an address alone; connect finds the port.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:bindaddressnoport(value) end

--- How the path's MTU is discovered, as an IP_PMTUDISC_ number.
---@param value? integer integer, one of IP_PMTUDISC_, over IPv6 of IPV6_PMTUDISC_, which are the same numbers; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:mtudiscover(value) end

--- The known MTU of the path to the peer.
---@return integer?
---@return net.socket.error? err
function Socket:mtu() end

--- Let recvmsg report when a datagram came, in nanoseconds.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:timestampns(value) end

--- Which times of packets are reported, as SOF_TIMESTAMPING_ flags.
---@param value? integer integer; 0 reports none; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:timestamping(value) end

--- Let recvmsg report how many datagrams were dropped.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:rxqovfl(value) end

--- Mark of what is sent, for routing and packet filters.
---@param value? integer integer, 0 to 4294967295; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:mark(value) end

--- Priority of what is sent, for the queues of the interface.
---@param value? integer integer, 0 to 6, with privileges more; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:priority(value) end

--- The number by which the kernel knows the socket.
---@return integer?
---@return net.socket.error? err
function Socket:cookie() end

--- Acknowledge at once, until the kernel thinks otherwise.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:tcpquickack(value) end

--- Seconds that a connection without data is kept from accept.
---@param value? integer integer; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:tcpdeferaccept(value) end

--- How many fast-open connections may wait for their handshake; 0 is none.
---@param value? integer integer; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:tcpfastopen(value) end

--- Send the first data with the handshake where the server allows it.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:tcpfastopenconnect(value) end

--- Unsent bytes up to which the socket is writable; 0 is the system's limit.
---@param value? integer integer, 0 to 4294967295; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:tcpnotsentlowat(value) end

--- Name of the congestion control.
---@param value? string string; absent, it only reads.
---@return string?
---@return net.socket.error? err
function Socket:tcpcongestion(value) end

--- Largest segment in bytes; before connecting, the limit of it.
---@param value? integer integer; 0 sets no limit; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:tcpmaxseg(value) end

--- Bytes of each datagram into which a long send is divided; 0 divides none.
---@param value? integer integer, 0 to 65535; absent, it only reads.
---@return integer?
---@return net.socket.error? err
function Socket:udpsegment(value) end

--- Receive datagrams of one sender and one size together.
---@param value? boolean boolean; absent, it only reads.
---@return boolean?
---@return net.socket.error? err
function Socket:udpgro(value) end
-- surface: end
