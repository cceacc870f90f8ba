/* Socket objects. */
#ifndef NSKP_SOCKET_H
#define NSKP_SOCKET_H

#include "adapter.h"

extern PyType_Spec nskp_socket_spec;
PyObject *nskp_socket_dunder_enter(PyObject *self, PyObject *nothing);
PyObject *nskp_socket_dunder_exit(PyObject *self, PyObject *exception);

/* What a call came to, a count of bytes or a descriptor, as an object. `room` is the
   most that it can be, made before the call: there is memory for what is no longer than
   it once it is given back. */
static inline PyObject *nskp_count(PyObject *room, size_t most, size_t n) {
  if (n == most) return room;
  Py_DECREF(room);
  return PyLong_FromSize_t(n);
}

/* A closed socket: what owns a descriptor exists before the descriptor does. */
nskp_socket *nskp_make_socket(nskp_state *state);

/* A full collection, which ends the calls of coroutines that were dropped and closes
   sockets in cycles; at most one a second, else false. Python runs in it. */
bool nskp_collect(nskp_state *state);

/* Whether a call may be made again that failed for want of a descriptor: sockets that
   were dropped and not collected yet have been closed. It must look at everything afresh.
 */
bool nskp_reclaim(nskp_state *state, nsk_outcome outcome, const nsk_error *error);

/* Brackets a call without the GIL on a socket that is not closed: `view` is the copy to
   use, which has nothing pending. nskp_leave is false when the socket was closed
   meanwhile. For lock.c, and for a call on many sockets. */
size_t nskp_inside(nskp_socket *self); /* how many calls are inside */
void nskp_enter(nskp_socket *self, nsk_socket *view);
bool nskp_leave(nskp_socket *self, const nsk_socket *view);

#endif
