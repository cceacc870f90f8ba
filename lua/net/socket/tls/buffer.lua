-- Bytes that were received and not read: pieces, the first of which is read up to `at`.
local class = {}
class.__index = class

local function new()
  return setmetatable({pieces = {}, at = 0, count = 0}, class)
end

function class:add(bytes)
  self.pieces[#self.pieces + 1] = bytes
  self.count = self.count + #bytes
end

--- All of it as one piece, and where in that it begins.
function class:joined()
  local pieces = self.pieces
  if #pieces > 1 then
    if self.at > 0 then pieces[1] = pieces[1]:sub(self.at + 1) end
    self.pieces, self.at = {table.concat(pieces)}, 0
  end
  return self.pieces[1] or '', self.at
end

function class:peek(n)
  local all, at = self:joined()
  return all:sub(at + 1, at + n)
end

function class:take(n)
  local bytes = self:peek(n)
  self.at = self.at + #bytes
  self.count = self.count - #bytes
  if self.count == 0 then self.pieces, self.at = {}, 0 end
  return bytes
end

--- A line of at most `most` bytes, taken without its newline; nil where there is none.
function class:line(most)
  local all, at = self:joined()
  local last = all:find('\n', at + 1, true)
  if not last or last - at > most then return nil end
  local line = all:sub(at + 1, last - 1)
  self.at = last
  self.count = self.count - (last - at)
  if self.count == 0 then self.pieces, self.at = {}, 0 end
  return line
end

--- How many bytes there are up to and with the mark, which is looked for after the first
--- `from`; nil where it is not there.
function class:find(mark, from)
  local all, at = self:joined()
  local _, last = all:find(mark, at + from + 1, true)
  return last and last - at
end

return {new = new}
