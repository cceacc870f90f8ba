/* connect, by address and by name. */
#include <math.h>

#include "address.h"
#include "args.h"
#include "error.h"
#include "operation.h"
#include "owned.h"
#include "poller.h"
#include "socket.h"

/* The stack of every way to connect: what the user gave, what the user gets. */
enum { ARGS = 3, SOCKET_AT, AI_AT };

typedef struct {
  nsk_connect connect;
  bool started;
  bool with_ai;
} connecting;

/* ---------------------------------------------------------- what was tried -- */

static void push_attempt(lua_State *L, const nsk_attempt_result *attempt) {
  char text[NSK_ADDR_TEXT_MAX];
  lua_createtable(L, 0, 5);
  lua_pushlstring(L, text, nsk_addr_text(&attempt->addr, text));
  lua_setfield(L, -2, "addr");
  lua_pushstring(L, attempt->op);
  lua_setfield(L, -2, "op");
  lua_pushinteger(L, attempt->code);
  lua_setfield(L, -2, "code");
  lua_pushstring(L, nsk_code_name(NSK_ERRNO, attempt->code));
  lua_setfield(L, -2, "name");
  lua_pushnumber(L, attempt->seconds);
  lua_setfield(L, -2, "seconds");
}

/* Gives the error at index its list. Making it may raise; the operation is in its slot,
   and the error not the spare one any more. */
