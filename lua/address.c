/* Address objects, and the functions that make them. */
#include "objects.h"

#include <string.h>

#include "args.h"
#include "error.h"
#include "state.h"

/* ----------------------------------------------------------- the objects -- */

nskl_addrinfo *nskl_new_addrinfo(lua_State *L, nskl_state *st) {
  if (!st->spare_addrinfo)
    return nskl_userdata(L, st, NSKL_ADDRINFO, sizeof(nskl_addrinfo), 0);
  st->spare_addrinfo = false;
  nskl_slot_take(L, st, NSKL_SPARE_ADDRINFO);
  return lua_touserdata(L, -1);
}

void nskl_spare_addrinfo(lua_State *L, nskl_state *st, int index) {
  lua_pushvalue(L, index);
  nskl_slot_set(L, st, NSKL_SPARE_ADDRINFO);
  st->spare_addrinfo = true;
}

int nskl_addrinfo_family(lua_State *L) {
  lua_pushinteger(L, nsk_addr_family(&nskl_self_addrinfo(L)->info.addr));
  return 1;
}

int nskl_addrinfo_socktype(lua_State *L) {
  lua_pushinteger(L, nskl_self_addrinfo(L)->info.socktype);
  return 1;
}

int nskl_addrinfo_protocol(lua_State *L) {
  lua_pushinteger(L, nskl_self_addrinfo(L)->info.protocol);
  return 1;
}

int nskl_addrinfo_addr(lua_State *L) {
  char host[NSK_ADDR_TEXT_MAX];
  size_t length;
  bool abstract;
  if (nsk_addr_host(&nskl_self_addrinfo(L)->info.addr, host, &length, &abstract))
    lua_pushlstring(L, host, length);
  else
    lua_pushnil(L);
  return 1;
}

int nskl_addrinfo_port(lua_State *L) {
  int64_t port = nsk_addr_port(&nskl_self_addrinfo(L)->info.addr);
  if (port >= 0)
    lua_pushinteger(L, port);
  else
    lua_pushnil(L);
  return 1;
}

int nskl_addrinfo_canonname(lua_State *L) {
  nskl_addrinfo *self = nskl_self_addrinfo(L);
  if (self->canonical_length > 0)
    lua_pushlstring(L, self->canonical, self->canonical_length);
  else
    lua_pushnil(L);
  return 1;
}

static int addrinfo_tostring(lua_State *L) {
  char text[NSK_ADDR_TEXT_MAX];
  size_t length = nsk_addr_text(&nskl_self_addrinfo(L)->info.addr, text);
  lua_pushlstring(L, text, length);
  return 1;
}

static int addrinfo_equal(lua_State *L) {
  nskl_addrinfo *a = nskl_test(L, 1, NSKL_ADDRINFO, sizeof *a);
  nskl_addrinfo *b = nskl_test(L, 2, NSKL_ADDRINFO, sizeof *b);
  lua_pushboolean(L, a && b && nsk_addr_equal(&a->info.addr, &b->info.addr));
  return 1;
}

void nskl_open_address(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"__tostring", addrinfo_tostring}, {"__eq", addrinfo_equal}, {NULL, NULL}};
  nskl_metatable(L, NSKL_ADDRINFO, methods);
}

/* ---------------------------------------------------- from numeric text -- */

typedef struct {
  int socktype;
  int protocol;
  bool passive;
} kind_of_use;

typedef nsk_outcome parser(nsk_addr *addr, const nsk_endpoint *at, bool passive,
                           const char *op, nsk_error *error);

static int make_numeric(lua_State *L, parser *parse, const char *op,
                        const nsk_endpoint *at, kind_of_use use, int bad) {
  nskl_state *st = nskl_upvalue(L);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  nskl_addrinfo *ai = nskl_new_addrinfo(L, st);
  ai->info.socktype = use.socktype;
  ai->info.protocol = use.protocol;
  if (parse(&ai->info.addr, at, use.passive, op, nskl_spare(L, st)) == NSK_DONE) return 1;
  return nskl_fail(L, st);
}

