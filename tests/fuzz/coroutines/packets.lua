-- The model of one direction that carries packets: which were sent, and which have come.
-- The names are those of stream.lua.
local report = require 'report'
local check, fail, quote = report.check, report.fail, report.quote

local Packets = {}
Packets.__index = Packets

function Packets.new(name, connected)
  return setmetatable({
    name = name, connected = connected, queue = {}, gaps = {}, count = 0,
    ended = false, ending = false, dead = false, reset = 'no', running = 0, held = false,
      slack = 0,
    writer = nil,
  }, Packets)
end

--- The bytes of a packet begin with its number, the last digit first.
function Packets:draw(length)
  self.count = self.count + 1
  local head = ('%06d'):format(self.count):reverse() .. ':'
  return head .. ('x'):rep(math.max(0, length - #head))
end

--- `from`: the sender's name, nil where it has none; `rights`: see stream.lua.
function Packets:add(bytes, from, rights)
  self.queue[#self.queue + 1] = {bytes = bytes, from = from, rights = rights}
end

--- `inside`: one receive runs inside another, and may be given a packet that the other
--- had received into less room.
local function matches(packet, bytes, size, inside)
  local whole = packet.bytes:sub(1, size)
  local cut = inside and bytes == whole:sub(1, #bytes)
  if bytes ~= whole and not cut then return false end
  packet.cut = #bytes < #whole
  return true
end

--- A packet has come into `size` bytes of room; answers it.
function Packets:came(bytes, by, size)
  local inside = self.running > 1 or self.mixed -- descriptors all come with the same byte
  local last = inside and #self.queue or math.min(1, #self.queue)
  for i, gap in ipairs(self.gaps) do
    if matches(gap, bytes, size, inside) then return table.remove(self.gaps, i) end
  end
  for i = 1, last do
    if matches(self.queue[i], bytes, size, inside) then
      table.move(self.queue, 1, i - 1, #self.gaps + 1, self.gaps)
      local packet = self.queue[i]
      self.queue = table.move(self.queue, i + 1, #self.queue, 1, {})
      return packet
    end
  end
  local due = self.queue[1]
  fail('%s: %s gave %s where %s is due', self.name, by, quote(bytes),
    due and quote(due.bytes) or 'nothing')
end

function Packets:may_reset()
  return self.reset ~= 'no' or self.ending
end

function Packets:left(raised)
  self.running = self.running - 1
  for _, gap in ipairs(self.running == 0 and self.gaps or {}) do
    gap.back = gap.back or raised
    check(gap.back, '%s: the packet %s is lost', self.name, quote(gap.bytes))
  end
end

function Packets:dry(by)
  local due = self.queue[1]
  if self.running > 1 then return end
  check(not due, '%s: %s finds nothing, but %s is due', self.name, by, due
    and quote(due.bytes))
  self.held = false
end

function Packets:over(by)
  check(self.connected and (self.ended or self.ending),
    '%s: %s finds an end that was not made', self.name, by)
  if self.running > 1 then return end -- the other may have been told of a reset
  check(self.reset ~= 'yes', '%s: %s reads the reset as an end', self.name, by)
  self:dry(by)
end

--- The packets that were drained are the last of those that are due.
function Packets:drained(list)
  while #self.gaps > 0 and #list > 0 do self:came(table.remove(list, 1), 'draining',
    70000) end
  local missing = #self.queue - #list
  check(missing >= 0 and missing <= self.slack, '%s: drained %d packets of %d (slack %d)',
    self.name, #list, #self.queue, self.slack)
  for i, bytes in ipairs(list) do
    check(bytes == self.queue[missing + i].bytes, '%s: drained %s where %s is due',
      self.name,
      quote(bytes), quote(self.queue[missing + i].bytes))
  end
  self.queue, self.slack, self.held = {}, 0, false
end

function Packets.unsure()
  return false
end

function Packets:readable()
  if self.connected and (self.ended or self.reset == 'yes') then return true end
  if self.held or self.running > 0 or self.reset == 'maybe' then return nil end
  return #self.queue > 0
end

return Packets
