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
