-- What happens in the middle of calls: hooks that raise, finalizers and functions of
-- addgcfn that receive or close, collections, and whatever a poller may do.
local Operation = require 'operation'
local forks = require 'forks'
local poller = require 'poller'
local receive = require 'calls_receive'
local report = require 'report'
local send = require 'calls_send'
local world = require 'world'

local log = report.log
local trouble = {reused = 0}

-- ------------------------------------------------------------------------ hooks --

local HOOK = setmetatable({}, {__tostring = function() return 'raised by a hook' end})

local function on_stack(fn)
  for level = 3, 30 do
    local info = debug.getinfo(level, 'f')
    if not info then return false end
    if info.func == fn then return true end
  end
end

--- Raises at an event of its choice. The results of the call are lost by it where the
--- call, or the end of what it used, has returned.
function trouble.hook(op)
  local masks, left = {'c', 'r', 'cr', 'l', ''}, math.random(1, 15)
  local mask = masks[math.random(#masks)]
  debug.sethook(op.thread, function(event)
    left = left - 1
    if left > 0 then return end
    debug.sethook()
    local info = debug.getinfo(2, 'fS')
    op.hooked = HOOK
    op.lost = not on_stack(op.fn) and info.func ~= op.fn
      or event == 'return' and info.what == 'C'
    error(HOOK, 0)
  end, mask, mask == '' and math.random(1, 4) or 0)
end

-- ------------------------------------------------------------ receives anywhere --

--- A receive that does not wait, from wherever it is called.
function trouble.receive_now(sock)
  if sock and receive.may(sock, sock.e) then receive.any(sock, true):here() end
end

local function close_another()
  local sock = world.pick(world.sockets())
  if sock and #world.links > 3 then send.close(sock) end
end

--- Closes a socket that others may wait for, and has its number taken at once by one that
--- has something to receive.
function trouble.succeed(sock)
  local fd = sock.s:fd()
  if not send.close(sock) or #world.links > 7 then return end
  local made = world.open(math.random(2) == 1 and 'stream' or 'dgram')
  for _, e in ipairs(made.ends) do
    if e.reader.s:fd() == fd then trouble.reused = trouble.reused + 1 end
    send.any(e.reader, true):here()
  end
end

local function something(sock)
  if world.child then return end
  local kind = math.random(9)
  if kind <= 4 then return trouble.receive_now(sock) end
  if kind == 5 then return trouble.receive_now(receive.pick()) end
  if kind == 6 then return close_another() end
  if kind == 7 then return error('an error of its own', 0) end
  if kind == 8 and math.random(20) == 1 then return forks.fork(true) end
end

--- A function of addgcfn.
function trouble.add_function(sock)
  log('%s:addgcfn', sock.name)
  assert(sock.s:addgcfn(function() end, function()
    log('function of %s', sock.name)
    something(sock)
    log('function of %s ends', sock.name)
  end))
end

--- An object whose finalizer uses a socket; `kept` until the socket itself is let go.
function trouble.add_finalizer(sock, kept)
  log('finalizer for %s', sock.name)
  local object = setmetatable({}, {__gc = function()
    log('finalizer of %s', sock.name)
    if not sock.closed and sock.s then something(sock) end
    log('finalizer of %s ends', sock.name)
  end})
  if kept then sock.friend = {object} end
end

poller.meddle = function(op)
  if op and op.hook or math.random(10) > 1 then return end
  log 'meddling'
  local kind = math.random(6)
  if kind == 1 and op then Operation.collect() end
  if kind == 2 then trouble.receive_now(op and op.sock and op.sock.e and op.receives
    and not op.sock.closing and op.sock.e.reader) end
  if kind == 3 then trouble.receive_now(receive.pick()) end
  if kind == 4 and op and op.sock and op.sock.e then trouble.succeed(op.sock) end
  if kind == 5 and op then close_another() end
  log 'meddled'
end

-- --------------------------------------------------------------- coming to rest --

--- Where bytes may have been lost by no fault of the library, all that is left is taken:
--- it is the end of what was sent.
function trouble.resync(e)
  local flow = e.inward
  log('resync %s', flow.name)
  for i = #Operation.live, 1, -1 do
    local op = Operation.live[i]
    if op and op.flow == flow and op.receives and op.state == 'waiting'
      then op:kill(true) end
  end
  Operation.collect()
  if e.reader and not e.reader.closing then receive.drain(e) end
end

return trouble
