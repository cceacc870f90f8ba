/* The life of a socket object: made, adopted, named, closed. */
#include "objects.h"

#include "args.h"
#include "error.h"
#include "fd_registry.h"
#include "state.h"
#include "wait_loop.h"

/* ----------------------------------------------------------- the object -- */

nskl_socket *nskl_new_socket(lua_State *L, nskl_state *st) {
  nskl_socket *self = NULL;
  if (st->spare_socket) {
    st->spare_socket = false;
    nskl_slot_take(L, st, NSKL_SPARE_SOCKET);
    self = lua_touserdata(L, -1);
  } else {
    self = nskl_userdata(L, st, NSKL_SOCKET, sizeof *self, 0);
    nsk_socket_init(&self->socket);
  }
  if (st->leaks) nskl_note_line(L, st);
  return self;
}

void nskl_spare_socket(lua_State *L, nskl_state *st, int index) {
  if (nskl_in_finalizer(L)) return;
  lua_pushvalue(L, index);
  nskl_slot_set(L, st, NSKL_SPARE_SOCKET);
  st->spare_socket = true;
}

/* Makes the socket object on top of the stack the result. */
static int result(lua_State *L, nskl_state *st, nskl_socket *made, nsk_outcome outcome) {
  if (outcome == NSK_DONE) {
    nskl_own(st, made->socket.fd);
    return 1;
  }
  nskl_spare_socket(L, st, -1);
  return nskl_fail(L, st);
}

/* What the sentinel has closed is not closed again, and what is in hand is for the call
   that received it alone. */
static void disown(nskl_socket *self) {
  nskl_state *st = self->head.state;
  if (!nskl_disown(st, self->socket.fd)) self->socket.fd = -1;
  if (st->in_hand.socket == self) st->in_hand.socket = NULL;
}

/* The functions of addgcfn, then what waits. False: see nskl_call_gcfns. */
static bool before_close(lua_State *L, nskl_socket *self) {
  nskl_state *st = self->head.state;
  if (!nskl_run_gcfns(L, st)) return false;
  if (self->waiting != 0 || self->kept != 0 || st->watchers > 0)
    nskl_wake_waiters(L, self);
  return true;
}

/* The end of a `<close>` variable. An error would reach no caller. */
static int socket_end(lua_State *L) {
  nsk_error ignored;
  nskl_socket *self = nskl_test(L, 1, NSKL_SOCKET, sizeof *self);
  if (self == NULL || !before_close(L, self)) return 0;
  disown(self);
  nsk_socket_close(&self->socket, &ignored);
  return 0;
}

static int socket_gc(lua_State *L) {
  nskl_socket *self = nskl_test(L, 1, NSKL_SOCKET, sizeof *self);
  if (self != NULL && self->head.state->leaks) nskl_warn_leak(L, self->head.state, 1);
  return socket_end(L);
}

static int socket_tostring(lua_State *L) {
  char text[512];
  size_t length = nsk_socket_text(&nskl_self(L)->socket, text, sizeof text);
  lua_pushliteral(L, "net.socket: ");
  lua_pushlstring(L, text, length);
  lua_concat(L, 2);
  return 1;
}

void nskl_open_socket(lua_State *L) {
  static const luaL_Reg methods[] = {{"__gc", socket_gc},
                                     {"__close", socket_end},
                                     {"__tostring", socket_tostring},
                                     {NULL, NULL}};
  nskl_metatable(L, NSKL_SOCKET, methods);
}

/* ---------------------------------------------------------------- making -- */

int nskl_module_wrap(lua_State *L) {
  int bad = 0;
  nskl_state *st = nskl_upvalue(L);
  int64_t fd = nskl_integer(L, 1, &bad);
  bool nonblock = nskl_boolean(L, 2, true);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  nskl_socket *made = nskl_new_socket(L, st);
  return result(L, st, made,
                nsk_socket_adopt(&made->socket, fd, nonblock, nskl_spare(L, st)));
}

static nsk_outcome opened(lua_State *L, nskl_socket *made, int64_t family, int64_t type,
                          int64_t protocol, bool nonblock, const nsk_extras *extras) {
  nsk_error ignored;
  nsk_outcome outcome;
  nskl_state *st = made->head.state;
  do {
    nsk_error *error = nskl_spare(L, st);
    outcome = nsk_socket_open(&made->socket, family, type, protocol, nonblock, error);
    if (outcome == NSK_DONE)
      outcome = nsk_settings_apply(&extras->settings, &made->socket, error);
    if (outcome != NSK_DONE) nsk_socket_close(&made->socket, &ignored);
  } while (nskl_reclaim(L, st, outcome));
  return outcome;
}

