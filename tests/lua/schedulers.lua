-- schedulers.lua: what a test needs of a scheduler, the same for each. The first argument
-- of the program names it.
--
-- spawn(call) starts a coroutine; sleep(sec) waits in one; run() until all have ended.
local schedulers = {}

-- No scheduler: a coroutine runs to its end where it is spawned, and waits by poll(2).
function schedulers.poll()
  local socket = require 'net.socket'
  local function sleep(sec) assert(socket.select({}, {}, sec)) end
  return {spawn = function(call) call() end, sleep = sleep, run = function() end}
end

function schedulers.select()
  return require 'select_poller'
end

function schedulers.cqueues()
  local cqueues = require 'cqueues'
  require 'net.socket.poller.cqueues'
  local queue = cqueues.new()
  return {
    spawn = function(call) queue:wrap(call) end,
    sleep = cqueues.sleep,
    run = function() assert(queue:loop()) end,
  }
end

function schedulers.luv()
  local uv = require 'luv'
  require 'net.socket.poller.luv'
  local function later(sec, call)
    local timer = uv.new_timer()
    uv.update_time()
    timer:start(math.ceil(sec * 1000), 0, function()
      timer:close()
      call()
    end)
  end
  local function resume(thread)
    local ok, err = coroutine.resume(thread)
    if not ok then error(debug.traceback(thread, err), 0) end
  end
  return {
    spawn = function(call)
      local thread = coroutine.create(call)
      later(0, function() resume(thread) end)
    end,
    sleep = function(sec)
      local thread = coroutine.running()
      later(sec, function() resume(thread) end)
      coroutine.yield()
    end,
    run = function() uv.run() end,
  }
end

-- This Copas sleeps nowhere but in a socket, and its loop never ends.
function schedulers.copas()
  local copas = require 'copas'
  local socket = require 'net.socket'
  require 'net.socket.poller.copas'
  local alive, failed = 0, nil
  local function spawn(call)
    alive = alive + 1
    copas.addthread(function()
      local _ <close> = setmetatable({}, {__close = function() alive = alive - 1 end})
      local ok, err = xpcall(call, debug.traceback)
      if not ok then failed = err end
    end)
  end
  local quiet = {}
  local function sleep(sec)
    local pair = table.remove(quiet) or assert(socket.pair_stream())
    assert(not pair[1]:recvable(math.max(sec, 1e-6)))
    quiet[#quiet + 1] = pair
  end
  return {
    spawn = spawn,
    sleep = sleep,
    run = function()
      while alive > 0 and not failed do copas.step() end
      if failed then error(failed, 0) end
    end,
  }
end

return schedulers[arg[1]]()
