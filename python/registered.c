/* The registrations of a socket: one a direction, for as long as it is in that loop. */
#include "error.h"
#include "leaving.h"
#include "lock.h"
#include "registration.h"

static nskp_registration *registration_in(const nskp_socket *sock, bool writing) {
  if (sock->extra == NULL) return NULL;
  return (nskp_registration *)sock->extra->registrations[writing];
}

nskp_registration *nskp_registration_of(nskp_socket *sock, PyObject *loop, bool writing) {
  nskp_registration *r = registration_in(sock, writing);
  if (r != NULL && r->loop == loop && r->generation == nsk_fork_generation()) {
    Py_INCREF((PyObject *)r);
    return r;
  }
  nskp_registration *made = nskp_register(nskp_state_of((PyObject *)sock), loop);
  nskp_extra *extra = made != NULL ? nskp_extra_of(sock) : NULL;
  if (extra == NULL) {
    Py_XDECREF((PyObject *)made);
    return NULL;
  }
  r = (nskp_registration *)extra->registrations[writing];
  extra->registrations[writing] = (PyObject *)made;
  Py_INCREF((PyObject *)made);
  if (r != NULL) nskp_forget(r, extra);
  Py_XDECREF((PyObject *)r);
  return made;
}

bool nskp_is_in_a_loop(const nskp_socket *sock) {
  const nskp_registration *in = registration_in(sock, false);
  const nskp_registration *out = registration_in(sock, true);
  return (in != NULL && in->loop != NULL) || (out != NULL && out->loop != NULL);
}

nskp_coroutine *nskp_waiter(const nskp_socket *sock, bool writing) {
  const nskp_registration *r = registration_in(sock, writing);
  return r != NULL && r->generation == nsk_fork_generation() ? r->waiter : NULL;
}

void nskp_doubt(nskp_socket *sock) {
  if (sock->extra == NULL) return;
  for (int i = 0; i < 2; i++) {
    nskp_registration *r = (nskp_registration *)sock->extra->registrations[i];
    if (r != NULL) r->doubtful = true;
  }
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
