/* What a socket has beside it: functions that run at its end, its registrations in a loop
   of asyncio, the descriptor for as long as a loop in another thread needs, and the event
   of its closing. */
#include "leaving.h"

#include "error.h"
#include "registration.h"
#include "socket.h"

nskp_extra *nskp_extra_of(nskp_socket *sock) {
  if (sock->extra != NULL) return sock->extra;
  sock->extra = PyMem_Calloc(1, sizeof *sock->extra);
  if (sock->extra == NULL) PyErr_NoMemory();
  return sock->extra;
}

int nskp_extra_traverse(nskp_socket *sock, visitproc visit, void *arg) {
  if (sock->extra == NULL) return 0;
  Py_VISIT(sock->extra->gcfns);
  Py_VISIT(sock->extra->registrations[0]);
  Py_VISIT(sock->extra->registrations[1]);
  return 0;
}

void nskp_doubt(nskp_socket *sock) {
  if (sock->extra == NULL) return;
  for (int i = 0; i < 2; i++) {
    nskp_registration *r = (nskp_registration *)sock->extra->registrations[i];
    if (r != NULL) r->doubtful = true;
  }
}

/* --------------------------------------------------------------- its closing -- */

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

void nskp_tell_closing(nskp_socket *sock) {
  if (sock->extra != NULL && sock->extra->has_closing)
    nsk_event_post(&sock->extra->closing);
}

void nskp_forget_closing(nskp_socket *sock) {
  if (sock->extra == NULL || !sock->extra->has_closing) return;
  nsk_event_close(&sock->extra->closing);
  sock->extra->has_closing = false;
}

/* ------------------------------------------------------------------- the hold -- */

void nskp_hold_release(nskp_hold *hold) {
  nsk_error ignored;
  if (--hold->owners > 0) return;
  nsk_socket gone = hold->s;
  PyMem_Free(hold);
  nskp_close(&gone, &ignored);
}

nskp_hold *nskp_hold_of(nskp_extra *extra) {
  if (extra->hold == NULL) {
    extra->hold = PyMem_Calloc(1, sizeof *extra->hold);
    if (extra->hold == NULL) return NULL;
    *extra->hold = (nskp_hold){.owners = 1, .s = {.fd = -1}, .beside = extra};
  }
  return extra->hold;
}

void nskp_forget_hold(nskp_socket *sock) {
  nskp_hold *hold = sock->extra != NULL ? sock->extra->hold : NULL;
  if (hold == NULL) return;
  sock->extra->hold = NULL;
  hold->beside = NULL;
  nskp_hold_release(hold);
}

static void leave_loop(nskp_extra *extra, int direction) {
  nskp_registration *r = (nskp_registration *)extra->registrations[direction];
  if (r == NULL) return;
  extra->registrations[direction] = NULL;
  nskp_forget(r, extra);
  Py_DECREF((PyObject *)r);
}

void nskp_leave_loops(nskp_socket *sock) {
  if (sock->extra == NULL) return;
  nskp_exception held = nskp_exception_take();
  nskp_inside(sock);
  sock->inside++;
  leave_loop(sock->extra, 0);
  leave_loop(sock->extra, 1);
  if (nskp_inside(sock) > 0) sock->inside--; /* not in a child that the loop has made */
  nskp_exception_return(held);
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

/* Whether calls without the GIL, or a loop in another thread, have still to leave the
   descriptor: its number must not be another file's before. */
static bool is_shared(nskp_socket *sock) {
  const nskp_hold *hold = sock->extra != NULL ? sock->extra->hold : NULL;
  return nskp_inside(sock) > 0 || (hold != NULL && hold->owners > 1);
}

static nsk_outcome duplicate(nskp_socket *sock, nsk_socket *copy, nsk_error *error) {
  nsk_outcome outcome;
  do
    outcome = nsk_socket_dup(&sock->s, copy, error);
  while (nskp_reclaim(nskp_state_of((PyObject *)sock), outcome, error));
  return outcome;
}

PyObject *nskp_give_away(nskp_socket *sock, const nskp_row *row, PyObject *number) {
  nsk_socket copy, gone;
  nsk_error error, ignored;
  int fd;
  nsk_outcome outcome = NSK_DONE;
  nsk_socket_init(&copy);
  nsk_socket_init(&gone);
  bool shared = is_shared(sock);
  if (shared) {
    Py_DECREF(number);
    outcome = duplicate(sock, &copy, &error);
    number = outcome == NSK_DONE ? PyLong_FromLong(copy.fd) : NULL;
  }
  if (number != NULL) outcome = nsk_socket_release(&sock->s, &fd, &error);
  if (number == NULL || outcome != NSK_DONE) {
    sock->ending = false;
    nsk_socket_close(&copy, &ignored);
    Py_XDECREF(number);
    return outcome != NSK_DONE ? nskp_raise(row, outcome, &error) : NULL;
  }
  if (shared) {
    gone.fd = fd;
    nsk_socket_release(&copy, &fd, &ignored);
  }
  nskp_tell_closing(sock);
  if (nskp_inside(sock) > 0) {
    sock->leaving = gone.fd;
    return number;
  }
  gone.fd = nskp_give_up(sock, gone.fd);
  nskp_close(&gone, &ignored);
  return number;
}
