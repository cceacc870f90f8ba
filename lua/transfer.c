/* Calls that wait until all is done: sendall, recvall, recvline, acceptwait. */
#include <math.h>

#include "args.h"
#include "error.h"
#include "operation.h"
#include "owned.h"
#include "socket.h"

/* nil, err, whether that is a deadline; what was done by then is the caller's to push. */
static void push_failure(lua_State *L, nskl_state *st, nsk_outcome outcome) {
  lua_pushnil(L);
  nskl_push_error(L, st);
  lua_pushboolean(L, outcome == NSK_TIMEOUT);
}

static nsk_outcome deadline_at(lua_State *L, int index, nskl_state *st,
                               nsk_deadline *deadline) {
  double seconds = nskl_seconds(L, index, HUGE_VAL);
  return nsk_deadline_in(seconds, "poll", "sec", deadline, nskl_spare(L, st));
}

/* ---------------------------------------------------------------- sending -- */

static int sent(lua_State *L, nskl_state *st, const nsk_transfer *op,
                nsk_outcome outcome) {
  if (outcome != NSK_DONE) push_failure(L, st, outcome);
  lua_pushinteger(L, (lua_Integer)op->done);
  return outcome == NSK_DONE ? 1 : 4;
}

static nsk_outcome send_step(lua_State *L, nskl_operation *operation, nsk_error *error) {
  (void)L;
  return nsk_transfer_step(nskl_part(operation), &operation->socket->socket,
                           &operation->interest, error);
}

static int send_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  return sent(L, operation->state, nskl_part(operation), outcome);
}

static const nskl_work send_work = {
    .name = "send",
    .size = sizeof(nsk_transfer),
    .step = send_step,
    .finish = send_finish,
};

/* What goes at the first try needs no operation. */
int nskl_socket_sendall(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  size_t length;
  nsk_deadline deadline;
  nsk_transfer op;
  nsk_interest interest;
  const char *bytes = nskl_bytes(L, 2, &length);
  if (deadline_at(L, 3, st, &deadline) != NSK_DONE) return nskl_fail(L, st);
  if (nskl_refused(L, self, NSK_WRITE, "send")) return nskl_fail(L, st);
  nsk_transfer_send(&op, bytes, length, deadline);
  nsk_outcome outcome =
      nsk_transfer_step(&op, &self->socket, &interest, nskl_spare(L, st));
  if (outcome != NSK_AGAIN) return sent(L, st, &op, outcome);
  lua_settop(L, 2);
  nskl_operation *operation = nskl_new_operation(L, st, &send_work, self);
  *(nsk_transfer *)nskl_part(operation) = op;
  operation->interest = interest;
  operation->stepped = true;
  return nskl_run(L);
}

/* -------------------------------------------------------------- receiving -- */

/* Between the steps the bytes are lent to the socket. So they are its already when the
   call ends without a result: an error in the poller, coroutine.close, no memory for the
   string. And whoever receives meanwhile gets them first. */
typedef struct {
  nsk_transfer transfer;
  nsk_buffer *lent;
} receiving;

static void lend(nsk_socket *s, receiving *part) {
  nsk_transfer *op = &part->transfer;
  if (s->fd < 0 || op->done == 0) return;
  part->lent = op->buffer;
  op->buffer = NULL;
  nsk_socket_add_pending(s, part->lent, op->done);
}

static bool still_lent(const nsk_socket *s, const receiving *part) {
  return s->fd >= 0 && s->side == part->lent && part->lent->start == 0;
}

/* None is left when they have been received meanwhile. */
static void take_back(nsk_socket *s, receiving *part) {
  if (part->lent == NULL) return;
  if (still_lent(s, part))
    part->transfer.buffer = nsk_socket_remove_pending(s);
  else
    part->transfer.done = 0;
  part->lent = NULL;
}

