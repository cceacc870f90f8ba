-- luacheck: what a program sees with net.socket loaded is plain Lua 5.4.
std = "lua54"
max_line_length = 90
cache = false
exclude_files = { "build/**", "build.luarocks/**", ".venv/**" }
files["*.rockspec"] = { std = "+rockspec" }
-- Declarations for an editor: nothing in them runs.
files["lua/types"] = {
  unused = false,
  unused_args = false,
  self = false,
  max_line_length = false,
  ignore = { "431" }, -- a parameter has its row's name: poller.use(poller)
}
