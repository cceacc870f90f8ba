-- The object of a TLS connection.
local socket = require 'net.socket'
local buffer = require 'net.socket.tls.buffer'
local reader = require 'net.socket.tls.reader'
local time = require 'net.socket.tls.time'

local errno, poller = socket.errno, socket.poller
local nosigpipe, generation = poller.nosigpipe, poller.generation
local stream = {}
local class = {__name = 'net.socket.tls'}
class.__index = class

local PIECE = 1 << 20 -- bytes that are sent between two looks at the clock
local RECORD = 8192   -- what LuaSec makes a record of at most
local PAUSE = 0.01    -- seconds

-- LuaSec gives strerror(3)'s words.
local by_words = {}
for key, code in pairs(socket.errno) do
  if type(key) == 'number' then by_words[code.message] = code end
end

--- What the words of LuaSec mean.
function stream.code(words)
  return by_words[words] or errno.EPROTO
end

----------------------------------------------------------------------- waiting

local function timed_out(self, deadline, op)
  local words = ('not done within %.14g s'):format(deadline.sec)
  return nil, self:fails(errno.ETIMEDOUT, op, words), true
end

-- OpenSSL may have to send in order to receive. Where a coroutine waits for that
-- direction already, this one looks again a little later.
local function crossing(deadline)
  local sec = math.min(PAUSE, time.left(deadline))
  local ok, err = socket.select({}, {}, sec)
  return ok ~= nil, err
end

--- Waits for what LuaSec wants, 'wantread' or 'wantwrite'. own: the call's usual one.
function stream.wait(self, want, deadline, op, own)
  local method = want == 'wantwrite' and 'sendable' or 'recvable'
  local sock = self.sock
  local ok, err, timeout = sock[method](sock, time.left(deadline))
  if not ok and err and err.type == errno.EBUSY and own and own ~= want then
    ok, err = crossing(deadline)
    timeout = ok and time.left(deadline) == 0
    ok = ok and not timeout
  end
  if self.closed then return nil, self:fails(errno.EBADF, op) end
  if ok then return true end
  if timeout and not err then return timed_out(self, deadline, op) end
  return nil, self:fails(err.type, op, err.message), timeout
end

--- An error of this connection.
function class:fails(code, op, words, addr)
  return poller.error(code, op, words or '', addr or self.peer)
end

local function is_held(self, direction)
  local holder = self.holders[direction]
  return holder and holder ~= coroutine.running() and coroutine.status(holder) ~= 'dead'
end

-- Of the holders those go that were dropped, which are known by a collection. As the
-- calls of sockets do, it makes one a second at most.
local collected
local function collect()
  local time_now = poller.now()
  if collected and time_now - collected < 1 then return end
  collectgarbage()
  collected = poller.now()
end

-- One coroutine at a time for a direction: another would take or send bytes between
-- those of the first. One that its scheduler has dropped holds nothing.
local function hold(self, direction, op)
  if is_held(self, direction) then collect() end
  if is_held(self, direction) then
    return nil, self:fails(errno.EBUSY, op, 'another coroutine is inside this call')
  end
  self.holders[direction] = coroutine.running()
  return self[direction]
end

local hold_class = {
  __close = function(self) self.holders[self.direction] = nil end,
}

--------------------------------------------------------------------- receiving

-- LuaSec says 'closed' of a close-notify and of a reset. OpenSSL, asked again, says the
-- one again, and of the other that the stream is cut.
local function reason_of_end(conn)
  local _, err = nosigpipe(conn.receive, conn, 1)
  return err == 'closed' and err or errno.ECONNRESET.message
end

--- Receives once: bytes; nil, err; nil, nil, want; or nil at the end.
local function receive(self, n, op)
  local failed = self.failed
  if failed then return nil, self:fails(failed.type, op, failed.message) end
  if self.ended then return nil end
  local conn = self.conn
  local bytes, err, part = nosigpipe(conn.receive, conn, n)
  if self.closed then return nil, self:fails(errno.EBADF, op) end
  self.drained = err == 'wantread'
  if bytes then return bytes end
  if err == 'closed' then err = reason_of_end(conn) end
  if err == 'closed' then
    self.ended = true
  elseif err ~= 'wantread' and err ~= 'wantwrite' then
    if err:find('unexpected eof', 1, true) then
      err = 'the peer ended the connection without a close-notify'
    end
    self.failed = self:fails(stream.code(err), op, err)
  end
  if #part > 0 then return part end
  if self.failed then return nil, self.failed end
  if self.ended then return nil end
  return nil, nil, err
end
stream.receive = receive

