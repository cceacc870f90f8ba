-- setoption and getoption of tcp.
local same = require 'luasocket.same'

local line, try, pair = same.line, same.try, same.pair

local c = pair()

for _, name in ipairs{'keepalive', 'reuseaddr', 'reuseport', 'tcp-nodelay'} do
  try('get ' .. name, c.getoption, c, name)
  try('set nothing ' .. name, c.setoption, c, name)
  try('set true ' .. name, c.setoption, c, name, true)
  try('get ' .. name, c.getoption, c, name)
  try('set false ' .. name, c.setoption, c, name, false)
  try('set 3 ' .. name, c.setoption, c, name, 3)
  try('get ' .. name, c.getoption, c, name)
end
for _, name in ipairs{'tcp-keepidle', 'tcp-keepcnt', 'tcp-keepintvl',
    'recv-buffer-size', 'send-buffer-size'} do
  try('get ' .. name, c.getoption, c, name)
  try('set ' .. name, c.setoption, c, name, 3)
  try('get ' .. name, c.getoption, c, name)
end
for _, name in ipairs{'dontroute', 'broadcast', 'ip-multicast-if', 'ip-multicast-ttl',
    'ipv6-unicast-hops', 'nonsense'} do
  try('get ' .. name, c.getoption, c, name)
  try('set ' .. name, c.setoption, c, name, true)
end
try('get error', c.getoption, c, 'error')
try('set error', c.setoption, c, 'error')
for _, value in ipairs{true, 3, 'x', {on = 1, timeout = 5}, {on = false}, {}} do
  try('linger', c.setoption, c, 'linger', value)
end
try('linger', c.setoption, c, 'linger', {on = true, timeout = 5})
local linger = c:getoption 'linger'
line('linger', linger.on, linger.timeout)
