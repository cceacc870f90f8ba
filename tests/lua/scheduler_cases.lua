-- scheduler_cases.lua SCHEDULER CASE [ARGUMENT...]: one case of test_schedulers.py; it
-- fails with an error, or prints what it measured.
for _, name in ipairs {'waits', 'around', 'lasting', 'plain', 'time', 'exhausted'} do
  local case = require('cases.' .. name)[arg[2]]
  if case then return print(case(table.unpack(arg, 3))) end
end
error('there is no case ' .. arg[2])
