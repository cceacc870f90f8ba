/* Calls that wait until all is done: sendall, recvall, recvline, acceptwait. */
#include "args.h"
#include "deadline.h"
#include "error.h"
#include "fd_registry.h"
#include "io.h"
#include "objects.h"
#include "poller.h"
#include "wait_loop.h"

/* nil, err, true or nil for a deadline or not, and how many bytes were moved. */
static int failed(lua_State *L, nskl_state *st, nsk_outcome outcome, size_t done) {
  if (outcome == NSK_TIMEOUT) {
    nskl_fail_timeout(L, st);
  } else {
    nskl_fail(L, st);
    lua_pushnil(L);
  }
  lua_pushinteger(L, (lua_Integer)done);
  return 4;
}

/* ---------------------------------------------------------------- sending -- */

static int count(lua_State *L, size_t done) {
  lua_pushinteger(L, (lua_Integer)done);
  return 1;
}

static int sent(lua_State *L, nskl_state *st, const nsk_transfer *op,
                nsk_outcome outcome) {
  return outcome == NSK_DONE ? count(L, op->done) : failed(L, st, outcome, op->done);
}

static nsk_outcome transfer_step(lua_State *L, nskl_operation *operation,
                                 nsk_error *error) {
  (void)L;
  return nsk_transfer_step(nskl_part(operation), &operation->socket->socket,
                           &operation->interest, error);
}

static void transfer_drop(nskl_operation *operation, bool delivered) {
  nskl_socket *socket = operation->socket;
  nsk_transfer_end(nskl_part(operation), socket != NULL ? &socket->socket : NULL,
                   delivered);
}

typedef struct {
  nsk_transfer op;
  nskl_iovec *busy; /* while it waits */
} sending;

static int send_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  const sending *s = nskl_part(operation);
  return sent(L, operation->state, &s->op, outcome);
}

/* When the state ends, the memory of the iovec may be gone, as the socket's. */
static void send_drop(nskl_operation *operation, bool delivered) {
  sending *s = nskl_part(operation);
  transfer_drop(operation, delivered);
  if (s->busy != NULL && !operation->state->closed) s->busy->busy--;
}

static const nskl_work send_work =
    NSKL_WORK("send", sizeof(sending), transfer_step, send_finish, send_drop);

/* What goes at the first tries needs no operation. What is sent is on the stack.
   NSK_AGAIN: it has been tried. */
static int send_all(lua_State *L, nskl_socket *self, sending *s, nsk_outcome outcome) {
  nskl_state *st = self->head.state;
  nsk_interest interest;
  nsk_error *error = nskl_spare(L, st);
  if (outcome == NSK_AGAIN)
    outcome = nsk_transfer_wait(&s->op, &self->socket, &interest, error);
  else
    outcome = nsk_transfer_step(&s->op, &self->socket, &interest, error);
  if (outcome != NSK_AGAIN && outcome != NSK_INTERRUPTED)
    return sent(L, st, &s->op, outcome);
  nskl_operation *operation = nskl_new_operation(L, st, &send_work, self);
  *(sending *)nskl_part(operation) = *s;
  if (s->busy != NULL) {
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, -2, 2);
    s->busy->busy++;
  }
  operation->interest = interest;
  operation->stepped = outcome == NSK_AGAIN;
  return nskl_run(L);
}

static int send_pieces(lua_State *L, nskl_socket *self, nsk_deadline deadline) {
  sending s = {.busy = NULL};
  nsk_transfer_send_pieces(&s.op, nskl_pieces(L, 2, &s.busy), deadline);
  return send_all(L, self, &s, NSK_INTERRUPTED);
}

static int send_bytes(lua_State *L, nskl_socket *self, size_t done, nsk_deadline deadline,
                      nsk_outcome tried) {
  sending s = {.busy = NULL};
  size_t length;
  const char *bytes = lua_tolstring(L, 2, &length);
  nsk_transfer_send(&s.op, bytes, length, done, deadline);
  return send_all(L, self, &s, tried);
}

