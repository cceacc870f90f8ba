---@meta
-- Messages, control messages and buffers.

---@class net.socket.msghdr
local MsgHdr = {}

---@class net.socket.cmsghdr
local CmsgHdr = {}

---@class net.socket.cmsghdrs
local CmsgHdrs = {}

---@class net.socket.iovec
local IoVec = {}

---@class net.socket.msghdr.module
local msghdr = {}

---@class net.socket.cmsghdr.module
local cmsghdr = {}

---@class net.socket.cmsghdrs.module
local cmsghdrs = {}

---@class net.socket.iovec.module
local iovec = {}

-- surface: MSGHDR_MAKE
--- Make an empty message.
---@return net.socket.msghdr
function msghdr.new() end
-- surface: end

-- surface: CMSGHDR_MAKE
--- Make a control message from bytes, an integer, credentials or packet info.
---@param level integer SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6.
---@param type integer SCM_CREDENTIALS, IP_PKTINFO, IP_TTL and so on.
---@param data string|integer|table bytes; an integer, which with SCM_TIMESTAMPING says by SOF_TIMESTAMPING_TX_ flags which times of this packet are wanted; or a table or dict with pid, uid and gid, or with ifindex and addr, the address to send from.
---@return net.socket.cmsghdr?
---@return net.socket.error? err
function cmsghdr.new(level, type, data) end

--- Make a control message that passes descriptors.
---@param ... integer 1 to 253 descriptors.
---@return net.socket.cmsghdr?
---@return net.socket.error? err
function cmsghdr.rights(...) end
-- surface: end

-- surface: CMSGHDRS_MAKE
--- Make an empty queue of control messages.
---@return net.socket.cmsghdrs
function cmsghdrs.new() end
-- surface: end

-- surface: IOVEC_MAKE
--- Make an empty row of buffers.
---@return net.socket.iovec
function iovec.new() end
-- surface: end

-- surface: MSGHDR
--- Return the address and, with an argument, set it; None removes it.
---@param ai? net.socket.addrinfo an address; nil removes it; left out, the call only reads.
---@return net.socket.addrinfo?
function MsgHdr:name(ai) end

--- Return the iovec and, with an argument, set it.
---@param iov? net.socket.iovec an iovec; nil removes it; left out, the call only reads.
---@return net.socket.iovec?
function MsgHdr:iov(iov) end

--- Return the control messages and, with an argument, set them.
---@param cmsgs? net.socket.cmsghdrs a queue of control messages; nil removes it; left out, the call only reads.
---@return net.socket.cmsghdrs?
function MsgHdr:control(cmsgs) end

--- Return how much control data a receive may bring and, with an argument, set it.
---@param limit? integer from 0 to 2048; nil is 2048, as at first, which holds 253 descriptors and more; left out, the call only reads.
---@return integer?
---@return net.socket.error? err
function MsgHdr:control_room(limit) end

--- Return the MSG_ flags of the last receive.
---@return integer
function MsgHdr:flags() end
-- surface: end

-- surface: CMSGHDR
--- Return the protocol level.
---@return integer
function CmsgHdr:level() end

--- Return the type.
---@return integer
function CmsgHdr:type() end

--- Return the bytes, or take the descriptors.
---@return string|integer[]|nil
function CmsgHdr:data() end

--- Return the data decoded: an integer, seconds, credentials or packet info.
---@return integer|number|net.socket.addrinfo|table|nil
function CmsgHdr:value() end
-- surface: end

-- surface: CMSGHDRS
--- Append a copy of a control message.
---@param cmsg net.socket.cmsghdr a control message whose descriptors have not been taken.
---@return boolean
---@return net.socket.error? err
function CmsgHdrs:push(cmsg) end

--- Remove and return the first control message.
---@return net.socket.cmsghdr?
function CmsgHdrs:shift() end
-- surface: end

-- surface: IOVEC
--- Append bytes and return the element's index.
---@param str string the bytes.
---@return integer
function IoVec:add(str) end

--- Append n zero bytes and return the element's index.
---@param n integer its length, 0 or more.
---@return integer?
---@return net.socket.error? err
function IoVec:addn(n) end

--- Return element i.
---@param i integer its index.
---@return string?
function IoVec:get(i) end

--- Replace element i.
---@param str string the bytes.
---@param i integer its index.
---@return boolean
---@return net.socket.error? err
function IoVec:set(str, i) end

--- Remove element i and return it.
---@param i integer its index.
---@return string?
---@return net.socket.error? err
function IoVec:del(i) end

--- Return how many bytes there are.
---@return integer
function IoVec:bytes() end

--- Return n bytes from offset on.
---@param offset? integer where to begin, 0 by default.
---@param n? integer how many at most; to the end by default.
---@return string?
---@return net.socket.error? err
function IoVec:concat(offset, n) end

--- Forget the first n bytes and return how many are left.
---@param n integer how many, 0 or more; what is beyond the end does not count.
---@return integer?
---@return net.socket.error? err
function IoVec:consume(n) end

--- Read from a descriptor into the buffers.
---@param fd integer|file*|net.socket a descriptor, or a socket object.
---@param offset? integer the first byte of the row to use, 0 by default.
---@param n? integer how many bytes at most; to the end by default.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function IoVec:readv(fd, offset, n) end

--- Write the buffers to a descriptor.
---@param fd integer|file*|net.socket a descriptor, a socket object, or an open file as sendfile takes it.
---@param offset? integer the first byte of the row to use, 0 by default.
---@param n? integer how many bytes at most; to the end by default.
---@return integer?
---@return net.socket.error? err
---@return boolean?
function IoVec:writev(fd, offset, n) end
-- surface: end
