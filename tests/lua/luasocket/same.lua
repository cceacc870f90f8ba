-- What the programs of the differential test share. The first argument names the module
-- that is tried: `socket`, or the one that stands for it. Each call is a line.
local name = arg[1]
local socket = require(name)
package.loaded.socket = socket

local same = {socket = socket}
same.unix = name == 'socket' and require 'socket.unix' or socket.unix

local function show(value)
  local kind, meta = type(value), getmetatable(value)
  if kind == 'string' then
    if #value <= 90 then return ('%q'):format(value) end
    return ('%q..%d'):format(value:sub(1, 20), #value)
  end
  if kind == 'number' and value == math.floor(value) then return ('%d'):format(value) end
  if kind == 'userdata' or kind == 'table' and meta and meta.__tostring then
    return (tostring(value):gsub(': .*', ''))
  end
  if kind == 'table' or kind == 'function' then return kind end
  return tostring(value)
end

function same.line(label, ...)
  local all = table.pack(...)
  for i = 1, all.n do all[i] = show(all[i]) end
  print(label .. ' -> ' .. table.concat(all, ', '))
end

-- Of a mistake's words what stands in parentheses counts: the rest names the function.
function same.try(label, f, ...)
  local all = table.pack(pcall(f, ...))
  if all[1] then return same.line(label, table.unpack(all, 2, all.n)) end
  local why = all[2]
  if type(why) == 'string' then
    why = why:match '%(.*%)' or why:gsub('^[^ ]*:%d+: ', '')
  end
  same.line(label .. ' raises', why)
end

function same.first(n, ...)
  return table.unpack({...}, 1, n)
end

function same.pair()
  local listener = assert(socket.bind('127.0.0.1', 0))
  local _, port = listener:getsockname()
  local client = assert(socket.connect('127.0.0.1', port))
  local peer = assert(listener:accept())
  listener:close()
  return client, peer
end

return same