static void add_attempts(lua_State *L, const nsk_connect *connect, int index) {
  size_t count;
  const nsk_attempt_result *attempts = nsk_connect_attempts(connect, &count);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    push_attempt(L, &attempts[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setiuservalue(L, index, 2);
}

/* ------------------------------------------------------------ the operation -- */

static nsk_outcome connect_step(lua_State *L, nskl_operation *operation,
                                nsk_error *error) {
  nskl_socket *made = lua_touserdata(L, SOCKET_AT);
  nskl_addrinfo *ai = lua_touserdata(L, AI_AT);
  connecting *part = nskl_part(operation);
  for (;;) {
    nsk_outcome outcome = nsk_connect_step(&part->connect, &made->socket, &ai->info,
                                           &operation->interest, error);
    if (outcome != NSK_AGAIN || operation->interest.need != NSK_RESOLVE) return outcome;
    outcome = nsk_connect_resolve(&part->connect, error);
    if (outcome != NSK_DONE) return outcome;
  }
}

static int connect_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  nskl_state *st = operation->state;
  nskl_socket *made = lua_touserdata(L, SOCKET_AT);
  connecting *part = nskl_part(operation);
  int first = lua_gettop(L) + 1;
  if (outcome == NSK_DONE) {
    nskl_own(st, made->socket.fd);
    lua_pushvalue(L, SOCKET_AT);
    if (!part->with_ai) {
      nskl_spare_addrinfo(L, st, AI_AT);
      return 1;
    }
    lua_pushnil(L);
    lua_pushnil(L);
    lua_pushvalue(L, AI_AT);
    return 4;
  }
  nsk_connect_stop(&part->connect);
  bool given = st->spare_error->given; /* it is the poller's own */
  int count = outcome == NSK_TIMEOUT ? nskl_fail_timeout(L, st) : nskl_fail(L, st);
  nskl_spare_addrinfo(L, st, AI_AT);
  nskl_spare_socket(L, st, SOCKET_AT);
  if (!given) add_attempts(L, &part->connect, first + 1);
  return count;
}

static void connect_drop(nskl_operation *operation, bool delivered) {
  connecting *part = nskl_part(operation);
  (void)delivered;
  if (part->started) nsk_connect_drop(&part->connect);
}

static const nskl_work connect_work = {
    .name = "connect",
    .size = sizeof(connecting),
    .step = connect_step,
    .finish = connect_finish,
    .drop = connect_drop,
};

/* ---------------------------------------------------------- the functions -- */

/* The resolver runs in place only when there is neither a deadline nor a scheduler whose
   other coroutines would have to wait with this one. A race never asks in place. */
static int connect_to(lua_State *L, const nsk_target *target, double seconds,
                      bool with_ai) {
  nsk_deadline deadline;
  nskl_state *st = nskl_upvalue(L);
  lua_settop(L, ARGS);
  if (nsk_deadline_in(seconds, "connect", "conndeadl", &deadline, nskl_spare(L, st)) !=
      NSK_DONE)
    return nskl_fail(L, st);
  nskl_new_socket(L, st);
  nskl_new_addrinfo(L, st);
  nskl_operation *operation = nskl_new_operation(L, st, &connect_work, NULL);
  connecting *part = nskl_part(operation);
  bool may_block = deadline.at == NSK_NEVER && !operation->by_poller;
  part->with_ai = with_ai;
  nsk_error *error = nskl_spare(L, st);
  part->started = true;
  nsk_outcome outcome =
      nsk_connect_start(&part->connect, target, deadline, may_block, error);
  if (outcome == NSK_DONE) return nskl_run(L);
  return connect_finish(L, operation, outcome);
}

int nskl_module_connect(lua_State *L) {
  nsk_target target = {.at = nskl_addrinfo_at(L, 1)};
  return connect_to(L, &target, nskl_seconds(L, 2, HUGE_VAL), false);
}

/* (host, port, conndeadl) */
static int connect_inet(lua_State *L, int family, bool race) {
  nsk_target target = {
      .query = {.family = family, .socktype = nsk_stream, .protocol = nsk_tcp},
      .race = race};
  nskl_endpoint(L, 1, true, &target.query.at);
  return connect_to(L, &target, nskl_seconds(L, 3, HUGE_VAL), true);
}

int nskl_module_connect_inet_stream(lua_State *L) {
  return connect_inet(L, nsk_inet, false);
}

int nskl_module_connect_inet6_stream(lua_State *L) {
  return connect_inet(L, nsk_inet6, false);
}

int nskl_module_connect_stream(lua_State *L) {
  return connect_inet(L, nsk_any_family, true);
}

/* (pathname, conndeadl) */
int nskl_module_connect_unix_stream(lua_State *L) {
  size_t length;
  nskl_state *st = nskl_upvalue(L);
  nsk_addrinfo at = {.socktype = nsk_stream};
  nsk_target target = {.at = &at};
  const char *path = nskl_bytes(L, 1, &length);
  double seconds = nskl_seconds(L, 2, HUGE_VAL);
  if (nsk_addr_unix(&at.addr, path, length, "connect", nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  return connect_to(L, &target, seconds, true);
}

/* A blocking socket waits; a signal lets a hook run, and the wait goes on. */
static nsk_outcome connect_once(lua_State *L, nskl_socket *self, const nsk_addr *to) {
  nskl_state *st = self->head.state;
  nsk_connect_wait wait = {0, 0};
  nsk_outcome outcome;
  if (!nsk_socket_blocking(&self->socket))
    return nsk_socket_connect(&self->socket, to, nskl_spare(L, st));
  do
    outcome = nsk_socket_connect_wait(&self->socket, to, &wait, nskl_spare(L, st));
  while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st));
  return outcome;
}

/* One try: true when connected, true and EINPROGRESS when begun; false, an error and
   true when it still goes on or a unix listener's queue is full. */
int nskl_socket_connect(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  const nsk_addrinfo *ai = nskl_addrinfo_at(L, 2);
  bool before = self->socket.connecting;
  nsk_outcome outcome = connect_once(L, self, &ai->addr);
  if (outcome == NSK_INTERRUPTED) return lua_error(L); /* a hook raised */
  if (outcome != NSK_AGAIN) return nskl_truth(L, st, outcome);
  bool begun = !before && self->socket.connecting;
  lua_pushboolean(L, begun);
  nskl_push_error(L, st);
  if (begun) return 2;
  lua_pushboolean(L, 1);
  return 3;
}

int nskl_socket_disconnect(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  return nskl_truth(L, st, nsk_socket_disconnect(&self->socket, nskl_spare(L, st)));
}