/* What goes at once has no deadline made. */
int nskl_socket_sendall(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  size_t length = 0, done = 0;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  nsk_outcome tried = NSK_INTERRUPTED;
  bool many = nskl_is_pieces(L, 2), timed = !lua_isnoneornil(L, 3);
  const char *bytes = many ? NULL : nskl_bytes(L, 2, &length);
  nskl_time time = nskl_time_at(L, 3, deadline);
  if (!nskl_time_valid(&time)) {
    nskl_time_ends(L, st, &time, "poll", "sec", &deadline);
    return nskl_fail(L, st);
  }
  if (nskl_refused(L, self, NSK_WRITE, "send")) return failed(L, st, NSK_FAILED, 0);
  if (!many)
    tried = nsk_transfer_try_send(&self->socket, bytes, length, &done, nskl_spare(L, st));
  if (tried == NSK_FAILED) return failed(L, st, tried, 0);
  if (tried == NSK_DONE) return count(L, done);
  if (timed)
    nskl_time_ends(L, st, &time, "poll", "sec", &deadline);
  else
    deadline = nsk_socket_deadline(&self->socket);
  lua_settop(L, 2);
  return many ? send_pieces(L, self, deadline)
              : send_bytes(L, self, done, deadline, tried);
}

/* A file has a descriptor of the operation's own, so there is one from the start. */
int nskl_socket_sendfileall(lua_State *L) {
  int bad = 0, checked = 0;
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nsk_deadline deadline;
  nskl_descriptor(L, 2, &bad);
  int64_t n = nskl_integer_or(L, 3, INT64_MAX, &bad);
  int64_t offset = nskl_integer_or(L, 4, 0, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  if (nskl_socket_time(L, 5, self, "poll", &deadline) != NSK_DONE)
    return nskl_fail(L, st);
  if (nskl_refused(L, self, NSK_WRITE, "send")) return failed(L, st, NSK_FAILED, 0);
  nskl_operation *operation = nskl_new_operation(L, st, &send_work, self);
  sending *s = nskl_part(operation);
  nsk_outcome outcome;
  do
    outcome = nskl_flush(L, 2, nskl_spare(L, st));
  while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st));
  if (outcome == NSK_INTERRUPTED) return lua_error(L); /* a hook raised */
  if (outcome != NSK_DONE) return failed(L, st, NSK_FAILED, 0);
  do
    outcome = nsk_transfer_send_file(&s->op, nskl_descriptor(L, 2, &checked), n, offset,
                                     deadline, nskl_spare(L, st));
  while (nskl_reclaim(L, st, outcome));
  if (outcome == NSK_DONE) return nskl_run(L);
  if (n < 0 || offset < 0) return nskl_fail(L, st); /* an argument: nothing was begun */
  return failed(L, st, NSK_FAILED, 0);
}

/* -------------------------------------------------------------- receiving -- */

/* The bytes are the operation's own until its slot ends with the results there: an error
   in the poller, coroutine.close and no memory for the string leave them to the socket.
 */
static int receive_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  const nsk_transfer *op = nskl_part(operation);
  if (outcome == NSK_DONE)
    lua_pushlstring(L, nsk_transfer_bytes(op), op->done);
  else if (outcome == NSK_END)
    lua_pushnil(L);
  else
    return failed(L, operation->state, outcome, op->done);
  return 1;
}

static const nskl_work receive_work =
    NSKL_WORK("recv", sizeof(nsk_transfer), transfer_step, receive_finish, transfer_drop);

/* NSK_DONE: all was there, and its string is on the stack. What came of it else is
   pending. */
static nsk_outcome receive_now(lua_State *L, nskl_socket *self, size_t n) {
  nskl_state *st = self->head.state;
  size_t done;
  nsk_error *error = nskl_spare(L, st);
  nsk_buffer *buffer = nskl_scratch(L, st, n);
  nsk_outcome outcome =
      nsk_transfer_try_receive(&self->socket, buffer->data, n, &done, error);
  buffer->from.length = 0;
  if (outcome == NSK_DONE)
    return nskl_push_received(L, self, n) ? outcome : NSK_INTERRUPTED;
  if (done == 0) return outcome;
  st->in_hand.socket = self;
  st->in_hand.length = done;
  nskl_return_in_hand(st);
  return outcome;
}

