/* connect, by address and by name. */
#include "args.h"
#include "deadline.h"
#include "error.h"
#include "fd_registry.h"
#include "objects.h"
#include "plain.h"
#include "wait_loop.h"

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
    if (outcome != NSK_AGAIN) return outcome;
    if (operation->interest.need == NSK_COLLECT) {
      nskl_collect(L, operation->state);
      error = nskl_spare(L, operation->state); /* a finalizer may have taken it */
    } else if (operation->interest.need == NSK_RESOLVE) {
      outcome = nsk_connect_resolve(&part->connect, error);
      if (outcome != NSK_DONE) return outcome;
    } else {
      return outcome;
    }
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

static const nskl_work connect_work =
    NSKL_WORK("connect", sizeof(connecting), connect_step, connect_finish, connect_drop);

/* ---------------------------------------------------------- the functions -- */

/* The resolver runs in place only when there is neither a deadline nor a scheduler whose
   other coroutines would have to wait with this one. A race never asks in place. */
static int connect_to(lua_State *L, const nsk_target *target, const nskl_time *time,
                      bool with_ai) {
  nsk_deadline deadline;
  nskl_state *st = nskl_upvalue(L);
  lua_settop(L, ARGS);
  if (nskl_time_ends(L, st, time, "connect", "conndeadl", &deadline) != NSK_DONE)
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
  nsk_extras extras;
  nskl_state *st = nskl_upvalue(L);
  if (!nskl_take_extras(L, st, true, &extras)) return nskl_fail(L, st);
  nsk_target target = {.address = nskl_addrinfo_at(L, 1), .extras = &extras};
  nskl_time time = nskl_time_at(L, 2, NSK_NO_DEADLINE);
  return connect_to(L, &target, &time, false);
}

/* (host, port, conndeadl) */
static int connect_inet(lua_State *L, int family, int socktype, int protocol, bool race) {
  nsk_extras extras;
  nskl_state *st = nskl_upvalue(L);
  if (!nskl_take_extras(L, st, true, &extras)) return nskl_fail(L, st);
  nsk_target target = {
      .query = {.family = family, .socktype = socktype, .protocol = protocol},
      .race = race,
      .extras = &extras};
  nskl_endpoint(L, 1, true, &target.query.endpoint);
  nskl_time time = nskl_time_at(L, 3, NSK_NO_DEADLINE);
  return connect_to(L, &target, &time, true);
}

/* A race is for streams of either family; of a datagram socket nothing is to be waited
   for. */
#define CONNECT(NAME, FAMILY, TYPE, PROTOCOL)                                        \
  int nskl_module_##NAME(lua_State *L) {                                             \
    return connect_inet(L, nsk_##FAMILY, nsk_##TYPE, nsk_##PROTOCOL,                 \
                        nsk_##FAMILY == nsk_any_family && nsk_##TYPE == nsk_stream); \
  }
#define CONNECT_DGRAM CONNECT
#include "opener.def"

/* (pathname, conndeadl); a datagram socket has its peer at once. */
static int connect_unix(lua_State *L, int socktype) {
  size_t length;
  nsk_extras extras;
  nskl_state *st = nskl_upvalue(L);
  if (!nskl_take_extras(L, st, true, &extras)) return nskl_fail(L, st);
  nsk_addrinfo at = {.socktype = socktype};
  nsk_target target = {.address = &at, .extras = &extras};
  const char *path = nskl_bytes(L, 1, &length);
  if (socktype == nsk_dgram) lua_settop(L, 1);
  nskl_time time = nskl_time_at(L, 2, NSK_NO_DEADLINE);
  if (nsk_addr_unix(&at.addr, path, length, "connect", nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  return connect_to(L, &target, &time, socktype == nsk_stream);
}

int nskl_module_connect_unix_stream(lua_State *L) {
  return connect_unix(L, nsk_stream);
}

int nskl_module_connect_unix_dgram(lua_State *L) {
  return connect_unix(L, nsk_dgram);
}

/* A blocking socket waits in the kernel. */
static nsk_outcome connect_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  nsk_socket *s = &call->socket->socket;
  (void)L;
  if (!nsk_socket_blocking(s)) return nsk_socket_connect(s, call->about, error);
  return nsk_socket_connect_wait(s, call->about, &call->wait, error);
}

/* true when connected, true and EINPROGRESS when begun; false, an error and true when it
   still goes on, a unix listener's queue is full or the time is up. */
static int connect_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  if (outcome != NSK_AGAIN && outcome != NSK_TIMEOUT)
    return nskl_truth(L, call->state, outcome);
  bool begun =
      outcome == NSK_AGAIN && !call->done_before && call->socket->socket.connecting;
  lua_pushboolean(L, begun);
  nskl_push_error(L, call->state);
  if (begun) return 2;
  lua_pushboolean(L, 1);
  return 3;
}

static const nskl_method connect_method = NSKL_METHOD(
    connect, connect_attempt, connect_results, .blocking = NSKL_LIMITS_ITSELF);

int nskl_socket_connect(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nskl_plain call = {.method = &connect_method, .state = st, .socket = self};
  call.about = &nskl_addrinfo_at(L, 2)->addr;
  call.done_before = self->socket.connecting;
  return nskl_plain_run(L, &call);
}

int nskl_socket_disconnect(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  return nskl_truth(L, st, nsk_socket_disconnect(&self->socket, nskl_spare(L, st)));
}
