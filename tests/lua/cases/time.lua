-- Cases of scheduler_cases.lua: deadlines that pass.
local common = require 'cases.common'
local socket = require 'net.socket'

local is, pair = common.is, common.pair
local run, sleep, spawn = common.run, common.sleep, common.spawn
local now = require 'net.socket.poller'.now
local cases = {}

-- One deadline for the calls of two coroutines: what comes in time comes, the rest ends
-- at that point of time.
function cases.shared_deadline(sec)
  local a, b = pair()
  local start = now()
  local deadline = assert(socket.deadline(tonumber(sec)))
  local reader = assert(a:reader())
  local line, late, ended = nil, {}, {}
  local function ends(name, value, err, timeout)
    assert(not value and timeout, err)
    late[#late + 1], ended[#ended + 1] = name, now() - start
  end
  spawn(function()
    line = assert(reader:line(deadline))
    local value, err, timeout = reader:line(deadline)
    is(err, 'ETIMEDOUT')
    ends('line', value, err, timeout)
    ends('recvable', a:recvable(deadline))
  end)
  spawn(function()
    assert(b:sendall('one\n', deadline) == 4)
    ends('recvall', b:recvall(1, deadline))
    assert(deadline:left() == 0)
  end)
  run()
  assert(line == 'one' and #late == 3, #late)
  table.sort(ended)
  return ended[1], ended[3]
end

local function timed(call, ...)
  local start = now()
  local sock, err, timeout = call(...)
  assert(not sock and timeout, err)
  is(err, 'ETIMEDOUT')
  return now() - start
end

-- A ticker beats every 5 ms until over() is true; then told(late, beats), with how late
-- its latest beat was.
local function ticker(over, told)
  local late, beats = 0, 0
  while not over() do
    local start = now()
    sleep(0.005)
    late = math.max(late, now() - start - 0.005)
    beats = beats + 1
  end
  told(late, beats)
end

-- COUNT deadlines of 0.2 s against a host and port that never answer, `at_once` at a
-- time: the shortest and the longest, and how late a ticker beside them was.
function cases.deadlines(host, port, count, at_once)
  local left, open, least, most, worst = tonumber(count), tonumber(count), math.huge, 0, 0
  local function some()
    while left > 0 do
      left = left - 1
      local took = timed(socket.connect_inet_stream, host, tonumber(port), 0.2)
      least, most = math.min(least, took), math.max(most, took)
      open = open - 1
    end
  end
  for _ = 1, tonumber(at_once) do spawn(some) end
  spawn(function()
    ticker(function() return open == 0 end, function(late) worst = late end)
  end)
  run()
  return least, most, worst
end

-- The same beside a single coroutine that connects in vain.
function cases.ticker(host, port)
  local over, worst, turns = false, 0, 0
  spawn(function()
    local function note(late, beats) worst, turns = late, beats end
    ticker(function() return over end, note)
  end)
  spawn(function()
    assert(not socket.connect_inet_stream(host, tonumber(port), 0.5))
    over = true
  end)
  run()
  return worst, turns
end

return cases
