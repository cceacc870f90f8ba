-- The sockets of a round: links between ends, each end one socket and its duplicates.
--
-- Only the `reader` of an end receives: what a duplicate keeps for its next receive is
-- not the other's, and the order of their bytes is not promised.
local socket = require 'net.socket'

local Packets = require 'packets'
local report = require 'report'
local Stream = require 'stream'

local world = {links = {}, listeners = {}, names = 0}

--- A descriptor is a socket's from now on.
function world.appears() end

local pid = io.open('/proc/self/stat'):read 'n'
local counted = 0

--- An abstract unix address of its own.
function world.address(dgram)
  counted = counted + 1
  local name = ('\0nsk-fuzz-%d-%d'):format(pid, counted)
  return assert((dgram and socket.addrinfo.new_unix_dgram
    or socket.addrinfo.new_unix_stream)(name))
end

--- Options of an opener and where it connects from, some of the time.
function world.options(kind)
  if math.random(2) == 1 then return end
  local made = {keepalive = math.random(2) == 1}
  if math.random(2) == 1 then made.sndbuf = 20000 end
  if kind == 'tcp' then
    made.tcpnodelay = math.random(2) == 1
    if math.random(3) == 1 then made.local_addr = socket.addrinfo.inet('127.0.0.2', 0) end
  end
  return made
end

local function named(prefix)
  world.names = world.names + 1
  return prefix .. world.names
end

function world.add_socket(e, s)
  local sock = {s = s, e = e, name = named(e.name .. '.'), closed = false, zombies = 0,
    waits = {r = 0, w = 0}}
  e.socks[#e.socks + 1] = sock
  world.appears(s:fd())
  e.reader = e.reader or sock
  return sock
end

local function new_end(link, name, inward, outward, s)
  local e = {link = link, name = name, inward = inward, outward = outward, socks = {}}
  link.ends[#link.ends + 1] = e
  world.add_socket(e, s)
  return e
end

--- A link of two connected sockets. `kind`: stream, tcp, seqpacket or dgram.
function world.join(kind, a, b)
  local link = {kind = kind, ends = {}, name = named(kind)}
  local bytes = kind == 'stream' or kind == 'tcp'
  local make = bytes and Stream.new or Packets.new
  local there = make(link.name .. '>', kind == 'seqpacket')
  local back = make(link.name .. '<', kind == 'seqpacket')
  there.lazy, back.lazy = kind == 'tcp', kind == 'tcp'
  there.bytes, back.bytes = bytes, bytes
  new_end(link, link.name .. 'a', back, there, a)
  new_end(link, link.name .. 'b', there, back, b)
  world.links[#world.links + 1] = link
  report.log('link %s', link.name)
  return link
end

--- One that is sent to by two: the first sender has a name, the other none.
local function join_mail()
  local link = {kind = 'mail', ends = {}, name = named 'mail'}
  local flow, to = Packets.new(link.name, false), world.address(true)
  local receiver = assert(socket.new_unix_dgram())
  assert(receiver:bind(to))
  new_end(link, link.name .. 'r', flow, nil, receiver)
  for i = 1, 2 do
    local s = assert(socket.new_unix_dgram())
    local e = new_end(link, link.name .. 's' .. i, nil, flow, s)
    e.to = to
    if i == 1 then
      local from = world.address(true)
      assert(s:bind(from))
      e.address = from:addr()
    end
  end
  world.links[#world.links + 1] = link
  report.log('link %s', link.name)
end

local function join_tcp()
  local l <close> = assert(socket.bind_inet_stream('127.0.0.1', 0))
  assert(l:listen())
  local port = l:getsockname():port()
  local a = assert(socket.connect_inet_stream('127.0.0.1', port, 5, world.options 'tcp'))
  local b = assert(l:acceptwait(5))
  return world.join('tcp', a, b)
end

function world.open(kind)
  if kind == 'mail' then return join_mail() end
  if kind == 'tcp' then return join_tcp() end
  local pair = assert(socket['pair_' .. kind]())
  if math.random(3) == 1 then pair[1]:sndbuf(math.random(2) == 1 and 1 or 20000) end
  if math.random(3) == 1 then pair[2]:sndbuf(1) end
  return world.join(kind, pair[1], pair[2])
end

local function remove(list, one)
  for i, other in ipairs(list) do
    if other == one then return table.remove(list, i) end
  end
end

-- Closing with unread bytes resets the connection; what was held had been read.
local function reset_by(inward)
  local unread = inward.bytes and inward.sent - inward.top or #(inward.queue or {})
  local most = inward.bytes and inward.claim - inward.top or unread
  if most == 0 then return 'no' end
  return unread > 0 and not inward.held and inward.running == 0 and 'yes' or 'maybe'
end

--- The last socket of an end is closed.
local function end_closed(e)
  local inward, outward = e.inward, e.outward
  e.closed = true
  if inward then inward.dead = true end
  if not outward or e.link.kind == 'mail' then return end
  local reset = e.link.kind == 'dgram' and 'no' or reset_by(inward)
  -- What TCP had not delivered yet is no unread byte: the close is a clean end, and the
  -- reset that follows is no receive's. A finalizer may know of the reset already. A
  -- receive that runs may have been given the end that was made before.
  local unsure = e.link.kind == 'tcp' or outward.ending
    or outward.ended and outward.running > 0
  if reset == 'yes' and unsure then reset = 'maybe' end
  outward.ended = true
  if reset ~= 'no' and outward.reset == 'no' and not outward.dead
    then outward.reset = reset end
  for _, other in ipairs(e.link.ends) do
    if not other.closed then return end
  end
  remove(world.links, e.link)
end

--- A duplicate receives from now on: what the reader held has gone with it, and what a
-- call had in hand, in which a collection has closed it.
local function hand_over(e, flow)
  if flow.reset == 'yes' or e.reader.told then flow.reset = 'maybe' end
  if not flow.held and flow.running == 0 then return end
  flow.slack = flow.bytes and flow.claim - flow.top or #flow.queue
  e.stale = e.stale or flow.slack > 0
end

--- The model's part of a close; the library's has been, or is on its way.
function world.closed(sock)
  if sock.closed then return end
  report.log('closed %s', sock.name)
  sock.closed = true
  local e = sock.e
  if not e then return end
  remove(e.socks, sock)
  if e.reader == sock then
    e.reader = e.socks[1]
    if e.reader and e.inward then hand_over(e, e.inward) end
  end
  if not e.reader then end_closed(e) end
end

--- All open sockets that are not being closed, in an order that a seed repeats.
function world.sockets(wanted)
  local found = {}
  for _, link in ipairs(world.links) do
    for _, e in ipairs(link.ends) do
      for _, sock in ipairs(e.socks) do
        local free = not sock.closing
        if free and (not wanted or wanted(sock, e, link))
          then found[#found + 1] = sock end
      end
    end
  end
  return found
end

function world.pick(list)
  return #list > 0 and list[math.random(#list)] or nil
end

function world.reset()
  world.links, world.listeners, world.names = {}, {}, 0
  world.lost = 0 -- descriptors received by number, the most that may be
end

return world
