---@meta
-- The methods of a pollset.

--- A set of descriptors that are waited for together, again and again.
---@class net.socket.pollset
local PollSet = {}

--- Say what a descriptor is watched for from now on: 'r', 'w', 'rw' or nothing.
---@param fd integer|net.socket|file*
---@param events? ''|'r'|'w'|'rw'
---@return boolean
---@return net.socket.error?
function PollSet:watch(fd, events) end

--- Wait in place until something is ready; return what to read from and what to write to.
---@param sec? number
---@return integer[]?
---@return integer[]|net.socket.error
function PollSet:wait(sec) end

--- Return a descriptor that is readable while something is ready.
---@return integer?
---@return net.socket.error?
function PollSet:fd() end

--- Close the set; the descriptors in it stay as they are.
function PollSet:close() end
