/* Calls that wait until all is done: sendall, recvall, recvline, acceptwait. */
#include "operation.h"

#include <math.h>

/* nil, err, whether that is a deadline; what was done by then is the caller's to push. */
static void push_failure(lua_State *L, nskl_state *st, nsk_outcome outcome) {
  lua_pushnil(L);
  nskl_push_error(L, st);
  lua_pushboolean(L, outcome == NSK_TIMEOUT);
}

static nsk_outcome deadline_at(lua_State *L, int index, nskl_state *st, int64_t *until) {
  double seconds = nskl_seconds(L, index, HUGE_VAL);
  return nsk_deadline(seconds, "poll", "sec", until, nskl_spare(L, st));
}

static nsk_outcome transfer_step(lua_State *L, nskl_operation *operation,
                                 nsk_error *error) {
  (void)L;
  return nsk_transfer_step(nskl_part(operation), &operation->socket->socket,
                           &operation->want, error);
}

static void transfer_drop(nskl_operation *operation, nsk_socket *keep) {
  nsk_transfer_drop(nskl_part(operation), keep);
}

/* ---------------------------------------------------------------- sending -- */

static int sent(lua_State *L, nskl_state *st, const nsk_transfer *op,
                nsk_outcome outcome) {
  if (outcome != NSK_DONE) push_failure(L, st, outcome);
  lua_pushinteger(L, (lua_Integer)op->done);
  return outcome == NSK_DONE ? 1 : 4;
}

static int send_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  return sent(L, operation->state, nskl_part(operation), outcome);
}

static const nskl_work send_work = {"send",      sizeof(nsk_transfer), transfer_step,
                                    send_finish, transfer_drop,        NULL};

/* What goes at the first try needs no operation. */
int nskl_socket_sendall(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  size_t length;
  int64_t until;
  nsk_transfer op;
  nsk_want want;
  const char *bytes = nskl_bytes(L, 2, &length);
  if (deadline_at(L, 3, st, &until) != NSK_DONE) return nskl_fail(L, st);
  nsk_transfer_send(&op, bytes, length, until);
  nsk_outcome outcome = nsk_transfer_step(&op, &self->socket, &want, nskl_spare(L, st));
  if (outcome != NSK_AGAIN) return sent(L, st, &op, outcome);
  lua_settop(L, 2);
  nskl_operation *operation = nskl_new_operation(L, st, &send_work, self);
  *(nsk_transfer *)nskl_part(operation) = op;
  operation->want = want;
  operation->stepped = true;
  return nskl_run(L);
}

/* -------------------------------------------------------------- receiving -- */

/* The bytes are the operation's until its slot is closed, and if that is because the
   string could not be made they go back to the socket. */
static int receive_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  const nsk_transfer *op = nskl_part(operation);
  if (outcome == NSK_END) return 0;
  if (outcome != NSK_DONE) push_failure(L, operation->state, outcome);
  lua_pushlstring(L, nsk_transfer_bytes(op), op->done);
  return outcome == NSK_DONE ? 1 : 4;
}

static const nskl_work receive_work = {
    "recv", sizeof(nsk_transfer), transfer_step, receive_finish, transfer_drop, NULL};

/* (n, sec) */
static int receive(lua_State *L, nskl_socket *self, nsk_transfer_kind kind, int64_t n,
                   int bad, const char *parameter) {
  nskl_state *st = self->head.state;
  int64_t until;
  if (deadline_at(L, 3, st, &until) != NSK_DONE) return nskl_fail(L, st);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  if (n < 1) {
    nsk_error_argument(nskl_spare(L, st), "recv", parameter, "must be at least 1");
    return nskl_fail(L, st);
  }
  nskl_operation *operation = nskl_new_operation(L, st, &receive_work, self);
  nsk_error *error = nskl_spare(L, st);
  if (nsk_transfer_receive(nskl_part(operation), kind, (size_t)n, until, error) !=
      NSK_DONE)
    return nskl_fail(L, st);
  return nskl_run(L);
}

int nskl_socket_recvall(lua_State *L) {
  int bad = 0;
  nskl_socket *self = nskl_self(L);
  int64_t n = nskl_integer(L, 2, &bad);
  return receive(L, self, NSK_RECEIVE_ALL, n, bad, "n");
}

enum { LINE_MAX_DEFAULT = 65536 };

int nskl_socket_recvline(lua_State *L) {
  int bad = 0;
  nskl_socket *self = nskl_self(L);
  int64_t max = nskl_integer_or(L, 2, LINE_MAX_DEFAULT, &bad);
  return receive(L, self, NSK_RECEIVE_LINE, max, bad, "max");
}

/* -------------------------------------------------------------- accepting -- */

enum { MADE_AT = 3 };

static nsk_outcome accept_step(lua_State *L, nskl_operation *operation,
                               nsk_error *error) {
  nskl_socket *made = lua_touserdata(L, MADE_AT);
  const int64_t *until = nskl_part(operation);
  return nsk_accept_step(&operation->socket->socket, &made->socket, NULL, *until,
                         &operation->want, error);
}

static int accepted(lua_State *L, nskl_state *st, nsk_outcome outcome) {
  nskl_socket *made = lua_touserdata(L, MADE_AT);
  if (outcome == NSK_DONE) {
    nskl_own(st, made->socket.fd);
    lua_pushvalue(L, MADE_AT);
    return 1;
  }
  nskl_spare_socket(L, st, MADE_AT);
  return outcome == NSK_TIMEOUT ? nskl_fail_timeout(L, st) : nskl_fail(L, st);
}

static int accept_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  return accepted(L, operation->state, outcome);
}

static void accept_drop(nskl_operation *operation, nsk_socket *keep) {
  (void)operation;
  (void)keep;
}

static const nskl_work accept_work = {"accept",      sizeof(int64_t), accept_step,
                                      accept_finish, accept_drop,     NULL};

/* A connection that is there already needs no operation. */
int nskl_socket_acceptwait(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  int64_t until;
  nsk_want want;
  lua_settop(L, 2);
  if (deadline_at(L, 2, st, &until) != NSK_DONE) return nskl_fail(L, st);
  nskl_socket *made = nskl_new_socket(L, st);
  nsk_outcome outcome = nsk_accept_step(&self->socket, &made->socket, NULL, until, &want,
                                        nskl_spare(L, st));
  if (outcome != NSK_AGAIN) return accepted(L, st, outcome);
  nskl_operation *operation = nskl_new_operation(L, st, &accept_work, self);
  *(int64_t *)nskl_part(operation) = until;
  operation->want = want;
  operation->stepped = true;
  return nskl_run(L);
}
