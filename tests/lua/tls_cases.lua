-- tls_cases.lua SCHEDULER CASE FOLDER [ARGUMENT...]: one case of test_tls.py; it fails
-- with an error, or prints what it saw. FOLDER has the certificates.
local scheduler = require 'schedulers'
local socket = require 'net.socket'
local tls = require 'net.socket.tls'

local errno, now = socket.errno, socket.poller.now
local spawn, sleep, run = scheduler.spawn, scheduler.sleep, scheduler.run
local folder = arg[3]
local cases = {}

local WITHIN = 60
local CA = folder .. '/ca.pem'

local SERVER = {certificate = folder .. '/server.pem', key = folder .. '/server.key'}
local CLIENT = {cafile = CA}

local function listener()
  local sock = assert(socket.bind_inet_stream('127.0.0.1', 0))
  assert(sock:listen(100))
  return sock, sock:getsockname():port()
end

local function connect(port)
  return assert(socket.connect_inet_stream('127.0.0.1', tonumber(port), WITHIN))
end

-- The client's and the server's end of a handshake.
local function to(port, params)
  return assert(tls.client(connect(port), 'localhost', params or CLIENT, WITHIN))
end

local function from(sock, params)
  return assert(tls.server(assert(sock:acceptwait(WITHIN)), params or SERVER, WITHIN))
end

local function tcp_pair()
  local sock <close>, port = listener()
  local client = connect(port)
  return {assert(sock:acceptwait(WITHIN)), client}
end

-- A connection with TLS at both ends, in this process: what gives them, once both are.
-- sec: the timeout of the client's socket.
local function tls_pair(sec, tcp)
  local ends = tcp and tcp_pair() or assert(socket.pair_stream())
  ends[2]:timeout(sec or 0)
  local server, client
  spawn(function() server = assert(tls.server(ends[1], SERVER, WITHIN)) end)
  spawn(function() client = assert(tls.client(ends[2], 'localhost', CLIENT, WITHIN)) end)
  return function()
    if server and client then return server, client end
  end
end

local function await(condition)
  local limit = now() + WITHIN
  while not condition() do
    assert(now() < limit, 'it has not come')
    sleep(0.001)
  end
end

local function is(err, code)
  assert(err and err.type == errno[code], ('%s expected, got %s'):format(code, err))
end

local function descriptors()
  local count = 0
  for fd = 0, 255 do
    if socket.poller.nonblock(fd) ~= nil then count = count + 1 end
  end
  return count
end

