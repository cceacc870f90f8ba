-- Lines, blocks and marks out of a unix stream, by one library: the processor's time.
local library, work, path, size, count = table.unpack(arg)
size, count = tonumber(size), tonumber(count)

-- Each gives a function that reads one item; false: the library has none.
local open = {}

function open.netsocket()
  local socket = require "net.socket"
  local rd = assert(socket.connect_unix_stream(path)):reader()
  local read = {}
  function read.line()
    return rd:line()
  end
  function read.block()
    return rd:readexactly(size)
  end
  function read.mark()
    return rd:readuntil "--"
  end
  return read
end

function open.luasocket()
  local sock = require "socket.unix".stream()
  assert(sock:connect(path))
  local read = {}
  function read.line()
    return sock:receive "*l"
  end
  function read.block()
    return sock:receive(size)
  end
  return read
end

function open.cqueues()
  local sock = assert(require "cqueues.socket".connect { path = path })
  sock:setmode("b", "b")
  local read = {}
  function read.line()
    return sock:read "*l"
  end
  function read.block()
    return sock:read(size)
  end
  return read
end

local lengths = { line = size - 1, block = size, mark = size }
local read = open[library]()[work]
local begin = os.clock()
for _ = 1, count do
  assert(#read() == lengths[work])
end
print(("%.9f"):format(os.clock() - begin))
