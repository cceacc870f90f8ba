-- The calls of a reader, a new one each: what it has read ahead is its socket's.
local receive = require 'calls_receive'
local report = require 'report'

local check = report.check

--- What was read beyond the result is pending, or has gone with its socket.
local function ahead(op)
  local flow, sock = op.flow, op.sock
  flow.held = flow.held or sock.closing or sock.s:pending() > 0
end

--- A line that was given without its end has it all the same.
local function came_line(op)
  local bytes = op.r1 .. '\n'
  check(not op.r1:find '[\r\n]', '%s: not a line', op.name)
  receive.came(op, bytes, #bytes)
  ahead(op)
end

local function came_marked(op)
  check(op.r1:find(op.mark, 1, true) == #op.r1 - #op.mark + 1, '%s: %s', op.name,
    report.quote(op.r1))
  receive.came(op, op.r1, #op.r1)
  ahead(op)
end

local function came_exactly(op)
  check(#op.r1 == op.size, '%s: %d bytes', op.name, #op.r1)
  receive.came(op, op.r1, op.size)
  ahead(op)
end

local function came_some(op)
  receive.came(op, op.r1, op.size)
  ahead(op)
end

--- Fewer only at the end.
local function came_last(op)
  local flow, bytes = op.flow, op.r1
  receive.came(op, bytes, op.size)
  local whole = op.call == 'readline' and bytes:find '\n' or #bytes == op.size
  check(whole == true or whole == #bytes or flow.ended or flow.ending,
    '%s: %s, and no end', op.name, report.quote(bytes))
  ahead(op)
end

local function came_rest(op)
  if #op.r1 > 0 then receive.came(op, op.r1, op.size) end
  op.flow:over(op.name)
end

-- ---------------------------------------------------------------- the failures --

--- The stream ended too early: what there is stays.
local function early(op, name)
  local flow = op.flow
  if name ~= 'EPROTO' then return false end
  check(flow.ended or flow.ending, '%s: an end that was not made', op.name)
  check(flow.reset ~= 'yes' or flow.running > 1, '%s reads the reset as an end', op.name)
  return true
end

local function too_long(op, name)
  return name == 'EMSGSIZE' and op.r4 >= op.limit
end

local function early_or_too_long(op, name)
  return early(op, name) or too_long(op, name)
end

-- ------------------------------------------------------------------- the calls --

--- {what comes, which failures are its own, whether it may answer an end}.
local kinds = {
  read = {came_some, nil, true},
  readexactly = {came_exactly, early, false},
  readuntil = {came_marked, early_or_too_long, false},
  readline = {came_last, too_long, true},
  line = {came_line, early_or_too_long, true},
  readall = {came_rest, too_long, false},
  peek = {came_last, nil, true},
}
local counted = {read = true, readexactly = true, readall = true, peek = true}
local names = {
  'line', 'line', 'peek', 'read', 'read', 'readall', 'readexactly', 'readline',
  'readuntil',
}

function receive.by_reader(sock, at_once)
  local call = names[math.random(#names)]
  local n, sec = receive.size(), receive.seconds(at_once)
  local limit = math.random(3) > 1 and 65536 or math.random(1, 300)
  local reader = sock.s:reader(limit, math.random(2) == 1 and 16384 or math.random(1, 50))
  if not reader then return receive.any(sock, at_once) end -- it is closed
  local came, own, ends = table.unpack(kinds[call])
  local fields = {size = n, limit = limit, sec = sec, holds = true, ahead = true,
    came = came, own = own, ends = ends, reader = reader}
  if call == 'peek' then
    n = math.min(n, limit)
    fields.size, fields.peeks = n, true
  elseif call == 'readall' then
    fields.limit = n + 1
  elseif call == 'readuntil' then
    fields.mark = math.random(2) == 1 and '\n' or string.char(math.random(97, 122))
  end
  if counted[call] then return receive.make(sock, call, fields, n, sec) end
  fields.size = math.huge
  if call == 'readuntil' then
    return receive.make(sock, call, fields, fields.mark, sec)
  end
  return receive.make(sock, call, fields, sec)
end