--- Receives at least a byte, waiting for it: bytes; nil at the end; nil, err, timeout.
--- A receive that came to the end of what there was says where the next has to begin: a
--- try in vain takes more system calls than the wait.
function stream.fill(self, n, deadline, op)
  local bytes, err, want
  if self.drained then
    want = 'wantread'
  else
    bytes, err, want = receive(self, n, op)
    if not want then return bytes, err end
  end
  while true do
    local ok, failure, timeout = stream.wait(self, want, deadline, op, 'wantread')
    if not ok then return nil, failure, timeout end
    bytes, err, want = receive(self, n, op)
    if not want then return bytes, err end
  end
end

--- Has the reading direction for one call.
function stream.reading(self, op)
  if self.closed then return nil, self:fails(errno.EBADF, op) end
  return hold(self, 'r', op)
end

-- Whether calls without a time of their own wait. A socket that was closed meanwhile, by
-- a finalizer for instance, has no timeout.
local function waits(self)
  return (self.sock:timeout() or 0) > 0
end

--- Receives what there is, at most n bytes.
function class:recv(n)
  n = n or 16384
  local lock <close>, err = stream.reading(self, 'recv')
  if not lock then return nil, err end
  if n < 1 then
    return nil, self:fails(errno.EINVAL, 'recv', 'must be at least 1', 'n')
  end
  if self.store.count > 0 then return self.store:take(math.min(n, self.store.count)) end
  local bytes, failure, timeout
  if waits(self) then
    bytes, failure, timeout = stream.fill(self, n, time.limit(nil, self.sock), 'recv')
  else
    bytes, failure, timeout = receive(self, n, 'recv')
    timeout = timeout and true
  end
  if bytes then return bytes end
  if failure or timeout then return nil, failure, timeout end
end

----------------------------------------------------------------------- sending

