-- What the objects share: their classes, their limits of time, their words for errors.
local netsocket = require 'net.socket'

local now, errno, eai = netsocket.poller.now, netsocket.errno, netsocket.eai
local object = {}

------------------------------------------------------------------------ errors

local words = {
  [errno.EBADF] = 'closed', -- while the call waited
  [errno.EPIPE] = 'closed',
  [errno.ECONNRESET] = 'closed',
  [errno.ECONNABORTED] = 'closed',
  [errno.ECONNREFUSED] = 'connection refused',
  [errno.EADDRINUSE] = 'address already in use',
  [errno.EISCONN] = 'already connected',
  [errno.EACCES] = 'permission denied',
  [errno.ETIMEDOUT] = 'timeout',
  [errno.ENAMETOOLONG] = 'path too long',
  [eai.EAI_NONAME] = 'host or service not provided, or not known',
  [eai.EAI_SERVICE] = 'service not supported for socket type',
  [eai.EAI_AGAIN] = 'temporary failure in name resolution',
  [eai.EAI_FAIL] = 'non-recoverable failure in name resolution',
}

--- luasocket's words for an error of ours.
function object.words(err)
  return words[err.type] or err.type.message or err.message
end

--- The words where nothing may have gone wrong but the time.
function object.why(err)
  return err and object.words(err) or 'timeout'
end

local function got(value)
  return value == nil and 'no value' or type(value)
end

-- The folder of this module; of one without debug information it is not known.
local here = debug.getinfo(1, 'S').source:match '^(.*)/object%.lua$' or '?'

