/* Bound sockets, bind and listen. */
#include "args.h"
#include "error.h"
#include "fd_registry.h"
#include "objects.h"

/* sock, nil, ai, or sock alone. */
static int bind_new(lua_State *L, const nsk_target *target, const nsk_bind_how *how,
                    bool with_ai) {
  nskl_state *st = nskl_upvalue(L);
  lua_settop(L, 4);
  nskl_socket *made = nskl_new_socket(L, st);
  lua_pushnil(L);
  nskl_addrinfo *ai = nskl_new_addrinfo(L, st);
  nsk_outcome outcome;
  do
    outcome = nsk_bind(target, how, &made->socket, &ai->info, nskl_spare(L, st));
  while (nskl_reclaim(L, st, outcome));
  if (outcome != NSK_DONE) {
    nskl_spare_socket(L, st, 5);
    nskl_spare_addrinfo(L, st, 7);
    return nskl_fail(L, st);
  }
  nskl_own(st, made->socket.fd);
  if (with_ai) return 3;
  nskl_spare_addrinfo(L, st, 7);
  lua_settop(L, 5);
  return 1;
}

int nskl_module_bind(lua_State *L) {
  nsk_extras extras;
  nskl_state *st = nskl_upvalue(L);
  if (!nskl_take_extras(L, st, false, &extras)) return nskl_fail(L, st);
  nsk_target target = {.address = nskl_addrinfo_at(L, 1), .extras = &extras};
  nsk_bind_how how = {.reuseaddr = nskl_boolean(L, 2, false),
                      .reuseport = nskl_boolean(L, 3, false),
                      .v6only = -1};
  return bind_new(L, &target, &how, false);
}

/* (host, port, reuseaddr, reuseport) */
static int bind_inet(lua_State *L, int family, int socktype, int protocol, int v6only) {
  nsk_extras extras;
  nskl_state *st = nskl_upvalue(L);
  if (!nskl_take_extras(L, st, false, &extras)) return nskl_fail(L, st);
  nsk_target target = {.query = {.family = family,
                                 .socktype = socktype,
                                 .protocol = protocol,
                                 .flags = nsk_passive},
                       .extras = &extras};
  nskl_endpoint(L, 1, true, &target.query.endpoint);
  nsk_bind_how how = {.reuseaddr = nskl_boolean(L, 3, false),
                      .reuseport = nskl_boolean(L, 4, false),
                      .v6only = v6only};
  return bind_new(L, &target, &how, true);
}

/* (pathname, mode, unlink) */
static int bind_unix(lua_State *L, int socktype) {
  size_t length = 0;
  int bad = 0;
  nsk_extras extras;
  nskl_state *st = nskl_upvalue(L);
  if (!nskl_take_extras(L, st, false, &extras)) return nskl_fail(L, st);
  nsk_addrinfo at = {.socktype = socktype};
  const char *path = lua_isnoneornil(L, 1) ? NULL : nskl_bytes(L, 1, &length);
  nsk_bind_how how = {.v6only = -1, .with_mode = !lua_isnoneornil(L, 2)};
  int64_t mode = nskl_integer_or(L, 2, 0, &bad);
  how.unlink = nskl_boolean(L, 3, false);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  nsk_outcome outcome = nsk_bind_mode(mode, &how.mode, nskl_spare(L, st));
  if (outcome == NSK_DONE)
    outcome = path != NULL
                  ? nsk_addr_unix(&at.addr, path, length, "bind", nskl_spare(L, st))
                  : nsk_bind_autoname(&at.addr, &how, nskl_spare(L, st));
  if (outcome != NSK_DONE) return nskl_fail(L, st);
  nsk_target target = {.address = &at, .extras = &extras};
  return bind_new(L, &target, &how, true);
}

#define BIND(NAME, FAMILY, TYPE, PROTOCOL, V6ONLY)                         \
  int nskl_module_##NAME(lua_State *L) {                                   \
    return bind_inet(L, nsk_##FAMILY, nsk_##TYPE, nsk_##PROTOCOL, V6ONLY); \
  }
#define BIND_UNIX(NAME, TYPE)            \
  int nskl_module_##NAME(lua_State *L) { \
    return bind_unix(L, nsk_##TYPE);     \
  }
#include "opener.def"

int nskl_socket_bind(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  const nsk_addrinfo *ai = nskl_addrinfo_at(L, 2);
  return nskl_truth(L, st, nsk_socket_bind(&self->socket, &ai->addr, nskl_spare(L, st)));
}

int nskl_socket_listen(lua_State *L) {
  int bad = 0;
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  int64_t backlog = nskl_integer_or(L, 2, nsk_backlog, &bad);
  if (bad) return nskl_fail_false(L, nskl_blame(L, st, bad));
  return nskl_truth(L, st, nsk_socket_listen(&self->socket, backlog, nskl_spare(L, st)));
}