/* It waits first where it has been tried, unless a finalizer has left it something. */
static int receive_on(lua_State *L, nskl_socket *self, nsk_transfer_kind kind, size_t n,
                      nsk_deadline deadline, bool tried) {
  nskl_state *st = self->head.state;
  nskl_operation *operation = nskl_new_operation(L, st, &receive_work, self);
  nsk_transfer *op = nskl_part(operation);
  nsk_socket *s = &self->socket;
  nsk_error *error;
  nsk_outcome begun;
  do {
    error = nskl_spare(L, st);
    nskl_settle(st);
    if (nsk_socket_has_pending(s)) tried = false;
    begun = nsk_transfer_receive(op, s, kind, n, deadline, error);
  } while (nskl_vacated(L, self, begun));
  if (begun != NSK_DONE) return failed(L, st, begun, nsk_socket_pending(s));
  operation->stepped =
      tried && nsk_transfer_wait(op, s, &operation->interest, error) == NSK_AGAIN;
  return nskl_run(L);
}

/* (n, sec) */
static int begin_receiving(lua_State *L, nskl_socket *self, nsk_transfer_kind kind,
                           int64_t n, int64_t least, int bad, const char *parameter) {
  nskl_state *st = self->head.state;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  nsk_outcome tried = NSK_INTERRUPTED;
  bool timed = !lua_isnoneornil(L, 3);
  if (timed && nskl_socket_time(L, 3, self, "poll", &deadline) != NSK_DONE)
    return nskl_fail(L, st);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  if (n < least) {
    nsk_error_argument(nskl_spare(L, st), "recv", parameter, NSK_BELOW(least));
    return nskl_fail(L, st);
  }
  if (nskl_refused(L, self, NSK_READ, "recv"))
    return failed(L, st, NSK_FAILED, nsk_socket_pending(&self->socket));
  if (kind == NSK_RECEIVE_ALL && n <= NSKL_SCRATCH_REUSED)
    tried = receive_now(L, self, (size_t)n);
  if (tried == NSK_DONE) return 1;
  if (tried == NSK_END) {
    lua_pushnil(L);
    return 1;
  }
  if (tried == NSK_FAILED) return failed(L, st, tried, 0);
  if (!timed) deadline = nsk_socket_deadline(&self->socket);
  return receive_on(L, self, kind, nsk_size(n), deadline, tried == NSK_AGAIN);
}

int nskl_socket_recvall(lua_State *L) {
  int bad = 0;
  nskl_socket *self = nskl_self(L);
  int64_t n = nskl_integer(L, 2, &bad);
  return begin_receiving(L, self, NSK_RECEIVE_ALL, n, 0, bad, "n");
}

enum { LINE_MAX_DEFAULT = 65536 };

int nskl_socket_recvline(lua_State *L) {
  int bad = 0;
  nskl_socket *self = nskl_self(L);
  int64_t max = nskl_integer_or(L, 2, LINE_MAX_DEFAULT, &bad);
  return begin_receiving(L, self, NSK_RECEIVE_LINE, max, 1, bad, "max");
}

/* -------------------------------------------------------------- accepting -- */

enum { MADE_AT = 4 };

/* A finalizer may take the spare error, so it is asked for each time. */
static nsk_outcome take(lua_State *L, nsk_accept *op, nskl_socket *from,
                        nsk_interest *interest) {
  nskl_state *st = from->head.state;
  nskl_socket *made = lua_touserdata(L, MADE_AT);
  nsk_outcome outcome;
  do
    outcome = nsk_accept_step(op, &from->socket, &made->socket, NULL, interest,
                              nskl_spare(L, st));
  while (nskl_reclaim(L, st, outcome) ||
         nsk_accept_again(op, &outcome, nskl_spare(L, st)));
  return outcome;
}

static nsk_outcome accept_step(lua_State *L, nskl_operation *operation,
                               nsk_error *error) {
  (void)error;
  return take(L, nskl_part(operation), operation->socket, &operation->interest);
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
    .size = sizeof(nsk_accept),
    .step = accept_step,
    .finish = accept_finish,
};

/* A connection that is there already needs no operation. */
int nskl_socket_acceptwait(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nsk_accept op = {.patient = nskl_boolean(L, 3, false)};
  nsk_interest interest;
  lua_settop(L, 3);
  if (nskl_socket_time(L, 2, self, "poll", &op.deadline) != NSK_DONE)
    return nskl_fail(L, st);
  nskl_new_socket(L, st);
  nsk_outcome outcome = take(L, &op, self, &interest);
  if (outcome != NSK_AGAIN) return accepted(L, st, outcome);
  nskl_operation *operation = nskl_new_operation(L, st, &accept_work, self);
  *(nsk_accept *)nskl_part(operation) = op;
  operation->interest = interest;
  operation->stepped = true;
  return nskl_run(L);
}
