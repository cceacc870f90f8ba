/* The rows of api.def as functions. */
#ifndef NSKL_ROWS_H
#define NSKL_ROWS_H

#include <lua.h>

/* Hidden, so that a row without its function does not link. */
#pragma GCC visibility push(hidden)
#define MODULE(NAME, ...) int nskl_module_##NAME(lua_State *L);
#define LUA_MODULE MODULE
#define SOCKET(NAME, ...) int nskl_socket_##NAME(lua_State *L);
#define LUA_SOCKET SOCKET
#define ADDRESS(NAME, ...) int nskl_address_##NAME(lua_State *L);
#define ADDRINFO(NAME, ...) int nskl_addrinfo_##NAME(lua_State *L);
#define MSGHDR_MAKE(NAME, ...) int nskl_msghdr_make_##NAME(lua_State *L);
#define CMSGHDR_MAKE(NAME, ...) int nskl_cmsghdr_make_##NAME(lua_State *L);
#define CMSGHDRS_MAKE(NAME, ...) int nskl_cmsghdrs_make_##NAME(lua_State *L);
#define IOVEC_MAKE(NAME, ...) int nskl_iovec_make_##NAME(lua_State *L);
#define MSGHDR(NAME, ...) int nskl_msghdr_##NAME(lua_State *L);
#define CMSGHDR(NAME, ...) int nskl_cmsghdr_##NAME(lua_State *L);
#define CMSGHDRS(NAME, ...) int nskl_cmsghdrs_##NAME(lua_State *L);
#define IOVEC(NAME, ...) int nskl_iovec_##NAME(lua_State *L);
#define READER(NAME, ...) int nskl_reader_##NAME(lua_State *L);
#define DEADLINE(NAME, ...) int nskl_deadline_##NAME(lua_State *L);
#define DEVICE(NAME, ...) int nskl_device_##NAME(lua_State *L);
#define LUA_POLLSET(NAME, ...) int nskl_pollset_##NAME(lua_State *L);
#define LUA_POLLER(NAME, ...) int nskl_poller_##NAME(lua_State *L);
#include "api.def"
#pragma GCC visibility pop

#endif
