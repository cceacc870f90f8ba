-- main.lua FIRST [COUNT [STEPS]]: COUNT rounds of calls in coroutines that share
-- sockets, each from a seed of its own, FIRST and those that follow. Ends with status 1
-- at the first fault, after the steps that led to it.
local here = arg[0]:match '^(.*)/[^/]*$' or '.'
package.path = here .. '/?.lua;' .. package.path

-- Nothing is collected but where a round says so: the same seed does the same again.
-- Where it lets the collector run, there is a whole collection at every allocation.
collectgarbage 'stop'
collectgarbage('incremental', 0, 1000, 1)

local Operation = require 'operation'
local forks = require 'forks'
local report = require 'report'
local round = require 'round'
local trouble = require 'trouble'

local first = math.tointeger(tonumber(arg[1] or 1))
local count = math.tointeger(tonumber(arg[2] or 1))
local steps = math.tointeger(tonumber(arg[3] or 250))

for seed = first, first + count - 1 do
  report.begin(seed)
  math.randomseed(seed)
  round(steps)
end
print(('%d rounds, %d calls, %d forks, %d numbers reused'):format(count,
  Operation.count(), forks.count, trouble.reused))
