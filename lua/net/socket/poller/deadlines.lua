-- Deadlines of those who wait, the earliest first: a heap that knows where each one is.
--
-- A wait that begins later with a later deadline moves nothing: `armed` is when an entry
-- is looked at, which may be before its `limit`.
local deadlines = {}

local function put(heap, i, entry)
  heap[i], entry.place = entry, i
end

local function rise(heap, i, entry)
  while i > 1 do
    local above = i // 2
    if heap[above].armed <= entry.armed then break end
    put(heap, i, heap[above])
    i = above
  end
  put(heap, i, entry)
end

local function sink(heap, i, entry)
  local n = #heap
  while 2 * i <= n do
    local below = 2 * i
    if below < n and heap[below + 1].armed < heap[below].armed then below = below + 1 end
    if entry.armed <= heap[below].armed then break end
    put(heap, i, heap[below])
    i = below
  end
  put(heap, i, entry)
end

--- Has the entry looked at by its limit.
function deadlines.arm(heap, entry)
  local place = entry.place
  if place and entry.armed <= entry.limit then return end
  entry.armed = entry.limit
  rise(heap, place or #heap + 1, entry)
end

--- Takes an entry out, if it is in.
function deadlines.remove(heap, entry)
  local place, last = entry.place, heap[#heap]
  if not place then return end
  heap[#heap], entry.place = nil, nil
  if last == entry then return end
  rise(heap, place, last)
  sink(heap, last.place, last)
end

--- The earliest point of time at which one has to be looked at.
function deadlines.first(heap)
  return heap[1] and heap[1].armed or math.huge
end

--- The next entry whose limit has passed, taken out. One without a limit is done.
function deadlines.next_late(heap, time)
  while heap[1] and heap[1].armed <= time do
    local entry = heap[1]
    local limit = entry.limit
    if not limit or limit <= time then
      deadlines.remove(heap, entry)
      if limit then return entry end
    else
      entry.armed = limit
      sink(heap, 1, entry)
    end
  end
end

return deadlines
