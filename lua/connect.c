/* connect: one that waits in place, one that waits through the poller. */
#include "adapter.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* An operation that waits through the poller outlives the C function that began it.
   Its memory is not Lua's, so that the sentinel can end it whatever became of the
   userdata that points to it. */
struct nskl_operation {
  nskl_operation *next;
  nskl_operation **link; /* what points to this one */
  int64_t until;         /* when the poller was to give up */
  nsk_connect connect;
};

typedef struct {
  nskl_head head;
  nskl_operation *operation;
} holder;

void nskl_free_operation(nskl_operation *operation) {
  *operation->link = operation->next;
  if (operation->next != NULL) operation->next->link = operation->link;
  nsk_connect_drop(&operation->connect);
  free(operation);
}

/* Finalizer and end of the to-be-closed slot: an error in the poller and
   coroutine.close come here. */
static int holder_gc(lua_State *L) {
  holder *self = nskl_test(L, 1, NSKL_OPERATION, sizeof *self);
  if (self == NULL || self->operation == NULL) return 0;
  nskl_operation *operation = self->operation;
  self->operation = NULL;
  /* The sentinel has freed it when the state is closed. */
  if (!self->head.state->closed) nskl_free_operation(operation);
  return 0;
}

void nskl_open_connect(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"__gc", holder_gc}, {"__close", holder_gc}, {NULL, NULL}};
  lua_newtable(L);
  nskl_metatable(L, NSKL_OPERATION, "net.socket.operation", methods);
}

/* ------------------------------------------------------------ the results -- */

/* The stack of both ways to connect: what the user gave, what the user gets. */
enum { ARGS = 3, SOCKET_AT, AI_AT, HOLDER_AT };

static int connected(lua_State *L, nskl_state *st, nsk_outcome outcome, bool with_ai) {
  nskl_socket *made = lua_touserdata(L, SOCKET_AT);
  if (outcome == NSK_DONE) nskl_own(st, made->socket.fd);
  if (outcome == NSK_DONE && with_ai) {
    lua_pushvalue(L, SOCKET_AT);
    lua_pushnil(L);
    lua_pushnil(L);
    lua_pushvalue(L, AI_AT);
    return 4;
  }
  nskl_spare_addrinfo(L, st, AI_AT);
  if (outcome == NSK_DONE) {
    lua_pushvalue(L, SOCKET_AT);
    return 1;
  }
  nskl_spare_socket(L, st, SOCKET_AT);
  return outcome == NSK_TIMEOUT ? nskl_fail_timeout(L, st) : nskl_fail(L, st);
}

/* --------------------------------------------------------------- in place -- */

static nsk_outcome wait_in_place(nsk_connect *connect, const nsk_want *want,
                                 nsk_error *error) {
  if (want->need == NSK_RESOLVE) return nsk_connect_resolve(connect, error);
  return nsk_wait(want->fd, want->need, want->until, error);
}

/* Nothing of Lua's runs in here but what a signal asks for, and that is protected: the
   operation can stay on the C stack. */
static int connect_in_place(lua_State *L, nskl_state *st, const nsk_target *target,
                            int64_t until, bool with_ai) {
  nskl_socket *made = lua_touserdata(L, SOCKET_AT);
  nskl_addrinfo *ai = lua_touserdata(L, AI_AT);
  nsk_connect connect;
  nsk_want want;
  bool raised = false;
  nsk_error *error = nskl_spare(L, st);
  /* A resolver in place knows no deadline. */
  bool may_block = until == NSK_NEVER;
  nsk_outcome outcome = nsk_connect_start(&connect, target, until, may_block, error);
  while (outcome == NSK_DONE) {
    outcome = nsk_connect_step(&connect, &made->socket, &ai->info, &want, error);
    if (outcome != NSK_AGAIN) break;
    /* Whatever a wait says but failure, the next step finds out why. */
    outcome = wait_in_place(&connect, &want, error);
    if (outcome == NSK_INTERRUPTED) {
      raised = !nskl_interrupted(L, st);
      if (raised) break;
      error = nskl_spare(L, st);
    }
    if (outcome != NSK_FAILED) outcome = NSK_DONE;
  }
  nsk_connect_drop(&connect);
  return raised ? lua_error(L) : connected(L, st, outcome, with_ai);
}

/* -------------------------------------------------------- with the poller -- */

static nskl_operation *held_operation(lua_State *L) {
  return ((holder *)lua_touserdata(L, HOLDER_AT))->operation;
}

static void end_operation(lua_State *L) {
  holder *held = lua_touserdata(L, HOLDER_AT);
  nskl_operation *operation = held->operation;
  held->operation = NULL;
  nskl_free_operation(operation);
}

static int poller_done(lua_State *L, int status, lua_KContext with_ai);

