-- Cases of scheduler_cases.lua: every call that would block, all at the same time, each
-- in a coroutine of its own and for as long as its socket's timeout says.
local blocked = require 'cases.blocked'
local common = require 'cases.common'

local await, is, run, sleep, spawn =
  common.await, common.is, common.run, common.sleep, common.spawn
local LATE, WITHIN, SHORT = common.LATE, common.WITHIN, 0.05
local now = require 'net.socket.poller'.now
local cases = {}

-- One of each, with its time; begin(one) is called for each in a coroutine of its own.
local function all(sec, begin)
  local made = {}
  for name, make in pairs(blocked) do
    local one = make()
    one.name = name
    one.sock:timeout(sec)
    made[#made + 1] = one
  end
  for _, one in ipairs(made) do
    spawn(function()
      one.thread = coroutine.running()
      begin(one)
      one.over = true
    end)
  end
  return made
end

local function check(one, value, err, ...)
  local words = ('%s: %s, %s'):format(one.name, value, err)
  assert(value and not err and one.right(value, err, ...), words)
end

-- Without the scheduler: nothing of the call is left behind.
local function late(one)
  local start = now()
  local value, err, timeout = one.call()
  local took = now() - start
  local words = ('%s: %s, %s, %s'):format(one.name, value, err, timeout)
  if one.name == 'recvable' or one.name == 'sendable' then
    assert(value == false and err == nil, words)
  else
    assert(not value and timeout == true, words)
    is(err, 'ETIMEDOUT')
  end
  assert(SHORT <= took and took < SHORT + LATE, one.name .. took)
end

function cases.plain_waits()
  local made = all(WITHIN, function(one) check(one, one.call()) end)
  spawn(function()
    await(function() return made[#made].thread end)
    sleep(0.01)
    for _, one in ipairs(made) do
      assert(not one.over, one.name)
      one.ready()
    end
  end)
  run()
  for _, one in ipairs(made) do assert(one.over, one.name) end
end

-- Nothing has moved, and the call may be made again.
function cases.plain_time_up()
  local made = all(SHORT, function(one)
    late(one)
    one.sock:timeout(WITHIN)
    one.ready()
    check(one, one.call())
  end)
  run()
  for _, one in ipairs(made) do assert(one.over, one.name) end
end

function cases.plain_closed()
  local closed
  local made = all(WITHIN, function(one)
    local value, err, timeout = one.call()
    assert(not value and timeout == nil, one.name)
    is(err, 'EBADF')
    assert(now() - closed < LATE, one.name)
  end)
  spawn(function()
    await(function() return made[#made].thread end)
    sleep(0.01)
    closed = now()
    for _, one in ipairs(made) do assert(one.sock:close()) end
  end)
  run()
  for _, one in ipairs(made) do assert(one.over, one.name) end
end

-- Nothing is lost: what comes is the next call's.
function cases.plain_ended()
  local made = all(WITHIN, function(one)
    one.call()
    error(one.name .. ' should not go on')
  end)
  local over
  spawn(function()
    await(function() return made[#made].thread end)
    sleep(0.01)
    for _, one in ipairs(made) do assert(coroutine.close(one.thread)) end
    for _, one in ipairs(made) do
      one.ready()
      check(one, one.call())
    end
    over = true
  end)
  -- cqueues resumes the dead ones, and says so of each.
  for _ = 0, #made do pcall(run) end
  assert(over)
end

-- Inside a function of C that no coroutine may leave: it waits in place.
function cases.plain_in_place()
  local made = all(SHORT, function(one)
    table.sort({1, 2}, function()
      assert(not coroutine.isyieldable())
      late(one)
      one.ready()
      check(one, one.call())
      return false
    end)
  end)
  run()
  for _, one in ipairs(made) do assert(one.over, one.name) end
end

return cases