int nskl_module_new(lua_State *L) {
  int bad = 0;
  nsk_extras extras;
  nskl_state *st = nskl_upvalue(L);
  if (!nskl_take_extras(L, st, false, &extras)) return nskl_fail(L, st);
  int64_t family = nskl_integer(L, 1, &bad);
  int64_t type = nskl_integer(L, 2, &bad);
  int64_t protocol = nskl_integer_or(L, 3, 0, &bad);
  bool nonblock = nskl_boolean(L, 4, true);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  nskl_socket *made = nskl_new_socket(L, st);
  return result(L, st, made, opened(L, made, family, type, protocol, nonblock, &extras));
}

/* Opens a socket whose reuseaddr and reuseport are at `reuse` and the index after. */
static int make(lua_State *L, int64_t family, int64_t type, int64_t protocol, int reuse,
                int bad, const nsk_extras *extras) {
  nskl_state *st = nskl_upvalue(L);
  bool reuseaddr = nskl_boolean(L, reuse, false);
  bool reuseport = nskl_boolean(L, reuse + 1, false);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  nskl_socket *made = nskl_new_socket(L, st);
  nsk_error ignored;
  nsk_outcome outcome = opened(L, made, family, type, protocol, true, extras);
  if (outcome == NSK_DONE && (reuseaddr || reuseport))
    outcome = nsk_socket_reuse(&made->socket, reuseaddr, reuseport, nskl_spare(L, st));
  if (outcome != NSK_DONE) nsk_socket_close(&made->socket, &ignored);
  return result(L, st, made, outcome);
}

/* (socktype, protocol, reuseaddr, reuseport) */
static int make_any(lua_State *L, int family) {
  int bad = 0;
  nsk_extras extras;
  nskl_state *st = nskl_upvalue(L);
  if (!nskl_take_extras(L, st, false, &extras)) return nskl_fail(L, st);
  int64_t type = nskl_integer(L, 1, &bad);
  int64_t protocol = nskl_integer(L, 2, &bad);
  return make(L, family, type, protocol, 3, bad, &extras);
}

/* (reuseaddr, reuseport) */
static int make_usual(lua_State *L, int family, int type, int protocol) {
  nsk_extras extras;
  nskl_state *st = nskl_upvalue(L);
  if (!nskl_take_extras(L, st, false, &extras)) return nskl_fail(L, st);
  return make(L, family, type, protocol, 1, 0, &extras);
}

int nskl_module_new_unix(lua_State *L) {
  return make_any(L, nsk_unix);
}

#define NEW_ANY(NAME, FAMILY)            \
  int nskl_module_##NAME(lua_State *L) { \
    return make_any(L, nsk_##FAMILY);    \
  }
#define NEW(NAME, FAMILY, TYPE, PROTOCOL)                           \
  int nskl_module_##NAME(lua_State *L) {                            \
    return make_usual(L, nsk_##FAMILY, nsk_##TYPE, nsk_##PROTOCOL); \
  }
#define NEW_UNIX(NAME, TYPE)                       \
  int nskl_module_##NAME(lua_State *L) {           \
    return make_usual(L, nsk_unix, nsk_##TYPE, 0); \
  }
#include "opener.def"

static int make_pair(lua_State *L, int64_t type, int64_t protocol, bool nonblock) {
  nskl_state *st = nskl_upvalue(L);
  nskl_socket *ends[2];
  lua_createtable(L, 2, 0);
  for (int i = 0; i < 2; i++) {
    ends[i] = nskl_new_socket(L, st);
    lua_rawseti(L, -2, i + 1);
  }
  nsk_outcome outcome;
  do
    outcome = nsk_socket_pair(&ends[0]->socket, &ends[1]->socket, type, protocol,
                              nonblock, nskl_spare(L, st));
  while (nskl_reclaim(L, st, outcome));
  if (outcome != NSK_DONE) return nskl_fail(L, st);
  for (int i = 0; i < 2; i++)
    nskl_own(st, ends[i]->socket.fd);
  return 1;
}

int nskl_module_pair(lua_State *L) {
  int bad = 0;
  int64_t type = nskl_integer(L, 1, &bad);
  int64_t protocol = nskl_integer_or(L, 2, 0, &bad);
  bool nonblock = nskl_boolean(L, 3, true);
  if (bad) return nskl_fail(L, nskl_blame(L, nskl_upvalue(L), bad));
  return make_pair(L, type, protocol, nonblock);
}

#define PAIR(NAME, TYPE)                      \
  int nskl_module_##NAME(lua_State *L) {      \
    return make_pair(L, nsk_##TYPE, 0, true); \
  }
#include "opener.def"

int nskl_socket_dup(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nskl_socket *made = nskl_new_socket(L, st);
  nsk_outcome outcome;
  do
    outcome = nsk_socket_dup(&self->socket, &made->socket, nskl_spare(L, st));
  while (nskl_reclaim(L, st, outcome));
  return result(L, st, made, outcome);
}

