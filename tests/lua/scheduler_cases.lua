-- scheduler_cases.lua SCHEDULER CASE [ARGUMENT...]: one case of test_schedulers.py; it
-- fails with an error, or prints what it measured.
local scheduler = require 'schedulers'
local socket = require 'net.socket'
local poller = require 'net.socket.poller'

local errno, now = socket.errno, poller.now
local spawn, sleep, run = scheduler.spawn, scheduler.sleep, scheduler.run
local sequential = arg[1] == 'poll'
local cases = {}

local WITHIN = 20
local LATE = os.getenv 'NSK_QUIET' and 0.05 or 15 -- see lateness.py

local function listener()
  local sock = assert(socket.bind_inet_stream('127.0.0.1', 0))
  assert(sock:listen())
  return sock, sock:getsockname():port()
end

local function pair()
  local ends = assert(socket.pair_stream())
  return ends[1], ends[2]
end

local function fill(sock)
  repeat local _, err, again = sock:send(('x'):rep(65536)) until again or err
end

local function is(err, code)
  assert(err and err.type == errno[code], ('%s expected, got %s'):format(code, err))
end

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

-- Who has begun waits by the time that another coroutine runs.
local function await(condition)
  while not condition() do sleep(0.001) end
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

-- A socket that goes wakes whoever waits for it, and its number is free at once.
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

------------------------------------------------------------------------ blocking

function cases.blocking()
  local a, b = pair()
  assert(a:nonblock(false))
  spawn(function()
    assert(select(3, a:recvline(nil, 0.01)))
    assert(a:nonblock() == false)
    assert(b:send 'x\n')
    assert(a:recvline(nil, WITHIN) and a:sendable(WITHIN) and a:nonblock() == false)
  end)
  run()
  b:close()
end

---------------------------------------------------------------------------- fork

-- Ends a child: with 0 when the call ran well.
local function child(call)
  local process = require 'process'
  local ok, err = xpcall(call, debug.traceback)
  if not ok then io.stderr:write(err, '\n') end
  process.exit(ok and 0 or 1)
end

local in_child = {}

function in_child.close(a)
  assert(a:close())
end

function in_child.wait(a)
  assert(select(2, a:recvable(0.02)) == nil and not a:recvline(nil, 0.02))
  assert(a:sendable(0.02))
end

function in_child.close_another(_, other)
  assert(not other:recvable(0.02) and other:close())
end

-- Of cqueues: its own controller. The same socket is waited for in both processes.
function in_child.controller(a)
  local queue, got = require 'cqueues'.new(), nil
  queue:wrap(function() got = a:recvable(0.02) end)
  queue:wrap(function() require 'cqueues'.sleep(0.01) end)
  assert(queue:loop() and got == false)
  queue:wrap(function() assert(a:sendable() and a:close()) end)
  assert(queue:loop())
end

