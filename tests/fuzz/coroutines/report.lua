-- What a round has done, and the end of the program when it shows a fault.
local report = {seed = 0}

local KEPT = 60 -- lines before the failure
local lines = {}
local verbose = os.getenv 'NSK_FUZZ_VERBOSE'

function report.begin(seed)
  report.seed, lines = seed, {}
  io.stdout:write('seed ', seed, '\n')
  io.stdout:flush() -- a crash shows whose it is
end

function report.log(...)
  local line = string.format(...)
  if verbose then io.stderr:write(line, '\n') end
  lines[#lines + 1] = line
  if #lines > 2 * KEPT then table.move(lines, #lines - KEPT + 1, 2 * #lines - KEPT, 1) end
  while #lines > 2 * KEPT do lines[#lines] = nil end
end

--- No pcall of the library or of a round may swallow it.
function report.fail(...)
  local words = string.format(...)
  if not verbose then
    io.stderr:write(table.concat(lines, '\n', math.max(1, #lines - KEPT)), '\n')
  end
  io.stderr:write(debug.traceback('seed ' .. report.seed .. ': ' .. words, 2), '\n')
  os.exit(1)
end

function report.check(good, ...)
  if not good then report.fail(...) end
end

--- Bytes as they can be read in a line.
function report.quote(bytes)
  if #bytes > 40 then bytes = bytes:sub(1, 25) .. '...' .. bytes:sub(-12) end
  return '"' .. bytes:gsub('\n', '\\n'):gsub('%c', '?') .. '"'
end

return report
