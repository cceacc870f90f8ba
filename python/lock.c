/* The one way out of the GIL. While a call is inside, the descriptor is not closed: its
   number could be given to another file under the running call. */
#include "lock.h"

#include "leaving.h"

/* After a fork the calls that were inside are the parent's, and so is a close whose
   functions ran. What the last call was to close is closed here at once: it is the
   child's own copy. */
size_t nskp_inside(nskp_socket *self) {
  nsk_error ignored;
  uint16_t now = (uint16_t)nsk_fork_generation();
  if (self->process == now) return self->inside;
  self->process = now;
  self->inside = 0;
  self->ending = false;
  nskp_forget_closing(self);
  nskp_forget_hold(self);
  if (self->leaving >= 0) nsk_fd_close(self->leaving, &ignored);
  self->leaving = -1;
  return 0;
}

bool nskp_is_ending(nskp_socket *self) {
  nskp_inside(self);
  return self->ending;
}

void nskp_enter(nskp_socket *self, nsk_socket *view) {
  *view = self->s;
  view->side = NULL;
  view->held = false;
  view->error = 0;
  nskp_inside(self);
  self->inside++;
}

int nskp_give_up(nskp_socket *sock, int fd) {
  nskp_extra *extra = sock->extra;
  if (extra == NULL) return fd;
  nskp_hold *hold = extra->hold;
  extra->hold = NULL;
  if (nskp_inside(sock) == 0) {
    nskp_forget_closing(sock);
    sock->extra = NULL;
    PyMem_Free(extra);
  }
  if (hold == NULL) return fd;
  hold->beside = NULL;
  if (hold->owners > 1) {
    hold->s = sock->s;
    hold->s.fd = fd;
    fd = -1;
  }
  nskp_hold_release(hold);
  return fd;
}

bool nskp_leave(nskp_socket *self, const nsk_socket *view) {
  nsk_error ignored;
  bool open = self->s.fd >= 0;
  self->inside--;
  if (open && view->error != 0) self->s.error = view->error;
  if (self->inside == 0 && !open) {
    nsk_socket gone = self->s;
    gone.fd = nskp_give_up(self, self->leaving);
    self->leaving = -1;
    nskp_close(&gone, &ignored);
  }
  return open;
}

/* Holds signals back and says whether SIGINT has come since PyErr_CheckSignals. It is
   only asked: no handler runs while signals are held. */
static bool hold(nsk_signals *signals) {
  nsk_signals_hold(signals);
  if (!PyOS_InterruptOccurred()) return true;
  PyErr_SetInterrupt(); /* the question has taken it */
  nsk_signals_release(signals);
  return false;
}

/* Signals are the process's again before the GIL is waited for. */
static nsk_outcome unlocked(nsk_socket *s, nskp_body *body, void *call,
                            nsk_signals *signals, nsk_error *error) {
  if (signals != NULL && !hold(signals)) return NSK_INTERRUPTED;
  PyThreadState *thread = PyEval_SaveThread();
  nsk_outcome outcome = body(s, call, 0, error);
  if (signals != NULL) nsk_signals_release(signals);
  PyEval_RestoreThread(thread);
  return outcome;
}

nsk_outcome nskp_unlocked(nskp_body *body, void *call, nsk_signals *signals,
                          nsk_error *error) {
  if (signals != NULL) signals->closes = false;
  for (;;) {
    nsk_outcome outcome = unlocked(NULL, body, call, signals, error);
    if (outcome != NSK_INTERRUPTED || PyErr_CheckSignals() < 0) return outcome;
  }
}

/* It lives until no call is inside any more: one may be about to wait for it. */
nsk_outcome nskp_await_closing(nskp_socket *sock, nsk_signals *signals,
                               nsk_error *error) {
  signals->closes = false;
  if (nsk_socket_shutdown_wakes(&sock->s)) return NSK_DONE;
  nskp_inside(sock); /* what is its parent's goes */
  nskp_extra *extra = nskp_extra_of(sock);
  if (extra == NULL) return NSK_INTERRUPTED;
  while (!extra->has_closing) {
    nsk_outcome outcome = nsk_event_open(&extra->closing, error);
    extra->has_closing = outcome == NSK_DONE;
    if (outcome == NSK_DONE) break;
    if (!nskp_reclaim(nskp_state_of((PyObject *)sock), outcome, error)) return outcome;
    extra = nskp_extra_of(sock); /* finalizers have run */
    if (extra == NULL) return NSK_INTERRUPTED;
  }
  signals->closes = true;
  signals->closing = extra->closing;
  return NSK_DONE;
}

nsk_outcome nskp_outside(nskp_socket *self, const nskp_work *work, nsk_error *error) {
  nsk_socket view;
  nsk_outcome outcome;
  bool raised = false;
  if (work->signals != NULL) {
    outcome = nskp_await_closing(self, work->signals, error);
    if (outcome != NSK_DONE) return outcome;
  }
  nskp_enter(self, &view);
  do {
    outcome = unlocked(&view, work->body, work->call, work->signals, error);
    raised = outcome == NSK_INTERRUPTED && PyErr_CheckSignals() < 0;
  } while (outcome == NSK_INTERRUPTED && !raised && self->s.fd >= 0);
  bool open = nskp_leave(self, &view);
  bool moved = outcome == NSK_DONE && work->moved != NULL && *work->moved > 0;
  if (raised || open || moved) return outcome;
  return nsk_error_because(error, work->op, NSK_CLOSED, NULL);
}

/* ---------------------------------------------------------------------- waiting -- */

nsk_outcome nskp_step_and_wait(nsk_socket *s, void *steps, int more, nsk_error *error) {
  nskp_steps *call = steps;
  nsk_interest interest;
  nsk_outcome outcome = call->step(s, call->operation, &interest, error);
  if (outcome != NSK_AGAIN || more != 0) return outcome;
  outcome = nsk_wait_for(&interest, &call->signals, error);
  /* Whatever the wait says but failure, the next step finds out why. */
  return outcome == NSK_FAILED ? outcome : NSK_INTERRUPTED;
}

typedef struct {
  nsk_interest *interest;
  nsk_signals signals;
} waiting;

static nsk_outcome wait_once(nsk_socket *s, void *call, int more, nsk_error *error) {
  waiting *w = call;
  (void)s, (void)more;
  return nsk_wait_for(w->interest, &w->signals, error);
}

nsk_outcome nskp_wait(nsk_interest *interest, nsk_error *error) {
  waiting w = {.interest = interest};
  return unlocked(NULL, wait_once, &w, &w.signals, error);
}