static int step(lua_State *L, nskl_state *st, bool with_ai) {
  nskl_socket *made = lua_touserdata(L, SOCKET_AT);
  nskl_addrinfo *ai = lua_touserdata(L, AI_AT);
  nskl_operation *operation = held_operation(L);
  nsk_want want;
  nsk_error *error = nskl_spare(L, st);
  nsk_outcome outcome =
      nsk_connect_step(&operation->connect, &made->socket, &ai->info, &want, error);
  if (outcome != NSK_AGAIN) {
    end_operation(L);
    return connected(L, st, outcome, with_ai);
  }
  operation->until = want.until;
  nskl_poller_push(L, want.fd, want.need, want.until);
  lua_callk(L, 2, 3, with_ai, poller_done);
  return poller_done(L, LUA_OK, with_ai);
}

/* A poller that counts in milliseconds may be a little early, and then the operation
   waits again. One that gives up long before time would have it turn in circles. */
#define EARLY INT64_C(50000000)

static int gave_up(lua_State *L, nskl_state *st) {
  nsk_error *error = nskl_spare(L, st);
  *error = (nsk_error){.code = ETIMEDOUT,
                       .op = "connect",
                       .byte = -1,
                       .text = "the poller gave up before the deadline"};
  end_operation(L);
  return connected(L, st, NSK_TIMEOUT, false);
}

static int poller_done(lua_State *L, int status, lua_KContext with_ai) {
  nskl_state *st = nskl_upvalue(L);
  (void)status;
  nsk_outcome outcome = nskl_poller_answer(L, st);
  if (outcome == NSK_FAILED) {
    end_operation(L);
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
  }
  if (outcome == NSK_TIMEOUT && held_operation(L)->until - nsk_now() > EARLY)
    return gave_up(L, st);
  return step(L, st, (bool)with_ai);
}

static int connect_with_poller(lua_State *L, nskl_state *st, const nsk_target *target,
                               int64_t until, bool with_ai) {
  holder *held = nskl_userdata(L, st, NSKL_OPERATION, sizeof *held, 0);
  lua_toclose(L, HOLDER_AT);
  nsk_error *error = nskl_spare(L, st);
  nskl_operation *operation = malloc(sizeof *operation);
  if (operation == NULL) nskl_raise_memory(L);
  nsk_outcome outcome =
      nsk_connect_start(&operation->connect, target, until, false, error);
  operation->next = st->operations;
  operation->link = &st->operations;
  if (operation->next != NULL) operation->next->link = &operation->next;
  st->operations = operation;
  held->operation = operation;
  if (outcome == NSK_DONE) return step(L, st, with_ai);
  end_operation(L);
  return connected(L, st, outcome, with_ai);
}

/* ---------------------------------------------------------- the functions -- */

static int connect_to(lua_State *L, const nsk_target *target, double seconds,
                      bool with_ai) {
  int64_t until;
  nskl_state *st = nskl_upvalue(L);
  lua_settop(L, ARGS);
  if (nsk_deadline(seconds, "connect", "conndeadl", &until, nskl_spare(L, st)) !=
      NSK_DONE)
    return nskl_fail(L, st);
  nskl_new_socket(L, st);
  nskl_new_addrinfo(L, st);
  return nskl_poller_usable(L, st) ? connect_with_poller(L, st, target, until, with_ai)
                                   : connect_in_place(L, st, target, until, with_ai);
}

int nskl_module_connect(lua_State *L) {
  nsk_target target = {.at = nskl_addrinfo_at(L, 1)};
  return connect_to(L, &target, nskl_seconds(L, 2, HUGE_VAL), false);
}

/* (host, port, conndeadl) */
static int connect_inet(lua_State *L, int family) {
  nsk_target target = {
      .query = {.family = family, .socktype = nsk_stream, .protocol = nsk_tcp}};
  nskl_endpoint(L, 1, true, &target.query.at);
  return connect_to(L, &target, nskl_seconds(L, 3, HUGE_VAL), true);
}

int nskl_module_connect_inet_stream(lua_State *L) {
  return connect_inet(L, nsk_inet);
}

int nskl_module_connect_inet6_stream(lua_State *L) {
  return connect_inet(L, nsk_inet6);
}

int nskl_module_connect_stream(lua_State *L) {
  return connect_inet(L, nsk_any_family);
}

/* (pathname, conndeadl) */
int nskl_module_connect_unix_stream(lua_State *L) {
  size_t length;
  nskl_state *st = nskl_upvalue(L);
  nsk_addrinfo at = {.socktype = nsk_stream};
  nsk_target target = {.at = &at};
  const char *path = nskl_bytes(L, 1, &length);
  double seconds = nskl_seconds(L, 2, HUGE_VAL);
  if (nsk_addr_unix(&at.addr, path, length, nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  return connect_to(L, &target, seconds, true);
}

/* One try: true when connected, true and EINPROGRESS when begun; false, an error and
   true when it still goes on or a unix listener's queue is full. */
int nskl_socket_connect(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  const nsk_addrinfo *ai = nskl_addrinfo_at(L, 2);
  bool before = self->socket.connecting;
  nsk_error *error = nskl_spare(L, st);
  nsk_outcome outcome = nsk_socket_connect(&self->socket, &ai->addr, error);
  if (outcome != NSK_AGAIN) return nskl_truth(L, st, outcome);
  bool begun = !before && self->socket.connecting;
  lua_pushboolean(L, begun);
  nskl_push_error(L, st);
  if (begun) return 2;
  lua_pushboolean(L, 1);
  return 3;
}
