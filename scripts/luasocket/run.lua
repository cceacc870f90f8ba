-- lua run.lua MODULE SCHEDULER PROGRAM ARGUMENT...: one of luasocket's test programs,
-- unchanged, with MODULE in its place, in a coroutine of SCHEDULER (`none`: in none).
local module, scheduler, program = arg[1], arg[2], arg[3]
local folder = arg[0]:match '^.*/'
local own = {[0] = program, table.unpack(arg, 4)}
local schedulers
if scheduler ~= 'none' then
  rawset(_G, 'arg', {scheduler}) -- where it looks
  schedulers = require 'schedulers'
end
local socket = require(module)
if module ~= 'socket' then
  package.loaded.socket = socket
  package.loaded['socket.unix'] = socket.unix
end

-- testclnt and utestclnt ask for a build of luasocket that no distribution has: in it the
-- fourth result of these methods is the time that they took. Here both sides give it.
local function timed(methods, name)
  local method = methods[name]
  methods[name] = function(...)
    local start = socket.gettime()
    local a, b, c = method(...)
    return a, b, c, socket.gettime() - start
  end
end

local function time(class, object)
  local luasocket = module == 'socket'
  local meta = luasocket and debug.getregistry()[class] or getmetatable(object)
  timed(meta.__index, 'send')
  timed(meta.__index, 'receive')
end

if program:find 'testclnt' then
  socket._DEBUG = true
  time('tcp{client}', socket.tcp())
  time('unixstream{client}', require 'socket.unix'())
end

local old = dofile(folder .. 'old.lua')[program]
if old then old(socket) end

-- A check that fails ends the program. These two ask for what luasocket itself has not,
-- with most still to come: there it is told, and the program goes on.
local GOES_ON = {['httptest.lua'] = true, ['utestclnt.lua'] = true}
local failed = false
local function told(value, ...)
  if value then return value, ... end
  failed = true
  local where = debug.getinfo(2, 'Sl')
  io.stderr:write(where.short_src, ':', where.currentline, ': ', (...) or 'failed', '\n')
  return value, ...
end

local globals = _G
if GOES_ON[program] then
  local function exit() failed = true end -- having told it
  local own_os = setmetatable({exit = exit}, {__index = os})
  globals = {assert = told, os = own_os}
  setmetatable(globals, {__index = _G, __newindex = _G})
end
local function main()
  assert(loadfile(program, 't', globals))()
  if failed then os.exit(1) end
end

io.stdout:setvbuf 'line'
rawset(_G, 'unpack', table.unpack) -- tcp-getoptions is of Lua 5.1's time
rawset(_G, 'arg', own)
if not schedulers then return main() end
schedulers.spawn(main)
schedulers.run()