-- Where this module was called, and its function there.
local function entrance()
  local level = 2
  local info
  repeat
    level = level + 1
    info = debug.getinfo(level, 'S')
  until not info or info.source:sub(1, #here) ~= here
  return level - 1, debug.getinfo(level - 1, 'n')
end

--- Raises as luasocket does, where it was called. A method's object does not count.
function object.bad(index, what)
  local level, called = entrance()
  local name = called.name or '?'
  if called.namewhat == 'method' then index = index - 1 end
  local place = ("bad argument #%d to '%s'"):format(index, name)
  if index == 0 then place = ("calling '%s' on bad self"):format(name) end
  error(('%s (%s)'):format(place, what), level)
end

local function bad_type(value, wanted, index)
  object.bad(index, ('%s expected, got %s'):format(wanted, got(value)))
end

--- A string, or a number as one.
function object.string(value, index, default)
  if value == nil and default then return default end
  local kind = type(value)
  if kind == 'string' then return value end
  if kind == 'number' then return tostring(value) end
  bad_type(value, 'string', index)
end

function object.number(value, index, default)
  if value == nil and default then return default end
  local number = type(value) ~= 'boolean' and tonumber(value)
  if number then return number end
  bad_type(value, 'number', index)
end

function object.typed(value, kind, index)
  if type(value) == kind then return value end
  bad_type(value, kind, index)
end

----------------------------------------------------------------------- objects

local methods = {} -- of all objects

local function class_text(self)
  return self.class .. (': %p'):format(self)
end

--- The metatable of a kind of objects, `tcp` for instance.
function object.kind(name, own)
  for key, method in pairs(methods) do own[key] = own[key] or method end
  return {
    __index = own,
    __tostring = class_text,
    __name = name,
    __close = function(self) self:close() end,
  }
end

--- sock: ours, or nil while there is no descriptor; block, total: seconds, -1: no limit.
function object.new(meta, state, sock, family)
  local self = setmetatable({
    kind = meta.__name,
    family = family or 'inet4',
    block = -1,
    total = -1,
    received = 0,
    sent = 0,
    closes = 0,
    born = now(),
  }, meta)
  object.state(self, state)
  object.adopt(self, sock)
  return self
end

function object.state(self, state)
  self.state, self.class = state, ('%s{%s}'):format(self.kind, state)
end

--- A call that waits once may take what both limits allow.
local function once(self)
  local block, total = self.block, self.total
  if block < 0 then return total < 0 and math.huge or total end
  return total < 0 and block or math.min(block, total)
end

function object.adopt(self, sock)
  self.sock, self.rd, self.bare, self.front = sock, nil, nil, nil
  if sock then sock:timeout(once(self)) end
end

--- How long one wait may take of a call that began at `start`.
function object.left(self, start)
  local block, total = self.block, self.total
  if total < 0 then return block < 0 and math.huge or block end
  local rest = math.max(start + total - now(), 0)
  return block < 0 and rest or math.min(block, rest)
end

-- Whose they are, while it waits.
local holders = setmetatable({}, {__mode = 'kv'})

--- Keeps a list of what a call has taken while it waits for more, since its coroutine may
--- be ended; nil: nothing.
function object.set_front(self, taken)
  self.front, holders[self] = taken, taken and coroutine.running()
end

--- What a call had taken that was ended.
function object.front(self)
  local holder = holders[self]
  local waits = holder and holder ~= coroutine.running()
    and coroutine.status(holder) ~= 'dead'
  return not waits and self.front or nil
end

--- Raises unless the object is in that state.
function object.needs(self, state)
  if self.state == state then return end
  object.bad(1, ('%s{%s} expected'):format(self.kind, state))
end

----------------------------------------------------------------------- methods

function methods:settimeout(sec, mode)
  sec = object.number(sec, 2, -1)
  mode = object.string(mode, 3, 'b'):sub(1, 1) -- 'total' as well
  if mode == 'b' then
    self.block = sec < 0 and -1 or sec
  elseif mode == 't' or mode == 'r' then
    self.total = sec < 0 and -1 or sec
  else
    object.bad(3, 'invalid timeout mode')
  end
  local sock = self.sock
  if sock then sock:timeout(once(self)) end
  return 1
end

function methods:gettimeout()
  return self.block, self.total
end

function methods:getfd()
  local sock = self.sock
  return self.bare or sock and sock:fd() or -1
end

--- The descriptor that it had is the caller's from now on. One that is no socket can be
--- selected, and nothing else.
function methods:setfd(fd)
  if object.front(self) then error('received bytes are pending', 2) end
  local had = self.sock
  if had then
    local given, err = had:unwrap()
    if not given and err.type ~= errno.EBADF then error(tostring(err), 2) end
  end
  object.adopt(self, nil)
  fd = object.number(fd, 2)
  if fd < 0 then return end
  local sock = netsocket.wrap(math.tointeger(fd))
  object.adopt(self, sock)
  if not sock then self.bare = fd end
end

function methods:dirty()
  local sock = self.sock
  return sock ~= nil and (sock:pending() > 0 or object.front(self) ~= nil)
end

function methods:getfamily()
  return self.family
end

--- Closes the descriptor, for another attempt.
function object.drop(self)
  local sock = self.sock
  if sock then sock:close() end
  object.adopt(self, nil)
end

function methods:close()
  object.drop(self)
  self.closes = self.closes + 1
  return 1
end

function methods:getsockname()
  local sock = self.sock
  if not sock then return nil, errno.EBADF.message end
  local ai, err = sock:getsockname()
  if not ai then return nil, object.words(err) end
  return ai:addr(), tostring(ai:port()), object.family_of(ai)
end

function methods:getpeername()
  local sock = self.sock
  if not sock then return nil, errno.EBADF.message end
  local ai, err = sock:getpeername()
  if not ai then return nil, object.words(err) end
  return ai:addr(), ai:port(), object.family_of(ai)
end

function methods:getstats()
  return self.received, self.sent, now() - self.born
end

function methods:setstats(received, sent, age)
  self.received = object.number(received, 2, self.received)
  self.sent = object.number(sent, 3, self.sent)
  if age then self.born = now() - object.number(age, 4) end
  return 1
end

function object.family_of(ai)
  return ai:family() == netsocket.AF_INET6 and 'inet6' or 'inet'
end

return object