-- While two wait, a child is made, does something, and is gone: both still wait, and are
-- woken, and the descriptors may be waited for again.
function cases.fork(what)
  local process = require 'process'
  local a, b = pair()
  local lines, waiting = {}, 0
  local function receive()
    waiting = waiting + 1
    lines[#lines + 1] = assert(a:recvline(nil, WITHIN))
  end
  spawn(receive)
  local c, d = pair()
  spawn(function()
    await(function() return waiting == 1 end)
    sleep(0.01)
    local pid = process.fork()
    if pid == 0 then child(function() in_child[what](a, c) end) end
    assert(process.wait(pid) == 0, 'the child failed')
    sleep(0.01)
    assert(b:send 'first\n')
    sleep(0.01)
    spawn(receive)
    sleep(0.01)
    assert(b:send 'second\n' and d:send 'x')
    assert(c:recvable(WITHIN))
  end)
  run()
  assert(#lines == 2 and lines[2] == 'second\n')
end

--------------------------------------------------------------------------- select

function cases.select()
  local a, b = pair()
  local c, d = pair()
  local begun, readers, writers
  spawn(function()
    begun = true
    readers, writers = socket.select({a, c:fd(), c}, {}, WITHIN)
  end)
  spawn(function()
    await(function() return begun end)
    assert(d:send 'x')
  end)
  run()
  assert(#readers == 2 and readers[1] == c:fd() and readers[2] == c and #writers == 0)
  spawn(function() readers, writers = socket.select({a}, nil, 0.05) end)
  run()
  assert(#readers == 0 and #writers == 0)
  return b:close()
end

-- luasocket's select takes any descriptor, also while no coroutine waits.
function cases.luasocket_select()
  local a, b = pair()
  local copies = {a}
  repeat
    local copy = assert(a:dup())
    copies[#copies + 1] = copy
  until copy:fd() > 1023
  local object = {getfd = function() return copies[#copies]:fd() end}
  local function look() return require 'socket'.select({object}, nil, 0) end
  assert(select(3, look()) == 'timeout')
  assert(b:send 'x')
  assert(look()[1] == object)
end

--------------------------------------------------------------- between two waits

local lose = {
  close = function(sock) assert(sock:close()) end,
  unwrap = function(sock) assert(socket.close(sock:unwrap())) end,
  variable = function(sock) local _ <close> = sock end,
  collection = function() end,
}

-- A socket that was waited for goes while nothing waits. The next ones have its number.
function cases.number_again(how)
  local numbers, count, rounds = {}, 0, 20
  local function round()
    local a, b = pair()
    if not numbers[a:fd()] then numbers[a:fd()], count = true, count + 1 end
    local line
    spawn(function() line = a:recvline(nil, WITHIN) end)
    spawn(function()
      sleep(0.001)
      assert(b:sendall('x\n', WITHIN))
    end)
    run()
    assert(line == 'x\n', line)
    lose[how](a)
    b:close()
  end
  for _ = 1, rounds do
    round()
    collectgarbage()
  end
  assert(count < rounds, count)
end

-- What comes while nothing waits takes no turn of the loop: bytes, an end, a reset.
function cases.idle(what)
  local server, port = listener()
  local a = assert(socket.connect_inet_stream('127.0.0.1', port, WITHIN))
  local b = assert(server:acceptwait(WITHIN))
  local busy, took
  spawn(function()
    assert(a:sendall('x\n', WITHIN))
    assert(b:recvline(nil, WITHIN) == 'x\n')
    spawn(function() assert(a:sendall('y\n', WITHIN)) end)
    assert(b:recvline(nil, WITHIN) == 'y\n')
    if what == 'reset' then
      assert(b:send 'never received')
      a:close()
    else
      assert(a:sendall('unread\n', WITHIN))
      if what == 'end' then a:shutdown(socket.SHUT_WR) end
    end
    local clock, start = os.clock(), now()
    sleep(0.3)
    busy, took = os.clock() - clock, now() - start
    local line, err = b:recvline(nil, WITHIN)
    if what == 'reset' then is(err, 'ECONNRESET') else assert(line == 'unread\n') end
    if what == 'end' then assert(b:recvline(nil, WITHIN) == nil) end
  end)
  run()
  assert(busy < took / 2, ('%.3f s of %.3f s'):format(busy, took))
end

-- The number of a socket that is closed while one waits is another's, and waited for,
-- before the first goes on.
function cases.number_taken()
  local a = pair()
  local fd, begun, err, line = a:fd(), nil, nil, nil
  spawn(function()
    begun = true
    err = select(2, a:recvline(nil, WITHIN))
  end)
  spawn(function()
    await(function() return begun end)
    a:close()
    local c, d = pair()
    assert(c:fd() == fd)
    spawn(function()
      await(function() return err end)
      assert(d:sendall('mine\n', WITHIN))
    end)
    line = c:recvline(nil, WITHIN)
  end)
  run()
  is(err, 'EBADF')
  assert(line == 'mine\n')
end

-- A program with nothing left to do ends, whatever it has waited for.
function cases.ends()
  local a, b = pair()
  spawn(function() assert(a:recvline(nil, WITHIN) == 'x\n') end)
  spawn(function() assert(b:sendall('x\n', WITHIN)) end)
  local start = now()
  run()
  assert(now() - start < LATE, now() - start)
  return a:close() and b:close()
end

-- Two sides of a conversation; one waits with deadlines that are shorter, longer or
-- missing, and once in a while one passes.
function cases.deadlines_between()
  local a, b = pair()
  local answered, late = 0, 0
  spawn(function()
    for i = 1, 300 do
      local sec = ({WITHIN, 2 * WITHIN, 1})[i % 3 + 1]
      if i % 50 == 0 then
        local start = now()
        local line, _, timeout = a:recvline(nil, 0.02)
        assert(not line and timeout and now() - start >= 0.02)
        late = late + 1
      end
      assert(a:sendall('x\n', sec))
      assert(a:recvline(nil, i % 2 == 0 and sec or nil) == 'x\n')
      answered = answered + 1
    end
    a:close()
  end)
  spawn(function()
    for line in function() return b:recvline(nil, WITHIN) end do
      assert(b:sendall(line, WITHIN))
    end
  end)
  run()
  assert(answered == 300 and late == 6)
end

---------------------------------------------------------------------------- time

-- One deadline for the calls of two coroutines: what comes in time comes, the rest ends
-- at that point of time.
function cases.shared_deadline(sec)
  local a, b = pair()
  local start = now()
  local deadline = assert(socket.deadline(tonumber(sec)))
  local reader = assert(a:reader())
  local line, late, ended = nil, {}, {}
  local function ends(name, value, err, timeout)
    assert(not value and timeout, err)
    late[#late + 1], ended[#ended + 1] = name, now() - start
  end
  spawn(function()
    line = assert(reader:line(deadline))
    local value, err, timeout = reader:line(deadline)
    is(err, 'ETIMEDOUT')
    ends('line', value, err, timeout)
    ends('recvable', a:recvable(deadline))
  end)
  spawn(function()
    assert(b:sendall('one\n', deadline) == 4)
    ends('recvall', b:recvall(1, deadline))
    assert(deadline:left() == 0)
  end)
  run()
  assert(line == 'one' and #late == 3, #late)
  table.sort(ended)
  return ended[1], ended[3]
end

local function timed(call, ...)
  local start = now()
  local sock, err, timeout = call(...)
  assert(not sock and timeout, err)
  is(err, 'ETIMEDOUT')
  return now() - start
end

-- A ticker beats every 5 ms until over() is true; then told(late, beats), with how late
-- its latest beat was.
local function ticker(over, told)
  local late, beats = 0, 0
  while not over() do
    local start = now()
    sleep(0.005)
    late = math.max(late, now() - start - 0.005)
    beats = beats + 1
  end
  told(late, beats)
end

-- COUNT deadlines of 0.2 s against a host and port that never answer, `at_once` at a
-- time: the shortest and the longest, and how late a ticker beside them was.
function cases.deadlines(host, port, count, at_once)
  local left, open, least, most, worst = tonumber(count), tonumber(count), math.huge, 0, 0
  local function some()
    while left > 0 do
      left = left - 1
      local took = timed(socket.connect_inet_stream, host, tonumber(port), 0.2)
      least, most = math.min(least, took), math.max(most, took)
      open = open - 1
    end
  end
  for _ = 1, tonumber(at_once) do spawn(some) end
  spawn(function()
    ticker(function() return open == 0 end, function(late) worst = late end)
  end)
  run()
  return least, most, worst
end

-- The same beside a single coroutine that connects in vain.
function cases.ticker(host, port)
  local over, worst, turns = false, 0, 0
  spawn(function()
    local function note(late, beats) worst, turns = late, beats end
    ticker(function() return over end, note)
  end)
  spawn(function()
    assert(not socket.connect_inet_stream(host, tonumber(port), 0.5))
    over = true
  end)
  run()
  return worst, turns
end

print(cases[arg[2]](table.unpack(arg, 3)))
