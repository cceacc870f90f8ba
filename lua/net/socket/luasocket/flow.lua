-- try, protect, newtry; sink and source. They know objects by their methods alone.

-- What try raises, and protect takes for a failure and not for a mistake.
local failures = setmetatable({}, {__mode = 'k'})
local Failure = {
  __metatable = false,
  __tostring = function(self) return tostring(self[1]) end,
}

local function newtry(finalizer)
  return function(...)
    if (...) then return ... end
    if finalizer then finalizer() end
    local failure = setmetatable({(select(2, ...))}, Failure)
    failures[failure] = true
    error(failure, 0)
  end
end

local function outcome(ok, ...)
  if ok then return ... end
  local reason = ...
  if reason ~= nil and failures[reason] then return nil, reason[1] end
  error(reason, 0)
end

local function protect(f)
  return function(...) return outcome(pcall(f, ...)) end
end

-- A function that looks another up by its name, `default` where none is given.
local function choose(makers)
  return function(name, first, second)
    if type(name) ~= 'string' then name, first, second = 'default', name, first end
    local make = makers[name]
    if not make then error(('unknown key (%s)'):format(name), 2) end
    return make(first, second)
  end
end

-- A sink or a source can be selected like the socket behind it.
local function stand_for(sock, call)
  return setmetatable({
    getfd = function() return sock:getfd() end,
    dirty = function() return sock:dirty() end,
  }, {__call = call})
end

local sinks, sources = {}, {}

sinks['keep-open'] = function(sock)
  return stand_for(sock, function(_, chunk)
    if chunk then return sock:send(chunk) end
    return 1
  end)
end
sinks.default = sinks['keep-open']

sinks['close-when-done'] = function(sock)
  return stand_for(sock, function(_, chunk)
    if chunk then return sock:send(chunk) end
    sock:close()
    return 1
  end)
end

return function(socket)
  sources['by-length'] = function(sock, length)
    return stand_for(sock, function()
      if length <= 0 then return nil end
      local chunk, err = sock:receive(math.min(socket.BLOCKSIZE, length))
      if not chunk then return nil, err end
      length = length - #chunk
      return chunk
    end)
  end

  sources['until-closed'] = function(sock)
    local done
    return stand_for(sock, function()
      if done then return nil end
      local chunk, err, part = sock:receive(socket.BLOCKSIZE)
      if chunk then return chunk end
      if err ~= 'closed' then return nil, err end
      sock:close()
      done = true
      return part
    end)
  end
  sources.default = sources['until-closed']

  return {
    newtry = newtry,
    try = newtry(),
    protect = protect,
    choose = choose,
    sinkt = sinks,
    sink = choose(sinks),
    sourcet = sources,
    source = choose(sources),
  }
end
