-- The `sec` of the calls of net.socket.tls.
local socket = require 'net.socket'

local errno, poller = socket.errno, socket.poller
local time = {}

--- A point of poller.now() after `sec`, or after the socket's own timeout where that is
--- nil; and the seconds. `sec` may be an object that knows what is left.
function time.limit(sec, sock, op)
  if type(sec) == 'userdata' or type(sec) == 'table' then sec = sec:left() end
  if sec == nil then
    sec = sock:timeout() or 0
    if sec == 0 then sec = math.huge end
  end
  if type(sec) ~= 'number' then
    local words = "bad argument 'sec' to '%s' (%s expected, got %s)"
    error(words:format(op, 'number or net.socket.deadline', type(sec)), 3)
  end
  if sec < 0 or sec ~= sec then
    return nil, poller.error(errno.EINVAL, op, 'must be a number of at least 0', 'sec')
  end
  return {at = poller.now() + sec, sec = sec}
end

--- Seconds that are left, never below 0.
function time.left(deadline)
  local left = deadline.at - poller.now()
  return left > 0 and left or 0
end

return time
