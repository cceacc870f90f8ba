-- The Lua half of the test fronts: reads one JSON request a line, does what it
-- says with net.socket, writes one JSON answer a line.
--
-- A request is {op, ...}; the operations are generic (read a path, call a path,
-- call a method, index, compare, run a chunk), so that a new function of the library
-- needs no change here. cjson would turn every number into a double and every nil
-- into a hole, so values travel tagged; wire.py has the other half and the table.

local cjson = require 'cjson'
local socket = require 'net.socket'

local handles = {}  -- id -> object: what the test still holds
local ids = {}      -- object -> id, so that one object has one id
local recorded = {} -- what the `record` callback was called with
local last_id = 0

local DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
local PAIR = {}     -- 12 bits -> two digits
local BITS = {}     -- two digits -> 12 bits; '=' counts as 0
for i = 0, 4095 do
  local a, b = i >> 6, i & 63
  PAIR[i] = DIGITS:sub(a + 1, a + 1) .. DIGITS:sub(b + 1, b + 1)
  BITS[PAIR[i]] = i
  if b == 0 then
    BITS[PAIR[i]:sub(1, 1) .. '='] = i
  end
end
BITS['=='] = 0

local function to_base64(text)
  local out, n = {}, 0
  for i = 1, #text, 3 do
    local a, b, c = text:byte(i, i + 2)
    local word = a << 16 | (b or 0) << 8 | (c or 0)
    n = n + 1
    out[n] = PAIR[word >> 12] .. PAIR[word & 4095]
  end
  local padding = -#text % 3
  if padding > 0 then
    out[n] = out[n]:sub(1, 4 - padding) .. ('='):rep(padding)
  end
  return table.concat(out)
end

local function from_base64(text)
  local out, n = {}, 0
  for i = 1, #text, 4 do
    local word = BITS[text:sub(i, i + 1)] << 12 | BITS[text:sub(i + 2, i + 3)]
    n = n + 1
    out[n] = string.char(word >> 16, word >> 8 & 255, word & 255)
  end
  local _, padding = text:gsub('=', '')
  return table.concat(out):sub(1, -padding - 1)
end

local function keep(object)
  local id = ids[object]
  if not id then
    last_id = last_id + 1
    id = last_id
    ids[object], handles[id] = id, object
  end
  return id
end

-- Callbacks that a test can name; a function cannot travel.
local builtins = {}

function builtins.same(...)
  return ...
end

