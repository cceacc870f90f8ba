---@meta
-- The methods of a reader.

--- Lines, exact counts and marks out of a stream, read ahead. Of a failure the fourth
--- result is how many bytes are pending.
---@class net.socket.reader
local Reader = {}

-- surface: READER
--- Read 1 to n bytes, what there is.
---@param n integer the most bytes to take, at least 1.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, without a limit; 0 is one attempt.
---@return string?
---@return net.socket.error? err
---@return boolean?
---@return integer? n
function Reader:read(n, sec) end

--- Read exactly n bytes.
---@param n integer how many; 0 gives an empty string at once.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, without a limit; 0 is one attempt.
---@return string?
---@return net.socket.error? err
---@return boolean?
---@return integer? n
function Reader:readexactly(n, sec) end

--- Read up to and with a mark.
---@param mark string the bytes to look for.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, without a limit; 0 is one attempt.
---@return string?
---@return net.socket.error? err
---@return boolean?
---@return integer? n
function Reader:readuntil(mark, sec) end

--- Read a line with its newline; the last one may have none.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, without a limit; 0 is one attempt.
---@return string?
---@return net.socket.error? err
---@return boolean?
---@return integer? n
function Reader:readline(sec) end

--- Read a whole line and return it without its newline.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, without a limit; 0 is one attempt.
---@return string?
---@return net.socket.error? err
---@return boolean?
---@return integer? n
function Reader:line(sec) end

--- Return an iterator of the lines, each waited for at most sec seconds.
---@param sec? number|net.socket.deadline how long each line may take, in seconds; left out, without a limit.
---@return fun(): string?
function Reader:lines(sec) end

--- Read everything to the end of the stream, at most max bytes.
---@param max integer the most bytes to take, 0 or more.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, without a limit; 0 is one attempt.
---@return string?
---@return net.socket.error? err
---@return boolean?
---@return integer? n
function Reader:readall(max, sec) end

--- Return the next n bytes without taking them, fewer only at the end.
---@param n integer how many, 1 to limit.
---@param sec? number|net.socket.deadline how long at most, in seconds, over all; left out, without a limit; 0 is one attempt.
---@return string?
---@return net.socket.error? err
---@return boolean?
---@return integer? n
function Reader:peek(n, sec) end
-- surface: end
