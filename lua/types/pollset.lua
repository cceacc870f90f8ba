---@meta
-- The methods of a pollset.

--- A set of descriptors that are waited for together, again and again.
---@class net.socket.pollset
local PollSet = {}

-- surface: LUA_POLLSET
--- Say what a descriptor is watched for from now on: 'r', 'w', 'rw' or nothing.
---@param fd integer|file*|net.socket the number of a descriptor, a socket or a file.
---@param events? ''|'r'|'w'|'rw' 'r' to receive from it, 'w' to send to it, 'rw' for both; '' or nil: the set forgets it, which must be before it is closed.
---@return boolean
---@return net.socket.error? err
function PollSet:watch(fd, events) end

--- Wait in place until something is ready; return what to read from and what to write to.
---@param sec? number how long at most. nil, the default, and infinity: without limit.
---@return integer[]?
---@return integer[]|net.socket.error|nil
function PollSet:wait(sec) end

--- Return a descriptor that is readable while something is ready.
---@return integer?
---@return net.socket.error? err
function PollSet:fd() end

--- Close the set; the descriptors in it stay as they are.
function PollSet:close() end
-- surface: end
