/* What a socket has beside it: functions that run at its end, its registrations in a loop
   of asyncio, the event of its closing, and the descriptor for as long as a loop in
   another thread needs it. */
#include "leaving.h"

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

/* --------------------------------------------------------------- its closing -- */

void nskp_tell_closing(nskp_socket *sock) {
  if (sock->extra != NULL && sock->extra->has_closing)
    nsk_event_post(&sock->extra->closing);
}

void nskp_forget_closing(nskp_socket *sock) {
  if (sock->extra == NULL || !sock->extra->has_closing) return;
  nsk_event_close(&sock->extra->closing);
  sock->extra->has_closing = false;
}

/* ------------------------------------------------------------- the descriptor -- */

nsk_outcome nskp_close(nsk_socket *gone, nsk_error *error) {
  nsk_outcome first = NSK_DONE;
  if (nsk_socket_closes_at_once(gone)) {
    nsk_socket bare = *gone;
    bare.side = NULL;
    first = nsk_socket_close(&bare, error);
    gone->fd = -1;
  }
  if (gone->fd < 0 && gone->side == NULL) return first;
  PyThreadState *thread = PyEval_SaveThread();
  nsk_outcome second = nsk_socket_close(gone, error);
  PyEval_RestoreThread(thread);
  return first != NSK_DONE ? first : second;
}

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
