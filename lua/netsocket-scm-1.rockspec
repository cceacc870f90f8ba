-- Built from a checkout: luarocks make lua/netsocket-scm-1.rockspec
rockspec_format = "3.0"
package = "netsocket"
version = "scm-1"
source = {
   url = "git+file://.",
}
description = {
   summary = "The module net.socket: sockets for Lua on a C core",
   detailed = [[
      Stream, datagram and unix sockets, non-blocking from the start, with
      addresses as objects, one deadline over a whole connect, and errors that
      name the system call and the address.
   ]],
   license = "MIT",
   labels = { "network", "sockets" },
}
dependencies = {
   "lua >= 5.4",
}
supported_platforms = { "unix" }
build = {
   type = "cmake",
   variables = {
      CMAKE_BUILD_TYPE = "Release",
      CMAKE_INSTALL_PREFIX = "$(PREFIX)",
      LUA_INCLUDE_DIR = "$(LUA_INCDIR)",
      NSK_LIBRARY = "OFF",
      NSK_LUA = "ON",
      NSK_LUA_CDIR = "$(LIBDIR)",
      NSK_LUA_DIR = "$(LUADIR)",
      NSK_PYTHON = "OFF",
      NSK_TESTS = "OFF",
   },
}
