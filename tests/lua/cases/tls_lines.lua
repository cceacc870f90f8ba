-- A case of tls_cases.lua: short messages, each a record of its own, until there is no
-- room; lines, whole and in parts.
local scheduler = require 'schedulers'
local common = require 'cases.common'

local is, spawn = common.is, scheduler.spawn
local WITHIN = 60

return function(server, client)
  local rd, count = server:reader(200), 0
  local function message() return ('%098d\r\n'):format(count) end
  local sent, err, timeout, done
  repeat
    sent, err, timeout, done = client:sendall(message(), 0)
    if sent then count = count + 1 end
  until not sent
  assert(timeout and done == 0, err)
  local _, other = client:sendall('other', 0)
  is(other, 'EINVAL')
  spawn(function() assert(client:sendall(message(), WITHIN) == 100) end)
  local last = count
  for number = 0, last do
    assert(rd:line(WITHIN) == ('%098d'):format(number))
  end
  assert(client:sendall('one\r\ntwo\n\n\r\nthr', WITHIN))
  for _, text in ipairs {'one', 'two', '', ''} do assert(rd:line(WITHIN) == text) end
  for _ = 1, 2 do
    local line, _, late, pending = rd:line(0)
    assert(line == nil and late and pending == 3)
  end
  assert(client:sendall 'ee\na\r\r\n')
  assert(rd:line(WITHIN) == 'three' and rd:line(WITHIN) == 'a\r')
  assert(client:sendall(('x'):rep(201)))
  local _, long, _, pending = rd:line(WITHIN)
  is(long, 'EMSGSIZE')
  assert(pending == 201 and server:pending() == 201)
  _, long = rd:line(0)
  is(long, 'EMSGSIZE')
  assert(rd:readexactly(201) == ('x'):rep(201))
  assert(client:sendall('short\n' .. ('x'):rep(200) .. '\n'))
  assert(rd:line(WITHIN) == 'short')
  _, long = rd:line()
  is(long, 'EMSGSIZE')
  assert(rd:readexactly(201) == ('x'):rep(200) .. '\n')
  assert(client:sendall 'last')
  client:shutdown(WITHIN)
  local _, early, _, left = rd:line(WITHIN)
  is(early, 'EPROTO')
  assert(left == 4 and rd:readline() == 'last' and rd:line() == nil)
  server:close()
end
