-- Each operation between two marks: an open of a path that names it.
local socket = require "net.socket"
local addrinfo = require "net.socket.addrinfo"

local function mark(name)
  assert(not io.open("/nsk-mark/" .. name))
end

-- Once unseen, so that what is prepared at the first use is prepared.
local function watch(name, operation, ...)
  operation(...)
  mark(name)
  operation(...)
  mark("end")
end

local a, b = table.unpack(assert(socket.pair_stream()))

local function new()
  local s = assert(socket.new(socket.AF_INET, socket.SOCK_STREAM))
  mark("end")
  s:close()
end

local function pair()
  local two = assert(socket.pair_stream())
  mark("end")
  two[1]:close()
  two[2]:close()
end

local function send()
  assert(a:send("x") == 1)
end

local function recv()
  assert(b:recv(1) == "x")
end

local function accept_empty(listener)
  local _, _, again = listener:accept()
  assert(again)
end

local function round(listener, ai)
  local client = assert(socket.connect(ai))
  local server = assert(listener:accept())
  assert(client:close() and server:close())
end

local function listening(ai)
  local listener = assert(socket.bind(ai))
  assert(listener:listen())
  return listener, assert(listener:getsockname())
end

watch("new", new)
watch("pair", pair)
watch("send", send)
watch("recv", recv)
local tcp, tcp_ai = listening(assert(addrinfo.new_inet_stream("127.0.0.1", 0)))
watch("accept (empty)", accept_empty, tcp)
watch("connect, accept, 2 close: tcp", round, tcp, tcp_ai)
local unix, unix_ai = listening(assert(addrinfo.new_unix_stream(arg[1])))
watch("connect, accept, 2 close: unix", round, unix, unix_ai)
