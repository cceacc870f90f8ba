-- Children of a fork, while coroutines of the parent wait: they look, close, end what
-- waits and let the collector run. They take no byte from the sockets that they share,
-- and the parent's poller hears nothing.
local socket = require 'net.socket'

local Operation = require 'operation'
local poller = require 'poller'
local report = require 'report'
local world = require 'world'

-- A module of the tests' own: Lua has no fork.
local known, process = pcall(require, 'process')

local check, log = report.check, report.log
local forks = {known = known, count = 0}

local WITHIN = 60 -- seconds for a child

local function close(sock)
  local fd = sock.s:fd()
  check(sock.s:close() == true and sock.s:fd() == -1, '%s does not close', sock.name)
  local found, err = socket.select({fd}, nil, 0)
  check(fd == -1 or not found and err.name == 'EBADF', '%s stays open', sock.name)
end

--- What the parent's coroutines wait for is no reason to refuse a child.
local function peek(sock, inside)
  local flow, s = sock.e.inward, sock.s
  local bytes, err = s:recv(math.random(500), socket.MSG_PEEK | socket.MSG_DONTWAIT)
  check(inside or not err or err.name ~= 'EBUSY', '%s: %s', sock.name, tostring(err))
  local sure = bytes and flow and flow.bytes and not flow.held and flow.running == 0
    and #flow.pieces == 0 and not flow:unsure()
  if sure and sock.e.reader == sock and not sock.e.stale then
    check(flow.text:sub(flow.top + 1, flow.top + #bytes) == bytes, '%s looked at %s',
      sock.name, report.quote(bytes))
  end
end

local function wait_in_place(sock, inside)
  local _, err = sock.s:recvable(0.001)
  check(inside or not err or err.name ~= 'EBUSY', '%s: %s', sock.name, tostring(err))
end

local function unwrap(sock)
  local fd = sock.s:unwrap()
  if fd then assert(socket.wrap(fd)):close() end
end

local function end_a_wait(_, inside)
  local op = world.pick(Operation.live)
  if op and not inside then coroutine.close(op.thread) end
end

local function collect(_, inside)
  if not inside then Operation.live = {} end
  collectgarbage()
end

local acts = {close, close, close, peek, peek, wait_in_place, unwrap, end_a_wait, collect}

local function child(inside)
  process.alarm(WITHIN)
  world.child = true
  poller.meddle = function() end
  for _ = 1, math.random(6) do
    local sock = world.pick(world.sockets(function(sock) return sock.s:fd() ~= -1 end))
    if sock then acts[math.random(#acts)](sock, inside) end
  end
  if math.random(2) == 1 then
    for _, sock in ipairs(world.sockets()) do sock.s:close() end
  end
end

--- `inside`: a call is on the stack, and is in the child as well.
function forks.fork(inside)
  if not known then return end
  log 'fork'
  local pid = process.fork()
  if pid == 0 then
    local ok, err = pcall(child, inside)
    if not ok then report.fail('a child: %s', tostring(err)) end
    process.exit(0)
  end
  forks.count = forks.count + 1
  local status = process.wait(pid)
  -- The kernel tells of a reset once, whichever process looks.
  for _, sock in ipairs(world.sockets()) do
    local flow = sock.e.inward
    if flow and flow.reset == 'yes' then flow.reset = 'maybe' end
  end
  check(status == 0, 'a child ended with %d', status)
end

return forks