function builtins.record(...)
  recorded[#recorded + 1] = table.pack(...)
end

function builtins.raise()
  error('raised by the test', 0)
end

-- Adds another function to the object and records what came of it.
function builtins.add(object)
  local handle, refused = object:addgcfn(nil, builtins.record, 'added')
  builtins.record(handle and 'taken' or refused)
end

function builtins.yield()
  coroutine.yield()
end

function builtins.close(object, ...)
  builtins.record(object, ...)
  return object:close()
end

local function class_of(object)
  local meta = getmetatable(object)
  return type(meta) == 'table' and rawget(meta, '__name') or type(object)
end

-- Which table of codes err.type comes from, by identity.
local function domain_of(err)
  for domain, codes in pairs {errno = socket.errno, resolver = socket.eai} do
    if err.type ~= nil and rawequal(codes[err.name], err.type) then
      return domain
    end
  end
end

local encode

local function encode_error(err)
  local fields = {}
  for _, name in ipairs {'name', 'code', 'op', 'message', 'addr', 'data', 'attempts'} do
    fields[name] = encode(err[name])
  end
  fields.text = encode(tostring(err))
  fields.domain = encode(domain_of(err))
  return {e = fields, h = keep(err)}
end

local function encode_table(value)
  local length = 0
  for _ in pairs(value) do
    length = length + 1
  end
  local out = {}
  if length == #value then
    for i = 1, length do
      out[i] = encode(value[i])
    end
    return {l = out, n = length}
  end
  for k, v in pairs(value) do
    out[#out + 1] = {k = encode(k), v = encode(v)}
  end
  return {m = out, n = length}
end

-- The arguments of one call, with nils among them.
local PACKED = {}

local function encode_packed(call)
  local out = {}
  for i = 1, call.n do
    out[i] = encode(call[i])
  end
  return {l = out, n = call.n}
end

function encode(value)
  local kind = math.type(value) or type(value)
  if kind == 'nil' then
    return {z = true}
  elseif kind == 'boolean' then
    return value
  elseif kind == 'integer' then
    return {i = string.format('%d', value)}
  elseif kind == 'float' then
    return {f = string.format('%a', value)}
  elseif kind == 'string' then
    return {b = to_base64(value)}
  elseif kind == 'table' and getmetatable(value) == PACKED then
    return encode_packed(value)
  elseif kind == 'table' and getmetatable(value) == nil then
    return encode_table(value)
  end
  local class = class_of(value)
  if class == 'net.socket.error' then
    return encode_error(value)
  end
  return {h = keep(value), c = class}
end

local SPECIAL = {inf = math.huge, ['-inf'] = -math.huge, nan = 0 / 0}

local decode

local function decode_list(items, n)
  local out = {}
  for i = 1, n do
    out[i] = decode(items[i])
  end
  return out
end

function decode(value)
  if type(value) == 'boolean' then
    return value
  elseif value.i then
    return math.tointeger(tonumber(value.i))
  elseif value.f then
    return SPECIAL[value.f] or tonumber(value.f)
  elseif value.b then
    return from_base64(value.b)
  elseif value.h then
    return assert(handles[value.h], 'no such handle')
  elseif value.fn then
    return assert(builtins[value.fn], 'no such callback')
  elseif value.l then
    return decode_list(value.l, value.n)
  elseif value.m then
    local out = {}
    for i = 1, value.n do
      out[decode(value.m[i].k)] = decode(value.m[i].v)
    end
    return out
  end
  return nil
end

local function arguments(request)
  return table.unpack(decode_list(request.args, request.n), 1, request.n)
end

-- The object that a path of names leads to, from the module.
local function at(path)
  local object = socket
  for _, name in ipairs(path) do
    object = object[name]
  end
  return object
end

-- Lua marks every slot of a running function's frame, also one that still holds what
-- an earlier call left there; nils written over the stack free those objects.
local function wipe_stack()
  return select('#', table.unpack({}, 1, 200))
end

local function collect()
  wipe_stack()
  collectgarbage()
  collectgarbage()
end

local operations = {}

function operations.call(request)
  return at(request.path)(arguments(request))
end

function operations.method(request)
  local object = handles[request.h]
  return object[request.name](object, arguments(request))
end

-- The method of one object called on another self.
function operations.borrow(request)
  return handles[request.h][request.name](arguments(request))
end

function operations.read(request)
  return at(request.path)
end

function operations.index(request)
  return handles[request.h][arguments(request)]
end

function operations.equal(request)
  local a, b = arguments(request)
  return a == b
end

function operations.length(request)
  return #handles[request.h]
end

function operations.text(request)
  return tostring(handles[request.h])
end

-- A chunk of Lua with `socket` and the arguments at hand: for what only Lua has.
function operations.run(request)
  local chunk = assert(load(request.code, '=' .. request.name, 't'))
  return chunk(arguments(request))
end

function operations.forget(request)
  local object = handles[request.h]
  handles[request.h] = nil
  if object ~= nil then
    ids[object] = nil
  end
  object = nil -- luacheck: ignore (the collector must not see it)
  collect()
end

function operations.recorded()
  local calls = recorded
  recorded = {}
  for _, call in ipairs(calls) do
    setmetatable(call, PACKED)
  end
  return calls
end

function operations.reset()
  socket.poller.use(nil)
  handles, ids, recorded = {}, {}, {}
  collect()
end

local function answer(ok, ...)
  if not ok then
    return {ok = false, v = {encode((...))}, n = 1}
  end
  local values = {}
  for i = 1, select('#', ...) do
    values[i] = encode((select(i, ...)))
  end
  return {ok = true, v = values, n = select('#', ...)}
end

io.stdout:setvbuf('full')
collect() -- files that the loader has read
io.stdout:write(cjson.encode {
  protocol = 1, name = 'net.socket', language = 'lua', answers = 'lua', offers = {'*'},
}, '\n')
io.stdout:flush()
for line in io.stdin:lines() do
  local request = cjson.decode(line)
  local reply = answer(pcall(operations[request.op], request))
  io.stdout:write(cjson.encode(reply), '\n')
  io.stdout:flush()
end
