-- Cases of scheduler_cases.lua: blocking sockets, forks and selects.
local common = require 'cases.common'
local socket = require 'net.socket'

local await, pair = common.await, common.pair
local run, sleep, spawn = common.run, common.sleep, common.spawn
local WITHIN = common.WITHIN
local cases = {}

------------------------------------------------------------------------ blocking

function cases.blocking()
  local a, b = pair()
  assert(a:nonblock(false))
  spawn(function()
    assert(select(3, a:recvline(nil, 0.01)))
    assert(a:nonblock() == false)
    assert(b:send 'x\n')
    assert(a:recvline(nil, WITHIN) and a:sendable(WITHIN) and a:nonblock() == false)
  end)
  run()
  b:close()
end

---------------------------------------------------------------------------- fork

-- Ends a child: with 0 when the call ran well.
local function child(call)
  local process = require 'process'
  local ok, err = xpcall(call, debug.traceback)
  if not ok then io.stderr:write(err, '\n') end
  process.exit(ok and 0 or 1)
end

local in_child = {}

function in_child.close(a)
  assert(a:close())
end

function in_child.wait(a)
  assert(select(2, a:recvable(0.02)) == nil and not a:recvline(nil, 0.02))
  assert(a:sendable(0.02))
end

function in_child.close_another(_, other)
  assert(not other:recvable(0.02) and other:close())
end

-- Of cqueues: its own controller. The same socket is waited for in both processes.
function in_child.controller(a)
  local queue, got = require 'cqueues'.new(), nil
  queue:wrap(function() got = a:recvable(0.02) end)
  queue:wrap(function() require 'cqueues'.sleep(0.01) end)
  assert(queue:loop() and got == false)
  queue:wrap(function() assert(a:sendable() and a:close()) end)
  assert(queue:loop())
end

-- While two wait, a child is made, does something, and is gone: both still wait, and are
-- woken, and the descriptors may be waited for again.
function cases.fork(what)
  local process = require 'process'
  local a, b = pair()
  local lines, waiting = {}, 0
  local function receive()
    waiting = waiting + 1
    lines[#lines + 1] = assert(a:recvline(nil, WITHIN))
  end
  spawn(receive)
  local c, d = pair()
  spawn(function()
    await(function() return waiting == 1 end)
    sleep(0.01)
    local pid = process.fork()
    if pid == 0 then child(function() in_child[what](a, c) end) end
    assert(process.wait(pid) == 0, 'the child failed')
    sleep(0.01)
    assert(b:send 'first\n')
    sleep(0.01)
    spawn(receive)
    sleep(0.01)
    assert(b:send 'second\n' and d:send 'x')
    assert(c:recvable(WITHIN))
  end)
  run()
  assert(#lines == 2 and lines[2] == 'second\n')
end

--------------------------------------------------------------------------- select

function cases.select()
  local a, b = pair()
  local c, d = pair()
  local begun, readers, writers
  spawn(function()
    begun = true
    readers, writers = socket.select({a, c:fd(), c}, {}, WITHIN)
  end)
  spawn(function()
    await(function() return begun end)
    assert(d:send 'x')
  end)
  run()
  assert(#readers == 2 and readers[1] == c:fd() and readers[2] == c and #writers == 0)
  spawn(function() readers, writers = socket.select({a}, nil, 0.05) end)
  run()
  assert(#readers == 0 and #writers == 0)
  return b:close()
end

-- luasocket's select takes any descriptor, also while no coroutine waits.
function cases.luasocket_select()
  local a, b = pair()
  local copies = {a}
  repeat
    local copy = assert(a:dup())
    copies[#copies + 1] = copy
  until copy:fd() > 1023
  local object = {getfd = function() return copies[#copies]:fd() end}
  local function look() return require 'socket'.select({object}, nil, 0) end
  assert(select(3, look()) == 'timeout')
  assert(b:send 'x')
  assert(look()[1] == object)
end

return cases
