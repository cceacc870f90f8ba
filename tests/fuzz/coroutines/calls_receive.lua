-- The calls that receive: their arguments, and what their results mean to the model.
local socket = require 'net.socket'

local Operation = require 'operation'
local report = require 'report'
local world = require 'world'

local check, fail = report.check, report.fail
local receive = {}

-- ------------------------------------------------------------ what has come --

--- The descriptor that came is one that was sent: it has the socket's name.
local function check_rights(op, fd, names)
  local s <close> = assert(socket.wrap(fd))
  check(names[s:getsockname():addr()], '%s: a descriptor came that was not sent', op.name)
end

--- Bytes came to the caller, into `size` bytes of room; answers the packet's record.
function receive.came(op, bytes, size)
  local flow = op.flow
  check(#bytes > 0, '%s: an empty result', op.name)
  check(#bytes <= size, '%s: %d bytes into room for %d', op.name, #bytes, size)
  if op.peeks then
    if flow.bytes and flow.running == 1 and #flow.pieces == 0 and not flow:unsure() then
      check(flow.text:sub(flow.top + 1, flow.top + #bytes) == bytes, '%s looked at %s',
        op.name, report.quote(bytes))
    end
    return nil
  end
  return flow:came(bytes, op.name, size)
end

--- The sender is the packet's own. A unix stream tells the name of the other end, where
-- the kernel is asked.
local function check_sender(op, from, packet)
  local due = op.sock.e.peer
  if packet then due = packet.from end
  local right = from == nil and (op.flow.bytes or due == nil) or from
    and from:addr() == due
  check(right, '%s: the sender is %s, not %s', op.name, tostring(from), tostring(due))
end

local function came_whole(op)
  local packet = receive.came(op, op.r1, op.size)
  if op.call == 'recvfrom' and not op.peeks then check_sender(op, op.r4, packet) end
end

--- All that was asked for; fewer only where the stream ends.
local function came_all(op)
  local flow, bytes = op.flow, op.r1
  receive.came(op, bytes, op.size)
  local due = op.size
  if op.call == 'recvline' then
    local whole = bytes:find('\n', 1, true)
    check(not whole or whole == #bytes, '%s: more than a line', op.name)
    if whole then due = #bytes end
  end
  local cut = #bytes < due
  check(not cut or flow.ended, '%s: %d bytes of %d', op.name, #bytes, due)
  if cut then flow:dry(op.name, flow.lazy or flow.reset ~= 'no') end
end

local function came_into(op)
  local bytes = assert(op.iov:concat(0, op.r1))
  check(#bytes == op.r1, '%s: a count of %d', op.name, op.r1)
  local packet = receive.came(op, bytes, op.size)
  if op.call ~= 'recvmsg' or not packet then return end
  local marked = op.mh:flags() & socket.MSG_TRUNC ~= 0
  check(packet.cut or marked == (#packet.bytes > op.size),
    '%s: MSG_TRUNC is wrong for %d of %d bytes', op.name, #bytes, #packet.bytes)
  check_sender(op, op.mh:name(), packet)
end

local function came_many(op)
  local list, senders, cut = op.r1, op.r4, op.r5 or {}
  check(#list >= 1 and #list <= op.most, '%s: %d packets', op.name, #list)
  for i, bytes in ipairs(list) do
    local packet = receive.came(op, bytes, op.size)
    check(packet.cut or (cut[i] == true) == (#packet.bytes > op.size),
      '%s: the mark is wrong for %d of %d bytes', op.name, #bytes, #packet.bytes)
    check_sender(op, senders[i], packet)
  end
end

local function came_descriptor(op)
  local flow = op.flow
  local packet = flow:came('\0', op.name, 1)
  check_rights(op, op.r1, flow.bytes and flow.rights or {[packet.rights or 0] = true})
end

-- ----------------------------------------------------------------- judging --

local function reset(op, held)
  local flow = op.flow
  -- With bytes that came before it, it comes once more after them, and may have done so
  -- inside this call.
  local inside = flow.reset == 'no'
  flow.reset = held and (inside and 'maybe' or 'yes') or 'no'
  if not held and flow.bytes then flow:dry(op.name, flow.lazy) end
  flow.ended, flow.cut = true, flow.lazy
end

local function failed(op)
  local name = op:error_name(op.r2)
  local timeout = op:third(op.r3)
  local flow, held = op.flow, false
  if op.holds and op.r4 ~= nil then
    local begun = not op.ahead and name ~= 'EBUSY' and name ~= 'EOPNOTSUPP'
    local right = math.type(op.r4) == 'integer' and op.r4 >= 0
    check(right and (not begun or op.r4 < op.size), '%s: done is %s', op.name,
      tostring(op.r4))
    held = op.r4 > 0
    flow.held = flow.held or held
    if held and not op.sock.closing and flow.running == 1 and name ~= 'EBUSY' then
      local pending = op.sock.s:pending()
      check(pending == op.r4, '%s: done is %d, pending %d', op.name, op.r4, pending)
    end
  end
  if op:refused_rightly(name) then return end
  if op.holds and not flow.bytes then
    check(name == 'EOPNOTSUPP' or op:general(name, timeout), '%s on packets: %s',
      op.name, name)
  elseif op.own and op:own(name) then
    return
  elseif name == 'ECONNRESET' and (flow:may_reset() or op.may_reset) then
    reset(op, held)
  elseif name == 'ENOMSG' and op.call == 'recvfd' then
    local byte = op.r2.data
    check(type(byte) == 'string' and #byte == 1, '%s: data is %s', op.name,
      tostring(byte))
    local packet = flow:came(byte, op.name, 1)
    check(flow.bytes or not packet.rights, '%s: the descriptor is lost', op.name)
  else
    check(op:general(name, timeout), '%s: %s', op.name, tostring(op.r2))
  end
end

local function judge(op)
  local flow = op.flow
  local ended = op.n == 0
  if op.holds then ended = op.n == 1 and op.r1 == nil end
  if op.r1 == nil and op.r2 ~= nil then return failed(op) end
  check(not op:refused_rightly(nil), '%s', op.name)
  if ended then
    check(not op.ahead or op.ends, '%s: an end', op.name)
    flow:over(op.name)
  elseif op.r1 ~= nil then
    op:came()
  else
    check(not op.holds and op.n == 3 and op.r3 == true, '%s: %d results', op.name, op.n)
    flow:dry(op.name, flow.lazy)
  end
end

--- Results that were not seen. Where a hook raised after the call, it had received for
-- it.
local function killed(op)
  local flow = op.flow
  flow.held = flow.held or op.holds
  -- A reset may have been told by an error that there was no memory for.
  if op.refused and flow.reset == 'yes' then flow.reset = 'maybe' end
  if not op.lost then return end
  -- The number of a descriptor has no owner.
  if op.call == 'recvfd' then world.lost = world.lost + 1 end
  flow.held = true
  flow.slack = math.max(flow.slack, flow.bytes and flow.claim - flow.top or op.most or 1)
  op.sock.e.stale = true
  if flow.reset == 'yes' then flow.reset = 'maybe' end
end

-- --------------------------------------------------------------- the calls --

function receive.size()
  local kind = math.random(4)
  return kind == 1 and math.random(1, 9) or kind == 2 and math.random(8, 200)
    or kind == 3 and math.random(200, 5000) or math.random(5000, 70000)
end

function receive.make(sock, call, fields, ...)
  fields.call, fields.sock, fields.flow = call, sock, sock.e.inward
  fields.receives, fields.need = true, 'r'
  local object = fields.reader or sock.s
  fields.fn = object[call]
  fields.args = table.pack(object, ...)
  fields.judge, fields.killed = judge, killed
  fields.words = fields.size .. (fields.peeks and ', MSG_PEEK' or '')
  return Operation.new(fields)
end

local function plain(call)
  return function(sock)
    local n = receive.size()
    if call ~= 'read' and math.random(8) == 1 then
      return receive.make(sock, call, {size = n, peeks = true, came = came_whole}, n,
        socket.MSG_PEEK)
    end
    return receive.make(sock, call, {size = n, came = came_whole}, n)
  end
end

local function row(n)
  local iov = socket.iovec.new()
  local first = math.random(0, n)
  iov:addn(first)
  iov:addn(n - first)
  return iov
end

local function recvmsg(sock)
  local n, mh = receive.size(), socket.msghdr.new()
  local iov = row(n)
  mh:iov(iov)
  if math.random(2) == 1 then mh:control(socket.cmsghdrs.new()) end
  return receive.make(sock, 'recvmsg',
    {size = n, iov = iov, mh = mh, came = came_into}, mh)
end

local function readv(sock)
  local n = receive.size()
  local iov = row(n)
  return receive.make(sock, 'readv', {size = n, iov = iov, came = came_into}, iov)
end

local function recvfd(sock)
  return receive.make(sock, 'recvfd', {size = 1, came = came_descriptor})
end

--- Its tables are used again now and then.
local function recvmany(sock)
  local n, most = receive.size(), math.random(5)
  local fields = {size = n, most = most, came = came_many}
  if math.random(2) == 1 then
    return receive.make(sock, 'recvmany', fields, most, n, {'old', 'old'}, {})
  end
  return receive.make(sock, 'recvmany', fields, most, n)
end

--- At once, for as long as it takes, or longer than any round.
function receive.seconds(at_once)
  local kind = at_once and 1 or math.random(4)
  if kind == 1 then return 0 end
  if kind == 2 then return 1000 end
  return nil
end

local function until_done(call)
  return function(sock, at_once)
    local n, sec = receive.size(), receive.seconds(at_once)
    local fields = {size = n, sec = sec, holds = true, came = came_all}
    return receive.make(sock, call, fields, n, sec)
  end
end

receive.plain = {
  plain 'recv', plain 'recv', plain 'read', plain 'recvfrom', recvmsg, readv, recvfd,
}
receive.whole = {until_done 'recvall', until_done 'recvline'}

--- A receive of any kind. `at_once`: one that does not wait.
function receive.any(sock, at_once)
  local kind = math.random(10)
  if kind <= 3 and sock.e.inward.bytes then return receive.by_reader(sock, at_once) end
  if kind == 10 and not sock.e.inward.bytes then return recvmany(sock) end
  local list = kind <= 6 and receive.whole or receive.plain
  return list[math.random(#list)](sock, at_once)
end

--- Whether the model lets this socket receive.
function receive.may(sock, e)
  return e.inward ~= nil and e.reader == sock and not e.stale
end

-- --------------------------------------------------------------- draining --

local function give_up(flow, err)
  fail('%s: draining: %s', flow.name, tostring(err))
end

--- Takes all that is left, and compares. Nothing may be under way.
function receive.drain(e)
  local flow, s, list, length = e.inward, e.reader.s, {}, 0
  while true do
    local n = math.random(7000, 70000)
    local got = table.pack(s:recv(n))
    if type(got[1]) == 'string' then
      list[#list + 1] = got[1]
      length = length + #got[1]
    elseif got.n == 0 then
      check(flow.ended, '%s: an end that was not made', flow.name)
      check(flow.reset ~= 'yes', '%s: a reset reads as an end', flow.name)
      flow.cut = flow.cut or flow.lazy and flow.reset ~= 'no'
      break
    elseif got[2] == nil then
      local late = flow.lazy and flow:late(length)
      if not late or not s:recvable(late) then break end
    elseif got[2].name == 'ECONNRESET' and flow.reset ~= 'no' then
      flow.reset, flow.ended, flow.cut = 'no', true, flow.lazy
    else
      give_up(flow, got[2])
    end
  end
  flow:drained(list)
  e.stale = flow.bytes and flow.slack > 0
end

receive.pick = function()
  return world.pick(world.sockets(receive.may))
end

return receive