-- A record that was begun is sent to its end before anything else: the call that goes on
-- must have the same bytes.
local function same_record(self, msg)
  local begun = self.begun
  if not begun then return true end
  return msg:sub(1, #begun) == begun
end

-- What a send from `at` to `last` came to: how far it came, and why it went no farther:
-- nil, err or want.
local function pushed(self, msg, at, last, op, done, err, part)
  local sent = done or part or at
  if self.closed then return at, self:fails(errno.EBADF, op) end
  if sent > at or done then self.begun = nil end
  if done then return sent end
  if err == 'wantread' or err == 'wantwrite' then
    self.drained = false -- it may have received, too
    self.begun = msg:sub(sent + 1, math.min(sent + RECORD, last))
    return sent, nil, err
  end
  if err == 'closed' then err = errno.EPIPE.message end
  return sent, self:fails(stream.code(err), op, err)
end

local function push(self, msg, at, op)
  local conn = self.conn
  local last = math.min(#msg, at + PIECE)
  return pushed(self, msg, at, last, op, nosigpipe(conn.send, conn, msg, at + 1, last))
end

-- Sends all of msg, waiting: how far it came, err, timeout.
local function push_all(self, msg, deadline, op)
  local sent = 0
  repeat
    local err, want
    sent, err, want = push(self, msg, sent, op)
    if err then return sent, err end
    if want then
      local ok, failure, timeout = stream.wait(self, want, deadline, op, 'wantwrite')
      if not ok then return sent, failure, timeout end
    elseif sent < #msg and time.left(deadline) == 0 then
      return sent, select(2, timed_out(self, deadline, op)), true
    end
  until sent == #msg
  return sent
end

local function sending(self, msg, op)
  if self.closed then return nil, self:fails(errno.EBADF, op) end
  if self.shut then return nil, self:fails(errno.EPIPE, op) end
  local lock, err = hold(self, 'w', op)
  if not lock then return nil, err end
  if same_record(self, msg) then return lock end
  self.holders.w = nil
  return nil, self:fails(errno.EINVAL, op, 'a record of other bytes was begun', 'msg')
end

--- Sends what can be sent now: n; n, nil, true where that was not all.
function class:send(msg)
  local lock <close>, err = sending(self, msg, 'send')
  if not lock then return nil, err end
  if msg == '' then return 0 end
  local sent, failure, want = push(self, msg, 0, 'send')
  local timeout
  if want and sent == 0 and waits(self) then
    local deadline = time.limit(nil, self.sock, 'send')
    repeat
      local ok
      ok, failure, timeout = stream.wait(self, want, deadline, 'send', 'wantwrite')
      if not ok then return nil, failure, timeout end
      sent, failure, want = push(self, msg, 0, 'send')
    until sent > 0 or failure
  end
  if failure and sent == 0 then return nil, failure end
  if sent < #msg then return sent, nil, true end
  return sent
end

-- Whether nothing keeps a message of one record from being sent at once.
local function is_plain(self, msg, sec)
  if self.closed or self.shut or self.begun or self.holders.w then return false end
  if sec ~= nil and not (math.type(sec) and sec >= 0) then return false end
  return type(msg) == 'string' and #msg <= RECORD and msg ~= ''
end

--- Sends all of a string, or of a sequence of strings.
function class:sendall(msg, sec)
  if is_plain(self, msg, sec) then
    local conn = self.conn
    local done, why, part = nosigpipe(conn.send, conn, msg)
    if done and not self.closed then return done end
    local sent, err, want = pushed(self, msg, 0, #msg, 'sendall', done, why, part)
    if err then return nil, err, nil, sent end
    if not want then return sent end -- else it goes on with the same bytes
  end
  if type(msg) == 'table' then msg = table.concat(msg) end
  local lock <close>, err = sending(self, msg, 'sendall')
  if not lock then return nil, err, nil, 0 end
  local deadline, bad = time.limit(sec, self.sock, 'sendall')
  if not deadline then return nil, bad, nil, 0 end
  if msg == '' then return 0 end
  local sent, failure, timeout = push_all(self, msg, deadline, 'sendall')
  if failure then return nil, failure, timeout, sent end
  return sent
end

------------------------------------------------------------------------ ending

-- LuaSec closes the descriptor, and sends a close-notify before. It makes the descriptor
-- a blocking one for that, so only where there is room, and no record is half sent.
local function finish(self, fd, clean)
  local conn = self.conn
  if self.generation ~= generation() then
    socket.close(fd) -- a child's close-notify would end its parent's connection
  elseif not clean then
    socket.shutdown(fd)
  end
  nosigpipe(conn.close, conn)
end

--- Sends the close-notify and closes the descriptor; who waits goes on with EBADF.
function class:close()
  if self.closed then return true end
  local clean = not self.begun and not self.failed and self.sock:sendable(0)
  self.closed = true
  -- A close that leaves something unread, be it a ticket of TLS 1.3, resets the
  -- connection, and what was sent may be lost with it.
  if self.generation == generation() then self.sock:recv(RECORD, socket.MSG_DONTWAIT) end
  local fd, err = self.sock:unwrap()
  if not fd then return false, err end
  finish(self, fd, clean)
  return true
end

--- Sends the rest of a record that was begun, and the close-notify. LuaSec has no way to
--- receive after that, so the connection is at its end.
function class:shutdown(sec)
  local lock <close>, err = sending(self, self.begun or '', 'shutdown')
  if not lock then return false, err end
  local deadline, bad = time.limit(sec, self.sock, 'shutdown')
  if not deadline then return false, bad end
  if self.begun then
    local _, failure, timeout = push_all(self, self.begun, deadline, 'shutdown')
    if failure then return false, failure, timeout end
  end
  local ok, failure, timeout = stream.wait(self, 'wantwrite', deadline, 'shutdown')
  if not ok then return false, failure, timeout end
  self.shut = true
  return self:close()
end

------------------------------------------------------------------------ asking

--- Reads or sets the seconds that calls without a time of their own wait.
function class:timeout(sec)
  return self.sock:timeout(sec)
end

--- How many bytes the next receive gives without a system call.
function class:pending()
  return self.store.count
end

function class:getpeername()
  return self.sock:getpeername()
end

--- The peer's certificate, an object of LuaSec; nil where it has shown none.
function class:getpeercert()
  if self.closed then return nil, self:fails(errno.EBADF, 'getpeercert') end
  return self.conn:getpeercertificate()
end

--- The protocol that ALPN has agreed on, or nil.
function class:alpn()
  if self.closed then return nil, self:fails(errno.EBADF, 'alpn') end
  return self.conn:getalpn()
end

--- A reader, as sock:reader().
function class:reader(limit, size)
  if self.closed then return nil, self:fails(errno.EBADF, 'reader') end
  return reader.new(self, stream, limit, size)
end

function class:__tostring()
  return ('net.socket.tls: fd=%d'):format(self.sock:fd())
end

class.__close = class.close
class.__gc = class.close

-- The last of the three objects to be made, so its finalizer runs before theirs.
function stream.new(sock, conn, context)
  local ai = sock:getpeername()
  local holders = setmetatable({}, {__mode = 'v'})
  conn:settimeout(0)
  return setmetatable({
    sock = sock,
    conn = conn,
    context = context, -- LuaSec needs it as long as the connection
    peer = ai and tostring(ai),
    generation = generation(),
    store = buffer.new(),
    holders = holders,
    r = setmetatable({holders = holders, direction = 'r'}, hold_class),
    w = setmetatable({holders = holders, direction = 'w'}, hold_class),
    closed = false,
  }, class)
end

return stream
