---@meta
-- The methods of a reader.

--- Lines, exact counts and marks out of a stream, read ahead. Of a failure the fourth
--- result is how many bytes are pending.
---@class net.socket.reader
local Reader = {}

--- Read 1 to n bytes, what there is.
---@param n integer
---@param sec? number|net.socket.deadline
---@return string?
---@return net.socket.error?
---@return boolean?
---@return integer?
function Reader:read(n, sec) end

--- Read exactly n bytes.
---@param n integer
---@param sec? number|net.socket.deadline
---@return string?
---@return net.socket.error?
---@return boolean?
---@return integer?
function Reader:readexactly(n, sec) end

--- Read up to and with a mark.
---@param mark string
---@param sec? number|net.socket.deadline
---@return string?
---@return net.socket.error?
---@return boolean?
---@return integer?
function Reader:readuntil(mark, sec) end

--- Read a line with its newline; the last one may have none.
---@param sec? number|net.socket.deadline
---@return string?
---@return net.socket.error?
---@return boolean?
---@return integer?
function Reader:readline(sec) end

--- Read a whole line and return it without its newline.
---@param sec? number|net.socket.deadline
---@return string?
---@return net.socket.error?
---@return boolean?
---@return integer?
function Reader:line(sec) end

--- Return an iterator of the lines, each waited for at most sec seconds.
---@param sec? number|net.socket.deadline
---@return fun(): string?
function Reader:lines(sec) end

--- Read everything to the end of the stream, at most max bytes.
---@param max integer
---@param sec? number|net.socket.deadline
---@return string?
---@return net.socket.error?
---@return boolean?
---@return integer?
function Reader:readall(max, sec) end

--- Return the next n bytes without taking them, fewer only at the end.
---@param n integer
---@param sec? number|net.socket.deadline
---@return string?
---@return net.socket.error?
---@return boolean?
---@return integer?
function Reader:peek(n, sec) end
