-- Receiving, sending and listening, for tcp and unix streams.
local netsocket = require 'net.socket'
local object = require 'net.socket.luasocket.object'

local now, errno = netsocket.poller.now, netsocket.errno
local sendpart = netsocket.poller.sendpart
local left = object.left
local AHEAD, NO_LIMIT = 16384, 1 << 52
local stream = {}

---------------------------------------------------------------------- receiving

-- Each gives what a reader gives: bytes; nil at the end; nil, err, late, n.
local attempts = {}

function attempts.line(rd, sec)
  return rd:readline(sec)
end

function attempts.all(rd, sec)
  return rd:readall(math.maxinteger, sec)
end

function attempts.count(rd, sec, want)
  return rd:readexactly(want, sec)
end

-- Takes what has come of a pattern that is not whole, into a list.
local function take(self, rd, n, taken)
  local bytes = rd:read(n, 0) or ''
  self.received = self.received + #bytes
  taken[#taken + 1] = bytes
  return #bytes
end

-- The same of what a call had taken that was ended; also whether that is all.
local function take_front(self, front, kind, want)
  local bytes = table.concat(front)
  local last = math.min(#bytes, want or #bytes)
  local newline = kind == 'line' and bytes:find('\n', 1, true)
  if newline then last = newline end
  object.set_front(self, last < #bytes and {bytes:sub(last + 1)} or nil)
  return {bytes:sub(1, last)}, newline or want == last, last
end

-- The descriptor's, as long as that is the object's.
local function reader_of(self, sock)
  local rd = self.rd
  if rd and self.sock == sock then return rd end
  local made, err = sock:reader(NO_LIMIT, AHEAD)
  if made and self.sock == sock then self.rd = made end
  return made, err
end

local function joined(have, taken)
  return taken and have .. table.concat(taken) or have
end

-- Where each wait has a limit of its own, they are made one by one: what comes begins
-- it anew.
local function gather(self, sock, kind, have, want)
  local start, attempt = now(), attempts[kind]
  local front, taken = self.front and object.front(self), nil
  if front then
    local all, size
    taken, all, size = take_front(self, front, kind, want)
    if all then return taken[1], have, nil end
    if want then want = want - size end
  end
  local rd, failure = reader_of(self, sock)
  if not rd then return nil, joined(have, taken), object.words(failure) end
  while true do
    local whole = self.block < 0
    local bytes, err, late, n = attempt(rd, whole and left(self, start) or 0, want)
    if bytes then
      self.received = self.received + #bytes
      return bytes, joined(have, taken), nil
    end
    if n and n > 0 then
      taken = taken or {}
      local size = take(self, rd, n, taken)
      if want then want = want - size end
    end
    if not err or err.type == errno.EPROTO then
      return nil, joined(have, taken), 'closed'
    end
    if not late and err.type ~= errno.EMSGSIZE then
      return nil, joined(have, taken), object.words(err)
    end
    if late and whole then return nil, joined(have, taken), 'timeout' end
    if late then
      if taken then object.set_front(self, taken) end
      local ok, why = sock:recvable(left(self, start))
      if self.front == taken then self.front = nil end
      if not ok then return nil, joined(have, taken), object.why(why) end
    end
  end
end

local function receive_line(self, sock, prefix)
  local bytes, have, why = gather(self, sock, 'line', '')
  if not bytes then return nil, why, prefix .. have:gsub('\r', '') end
  local line, ended = (have .. bytes):gsub('\n$', '')
  line = line:gsub('\r', '')
  if ended == 0 then return nil, 'closed', prefix .. line end
  return prefix .. line, nil, nil
end

local function receive_all(self, sock, prefix)
  local bytes, have, why = gather(self, sock, 'all', prefix)
  if not bytes then return nil, why, have end
  local all = have .. bytes
  if #all == #prefix then return nil, 'closed', all end
  return all, nil, nil
end

-- What is given before it counts, and may be enough. A count of 0 waits all the same, and
-- tells the end.
local function receive_count(self, sock, count, prefix)
  local want = count - #prefix
  if want > 0 then
    local bytes, have, why = gather(self, sock, 'count', prefix, want)
    if not bytes then return nil, why, have end
    return have .. bytes, nil, nil
  end
  if prefix ~= '' then return prefix, nil, nil end
  if object.front(self) then return '', nil, nil end
  local ok, why = sock:recvable(left(self, now()))
  if not ok then return nil, object.why(why), '' end
  local rd, failure = reader_of(self, sock)
  if not rd then return nil, object.words(failure), '' end
  local byte, err = rd:peek(1, 0)
  if not byte then return nil, err and object.words(err) or 'closed', '' end
  return '', nil, nil
end

local function invalid()
  object.bad(2, 'invalid receive pattern')
end

function stream:receive(pattern, prefix)
  object.needs(self, 'client')
  prefix = object.string(prefix, 3, '')
  local count = tonumber(pattern)
  if not count then
    pattern = object.string(pattern, 2, '*l'):sub(1, 2)
    if pattern ~= '*l' and pattern ~= '*a' then invalid() end
  elseif count < 0 then
    invalid()
  end
  local sock = self.sock -- a finalizer or a hook may close the object meanwhile
  if not sock then return nil, 'closed', prefix end
  if count then return receive_count(self, sock, math.floor(count), prefix) end
  if pattern == '*a' then return receive_all(self, sock, prefix) end
  return receive_line(self, sock, prefix)
end

------------------------------------------------------------------------ sending

-- From the first to the last byte of a string, counted from either end.
local function range(length, first, last)
  if first < 0 then first = length + first + 1 end
  if last < 0 then last = length + last + 1 end
  return math.max(first, 1), math.min(last, length)
end

-- Each wait may take what is left of both limits. Returns the last byte that went, and
-- why no more.
local function send_part(self, sock, data, first, last)
  local start = now()
  while true do
    local n, err = sendpart(sock, data, first, last)
    if not n then return first - 1, object.words(err) end
    first = first + n
    if first > last then return last end
    local ok
    ok, err = sock:sendable(left(self, start))
    if not ok then return first - 1, object.why(err) end
  end
end

function stream:send(data, first, last)
  object.needs(self, 'client')
  data = object.string(data, 2)
  first, last = range(#data, object.number(first, 3, 1), object.number(last, 4, -1))
  local before, sock = first - 1, self.sock
  if not sock then return nil, 'closed', before end
  if first > last then return before, nil, nil end
  local at, why = send_part(self, sock, data, first, last)
  self.sent = self.sent + at - before
  if why then return nil, why, at end
  return at, nil, nil
end

------------------------------------------------------------------------- ending

local ways = {
  send = netsocket.SHUT_WR,
  receive = netsocket.SHUT_RD,
  both = netsocket.SHUT_RDWR,
}

function stream:shutdown(how)
  local flag = ways[how or 'both']
  if not flag then object.bad(2, ("invalid option '%s'"):format(tostring(how))) end
  local sock = self.sock
  if sock then sock:shutdown(flag) end
  return 1
end

---------------------------------------------------------------------- listening

function stream:listen(backlog)
  object.needs(self, 'master')
  backlog = object.number(backlog, 2, 32)
  local sock = self.sock
  if not sock then return nil, errno.EBADF.message end
  local ok, err = sock:listen(backlog)
  if not ok then return nil, object.words(err) end
  object.state(self, 'server')
  return 1
end

function stream:accept()
  object.needs(self, 'server')
  local sock = self.sock
  if not sock then return nil, 'closed' end
  local peer, err = sock:accept()
  if not peer then return nil, object.why(err) end
  return object.new(getmetatable(self), 'client', peer, self.family)
end

return stream
