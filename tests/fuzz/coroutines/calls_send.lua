-- The calls that send, shut down and close.
local socket = require 'net.socket'

local Operation = require 'operation'
local receive = require 'calls_receive'
local report = require 'report'
local world = require 'world'

local check, log = report.check, report.log
local send = {}

-- ----------------------------------------------------------------- judging --

local gone = {EPIPE = true, ECONNRESET = true, ECONNREFUSED = true, ENOTCONN = true,
  EDESTADDRREQ = true, ENOENT = true}

--- Whether the other side cannot be sent to: it has closed, or one of the two shut down.
local function over(flow)
  return flow.ended or flow.dead
end

local function went(op, count)
  local flow = op.flow
  check(math.type(count) == 'integer' and count >= 0 and count <= op.size, '%s: sent %s',
    op.name, tostring(count))
  if flow.bytes then
    if count > 0 and op.rights then flow.rights[op.rights] = true end
    check(op.from + count >= flow.sent, '%s: sent %d, but %d have come', op.name, count,
      flow.sent - op.from)
    flow:settle(op.from + count - flow.sent)
  elseif op.list then
    for i = 1, count do flow:add(op.list[i], op.sock.e.address) end
  elseif count > 0 then
    check(count == op.size, '%s: sent %d of a packet of %d', op.name, count, op.size)
    flow:add(op.bytes, op.sock.e.address, op.rights)
  end
end

--- The kernel tells of a reset once. A socket whose send was told tells its receives, but
--- not its duplicates. TCP gives receives the end that came before the reset: then it is
--- one more that they may be given.
local function met_reset(op, name)
  local e = op.sock.e
  op.sock.told = true
  local known, inward = e.reader == op.sock, e.inward
  if not inward then return end
  if inward.reset == 'yes' and not known then inward.reset = 'maybe' end
  local after = inward.lazy and inward.ended and inward.reset == 'no'
  if after and name == 'ECONNRESET' then inward.reset = 'maybe' end
end

local function failed(op)
  local name = op:error_name(op.r2)
  local timeout = op:third(op.r3)
  if op.call == 'sendall' and op.n == 4 then
    went(op, op.r4)
  else
    went(op, 0)
  end
  if op:refused_rightly(name) then return end
  local inward = op.sock.e.inward
  if gone[name] then met_reset(op, name) end
  if name == 'ECONNREFUSED' and inward then -- the kernel drops what was received
    inward.slack = #inward.queue
    op.sock.e.stale = true
  end
  local legal = name == 'EMSGSIZE' and not op.flow.bytes and (op.list or op.size > 1000)
    or gone[name] and over(op.flow)
    or name == 'ECONNRESET' and inward and inward.reset ~= 'no'
  check(legal or op:general(name, timeout), '%s: %s', op.name, tostring(op.r2))
end

local function judge(op)
  local flow = op.flow
  flow.writer = nil
  if op.r1 == nil then return failed(op) end
  check(not op:refused_rightly(nil), '%s', op.name)
  if op.call == 'sendfd' then
    check(op.r1 == 0, '%s: %s', op.name, tostring(op.r1))
    return went(op, op.r3 and 0 or 1)
  end
  went(op, op.r1)
  if flow.lazy and flow.dead then -- which TCP finds out by this
    local inward = op.sock.e.inward
    if inward.reset == 'no' then inward.reset = 'maybe' end
  else
    check(op.r1 == 0 or not op.over_before, '%s: sent to where nothing receives', op.name)
  end
  local short = op.r1 < op.size
  check((op.r3 == true) == short, '%s: %d of %d, and %s', op.name, op.r1, op.size,
    tostring(op.r3))
  check(op.call ~= 'sendall' or not short and op.n == 1, '%s: %d of %d', op.name, op.r1,
    op.size)
end

local function killed(op)
  check(op.flow.bytes, '%s is killed', op.name)
  op.flow.writer = nil -- what comes tells how much went
  met_reset(op)
end

-- --------------------------------------------------------------- the calls --

local function make(sock, call, fields, ...)
  local flow = sock.e.outward
  fields.call, fields.sock, fields.flow = call, sock, flow
  fields.size = fields.size or #fields.bytes
  fields.fn = sock.s[call]
  fields.args = table.pack(sock.s, ...)
  fields.judge, fields.killed = judge, killed
  fields.over_before = over(flow)
  fields.words = fields.size
  local op = Operation.new(fields)
  flow.writer = op
  if flow.bytes then
    op.from = flow.sent
    flow:claimed(fields.bytes)
  end
  return op
