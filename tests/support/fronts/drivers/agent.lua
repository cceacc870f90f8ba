-- What drivers written in Lua have in common: docs/agent-protocol.md from the agent's
-- side. It needs lua-cjson, and nothing else of the suite; any Lua from 5.1 on runs it.
--
-- A driver gives `serve` a table of functions, by the ids of the rows that they are:
-- MODULE.pair_stream, and SOCKET.send, which has the object first. Each returns what the
-- row's success gives, or ends by one of the functions of this module: again, ended,
-- timeout, lacks, fail.

local cjson = require 'cjson'

local M = {}
local unpack = table.unpack or _G.unpack -- luacheck: ignore 143 (of Lua 5.1)
local math_type = math.type or function(n)
  return n % 1 == 0 and 'integer' or 'float'
end

-- ------------------------------------------------------------------- outcomes

-- What ends a call other than by success is an error with one of these tables.
local Outcome = {}

local function ends(outcome)
  return error(setmetatable(outcome, Outcome), 0)
end

function M.again()
  return ends {outcome = 'again'}
end

function M.ended()
  return ends {outcome = 'end'}
end

function M.timeout()
  return ends {outcome = 'timeout'}
end

-- The library has nothing for these arguments.
function M.lacks(what)
  return ends {outcome = 'not offered', what = what}
end

-- Names of errors, for a library that gives their text alone: glibc's.
local NAMES = {
  ['Operation not permitted'] = 'EPERM',
  ['No such file or directory'] = 'ENOENT',
  ['Bad file descriptor'] = 'EBADF',
  ['Permission denied'] = 'EACCES',
  ['Not a directory'] = 'ENOTDIR',
  ['Invalid argument'] = 'EINVAL',
  ['Too many open files'] = 'EMFILE',
  ['Broken pipe'] = 'EPIPE',
  ['File name too long'] = 'ENAMETOOLONG',
  ['Socket operation on non-socket'] = 'ENOTSOCK',
  ['Destination address required'] = 'EDESTADDRREQ',
  ['Message too long'] = 'EMSGSIZE',
  ['Protocol wrong type for socket'] = 'EPROTOTYPE',
  ['Protocol not available'] = 'ENOPROTOOPT',
  ['Protocol not supported'] = 'EPROTONOSUPPORT',
  ['Operation not supported'] = 'EOPNOTSUPP',
  ['Address family not supported by protocol'] = 'EAFNOSUPPORT',
  ['Address already in use'] = 'EADDRINUSE',
  ['Cannot assign requested address'] = 'EADDRNOTAVAIL',
  ['Network is unreachable'] = 'ENETUNREACH',
  ['Connection reset by peer'] = 'ECONNRESET',
  ['No buffer space available'] = 'ENOBUFS',
  ['Transport endpoint is already connected'] = 'EISCONN',
  ['Transport endpoint is not connected'] = 'ENOTCONN',
  ['Connection timed out'] = 'ETIMEDOUT',
  ['Connection refused'] = 'ECONNREFUSED',
  ['No route to host'] = 'EHOSTUNREACH',
  ['Operation already in progress'] = 'EALREADY',
  ['Operation now in progress'] = 'EINPROGRESS',
  ['Name or service not known'] = 'EAI_NONAME',
  ['Servname not supported for ai_socktype'] = 'EAI_SERVICE',
  ['Address family for hostname not supported'] = 'EAI_ADDRFAMILY',
}
local CODES = {EAI_NONAME = -2, EAI_AGAIN = -3, EAI_SERVICE = -8, EAI_ADDRFAMILY = -9}

-- Ends the call by an error: `text` is the library's own, `name` ECONNREFUSED or so,
-- which need not be given where the text is the system's.
function M.fail(text, name, code)
  name = name or NAMES[text] or text
  local domain = name:find '^EAI_' and 'resolver' or 'errno'
  code = code or CODES[name] or 0
  return ends {
    outcome = 'error',
    error = {name = name, code = code, message = text, domain = domain},
  }
end

-- Closes a new socket where the rest of opening it fails.
function M.with(sock, rest, ...)
  local ok, failed = pcall(rest, sock, ...)
  if not ok then
    sock:close()
    error(failed, 0)
  end
  return sock
end

-- --------------------------------------------------------------------- values

local DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
local VALUE = {['='] = 0}
for i = 1, 64 do
  VALUE[DIGITS:sub(i, i)] = i - 1
end

local function digit(n)
  return DIGITS:sub(n + 1, n + 1)
end

