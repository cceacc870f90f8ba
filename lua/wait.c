/* Waiting for one socket: recvable and sendable. */
#include "args.h"
#include "deadline.h"
#include "error.h"
#include "poller.h"
#include "wait_loop.h"

static int waited(lua_State *L, nskl_state *st, nsk_outcome outcome) {
  switch (outcome) {
    case NSK_DONE:
      lua_pushboolean(L, 1);
      return 1;
    case NSK_TIMEOUT:
      lua_pushboolean(L, 0);
      lua_pushnil(L);
      lua_pushboolean(L, 1);
      return 3;
    case NSK_INTERRUPTED: /* a hook raised */
      return lua_error(L);
    case NSK_AGAIN:
    case NSK_END:
    case NSK_FAILED:
      break;
  }
  return nskl_fail_false(L, st);
}

/* What is past needs no wait. */
enum { AT_ONCE = 0 };
static const nsk_deadline at_once = {AT_ONCE, 0};

/* What a poller says is looked at, whichever it is. */
static nsk_outcome ready_step(lua_State *L, nskl_operation *operation, nsk_error *error) {
  nsk_socket *s = &operation->socket->socket;
  const nsk_interest *interest = &operation->interest;
  (void)L;
  nskl_settle(operation->state);
  nsk_outcome outcome = nsk_socket_wait(s, interest->need, AT_ONCE, NULL, error);
  bool over = nsk_passed(interest->until);
  return outcome == NSK_TIMEOUT && !over ? NSK_AGAIN : outcome;
}

static int ready_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  return waited(L, operation->state, outcome);
}

static const nskl_work ready_work = {
    .name = "poll",
    .step = ready_step,
    .finish = ready_finish,
};

/* Only what is not ready yet is waited for. */
static nsk_outcome look(lua_State *L, nskl_socket *self, nsk_need need) {
  nskl_state *st = self->head.state;
  nsk_outcome outcome;
  nskl_settle(st);
  do
    outcome = nsk_socket_wait(&self->socket, need, AT_ONCE, NULL, nskl_spare(L, st));
  while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st));
  return outcome;
}

static nsk_outcome wait_in_place(lua_State *L, nskl_socket *self, nsk_need need,
                                 int64_t until) {
  for (;;) {
    nsk_interest interest = {.fd = self->socket.fd, .need = need, .until = until};
    nsk_outcome outcome = nskl_wait(L, self->head.state, &interest);
    if (outcome == NSK_INTERRUPTED) outcome = look(L, self, need);
    if (outcome != NSK_TIMEOUT || nsk_passed(until)) return outcome;
  }
}

static int wait_for(lua_State *L, nsk_need need, nsk_need urgent) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nsk_deadline deadline;
  nskl_time time = nskl_time_at(L, 2, at_once);
  bool exception = nskl_boolean(L, 3, false);
  if (exception) need = urgent;
  if (nskl_time_ends(L, st, &time, "poll", "sec", &deadline) != NSK_DONE)
    return nskl_fail_false(L, st);
  nsk_outcome outcome = look(L, self, need);
  if (outcome != NSK_TIMEOUT || nsk_passed(deadline.at)) return waited(L, st, outcome);
  if (exception || !nskl_poller_usable(L, st))
    return waited(L, st, wait_in_place(L, self, need, deadline.at));
  nskl_operation *operation = nskl_new_operation(L, st, &ready_work, self);
  operation->interest =
      (nsk_interest){.fd = self->socket.fd, .need = need, .until = deadline.at};
  operation->stepped = true;
  return nskl_run(L);
}

int nskl_socket_recvable(lua_State *L) {
  return wait_for(L, NSK_READ, NSK_READ_URGENT);
}

int nskl_socket_sendable(lua_State *L) {
  return wait_for(L, NSK_WRITE, NSK_WRITE_URGENT);
}
