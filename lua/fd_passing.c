/* Descriptors over a unix socket, one or several with a message. */
#include <stdio.h>

#include "argcheck.h"
#include "args.h"
#include "error.h"
#include "io.h"
#include "plain.h"
#include "state.h"

/* A finalizer or a hook that runs meanwhile may close what the descriptor is of: its
   number is read last. */
static nsk_outcome sendfd_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  int checked = 0;
  return nsk_socket_sendfd(&call->socket->socket, nskl_descriptor(L, 2, &checked),
                           call->about, call->flags, error);
}

static int sendfd_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  if (outcome != NSK_DONE) return nskl_sent_nothing(L, call->state, outcome);
  lua_pushinteger(L, 0);
  return 1;
}

static const nskl_method sendfd_method =
    NSKL_METHOD(sendfd, sendfd_attempt, sendfd_results);

int nskl_socket_sendfd(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nskl_plain call = {.method = &sendfd_method, .state = st, .socket = self};
  int bad = 0;
  nskl_descriptor(L, 2, &bad);
  if (!lua_isnoneornil(L, 3)) call.about = &nskl_addrinfo_at(L, 3)->addr;
  call.flags = nskl_flags(L, 4, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  return nskl_plain_run(L, &call);
}

static nsk_outcome recvfd_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  (void)L;
  nskl_settle(call->state);
  return nsk_socket_recvfd(&call->socket->socket, call->flags, &call->fd, error);
}

/* The descriptor is a number, whose storage is there: only an operation may lose it. */
static int recvfd_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  if (outcome != NSK_DONE) return nskl_nothing_received(L, call->state, outcome);
  lua_pushinteger(L, call->fd);
  return 1;
}

static const nskl_method recvfd_method =
    NSKL_METHOD(recvfd, recvfd_attempt, recvfd_results, .end = nskl_plain_close_fd);

int nskl_socket_recvfd(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nskl_plain call = {.method = &recvfd_method, .state = st, .socket = self};
  int bad = 0;
  call.flags = nskl_flags(L, 2, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  return nskl_plain_run(L, &call);
}

/* ------------------------------------------------------------------- several -- */

/* Those that are too many are counted, which the core refuses. */
static size_t take_numbers(lua_State *L, int64_t *fds, int *bad) {
  char field[24];
  size_t count = (size_t)lua_rawlen(L, 2);
  for (size_t i = 0; i < count && i < NSK_RIGHTS_MAX; i++) {
    int wrong = 0;
    lua_rawgeti(L, 2, (lua_Integer)i + 1);
    if (!nskl_is_descriptor(L, -1)) {
      snprintf(field, sizeof field, "%zu", i + 1);
      nskl_bad_field(L, 2, field, "integer, net.socket or file");
    }
    fds[i] = nskl_descriptor(L, -1, &wrong);
    if (wrong && *bad == 0) *bad = 2;
    lua_pop(L, 1);
  }
  return count;
}

/* The numbers are read last, as that of sendfd. */
static nsk_outcome sendfds_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  int64_t fds[NSK_RIGHTS_MAX] = {0};
  int checked = 0;
  size_t count = take_numbers(L, fds, &checked);
  const char *bytes = "";
  call->size = 1;
  if (!lua_isnoneornil(L, 3)) bytes = lua_tolstring(L, 3, &call->size);
  error = nskl_spare(L, call->state);
  return nsk_socket_sendfds(&call->socket->socket, fds, count, bytes, call->size,
                            call->about, call->flags, &call->n, error);
}

static int sendfds_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  return nskl_sent(L, call->state, outcome, call->n, call->size);
}

static const nskl_method sendfds_method =
    NSKL_METHOD(sendfds, sendfds_attempt, sendfds_results);

int nskl_socket_sendfds(lua_State *L) {
  int64_t fds[NSK_RIGHTS_MAX];
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nskl_plain call = {.method = &sendfds_method, .state = st, .socket = self};
  int bad = 0;
  if (!lua_istable(L, 2)) nskl_bad_type(L, 2, "table");
  take_numbers(L, fds, &bad);
  if (!lua_isnoneornil(L, 3)) nskl_bytes(L, 3, &call.size);
  if (!lua_isnoneornil(L, 4)) call.about = &nskl_addrinfo_at(L, 4)->addr;
  call.flags = nskl_flags(L, 5, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  return nskl_plain_run(L, &call);
}

/* Called protected: the descriptors and the bytes. */
static int deliver(lua_State *L) {
  const nsk_parcel *parcel = lua_touserdata(L, 1);
  lua_createtable(L, (int)parcel->count, 0);
  for (size_t i = 0; i < parcel->count; i++) {
    lua_pushinteger(L, parcel->fds[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_pushlstring(L, nsk_parcel_bytes(parcel), parcel->length);
  return 2;
}

static void recvfds_end(nskl_plain *call, bool delivered) {
  nsk_socket *s = call->state->closed ? NULL : &call->socket->socket;
  nsk_parcel_end(s, call->object, delivered);
}

/* Until the slot of an operation has ended the parcel has what its caller may not get. */
static void unpack(lua_State *L, nskl_plain *call, nsk_parcel *parcel) {
  lua_pushcfunction(L, deliver);
  lua_pushlightuserdata(L, parcel);
  int status = lua_pcall(L, 1, 2, 0);
  call->object = parcel;
  if (status != LUA_OK || !call->waits) recvfds_end(call, status == LUA_OK);
  if (status != LUA_OK) lua_error(L);
}

static nsk_outcome recvfds_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  nsk_socket *s = &call->socket->socket;
  nskl_settle(call->state);
  nsk_parcel *parcel = nsk_parcel_new(call->size);
  if (parcel == NULL) nskl_raise_memory(L);
  nsk_outcome outcome = nsk_socket_recvfds(s, parcel, call->flags, error);
  if (outcome == NSK_DONE)
    unpack(L, call, parcel);
  else
    nsk_parcel_end(s, parcel, false);
  return outcome;
}

/* The descriptors and the bytes are on the stack. */
static int recvfds_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  if (outcome != NSK_DONE) return nskl_nothing_received(L, call->state, outcome);
  lua_pushnil(L);
  lua_pushnil(L);
  lua_rotate(L, -3, 2);
  return 4;
}

static const nskl_method recvfds_method =
    NSKL_METHOD(recvfds, recvfds_attempt, recvfds_results, .end = recvfds_end);

int nskl_socket_recvfds(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nskl_plain call = {.method = &recvfds_method, .state = st, .socket = self};
  int bad = 0;
  int64_t asked =
      nskl_integer_or(L, 2, (int64_t)nsk_receive_default(&self->socket), &bad);
  call.flags = nskl_flags(L, 3, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  if (nsk_receive_size(asked, "recvfds", &call.size, nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  luaL_checkstack(L, 8, NULL);
  return nskl_plain_run(L, &call);
}
