-- The model of one direction of a stream: which bytes were sent, and which have come.
--
-- The text is random, so that a few bytes tell their position. `top` is how many have
-- come. A finalizer may receive inside another receive, and its results are seen first:
-- what comes while several run is kept in `pieces`, and placed when all of them have
-- ended. `sent` bytes are known to be sent; up to `claim` may have been, by a send that
-- was killed or still runs.
local report = require 'report'
local check, fail, quote = report.check, report.fail, report.quote

local Stream = {}
Stream.__index = Stream

function Stream.new(name)
  return setmetatable({
    name = name, text = '', top = 0, pieces = {}, sent = 0, claim = 0,
    ended = false, -- no byte will follow
    ending = false, -- so it may be: the collector closes the sender
    dead = false, -- no socket receives any more
    reset = 'no', -- yes, maybe: ECONNRESET must, or may, come before the end
    running = 0, -- receives on the stack
    held = false, -- the socket, or a call that has not ended, may have taken some
    slack = 0, -- how many may be lost, by no fault of the library
    cut = false, -- a reset of TCP, which drops what is under way
    writer = nil, -- the call that sends
    rights = {}, -- the names of the sockets whose descriptors are under way
  }, Stream)
end

--- Bytes for the next send; `settle` says how many went.
function Stream.draw(_, length)
  local bytes = {}
  for i = 1, length do
    local byte = math.random(97, 134)
    bytes[i] = string.char(byte <= 122 and byte or byte <= 125 and 10 or byte - 61)
  end
  return table.concat(bytes)
end

function Stream:claimed(bytes)
  self.text = self.text:sub(1, self.sent) .. bytes
  self.claim = #self.text
end

function Stream:settle(count)
  self.sent = self.sent + count
  self.text = self.text:sub(1, self.sent)
  self.claim = self.sent
  check(self.top <= self.sent, '%s: %d bytes came of %d sent', self.name, self.top,
    self.sent)
end

--- A send that cannot be asked any more: what comes tells how much went.
function Stream:unsure()
  return self.claim > self.sent
end

local function where(self, bytes)
  local found = self.text:find(bytes:sub(1, 12), 1, true)
  return found and ('position %d'):format(found - 1) or 'nowhere'
end

--- Places the pieces one behind the other from `top` on; false where that cannot be.
local function place(self, pieces, top)
  if #pieces == 0 then
    self.top = top
    return true
  end
  for i, piece in ipairs(pieces) do
    if self.text:sub(top + 1, top + #piece) == piece then
      local others = table.move(pieces, 1, #pieces, 1, {})
      table.remove(others, i)
      if place(self, others, top + #piece) then return true end
    end
  end
  return false
end

local function placed(self)
  if not place(self, self.pieces, self.top) then return false end
  self.pieces = {}
  check(self.top <= self.claim, '%s: more came than was sent', self.name)
  self.sent = math.max(self.sent, self.top)
  return true
end

--- Bytes have come.
function Stream:came(bytes, by)
  self.pieces[#self.pieces + 1] = bytes
  if self.running > 1 or #self.pieces > 1 or placed(self) then return end
  fail('%s: %s gave %d bytes %s of %s where %s of position %d is due (%d sent)',
    self.name, by, #bytes, quote(bytes), where(self, bytes),
    quote(self.text:sub(self.top + 1, self.top + 40)), self.top, self.sent)
end

--- Whether a receive may fail with a reset.
function Stream:may_reset()
  return self.reset ~= 'no' or self.ending
end

--- A receive has ended. One that raised has given its bytes back, and they come later.
function Stream:left(raised)
  self.running = self.running - 1
  self.back = raised or self.back
  if self.running > 0 then return end
  if placed(self) then
    self.back = false
  elseif not self.back then
    fail('%s: %d receives at a time gave what is not due at %d: %s', self.name,
      #self.pieces, self.top, quote(self.text:sub(self.top + 1, self.top + 40)))
  end
end

--- A receive that found nothing: all that was sent has come.
function Stream:dry(by, lazy)
  if self.running > 1 or #self.pieces > 0 or self.cut or lazy then return end
  check(self.top >= self.sent, '%s: %s finds nothing, but %d bytes are due: %s',
    self.name,
    by, self.sent - self.top, quote(self.text:sub(self.top + 1, self.sent)))
  if not self.writer then self:settle(0) end
  self.held = false
end

function Stream:over(by)
  check(self.ended or self.ending, '%s: %s finds an end that was not made', self.name, by)
  if self.running > 1 then return end -- the other may have been told of a reset
  check(self.reset ~= 'yes', '%s: %s reads the reset as an end', self.name, by)
  self.cut = self.cut or self.lazy and self.reset ~= 'no'
  self:dry(by)
end

--- How long what TCP may still deliver is waited for, when `length` bytes have come since
--- `top`; nil: no more is due. What was sent is certain to come. What a send that was
--- killed may have sent comes when the sender asks again whether there is room.
function Stream:late(length)
  local came = self.top + length
  return came < self.sent and 5 or came < self.claim and not self.writer and 0.5 or nil
end

--- The bytes that were drained are the last that were sent; up to `slack` before them may
--- be missing. While their sender goes on, none at all tell nothing.
function Stream:drained(list)
  if #list == 0 and self.slack > 0 and self.writer then return end
  local bytes = table.concat(list)
  if #self.pieces > 0 then -- of receives that raised
    table.move(list, 1, #list, #self.pieces + 1, self.pieces)
    check(placed(self), '%s: what was given back has not come', self.name)
    bytes = ''
  end
  local due = self.text:sub(self.top + 1)
  for from = 0, self.slack do
    local to = self.top + from + #bytes
    local whole = to >= self.sent or self.cut
    if whole and to <= self.claim and due:sub(from + 1, from + #bytes) == bytes then
      self.top, self.slack, self.held = to, 0, false
      self.sent = to
      return self.writer or self:settle(0)
    end
  end
  fail('%s: drained %d bytes %s of %s; due are %d to %d, with %d missing at most: %s',
    self.name, #bytes, quote(bytes), where(self, bytes), self.sent - self.top,
    self.claim - self.top, self.slack, quote(due))
end

--- true, false, or nil where the model cannot tell.
function Stream:readable()
  if self.ended or self.reset == 'yes' then return true end
  if self.held or self.running > 0 or self:unsure() or #self.pieces > 0
    or self.reset == 'maybe' then return nil end
  return self.top < self.sent
end

return Stream
