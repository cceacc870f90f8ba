-- luacheck: what a program sees with net.socket loaded is plain Lua 5.4.
std = "lua54"
max_line_length = 90
cache = false
exclude_files = { "build/**", "build.luarocks/**", ".venv/**" }
files["*.rockspec"] = { std = "+rockspec" }
