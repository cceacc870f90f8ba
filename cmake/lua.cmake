# net/socket.so and the Lua files beside it, in <build>/lua as in an installation.
set(LUA_INCLUDE_DIR "" CACHE PATH "Where lua.h of Lua 5.4 or later is")
if(NOT LUA_INCLUDE_DIR)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_search_module(NSK_LUA_PC QUIET lua5.4 lua-5.4 lua54 lua5.5 lua-5.5 lua55 lua>=5.4)
  endif()
  find_path(NSK_LUA_H lua.h HINTS ${NSK_LUA_PC_INCLUDE_DIRS}
            PATH_SUFFIXES lua5.4 lua-5.4 lua54 lua5.5 lua-5.5 lua55)
  mark_as_advanced(NSK_LUA_H)
  set_property(CACHE LUA_INCLUDE_DIR PROPERTY VALUE "${NSK_LUA_H}")
endif()
if(NOT EXISTS ${LUA_INCLUDE_DIR}/lua.h)
  message(FATAL_ERROR "lua.h was not found: install Lua 5.4's headers or set LUA_INCLUDE_DIR")
endif()

file(STRINGS ${LUA_INCLUDE_DIR}/lua.h minor_line REGEX "define LUA_VERSION_MINOR(_N)?[ \t]+\"?[0-9]")
string(REGEX REPLACE ".*[ \t]\"?([0-9]+).*" "5.\\1" lua_version "${minor_line}")
if(lua_version VERSION_LESS 5.4)
  message(FATAL_ERROR "${LUA_INCLUDE_DIR} is of Lua ${lua_version}; 5.4 is the oldest that works")
endif()
message(STATUS "Lua ${lua_version}: ${LUA_INCLUDE_DIR}")

set(NSK_LUA_DIR share/lua/${lua_version} CACHE PATH "Where Lua files are installed")
set(NSK_LUA_CDIR lib/lua/${lua_version} CACHE PATH "Where Lua C modules are installed")

file(GLOB lua_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lua/*.c)
add_library(netsocket_lua MODULE ${lua_sources})
target_include_directories(netsocket_lua SYSTEM PRIVATE ${LUA_INCLUDE_DIR})
set_target_properties(netsocket_lua PROPERTIES
  PREFIX "" OUTPUT_NAME socket SUFFIX .so
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lua/net)
nsk_module(netsocket_lua)
nsk_mirror(lua/net ${PROJECT_BINARY_DIR}/lua/net lua)

install(TARGETS netsocket_lua LIBRARY DESTINATION ${NSK_LUA_CDIR}/net COMPONENT lua)
install(DIRECTORY lua/net/socket DESTINATION ${NSK_LUA_DIR}/net COMPONENT lua OPTIONAL
        FILES_MATCHING PATTERN *.lua)
# For lua-language-server, which is told of the folder; no module is in it.
install(DIRECTORY lua/types/ DESTINATION share/netsocket/types COMPONENT lua
        FILES_MATCHING PATTERN *.lua)
