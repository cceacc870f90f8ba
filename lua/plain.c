/* Plain calls of a socket: tried once, and again while its timeout lasts. */
#include "plain.h"

#include "args.h"
#include "error.h"
#include "poller.h"

nsk_outcome nskl_plain_step(lua_State *L, nskl_operation *operation, nsk_error *error) {
  nskl_plain_part *part = nskl_part(operation);
  const nsk_socket *s = &operation->socket->socket;
  if (part->by_system && nsk_passed(part->timed.deadline.at)) return NSK_TIMEOUT;
  nsk_outcome outcome = part->call.method->attempt(L, &part->call, error);
  bool signalled = outcome == NSK_INTERRUPTED && part->by_system;
  if (signalled && !nsk_socket_has_pending(s)) outcome = NSK_AGAIN;
  if (outcome != NSK_AGAIN) return outcome;
  /* An attempt may collect, in which finalizers take the error. */
  return nsk_timed_wait(&part->timed, s, &operation->interest,
                        nskl_spare(L, operation->state));
}

int nskl_plain_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  nskl_plain_part *part = nskl_part(operation);
  part->done = outcome == NSK_DONE;
  if (outcome == NSK_TIMEOUT && part->by_system) outcome = NSK_AGAIN;
  return part->call.method->results(L, &part->call, outcome);
}

void nskl_plain_drop(nskl_operation *operation, bool delivered) {
  nskl_plain_part *part = nskl_part(operation);
  nsk_timed_end(&part->timed);
  if (part->done && part->call.method->end != NULL)
    part->call.method->end(&part->call, delivered);
}

void nskl_plain_close_fd(nskl_plain *call, bool delivered) {
  nsk_error ignored;
  if (!delivered) nsk_fd_close(call->fd, &ignored);
}

/* Nothing else goes on meanwhile, and after a signal the time is not begun anew. Only a
   stream's call blocks again: it may ask for more than there is now. */
static void wait_as_the_system(nskl_operation *operation, nskl_plain_part *part,
                               const nsk_socket *s) {
  nskl_plain *call = &part->call;
  part->by_system = true;
  part->timed.deadline.at = nsk_socket_limit(s, call->method->need, call->began);
  if (s->type != nsk_stream) call->flags |= nsk_dontwait;
  operation->by_poller = false;
}

/* An attempt may look at arguments that were left out: the operation must not be where
   they would be. */
enum { ARGUMENTS = 5 };

static int wait_and_try(lua_State *L, const nskl_plain *call) {
  const nskl_method *method = call->method;
  if (lua_gettop(L) < ARGUMENTS) lua_settop(L, ARGUMENTS);
  nskl_operation *operation =
      nskl_new_operation(L, call->state, &method->work, call->socket);
  nskl_plain_part *part = nskl_part(operation);
  const nsk_socket *s = &call->socket->socket;
  part->call = *call;
  part->call.waits = true;
  nsk_timed_begin(&part->timed, s, method->need, method->work.name, call->about);
  if (nsk_socket_blocking(s)) wait_as_the_system(operation, part, s);
  if (nsk_socket_has_pending(s)) return nskl_run(L);
  operation->stepped = nsk_timed_wait(&part->timed, s, &operation->interest,
                                      nskl_spare(L, call->state)) == NSK_AGAIN;
  return nskl_run(L);
}

/* In the kernel, or in its place. */
static bool blocks(const nskl_plain *call) {
  bool at_once = (call->flags & nsk_dontwait) != 0;
  return call->socket != NULL && nsk_socket_blocking(&call->socket->socket) && !at_once &&
         call->method->blocking != NSKL_LIMITS_ITSELF;
}

static bool will_wait(const nskl_plain *call) {
  if (call->method->blocking == NSKL_POLLED && blocks(call)) return true;
  return call->socket != NULL && nsk_socket_waits(&call->socket->socket, call->flags);
}

static bool vacated(lua_State *L, const nskl_plain *call, nsk_outcome outcome) {
  return call->socket != NULL && call->method->need == NSK_READ &&
         nskl_vacated(L, call->socket, outcome);
}

int nskl_plain_after(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  nskl_state *st = call->state;
  bool waits = blocks(call) && outcome == NSK_INTERRUPTED;
  while ((outcome == NSK_INTERRUPTED && nskl_interrupted(L, st)) ||
         vacated(L, call, outcome)) {
    if (waits) return wait_and_try(L, call);
    outcome = call->method->attempt(L, call, nskl_spare(L, st));
  }
  if (outcome == NSK_INTERRUPTED) return lua_error(L); /* a hook raised */
  if (outcome == NSK_AGAIN && will_wait(call)) return wait_and_try(L, call);
  return call->method->results(L, call, outcome);
}

int nskl_plain_run(lua_State *L, nskl_plain *call) {
  nsk_error *error = nskl_spare(L, call->state);
  if (call->socket != NULL) call->began = nskl_plain_begins(&call->socket->socket);
  return nskl_plain_after(L, call, call->method->attempt(L, call, error));
}

/* ---------------------------------------------------------------- the timeout -- */

int nskl_socket_timeout(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  bool given = !lua_isnoneornil(L, 2);
  double before, seconds = nskl_seconds(L, 2, 0);
  if (nsk_socket_set_timeout(&self->socket, given ? &seconds : NULL, &before,
                             nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  lua_pushnumber(L, before);
  return 1;
}