end

local function length(flow)
  local kind = math.random(6)
  if not flow.bytes then return kind == 1 and math.random(1000, 6000) or math.random(8,
    300) end
  return kind == 1 and math.random(20000, 120000) or kind == 2 and math.random(500, 20000)
    or math.random(1, 200)
end

local function row(bytes)
  local iov, at = socket.iovec.new(), math.random(0, #bytes)
  iov:add(bytes:sub(1, at))
  iov:add(bytes:sub(at + 1))
  return iov
end

local function message(sock, bytes)
  local mh = socket.msghdr.new()
  mh:iov(row(bytes))
  if sock.e.to then mh:name(sock.e.to) end
  return mh
end

local plain = {
  send = function(_, bytes) return bytes end,
  write = function(_, bytes) return bytes end,
  writev = function(_, bytes) return row(bytes) end,
  sendmsg = message,
}
local plain_names = {'send', 'send', 'write', 'writev', 'sendmsg'}

local function many(sock)
  local list, flow = {}, sock.e.outward
  for i = 1, math.random(5) do list[i] = flow:draw(length(flow)) end
  return make(sock, 'sendmany', {list = list, size = #list}, list, sock.e.to)
end

local function simple(sock)
  local flow = sock.e.outward
  if not flow.bytes and math.random(5) == 1 then return many(sock) end
  local bytes = flow:draw(length(flow))
  if sock.e.to and math.random(2) == 1 then
    return make(sock, 'sendto', {bytes = bytes}, bytes, sock.e.to)
  end
  local call = sock.e.to and 'sendmsg' or plain_names[math.random(#plain_names)]
  return make(sock, call, {bytes = bytes}, plain[call](sock, bytes))
end

--- A descriptor goes with one byte, 0. It is known by the name of its socket.
local function descriptor(sock)
  local name = world.address(true)
  local token = assert(socket.new_unix_dgram())
  assert(token:bind(name))
  local op = make(sock, 'sendfd', {bytes = '\0', rights = name:addr()}, token, sock.e.to)
  op.after = function() token:close() end
  return op
end

local function whole(sock, at_once)
  local flow, sec = sock.e.outward, receive.seconds(at_once)
  local bytes = flow:draw(length(flow))
  return make(sock, 'sendall', {bytes = bytes, sec = sec, need = 'w'}, bytes, sec)
end

--- Two at a time would mix their bytes, and of one that was killed it is not known how
-- much went until all has come.
function send.may(_, e)
  local flow = e.outward
  return flow ~= nil and not flow.writer and not flow:unsure()
end

function send.any(sock, at_once)
  local kind, link = math.random(10), sock.e.link
  if kind == 1 and link.kind ~= 'tcp' then return descriptor(sock) end
  if kind <= 4 and sock.e.outward.bytes then return whole(sock, at_once) end
  return simple(sock)
end

function send.pick()
  return world.pick(world.sockets(send.may))
end

-- -------------------------------------------------------------- the ends --

--- Only where what is shut down is the model's to know: a stream or seqpacket.
function send.shutdown(sock)
  local e = sock.e
  local how = e.link.kind == 'tcp' and socket.SHUT_WR or math.random(0, 2)
  log('%s:shutdown(%d)', sock.name, how)
  local ok, err = sock.s:shutdown(how)
  check(ok or e.outward.dead or e.link.kind == 'tcp', '%s: %s', sock.name, tostring(err))
  if how ~= socket.SHUT_RD then e.outward.ended = true end
  if how ~= socket.SHUT_WR then e.inward.ended = true end
end

function send.may_shutdown(_, _, link)
  return link.kind ~= 'dgram' and link.kind ~= 'mail'
end

--- Functions of addgcfn and the poller's cancel run inside.
function send.close(sock)
  if sock.closing or sock.closed then return end
  log('%s:close', sock.name)
  sock.closing = true
  local ok, err = sock.s:close()
  check(ok == true, '%s:close: %s', sock.name, tostring(err))
  check(sock.s:fd() == -1, '%s has a descriptor', sock.name)
  world.closed(sock)
  return true
end

return send