local function to_base64(text)
  local out = {}
  for i = 1, #text, 3 do
    local a, b, c = text:byte(i, i + 2)
    local low = (b or 0) * 256 + (c or 0)
    out[#out + 1] = digit(math.floor(a / 4))
      .. digit(a % 4 * 16 + math.floor(low / 4096))
      .. (b and digit(math.floor(low / 64) % 64) or '=')
      .. (c and digit(low % 64) or '=')
  end
  return table.concat(out)
end

local function from_base64(text)
  local out = {}
  for a, b, c, d in text:gmatch '(.)(.)(.)(.)' do
    local high = VALUE[a] * 4 + math.floor(VALUE[b] / 16)
    local low = VALUE[b] % 16 * 4096 + VALUE[c] * 64 + VALUE[d]
    local three = string.char(high, math.floor(low / 256), low % 256)
    out[#out + 1] = three:sub(1, c == '=' and 1 or d == '=' and 2 or 3)
  end
  return table.concat(out)
end

local held, ids, last = {}, {}, 0 -- what the suite holds, by its number, and the numbers
local class_of -- of the driver: the chapter of an object, or nothing

local function keep(object)
  if not ids[object] then
    last = last + 1
    ids[object], held[last] = last, object
  end
  return ids[object]
end

local encode

local function encode_table(value)
  local list, pairs_of = {}, {}
  for k, v in pairs(value) do
    pairs_of[#pairs_of + 1] = {k = encode(k), v = encode(v)}
  end
  if #value < #pairs_of then
    return {m = pairs_of, n = #pairs_of}
  end
  for i, v in ipairs(value) do
    list[i] = encode(v)
  end
  return {l = list, n = #list}
end

function encode(value)
  local kind = type(value)
  if kind == 'nil' then
    return {z = true}
  elseif kind == 'boolean' then
    return value
  elseif kind == 'number' and math_type(value) == 'integer' then
    return {i = string.format('%d', value)}
  elseif kind == 'number' then
    return {f = string.format('%a', value)}
  elseif kind == 'string' then
    return {b = to_base64(value)}
  end
  local class = class_of(value)
  if class then
    return {h = keep(value), c = class}
  end
  assert(kind == 'table', 'no chapter has such an object')
  return encode_table(value)
end

local SPECIAL = {inf = math.huge, ['-inf'] = -math.huge, nan = 0 / 0}

local function decode(value)
  if type(value) == 'boolean' then
    return value
  elseif value.i then
    local number = tonumber(value.i)
    return math.tointeger and math.tointeger(number) or number
  elseif value.f then
    return SPECIAL[value.f] or tonumber(value.f)
  elseif value.b then
    return from_base64(value.b)
  elseif value.h then
    return assert(held[value.h], 'no such object')
  elseif value.fn then
    return M.lacks 'callbacks'
  end
  local out = {}
  for i = 1, value.n or 0 do
    if value.l then
      out[i] = decode(value.l[i])
    else
      out[decode(value.m[i].k)] = decode(value.m[i].v)
    end
  end
  return not value.z and out or nil
end

-- ------------------------------------------------------------------- requests

local rows

-- The function that a request is for, and the object that it is a method of.
local function wanted(request)
  if request.op == 'method' then
    local object = assert(held[request.h], 'no such object')
    local class = class_of(object)
    for _, owner in ipairs {class, 'OPTION', 'LUA_' .. class} do
      local found = rows[owner .. '.' .. request.name]
      if found then
        return found, object
      end
    end
    return M.lacks(request.name)
  end
  local chapters = {addrinfo = 'ADDRESS', device = 'DEVICE'}
  local chapter = request.path[2] and chapters[request.path[1]] or 'MODULE'
  local id = chapter .. '.' .. request.path[#request.path]
  return rows[id] or M.lacks(id)
end

local function perform(request)
  local call, object = wanted(request)
  local args = {}
  for i = 1, request.n do
    args[i] = decode(request.args[i])
  end
  if object == nil then
    return call(unpack(args, 1, request.n))
  end
  return call(object, unpack(args, 1, request.n))
end

local function collect()
  collectgarbage()
  collectgarbage()
end

local function drop_all()
  for _, object in pairs(held) do
    if class_of(object) == 'SOCKET' then
      pcall(object.close, object)
    end
  end
  held, ids = {}, {}
  collect()
end

local read_raised -- of the driver: what an error that the library raised means

local others = {}

function others.reset()
  drop_all()
end

function others.forget(request)
  local object = held[request.h]
  held[request.h], ids[object or 0] = nil, nil
  object = nil -- luacheck: ignore (the collector must not see it)
  collect()
end

-- How a call has ended that gave no success.
local function ending(failed)
  if getmetatable(failed) == Outcome then
    return failed
  end
  local message = tostring(failed)
  local _, meant = pcall(read_raised, message)
  if getmetatable(meant) == Outcome then
    return meant
  end
  return {outcome = 'raised', error = {name = 'error', code = 0, message = message}}
end

local function answer(done, ...)
  if done then
    local values = {encode((...))}
    for i = 2, select('#', ...) do
      values[i] = encode((select(i, ...)))
    end
    return {outcome = 'value', values = values}
  end
  local failed = ending(...)
  local fields = failed.error and {}
  for name, value in pairs(failed.error or {}) do
    fields[name] = encode(value)
  end
  return {outcome = failed.outcome, what = failed.what, error = fields}
end

local function say(line)
  io.stdout:write(cjson.encode(line), '\n')
  io.stdout:flush()
end

-- Says hello, then answers each line, until there is no more. `class` tells the chapter
-- of an object: SOCKET, ADDRINFO. `raised` has the text of an error that the library
-- raised; it may end the call otherwise (lacks, fail).
function M.serve(name, table_of_rows, class, raised)
  rows, class_of, read_raised = table_of_rows, class, raised or tostring
  local offers = {'forget'}
  for id in pairs(rows) do
    offers[#offers + 1] = id
  end
  say {protocol = 1, name = name, language = 'lua', answers = 'outcomes', offers = offers}
  for line in io.stdin:lines() do
    local request = cjson.decode(line)
    say(answer(pcall(others[request.op] or perform, request)))
  end
  drop_all()
end

return M
