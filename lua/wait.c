/* Waiting for one socket: recvable and sendable. */
#include "args.h"
#include "error.h"
#include "operation.h"
#include "poller.h"

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

/* Nobody has to wait for what is past. */
enum { AT_ONCE = 0 };

/* A poller that says ready is believed; one that gives up is not. */
static nsk_outcome ready_step(lua_State *L, nskl_operation *operation, nsk_error *error) {
  nsk_socket *s = &operation->socket->socket;
  const nsk_interest *interest = &operation->interest;
  (void)L;
  nskl_settle(operation->state);
  if (operation->ready && s->fd >= 0) return NSK_DONE;
  nsk_outcome outcome = nsk_socket_wait(s, interest->need, AT_ONCE, error);
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

static int wait_for(lua_State *L, nsk_need need, nsk_need urgent) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nsk_deadline deadline;
  nsk_outcome outcome;
  double seconds = nskl_seconds(L, 2, 0);
  bool exception = nskl_boolean(L, 3, false);
  if (nsk_deadline_in(seconds, "poll", "sec", &deadline, nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail_false(L, st);
  nskl_settle(st);
  bool by_poller = seconds > 0 && !exception && nskl_poller_usable(L, st);
  do
    outcome = nsk_socket_wait(&self->socket, exception ? urgent : need,
                              by_poller ? AT_ONCE : deadline.at, nskl_spare(L, st));
  while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st));
  if (outcome != NSK_TIMEOUT || !by_poller) return waited(L, st, outcome);
  nskl_operation *operation = nskl_new_operation(L, st, &ready_work, self);
  operation->interest = (nsk_interest){self->socket.fd, need, deadline.at};
  operation->stepped = true;
  return nskl_run(L);
}

int nskl_socket_recvable(lua_State *L) {
  return wait_for(L, NSK_READ, NSK_READ_URGENT);
}

int nskl_socket_sendable(lua_State *L) {
  return wait_for(L, NSK_WRITE, NSK_WRITE_URGENT);
}