/* (addr, port, socktype, protocol, flag...) */
static int numeric_with_flags(lua_State *L, parser *parse, const char *op) {
  nsk_endpoint at;
  kind_of_use use;
  int bad = 0;
  nskl_numeric_endpoint(L, 1, false, &at);
  use.socktype = nskl_int_or(L, 3, 0, &bad);
  use.protocol = nskl_int_or(L, 4, 0, &bad);
  use.passive = (nskl_flags(L, 5, &bad) & nsk_passive) != 0;
  return make_numeric(L, parse, op, &at, use, bad);
}

/* (addr, port, socktype, protocol, passive) */
static int numeric_of_any(lua_State *L, parser *parse, const char *op) {
  nsk_endpoint at;
  kind_of_use use;
  int bad = 0;
  nskl_numeric_endpoint(L, 1, true, &at);
  use.socktype = nskl_int(L, 3, &bad);
  use.protocol = nskl_int(L, 4, &bad);
  use.passive = nskl_boolean(L, 5, false);
  return make_numeric(L, parse, op, &at, use, bad);
}

/* (addr, port, passive) */
static int numeric_of(lua_State *L, parser *parse, const char *op, int socktype,
                      int protocol) {
  nsk_endpoint at;
  nskl_numeric_endpoint(L, 1, false, &at);
  kind_of_use use = {socktype, protocol, nskl_boolean(L, 3, false)};
  return make_numeric(L, parse, op, &at, use, 0);
}

int nskl_address_inet(lua_State *L) {
  return numeric_with_flags(L, nsk_addr_inet, "inet");
}

int nskl_address_inet6(lua_State *L) {
  return numeric_with_flags(L, nsk_addr_inet6, "inet6");
}

#define NEW_ANY(NAME, FAMILY)                           \
  int nskl_address_##NAME(lua_State *L) {               \
    return numeric_of_any(L, nsk_addr_##FAMILY, #NAME); \
  }
#define NEW(NAME, FAMILY, TYPE, PROTOCOL)                                       \
  int nskl_address_##NAME(lua_State *L) {                                       \
    return numeric_of(L, nsk_addr_##FAMILY, #NAME, nsk_##TYPE, nsk_##PROTOCOL); \
  }
#include "opener.def"

/* ------------------------------------------------------- from a unix path -- */

static int make_unix(lua_State *L, const char *op, int socktype, int protocol, int bad) {
  size_t length;
  nskl_state *st = nskl_upvalue(L);
  const char *path = nskl_bytes(L, 1, &length);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  nskl_addrinfo *ai = nskl_new_addrinfo(L, st);
  ai->info.socktype = socktype;
  ai->info.protocol = protocol;
  if (nsk_addr_unix(&ai->info.addr, path, length, op, nskl_spare(L, st)) == NSK_DONE)
    return 1;
  return nskl_fail(L, st);
}

static int unix_of(lua_State *L, const char *op, int socktype) {
  size_t length;
  nskl_bytes(L, 1, &length);
  nskl_boolean(L, 2, false); /* passive: there is no wildcard path */
  return make_unix(L, op, socktype, 0, 0);
}

int nskl_address_unix(lua_State *L) {
  size_t length;
  int bad = 0;
  nskl_bytes(L, 1, &length);
  int socktype = nskl_int_or(L, 2, 0, &bad);
  int protocol = nskl_int_or(L, 3, 0, &bad);
  nskl_flags(L, 4, &bad);
  return make_unix(L, "unix", socktype, protocol, bad);
}

int nskl_address_new_unix(lua_State *L) {
  size_t length;
  int bad = 0;
  nskl_bytes(L, 1, &length);
  int socktype = nskl_int(L, 2, &bad);
  int protocol = nskl_int(L, 3, &bad);
  nskl_boolean(L, 4, false);
  return make_unix(L, "new_unix", socktype, protocol, bad);
}

#define NEW_UNIX(NAME, TYPE)              \
  int nskl_address_##NAME(lua_State *L) { \
    return unix_of(L, #NAME, nsk_##TYPE); \
  }
#include "opener.def"
