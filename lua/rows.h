/* The rows of api.def as functions: declared, and in tables by their owners. */
#ifndef NSKL_ROWS_H
#define NSKL_ROWS_H

#include <lua.h>
#include <stdbool.h>

typedef struct {
  const char *name;
  const char *params; /* as in api.def */
  lua_CFunction call;
} nskl_row;

/* Functions find the state through an upvalue, methods through their object. */
typedef enum {
  NSKL_OF_MODULE,
  NSKL_OF_ADDRESS,
  NSKL_OF_POLLER,
  NSKL_OF_DEVICE,
  NSKL_OF_MSGHDR_MAKE,
  NSKL_OF_CMSGHDR_MAKE,
  NSKL_OF_CMSGHDRS_MAKE,
  NSKL_OF_IOVEC_MAKE,
  NSKL_METHODS,
  NSKL_OF_SOCKET = NSKL_METHODS,
  NSKL_OF_ADDRINFO,
  NSKL_OF_MSGHDR,
  NSKL_OF_CMSGHDR,
  NSKL_OF_CMSGHDRS,
  NSKL_OF_IOVEC,
  NSKL_OWNERS
} nskl_owner;

static inline bool nskl_has_self(nskl_owner owner) {
  return owner >= NSKL_METHODS;
}

/* The rows of each owner; the last has the name NULL. */
extern const nskl_row *const nskl_rows[NSKL_OWNERS];

/* Adds an owner's functions to the table on top of the stack. */
void nskl_register(lua_State *L, nskl_owner owner);

/* Hidden, so that a row without its function does not link. */
#pragma GCC visibility push(hidden)
#define MODULE(NAME, CALL, PARAMS, RESULT, SUMMARY) int nskl_module_##NAME(lua_State *L);
#define SOCKET(NAME, CALL, PARAMS, RESULT, SUMMARY) int nskl_socket_##NAME(lua_State *L);
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
#define DEVICE(NAME, CALL, PARAMS, RESULT, SUMMARY) int nskl_device_##NAME(lua_State *L);
#define LUA_POLLER(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  int nskl_poller_##NAME(lua_State *L);
#include "api.def"
#pragma GCC visibility pop

#endif
