-- select: which of the objects can be received from, and sent to. An object is any
-- that has getfd(), and maybe dirty(). Neither their number nor their descriptors have a
-- limit.
local netsocket = require 'net.socket'
local object = require 'net.socket.luasocket.object'

local function add(list, thing)
  list[#list + 1] = thing
  list[thing] = #list
end

local function descriptor(thing)
  local getfd = thing.getfd
  local fd = getfd and getfd(thing)
  return fd and fd >= 0 and math.tointeger(fd) or nil
end

-- Descriptors, whose they are, and those that have bytes already.
local function gather(list, dirty)
  local fds, owners = {}, {}
  for _, thing in ipairs(list) do
    local fd = descriptor(thing)
    if fd and dirty and thing.dirty and thing:dirty() then
      add(dirty, thing)
    elseif fd then
      fds[#fds + 1] = fd
      owners[fd] = owners[fd] or {}
      table.insert(owners[fd], thing)
    end
  end
  return fds, owners
end

local function take(ready, owners, list)
  for _, fd in ipairs(ready) do
    for _, thing in ipairs(owners[fd]) do
      if not list[thing] then add(list, thing) end
    end
  end
end

return function(receivers, senders, sec)
  receivers = receivers and object.typed(receivers, 'table', 1) or {}
  senders = senders and object.typed(senders, 'table', 2) or {}
  sec = object.number(sec, 3, -1)
  local r, w = {}, {}
  local rfds, rowners = gather(receivers, r)
  local wfds, wowners = gather(senders)
  local limit = sec >= 0 and sec or nil
  local rready, wready = netsocket.select(rfds, wfds, #r > 0 and 0 or limit)
  if not rready then return r, w, object.words(wready) end
  take(rready, rowners, r)
  take(wready, wowners, w)
  if #r + #w == 0 then return r, w, 'timeout' end
  return r, w
end