static nsk_outcome receive_step(lua_State *L, nskl_operation *operation,
                                nsk_error *error) {
  receiving *part = nskl_part(operation);
  nsk_transfer *op = &part->transfer;
  nsk_socket *s = &operation->socket->socket;
  nsk_outcome outcome = NSK_DONE;
  (void)L;
  take_back(s, part);
  if (op->buffer == NULL)
    outcome = nsk_transfer_receive(op, op->kind, op->wanted, op->deadline, error);
  if (outcome == NSK_DONE)
    outcome = nsk_transfer_step(op, s, &operation->interest, error);
  if (op->buffer != NULL) lend(s, part);
  return outcome;
}

static int receive_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  receiving *part = nskl_part(operation);
  nsk_socket *s = &operation->socket->socket;
  const nsk_buffer *buffer = part->lent != NULL ? part->lent : part->transfer.buffer;
  if (outcome == NSK_END) return 0;
  if (outcome != NSK_DONE) push_failure(L, operation->state, outcome);
  lua_pushlstring(L, (const char *)buffer->data, part->transfer.done);
  /* The string may have set off finalizers, and one of them may have received these very
     bytes. Then they are its. */
  if (part->lent == NULL || s->fd < 0 || still_lent(s, part))
    return outcome == NSK_DONE ? 1 : 4;
  lua_pop(L, 1);
  if (outcome == NSK_DONE) return NSKL_STEP_AGAIN;
  lua_pushliteral(L, "");
  return 4;
}

/* They are taken from the socket when the caller has them, and not before. */
static void receive_drop(nskl_operation *operation, bool delivered) {
  receiving *part = nskl_part(operation);
  if (delivered) take_back(&operation->socket->socket, part);
  nsk_transfer_drop(&part->transfer, NULL);
}

/* Its bytes are not to go with the socket. */
static void receive_on_close(nskl_operation *operation) {
  take_back(&operation->socket->socket, nskl_part(operation));
}

static const nskl_work receive_work = {
    .name = "recv",
    .size = sizeof(receiving),
    .step = receive_step,
    .finish = receive_finish,
    .drop = receive_drop,
    .on_close = receive_on_close,
};

/* (n, sec) */
static int receive(lua_State *L, nskl_socket *self, nsk_transfer_kind kind, int64_t n,
                   int bad, const char *parameter) {
  nskl_state *st = self->head.state;
  nsk_deadline deadline;
  if (deadline_at(L, 3, st, &deadline) != NSK_DONE) return nskl_fail(L, st);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  if (n < 1) {
    nsk_error_argument(nskl_spare(L, st), "recv", parameter, "must be at least 1");
    return nskl_fail(L, st);
  }
  if (nskl_refused(L, self, NSK_READ, "recv")) return nskl_fail(L, st);
  nskl_operation *operation = nskl_new_operation(L, st, &receive_work, self);
  nsk_error *error = nskl_spare(L, st);
  if (nsk_transfer_receive(nskl_part(operation), kind, (size_t)n, deadline, error) !=
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
  const nsk_deadline *deadline = nskl_part(operation);
  return nsk_accept_step(&operation->socket->socket, &made->socket, NULL, *deadline,
                         &operation->interest, error);
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

static const nskl_work accept_work = {
    .name = "accept",
    .size = sizeof(nsk_deadline),
    .step = accept_step,
    .finish = accept_finish,
};

/* A connection that is there already needs no operation. */
int nskl_socket_acceptwait(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nsk_deadline deadline;
  nsk_interest interest;
  lua_settop(L, 2);
  if (deadline_at(L, 2, st, &deadline) != NSK_DONE) return nskl_fail(L, st);
  nskl_socket *made = nskl_new_socket(L, st);
  nsk_outcome outcome = nsk_accept_step(&self->socket, &made->socket, NULL, deadline,
                                        &interest, nskl_spare(L, st));
  if (outcome != NSK_AGAIN) return accepted(L, st, outcome);
  nskl_operation *operation = nskl_new_operation(L, st, &accept_work, self);
  *(nsk_deadline *)nskl_part(operation) = deadline;
  operation->interest = interest;
  operation->stepped = true;
  return nskl_run(L);
}
