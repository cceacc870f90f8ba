/* Options by their numbers, the mark of out-of-band data, and the send queue. */
#include <string.h>

#include "argcheck.h"
#include "args.h"
#include "error.h"

/* Some systems keep what others have as an int in a byte. */
static int get_integer(lua_State *L, nskl_socket *self, int64_t level, int64_t name) {
  nskl_state *st = self->head.state;
  union {
    int integer;
    unsigned char byte;
  } value = {0};
  size_t length = sizeof value;
  if (nsk_socket_getsockopt(&self->socket, level, name, &value, &length,
                            nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  lua_pushinteger(L, length == 1 ? value.byte : value.integer);
  return 1;
}

/* What the kernel does not write is never the memory's old content. */
static int get_bytes(lua_State *L, nskl_socket *self, int64_t level, int64_t name,
                     int64_t size) {
  nskl_state *st = self->head.state;
  size_t length;
  if (nsk_option_size(size, &length, nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  char *value = memset(lua_newuserdatauv(L, length, 0), 0, length);
  if (nsk_socket_getsockopt(&self->socket, level, name, value, &length,
                            nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  lua_pushlstring(L, value, length);
  return 1;
}

int nskl_socket_getsockopt(lua_State *L) {
  int bad = 0;
  nskl_socket *self = nskl_self(L);
  int64_t level = nskl_integer(L, 2, &bad);
  int64_t name = nskl_integer(L, 3, &bad);
  int64_t size = nskl_integer_or(L, 4, 0, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, self->head.state, bad));
  if (lua_isnoneornil(L, 4)) return get_integer(L, self, level, name);
  return get_bytes(L, self, level, name, size);
}

int nskl_socket_setsockopt(lua_State *L) {
  int bad = 0, number = 0;
  size_t length = sizeof number;
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  int64_t level = nskl_integer(L, 2, &bad);
  int64_t name = nskl_integer(L, 3, &bad);
  const void *value = &number;
  if (lua_type(L, 4) == LUA_TNUMBER) {
    int64_t asked = nskl_integer(L, 4, &bad);
    number = (int)asked;
    if (bad == 0 && asked != number) bad = 4;
  } else if (lua_type(L, 4) == LUA_TSTRING) {
    value = lua_tolstring(L, 4, &length);
  } else {
    nskl_bad_type(L, 4, "integer or string");
  }
  if (bad) return nskl_fail_false(L, nskl_blame(L, st, bad));
  return nskl_truth(L, st,
                    nsk_socket_setsockopt(&self->socket, level, name, value, length,
                                          nskl_spare(L, st)));
}

int nskl_socket_atmark(lua_State *L) {
  bool at;
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  if (nsk_socket_atmark(&self->socket, &at, nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  lua_pushboolean(L, at);
  return 1;
}

int nskl_socket_sendqueue(lua_State *L) {
  int64_t bytes;
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  if (nsk_socket_sendqueue(&self->socket, &bytes, nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  lua_pushinteger(L, bytes);
  return 1;
}