/* --------------------------------------------------------------- ending -- */

int nskl_socket_shutdown(lua_State *L) {
  int bad = 0;
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  int64_t how = nskl_integer_or(L, 2, nsk_shut_both, &bad);
  if (bad) return nskl_fail_false(L, nskl_blame(L, st, bad));
  return nskl_truth(L, st, nsk_socket_shutdown(&self->socket, how, nskl_spare(L, st)));
}

int nskl_socket_close(lua_State *L) {
  int bad = 0;
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  bool flagged = !lua_isnoneornil(L, 2);
  int64_t how = nskl_integer_or(L, 2, 0, &bad);
  if (bad) return nskl_fail_false(L, nskl_blame(L, st, bad));
  if (!before_close(L, self)) return nskl_truth(L, st, NSK_DONE);
  nsk_error *error = nskl_spare(L, st);
  disown(self);
  return nskl_truth(L, st,
                    flagged ? nsk_socket_close_how(&self->socket, how, error)
                            : nsk_socket_close(&self->socket, error));
}

int nskl_socket_unwrap(lua_State *L) {
  int fd;
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nsk_outcome outcome;
  do {
    nsk_error *spare = nskl_spare(L, st);
    nskl_settle(st);
    outcome = nsk_socket_may_release(&self->socket, spare);
  } while (nskl_vacated(L, self, outcome));
  if (outcome != NSK_DONE) return nskl_fail(L, st);
  if (!before_close(L, self)) return nskl_fail_closed(L, st, "unwrap");
  nsk_error *error = nskl_spare(L, st);
  if (nsk_socket_may_release(&self->socket, error) != NSK_DONE) return nskl_fail(L, st);
  disown(self);
  if (nsk_socket_release(&self->socket, &fd, error) != NSK_DONE) return nskl_fail(L, st);
  lua_pushinteger(L, fd);
  return 1;
}

int nskl_module_shutdown(lua_State *L) {
  int bad = 0;
  nskl_state *st = nskl_upvalue(L);
  int64_t fd = nskl_integer(L, 1, &bad);
  int64_t how = nskl_integer_or(L, 2, nsk_shut_both, &bad);
  if (bad) return nskl_fail_false(L, nskl_blame(L, st, bad));
  return nskl_truth(L, st, nsk_fd_shutdown(fd, how, nskl_spare(L, st)));
}

int nskl_module_close(lua_State *L) {
  int bad = 0;
  nskl_state *st = nskl_upvalue(L);
  int64_t fd = nskl_integer(L, 1, &bad);
  bool flagged = !lua_isnoneornil(L, 2);
  int64_t how = nskl_integer_or(L, 2, 0, &bad);
  if (bad) return nskl_fail_false(L, nskl_blame(L, st, bad));
  nsk_error *error = nskl_spare(L, st);
  return nskl_truth(L, st,
                    flagged ? nsk_fd_close_how(fd, how, error) : nsk_fd_close(fd, error));
}

/* --------------------------------------------------------- what it is -- */

int nskl_socket_fd(lua_State *L) {
  lua_pushinteger(L, nskl_self(L)->socket.fd);
  return 1;
}

int nskl_socket_family(lua_State *L) {
  lua_pushinteger(L, nskl_self(L)->socket.family);
  return 1;
}

int nskl_socket_socktype(lua_State *L) {
  lua_pushinteger(L, nskl_self(L)->socket.type);
  return 1;
}

int nskl_socket_protocol(lua_State *L) {
  lua_pushinteger(L, nskl_self(L)->socket.protocol);
  return 1;
}

typedef nsk_outcome namer(nsk_socket *s, nsk_addr *addr, nsk_error *error);

static int name(lua_State *L, namer *get) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nskl_addrinfo *ai = nskl_new_addrinfo(L, st);
  ai->info.socktype = self->socket.type;
  ai->info.protocol = self->socket.protocol;
  if (get(&self->socket, &ai->info.addr, nskl_spare(L, st)) == NSK_DONE) return 1;
  return nskl_fail(L, st);
}

int nskl_socket_getsockname(lua_State *L) {
  return name(L, nsk_socket_name);
}

int nskl_socket_getpeername(lua_State *L) {
  return name(L, nsk_socket_peer);
}

int nskl_socket_error(lua_State *L) {
  nsk_error pending;
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nsk_error *error = nskl_spare(L, st);
  if (nsk_socket_take_error(&self->socket, &pending, error) != NSK_DONE)
    return nskl_fail(L, st);
  if (pending.code == 0) {
    lua_pushnil(L);
    return 1;
  }
  *error = pending;
  nskl_push_error(L, st);
  return 1;
}