-- Against `openssl s_server -rev`: lines come back reversed.
function cases.client(port)
  local lines = {}
  spawn(function()
    local conn <close> = to(port)
    local reader = conn:reader()
    for _, line in ipairs {'hello\n', ('x'):rep(5000) .. '\n'} do
      assert(conn:sendall(line, WITHIN) == #line)
      lines[#lines + 1] = assert(reader:line(WITHIN))
    end
  end)
  run()
  return lines[1], #lines[2]
end

-- Against `openssl s_client`, which this case starts.
function cases.server()
  local sock, port = listener()
  local command = 'openssl s_client -quiet -verify_return_error '
    .. '-verify_hostname localhost -CAfile %s '
    .. '-connect 127.0.0.1:%d 2>/dev/null >%s/answer; echo $? >>%s/answer'
  local pipe = io.popen(command:format(CA, port, folder, folder), 'w')
  pipe:write('hello\n')
  pipe:flush()
  spawn(function()
    local conn <close> = from(sock)
    assert(conn:sendall(assert(conn:reader():readline(WITHIN)):upper(), WITHIN))
    assert(conn:shutdown(WITHIN))
  end)
  run()
  pipe:close()
  local file <close> = io.open(folder .. '/answer')
  return (file:read('a'):gsub('\n', ' '))
end

-- What a client says of a server, for the host NAME; `how` adds to its parameters.
function cases.refused(port, name, how)
  local words
  spawn(function()
    local before = descriptors()
    local sock = connect(port)
    local params = {cafile = CA}
    if how == 'unknown' then params.cafile = folder .. '/client.pem' end
    if how == 'unchecked' then params.verifyname = false end
    if how == 'certificate' then
      params.certificate, params.key = folder .. '/client.pem', folder .. '/client.key'
    end
    local conn, err = tls.client(sock, name, params, WITHIN)
    local got
    if conn then
      conn:timeout(WITHIN)
      if how and how:find 'certificate' then
        conn:sendall('hello\n', WITHIN)
        got, err = conn:reader():line(WITHIN)
      end
      conn:close()
    end
    assert(descriptors() == before)
    words = err and err.message or got or 'fine'
  end)
  run()
  return words
end

-- The server's side of client certificates.
function cases.client_certificates(how)
  local params = {verify = {'peer', 'fail_if_no_peer_cert'}, cafile = CA}
  for key, value in pairs(SERVER) do params[key] = value end
  local own = {cafile = CA}
  if how == 'with' then
    own.certificate, own.key = folder .. '/client.pem', folder .. '/client.key'
  end
  local ends = assert(socket.pair_stream())
  local words
  spawn(function()
    local conn, err = tls.server(ends[1], params, WITHIN)
    words = err and err.message
    if conn then
      words = conn:getpeercert():extensions()['2.5.29.17'].dNSName[1]
      conn:close()
    end
  end)
  spawn(function()
    local conn = tls.client(ends[2], 'localhost', own, WITHIN)
    if conn then conn:reader():read(1, WITHIN) end
  end)
  run()
  return words
end

-- A peer that never answers: the deadline is one for the whole handshake. A poller opens
-- what it keeps at the first wait, whichever that is.
function cases.silent()
  local sock, port = listener()
  local words
  local function try()
    local before, start = descriptors(), now()
    local conn, err, timeout = tls.client(connect(port), 'localhost', CLIENT, 0.2)
    assert(not conn and timeout and now() - start >= 0.2)
    is(err, 'ETIMEDOUT')
    words = err.op
    return descriptors() == before
  end
  spawn(function() assert(try() or try()) end)
  run()
  sock:close()
  return words
end

-- The peer's end of the connection is cut: what came before, then an error.
function cases.cut(port)
  local words
  spawn(function()
    local conn <close> = to(port)
    conn:timeout(WITHIN)
    local reader = conn:reader()
    assert(reader:readexactly(4, WITHIN) == 'part')
    for _ = 1, 2 do
      local bytes, err = reader:read(10)
      assert(not bytes)
      is(err, 'EPROTO')
      words = err.message
    end
    local bytes, err = conn:recv()
    assert(not bytes)
    is(err, 'EPROTO')
  end)
  run()
  return words
end

-- The peer resets the connection: what came before, then an error.
function cases.reset(port)
  spawn(function()
    local conn <close> = to(port)
    local reader = conn:reader()
    assert(reader:readexactly(4, WITHIN) == 'part' and conn:sendall('x', WITHIN) == 1)
    for _ = 1, 2 do
      local bytes, err = reader:read(10, WITHIN)
      assert(not bytes)
      is(err, 'ECONNRESET')
    end
  end)
  run()
end

-- COUNT MiB in each direction at once.
function cases.bulk(count)
  local both = tls_pair()
  local piece = ('0123456789abcdef'):rep(65536)
  local total, ends = #piece * count, 0
  for side = 1, 2 do
    local function conn() return (select(side, both())) end
    spawn(function()
      await(conn)
      for _ = 1, count do assert(conn():sendall(piece, WITHIN)) end
      ends = ends + 1
    end)
    spawn(function()
      await(conn)
      local reader, seen = conn():reader(), 0
      while seen < total do
        local bytes = assert(reader:read(65536, WITHIN))
        assert(bytes == piece:sub(seen % 16 + 1, seen % 16 + #bytes))
        seen = seen + #bytes
      end
      ends = ends + 1
    end)
  end
  run()
  assert(ends == 4)
  return total
end

-- As bench/scripts/growth.lua looks.
local function memory()
  for _ = 1, 3 do collectgarbage() end
  local file <close> = assert(io.open '/proc/self/smaps_rollup')
  return file:read 'a':match 'Anonymous: +(%d+)' * 1024
end

-- COUNT handshakes, twice: the second half leaves no memory and no descriptor.
function cases.handshakes(count)
  local sock, port = listener()
  local context = {context = assert(require 'ssl'.newcontext {
    mode = 'server', protocol = 'any', certificate = folder .. '/server.pem',
    key = folder .. '/server.key',
  })}
  local function half()
    spawn(function()
      for _ = 1, count do
        local conn <close> = from(sock, context)
        assert(conn:sendall('x', WITHIN))
      end
    end)
    spawn(function()
      for _ = 1, count do
        local conn <close> = to(port)
        assert(conn:reader():readall(10, WITHIN) == 'x')
      end
    end)
    run()
  end
  half()
  local before, open = memory(), descriptors()
  half()
  local grown = memory() - before
  assert(descriptors() == open)
  sock:close()
  return grown
end

-- close() wakes who waits in the call; a second one is refused before.
function cases.waiters(call)
  local calls = {
    recv = function(conn) conn:timeout(WITHIN) return conn:recv() end,
    read = function(conn) return conn:reader():read(1, WITHIN) end,
    sendall = function(conn) return conn:sendall(('x'):rep(1 << 24), WITHIN) end,
  }
  local both = tls_pair()
  local first, second, begun
  spawn(function()
    await(both)
    begun = true
    first = select(2, calls[call](select(2, both())))
  end)
  spawn(function()
    await(function() return begun end)
    sleep(0.001)
    local _, client = both()
    second = select(2, calls[call](client))
    assert(client:close())
    await(function() return first end)
  end)
  run()
  is(first, 'EBADF')
  is(second, 'EBUSY')
end

-- A coroutine that is closed in a wait holds nothing any more.
function cases.closed_coroutine()
  local both, waiting = tls_pair(), nil
  spawn(function()
    await(both)
    local _, client = both()
    waiting = coroutine.running()
    client:reader():line(WITHIN)
    error 'it was closed'
  end)
  spawn(function()
    await(function() return waiting end)
    local server, client = both()
    assert(server:sendall('half a li', WITHIN))
    sleep(0.01)
    assert(coroutine.close(waiting))
    assert(server:sendall('ne\n', WITHIN))
    local line = assert(client:reader():line(WITHIN))
    assert(line == 'half a line', line)
  end)
  run()
end

function cases.hooked(method)
  require 'cases.tls_hooked'(method, function(sec)
    local both = tls_pair(sec)
    run()
    return both()
  end)
end

-- Each in a file of its own.
local FILES = {
  begun = {}, dropped = {}, lines = {}, rest = {}, turns = {},
  timeout = {sec = 0.05}, unread = {tcp = true},
}
for name, how in pairs(FILES) do
  cases[name] = function()
    local both = tls_pair(how.sec, how.tcp)
    spawn(function()
      await(both)
      require('cases.tls_' .. name)(both())
    end)
    run()
  end
end

-- The peer is gone: an error, and no SIGPIPE, by send and by close.
function cases.gone()
  local both = tls_pair()
  spawn(function()
    await(both)
    local server, client = both()
    server:close()
    local sent, err
    repeat sent, err = client:sendall('x', WITHIN) until not sent
    assert(err.type == errno.EPIPE or err.type == errno.ECONNRESET, err)
    assert(client:close())
  end)
  run()
end

-- A child that closes its copy ends nothing of its parent's, and takes nothing.
function cases.fork()
  local process = require 'process'
  local both = tls_pair()
  spawn(function()
    await(both)
    local server, client = both()
    local child = process.fork()
    if child == 0 then
      process.exit(client:close() and 0 or 1)
    end
    assert(process.wait(child) == 0)
    assert(client:sendall('still here\n', WITHIN))
    assert(server:reader():line(WITHIN) == 'still here')
    assert(server:sendall('and here\n', WITHIN))
    assert(client:reader():line(WITHIN) == 'and here')
    client:close()
    assert(server:reader():read(1, WITHIN) == nil)
  end)
  run()
end

print(cases[arg[2]](table.unpack(arg, 4)))
