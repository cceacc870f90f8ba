---@meta
-- The methods of a deadline.

--- A point of time, which every sec takes in place of seconds.
---@class net.socket.deadline
local Deadline = {}

-- surface: DEADLINE
--- Return how many seconds remain, 0 once it has passed.
---@return number
function Deadline:left() end
-- surface: end
