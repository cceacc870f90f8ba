-- require 'run_on' (NAME): what a program needs of a scheduler, the same for each.
--
-- spawn(call) starts a coroutine, run() goes on until all have ended, and on_term(call)
-- calls once, in a coroutine, when SIGTERM comes. Plain Lua knows no signals: Copas and
-- select_poller.lua have those of cqueues; without it SIGTERM ends the program at once.
local socket = require 'net.socket'

local schedulers = {}

local function on_term_with(spawn)
  return function(call)
    local found, signal = pcall(require, 'cqueues.signal')
    if not found then return end
    signal.block(signal.SIGTERM)
    local term = signal.listen(signal.SIGTERM)
    spawn(function()
      assert(socket.select({term:pollfd()}))
      call()
    end)
  end
end

function schedulers.cqueues()
  local all = require 'cqueues'.new()
  require 'net.socket.poller.cqueues'
  local function spawn(call) all:wrap(call) end
  local function run() assert(all:loop()) end
  return {spawn = spawn, run = run, on_term = on_term_with(spawn)}
end

function schedulers.luv()
  local uv = require 'luv'
  require 'net.socket.poller.luv'
  local function spawn(call) coroutine.wrap(call)() end
  local function on_term(call)
    local term = uv.new_signal()
    term:start('sigterm', function()
      term:close()
      spawn(call)
    end)
  end
  return {spawn = spawn, run = uv.run, on_term = on_term}
end

-- Its own loop never ends.
function schedulers.copas()
  local copas = require 'copas'
  require 'net.socket.poller.copas'
  local running = 0
  local function spawn(call)
    running = running + 1
    copas.addthread(function()
      local _ <close> = setmetatable({}, {__close = function() running = running - 1 end})
      call()
    end)
  end
  local function run()
    while running > 0 do copas.step() end
  end
  return {spawn = spawn, run = run, on_term = on_term_with(spawn)}
end

function schedulers.select()
  local scheduler = require 'select_poller'
  local on_term = on_term_with(scheduler.spawn)
  return {spawn = scheduler.spawn, run = scheduler.run, on_term = on_term}
end

return function(name) return assert(schedulers[name], 'an unknown scheduler')() end
