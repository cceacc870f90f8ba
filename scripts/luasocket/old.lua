-- What some of luasocket's test programs miss, which were written for Lua 5.0, Lua 5.1 or
-- luasocket 1, made of what there is: a function of the socket module for each.

-- Lua 5.1's module: from here on the globals of the file that calls it are the module's.
local function module(name)
  local own = {}
  package.loaded[name] = own
  local chunk, index = debug.getinfo(2, 'f').func, 1
  while debug.getupvalue(chunk, index) ~= '_ENV' do index = index + 1 end
  debug.upvaluejoin(chunk, index, function() return own end, 1)
end

-- The message that luasocket 1 sent, its addresses without their brackets.
local function mail(smtp)
  local function bracketed(address)
    if type(address) == 'string' then return '<' .. address .. '>' end
    local all = {}
    for i, one in ipairs(address or {}) do all[i] = bracketed(one) end
    return all
  end
  return function(message)
    return smtp.send {
      from = bracketed(message.from),
      rcpt = bracketed(message.rcpt),
      server = message.server,
      source = smtp.message {headers = message.headers, body = message.body or ''},
    }
  end
end

local function lua50()
  rawset(math, 'mod', math.fmod)
end

-- Of luasocket's etc/: modules that it installs nowhere.
local function modules()
  lua50()
  rawset(_G, 'module', module)
  for _, name in ipairs {'dict', 'tftp'} do
    package.preload['socket.' .. name] = function() dofile(name .. '.lua') end
  end
end

local function luasocket1(socket)
  rawset(_G, 'socket', socket)
  rawset(_G, 'mbox', dofile 'mbox.lua')
  socket.time = socket.gettime
  local smtp = require 'socket.smtp'
  smtp.mail = mail(smtp)
end

return {
  ['utestclnt.lua'] = lua50,
  ['smtptest.lua'] = luasocket1,
  ['dicttest.lua'] = modules,
  ['tftptest.lua'] = modules,
}
