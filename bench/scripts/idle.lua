-- What one of 18,000 sockets of 9,000 pairs takes in the process, in bytes: as an object,
-- or with `raw` as a bare number in the same table.
local socket = require 'net.socket'

-- As growth.lua looks.
local function resident()
  local file = assert(io.open '/proc/self/smaps_rollup')
  local kilobytes = file:read 'a':match 'Anonymous: +(%d+)'
  file:close()
  return kilobytes * 1024
end

local kept, n = {}, 0
for i = 1, 20000 do
  kept[i] = false -- the table has its room before anything is measured
end

local function make(count)
  for i = 1, count do
    local pair = assert(socket.pair_stream())
    for _, one in ipairs(pair) do
      n = n + 1
      kept[n] = arg[1] == 'raw' and one:unwrap() or one
    end
    if i % 20 == 0 then
      collectgarbage() -- garbage must not count as the price of a bare number
    end
  end
end

make(100)
local before = resident()
make(9000)
assert(#kept == 20000)
print((resident() - before) / 18000)
