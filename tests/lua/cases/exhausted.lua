-- Cases of scheduler_cases.lua: no descriptor is left.
local common = require 'cases.common'
local socket = require 'net.socket'

local is, listener, pair = common.is, common.listener, common.pair
local run, sleep, spawn = common.run, common.sleep, common.spawn
local WITHIN = common.WITHIN
local cases = {}

-- A wait on a pair opens no descriptor, which a sleep may.
local function rounds(sock, count)
  for _ = 1, count do assert(sock:recvable(0.002) == false) end
end

-- A patient acceptwait beside a coroutine that goes on, until there is a descriptor, the
-- listener is closed or the time has passed.
function cases.patient(ending)
  local server, port = listener()
  local client = assert(socket.connect_inet_stream('127.0.0.1', port, WITHIN))
  local a, b = pair()
  local kept, made, err, timeout = {}, nil, nil, nil
  spawn(function()
    sleep(0.001) -- what the scheduler opens for its waits, it has opened
    rounds(a, 1)
    repeat
      local one = socket.new_unix_dgram()
      kept[#kept + 1] = one
    until not one
    spawn(function()
      made, err, timeout = server:acceptwait(ending == 'late' and 0.1 or WITHIN, true)
    end)
    if ending ~= 'late' then
      rounds(a, 20)
      assert(not made and not err, err)
    end
    if ending == 'room' then assert(table.remove(kept):close()) end
    if ending == 'closed' then assert(server:close()) end
    repeat rounds(a, 1) until made or err
    for _, one in ipairs(kept) do one:close() end
  end)
  run()
  if ending == 'room' then
    assert(made:getpeername() == client:getsockname())
    assert(made:close())
  else
    is(err, ending == 'late' and 'ETIMEDOUT' or 'EBADF')
    assert(timeout == (ending == 'late' or nil))
  end
  client:close()
  b:close()
end

return cases
