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

/* collect.c: a full collection, which ends the calls of coroutines that were dropped and
   closes sockets in cycles; at most one a second, else false. Python runs in it. */
bool nskp_collect(nskp_state *state);

/* Whether a call may be made again that failed for want of a descriptor: sockets that
   were dropped and not collected yet have been closed. It must look at everything afresh.
 */
bool nskp_reclaim(nskp_state *state, nsk_outcome outcome, const nsk_error *error);

/* Ends a coroutine that waits for the socket in a loop which has closed, and says whether
   there was one: what it has received is the socket's again. For receives that find the
   socket held. Code of the loop runs. */
bool nskp_end_stranded(nskp_socket *self, bool writing);

/* Another with a descriptor of its own; NULL: raised. */
nskp_socket *nskp_duplicate(nskp_socket *self, const nskp_row *row);

/* Gives the descriptor away, as a number, which a caller owns then; NULL: raised. */
PyObject *nskp_release(nskp_socket *self, const nskp_row *row);

/* unwrap.c: the end of a socket whose descriptor goes to the caller: one that calls or a
   loop have still to leave stays with them, and the caller gets a duplicate. Steals
   `number`, the object of the descriptor. NULL: raised, and the socket is as it was. */
PyObject *nskp_give_away(nskp_socket *sock, const nskp_row *row, PyObject *number);

#endif
