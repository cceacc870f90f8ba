-- The calls that only wait: recvable, sendable, select.
local socket = require 'net.socket'

local Operation = require 'operation'
local receive = require 'calls_receive'
local report = require 'report'
local world = require 'world'

local check = report.check
local waits = {}

--- What the model says of a socket, true, false or nil, is what was answered.
local function check_readable(op, sock, answer)
  -- A finalizer may have received before the answer was there to be seen.
  if sock.closed or sock.closing or op.gc then return end
  local flow = sock.e.inward
  local truth = flow:readable()
  if truth == nil or flow.lazy and not answer then return end
  if flow.lazy and truth then return end
  check(truth == answer, '%s: %s is readable: %s, and not %s', op.name, sock.name,
    tostring(answer), tostring(truth))
end

-- ----------------------------------------------------------------- one socket --

local function judge_one(op)
  if op.r2 ~= nil then
    local name = op:error_name(op.r2)
    check(op.r1 == false, '%s: %s', op.name, tostring(op.r1))
    if op:refused_rightly(name) then return end
    return check(op:general(name, op:third(op.r3)), '%s: %s', op.name, tostring(op.r2))
  end
  check(not op:refused_rightly(nil), '%s', op.name)
  if op.r1 == true then
    if op.need == 'r' and not op.fooled then check_readable(op, op.sock, true) end
  else
    check(op.r1 == false and op.r3 == true, '%s: %s', op.name, tostring(op.r1))
    check(op.sec == 0 or op.gave_up, '%s: it is late too early', op.name)
    if op.need == 'r' and op.sec == 0 then check_readable(op, op.sock, false) end
  end
end

function waits.one(sock, at_once)
  local sec = receive.seconds(at_once) or math.huge
  local reads = sock.e.inward and (math.random(2) == 1 or not sock.e.outward)
  local op = Operation.new {sock = sock, call = reads and 'recvable' or 'sendable',
    sec = sec,
    flow = reads and sock.e.inward or nil, need = reads and 'r' or 'w', judge = judge_one}
  op.fn, op.args, op.words = sock.s[op.call], table.pack(sock.s, sec), sec
  return op
end

-- --------------------------------------------------------------- many of them --

local function any_closed(op)
  for _, sock in ipairs(op.all) do
    if sock.closed or sock.closing then return true end
  end
  return false
end

local function within(op, found, asked, reads)
  for _, s in ipairs(found) do
    local place
    for i, sock in ipairs(asked) do
      if sock.s == s then place = i end
    end
    check(place, '%s: found what was not asked for', op.name)
    if reads then check_readable(op, asked[place], true) end
  end
end

local function judge_many(op)
  if op.r1 == nil then
    local name = op:error_name(op.r2)
    if name == 'EBADF' and any_closed(op) then return end
    return check(op:general(name, op:third(op.r3)), '%s: %s', op.name, tostring(op.r2))
  end
  check(not op.any_before, '%s: one of them was closed', op.name)
  check(type(op.r1) == 'table' and type(op.r2) == 'table', '%s: %s', op.name,
    tostring(op.r1))
  within(op, op.r1, op.rd, true)
  within(op, op.r2, op.wr, false)
  if #op.r1 + #op.r2 > 0 then return end
  check(op.sec == 0 or op.gave_up, '%s: it has found nothing', op.name)
  for _, sock in ipairs(op.sec == 0 and op.rd or {}) do check_readable(op, sock,
    false) end
end

local function draw(list, wanted)
  local socks, values = {}, {}
  for _ = 1, math.random(0, 4) do
    local sock = world.pick(list)
    if sock and wanted(sock) then
      socks[#socks + 1], values[#values + 1] = sock, sock.s
    end
  end
  return socks, values
end

function waits.many(at_once)
  local list, sec = world.sockets(), receive.seconds(at_once)
  local rd, readers = draw(list, function(sock) return sock.e.inward ~= nil end)
  local wr, writers = draw(list, function() return true end)
  local op = Operation.new {call = 'select', sec = sec, rd = rd, wr = wr,
    judge = judge_many,
    all = table.move(wr, 1, #wr, #rd + 1, table.move(rd, 1, #rd, 1, {}))}
  op.fn, op.args = socket.select, table.pack(readers, writers, sec)
  op.any_before = any_closed(op)
  op.words = ('%d, %d, %s'):format(#rd, #wr, tostring(sec))
  return op
end

return waits
