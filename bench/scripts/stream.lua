-- 64 KiB at a time through a blocking stream: send, receive, readv, sendfile, copy.
local socket = require "net.socket"

local CHUNK = 65536
local mode, fd, rounds, path = arg[1], tonumber(arg[2]), tonumber(arg[3]), arg[4]
local sock = assert(socket.wrap(fd, false))
sock:nonblock(false)
local work = {}

local function send_whole(data)
  local n = sock:send(data)
  while n < #data do
    data = data:sub(n + 1)
    n = sock:send(data)
  end
end

function work.send()
  local data = ("x"):rep(CHUNK)
  for _ = 1, rounds do
    send_whole(data)
  end
end

function work.receive()
  local left = rounds * CHUNK
  while left > 0 do
    left = left - #sock:recv(CHUNK)
  end
end

function work.into()
  local iov = socket.iovec.new()
  iov:addn(CHUNK)
  local left = rounds * CHUNK
  while left > 0 do
    left = left - sock:readv(iov)
  end
end

function work.sendfile()
  local file = assert(io.open(path, "rb"))
  local size = file:seek("end")
  for _ = 1, rounds * CHUNK // size do
    local done = 0
    while done < size do
      done = done + sock:sendfile(file, size - done, done)
    end
  end
end

function work.copy()
  local file = assert(io.open(path, "rb"))
  local size = file:seek("end")
  for _ = 1, rounds * CHUNK // size do
    file:seek("set")
    for data in file:lines(CHUNK) do
      send_whole(data)
    end
  end
end

local begin = os.clock()
work[mode]()
print(("%.9f"):format(os.clock() - begin))
