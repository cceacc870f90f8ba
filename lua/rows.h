/* The rows of api.def as functions. */
#ifndef NSKL_ROWS_H
#define NSKL_ROWS_H

#include <lua.h>

/* Hidden, so that a row without its function does not link. */
#pragma GCC visibility push(hidden)
#define MODULE(NAME, CALL, PARAMS, RESULT, SUMMARY) int nskl_module_##NAME(lua_State *L);
#define SOCKET(NAME, CALL, PARAMS, RESULT, SUMMARY) int nskl_socket_##NAME(lua_State *L);
#define LUA_SOCKET SOCKET
#define ADDRESS(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  int nskl_address_##NAME(lua_State *L);
#define ADDRINFO(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  int nskl_addrinfo_##NAME(lua_State *L);
#define MSGHDR_MAKE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  int nskl_msghdr_make_##NAME(lua_State *L);
#define CMSGHDR_MAKE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  int nskl_cmsghdr_make_##NAME(lua_State *L);
#define CMSGHDRS_MAKE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  int nskl_cmsghdrs_make_##NAME(lua_State *L);
#define IOVEC_MAKE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  int nskl_iovec_make_##NAME(lua_State *L);
#define MSGHDR(NAME, CALL, PARAMS, RESULT, SUMMARY) int nskl_msghdr_##NAME(lua_State *L);
#define CMSGHDR(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  int nskl_cmsghdr_##NAME(lua_State *L);
#define CMSGHDRS(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  int nskl_cmsghdrs_##NAME(lua_State *L);
#define IOVEC(NAME, CALL, PARAMS, RESULT, SUMMARY) int nskl_iovec_##NAME(lua_State *L);
#define READER(NAME, CALL, PARAMS, RESULT, SUMMARY) int nskl_reader_##NAME(lua_State *L);
#define DEADLINE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  int nskl_deadline_##NAME(lua_State *L);
#define DEVICE(NAME, CALL, PARAMS, RESULT, SUMMARY) int nskl_device_##NAME(lua_State *L);
#define LUA_POLLSET(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  int nskl_pollset_##NAME(lua_State *L);
#define LUA_POLLER(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  int nskl_poller_##NAME(lua_State *L);
#include "api.def"
#pragma GCC visibility pop

#endif
