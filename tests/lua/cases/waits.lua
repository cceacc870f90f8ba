-- Cases of scheduler_cases.lua: clients, second waiters, closing and coroutines that end.
local common = require 'cases.common'
local socket = require 'net.socket'

local await, fill, is = common.await, common.fill, common.is
local listener, pair = common.listener, common.pair
local run, sleep, spawn = common.run, common.sleep, common.spawn
local LATE, WITHIN, sequential = common.LATE, common.WITHIN, common.sequential
local now = require 'net.socket.poller'.now
local cases = {}

--------------------------------------------------------------------------- crowd

local function ask(client, words)
  assert(client:sendall(words .. '\n', WITHIN) == #words + 1)
end

local function answer(server)
  local line, err = server:recvline(nil, WITHIN)
  if not line then return assert(err == nil, err) and false end
  return assert(server:sendall(line, WITHIN))
end

local function check(client, words)
  assert(assert(client:recvline(nil, WITHIN)) == words .. '\n', 'another answer')
end

-- One after the other; the kernel completes connects and keeps what was sent.
local function sequential_crowd(server, port, count)
  local clients, peers = {}, {}
  for i = 1, count do
    clients[i] = assert(socket.connect_inet_stream('127.0.0.1', port, WITHIN))
    peers[i] = assert(server:acceptwait(WITHIN))
  end
  for round = 1, 3 do
    for i = 1, count do ask(clients[i], i .. '.' .. round) end
    for i = 1, count do assert(answer(peers[i])) end
    for i = 1, count do check(clients[i], i .. '.' .. round) end
  end
  return 3 * count
end

local function concurrent_crowd(server, port, count)
  local connected, answered = 0, 0
  spawn(function()
    for _ = 1, count do
      local peer = assert(server:acceptwait(WITHIN))
      spawn(function()
        local _ <close> = peer
        while answer(peer) do answered = answered + 1 end
      end)
    end
  end)
  for i = 1, count do
    spawn(function()
      local client <close> = assert(socket.connect_inet_stream('127.0.0.1', port, WITHIN))
      connected = connected + 1
      while connected < count do sleep(0.01) end
      for round = 1, 3 do
        ask(client, i .. '.' .. round)
        check(client, i .. '.' .. round)
      end
    end)
  end
  run()
  return answered
end

-- Many clients at a time and their server, all in this process.
function cases.crowd(count)
  local server, port = listener()
  local crowd = sequential and sequential_crowd or concurrent_crowd
  local answered = crowd(server, port, tonumber(count))
  assert(answered == 3 * count, answered)
  return answered
end

------------------------------------------------------------------------- waiters

-- Each way to wait for a socket, and what it gives when it fails.
local waits = {
  recvable = function(sock) return select(2, sock:recvable(WITHIN)) end,
  recvline = function(sock) return select(2, sock:recvline(nil, WITHIN)) end,
  recvall = function(sock) return select(2, sock:recvall(9, WITHIN)) end,
  acceptwait = function(sock) return select(2, sock:acceptwait(WITHIN)) end,
  sendable = function(sock) return select(2, sock:sendable(WITHIN)) end,
  sendall = function(sock) return select(2, sock:sendall('x', WITHIN)) end,
  select = function(sock) return select(2, socket.select({sock}, nil, WITHIN)) end,
}

local function socket_for(name)
  if name == 'acceptwait' then return (listener()) end
  local a, b = pair()
  if name:find '^send' then fill(a) end
  return a, b
end

-- Waits until the kernel holds nothing for the socket any more. What an operation holds
-- does not make it readable.
local function taken(sock)
  await(function() return not sock:recvable() end)
end

-- The second one who waits for the same is refused at once; the first is not disturbed.
function cases.second(name)
  local a, b = socket_for(name)
  local begun, first, second, took
  spawn(function()
    begun = true
    first = waits[name](a) or 'done'
  end)
  spawn(function()
    await(function() return begun end)
    local start = now()
    second = waits[name](a)
    took = now() - start
    assert(first == nil, first)
    if b and name:find '^send' then b:recv(1 << 20) else a:close() end
  end)
  run()
  is(second, 'EBUSY')
  assert(took < LATE, took)
  if name:find '^send' then assert(first == 'done') else is(first, 'EBADF') end
end

-- One waits to receive, the other to send: both go on.
function cases.both_directions()
  local a, b = pair()
  local begun, received, sent = 0, nil, nil
  fill(a)
  spawn(function()
    begun = begun + 1
    received = a:recvline(nil, WITHIN)
  end)
  spawn(function()
    begun = begun + 1
    sent = a:sendall('y', WITHIN)
  end)
  spawn(function()
    await(function() return begun == 2 end)
    assert(b:sendall 'one\n' == 4)
    await(function() return received end)
    assert(received == 'one\n' and not sent)
    repeat until not b:recv(1 << 20)
  end)
  run()
  assert(sent == 1, sent)
end

local closings = {
  close = function(sock) assert(sock:close()) end,
  unwrap = function(sock) assert(socket.close(sock:unwrap())) end,
  variable = function(sock) local _ <close> = sock end,
}

-- A socket that goes wakes its waiters, and its number is free at once.
function cases.close(name, how)
  local a, b = socket_for(name)
  local begun, err, woken, closed
  spawn(function()
    begun = true
    err = waits[name](a)
    woken = now()
  end)
  spawn(function()
    await(function() return begun end)
    closings[how](a)
    closed = now()
    assert(woken == nil)
    -- The next socket gets the number, and its waiter is another.
    local c, d = pair()
    assert(d:send 'z\n')
    assert(c:recvline(nil, WITHIN) == 'z\n')
  end)
  run()
  is(err, 'EBADF')
  assert(woken - closed < LATE, woken - closed)
  return b and b:close()
end

-- What was received by then goes with the socket.
function cases.close_takes_what_was_received()
  local a, b = pair()
  local line, err, timeout, done
  spawn(function() line, err, timeout, done = a:recvline(nil, WITHIN) end)
  spawn(function()
    assert(b:sendall 'half')
    taken(a)
    a:close()
  end)
  run()
  is(err, 'EBADF')
  assert(line == nil and timeout == nil and done == 0, done)
end

-- Each way to receive, and its error; and what else would take bytes away.
local receives = {
  recv = function(sock) return select(2, sock:recv()) end,
  peek = function(sock) return select(2, sock:recv(9, socket.MSG_PEEK)) end,
  read = function(sock) return select(2, sock:read()) end,
  recvfrom = function(sock) return select(2, sock:recvfrom()) end,
  recvfd = function(sock) return select(2, sock:recvfd()) end,
  recvfds = function(sock) return select(2, sock:recvfds()) end,
  recvall = function(sock) return select(2, sock:recvall(1, 0)) end,
  recvline = function(sock) return select(2, sock:recvline(9, 0)) end,
  unwrap = function(sock) return select(2, sock:unwrap()) end,
  readv = function(sock)
    local iov = socket.iovec.new()
    assert(iov:addn(9))
    return select(2, sock:readv(iov))
  end,
  recvmsg = function(sock)
    local mh, iov = socket.msghdr.new(), socket.iovec.new()
    assert(iov:addn(9))
    mh:iov(iov)
    return select(2, sock:recvmsg(mh))
  end,
}

-- Beside an operation that holds bytes all other receives are refused.
function cases.beside(name)
  local a, b = pair()
  local call = {recvline = a.recvline, recvall = a.recvall}
  local line
  spawn(function() line = call[name](a, 9, WITHIN) end)
  spawn(function()
    assert(b:sendall 'half ')
    taken(a)
    for _, receive in pairs(receives) do is(receive(a), 'EBUSY') end
    local readers = assert(socket.select({a}, nil, 0))
    assert(#readers == 0)
    assert(a:sendall('x', WITHIN) == 1)
    assert(b:recv() == 'x')
    assert(b:sendall 'lin\n')
  end)
  run()
  assert(line == 'half lin\n', line)
end

-- A coroutine that is closed while it waits: its descriptors are closed, nothing that it
-- had received is lost, and others may wait for the same socket.
function cases.unwind()
  local a, b = pair()
  local thread, line
  spawn(function()
    thread = coroutine.running()
    a:recvall(9, WITHIN)
    error 'it should not go on'
  end)
  spawn(function()
    assert(b:sendall 'half ')
    taken(a)
    assert(coroutine.close(thread))
    assert(b:sendall 'line\n')
    line = assert(a:recvline(nil, WITHIN))
  end)
  -- cqueues resumes the dead one, and says so.
  pcall(run)
  run()
  assert(line == 'half line\n', line)
end

-- A coroutine inside one of the scheduler's waits; whatever it yields is nothing to who
-- resumes it.
function cases.nested()
  local a, b = pair()
  local err
  spawn(function()
    local over
    local inner = coroutine.wrap(function()
      err = select(2, a:recvline(nil, 0.05))
      over = true
    end)
    repeat inner() until over
  end)
  run()
  b:close()
  return err
end

return cases
