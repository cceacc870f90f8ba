/* Waiting for a socket: recvable and sendable. */
#include "args.h"
#include "error.h"
#include "socket.h"

/* A deadline that has passed already asks without waiting, so the GIL can stay. */
static PyObject *wait_until(nskp_socket *self, nsk_need need, bool at_once,
                            int64_t until) {
  nsk_error error;
  nsk_outcome outcome;
  bool open = true;
  if (at_once || self->s.fd < 0) {
    do {
      outcome = nsk_socket_wait(&self->s, need, until, &error);
    } while (outcome == NSK_INTERRUPTED && PyErr_CheckSignals() == 0);
  } else {
    nsk_socket view;
    nskp_enter(self, &view);
    do {
      PyThreadState *thread = PyEval_SaveThread();
      outcome = nsk_socket_wait(&view, need, until, &error);
      PyEval_RestoreThread(thread);
    } while (outcome == NSK_INTERRUPTED && PyErr_CheckSignals() == 0);
    open = nskp_leave(self);
  }
  /* A socket that was shut down to wake this call is ready, and of no use. */
  if (outcome == NSK_TIMEOUT && open) Py_RETURN_FALSE;
  if (outcome == NSK_DONE && open) Py_RETURN_TRUE;
  return nskp_raise_outcome("poll", outcome, open, &error);
}

static PyObject *wait_for(PyObject *self, const nskp_row *row, PyObject *const *args,
                          Py_ssize_t nargs, PyObject *kwnames, nsk_need plain,
                          nsk_need urgent) {
  nskp_args a;
  nsk_deadline deadline = {0, 0};
  bool exception = false;
  if (!nskp_bind(&a, row, args, nargs, kwnames) || !nskp_get_deadline(&a, 0, &deadline) ||
      !nskp_get_bool(&a, 1, &exception))
    return NULL;
  bool at_once = nsk_passed(deadline.at);
  return wait_until((nskp_socket *)self, exception ? urgent : plain, at_once,
                    deadline.at);
}

PyObject *nskp_socket_recvable(NSKP_KEY) {
  return wait_for(self, &nskp_row_socket_recvable, args, nargs, kwnames, NSK_READ,
                  NSK_READ_URGENT);
}

PyObject *nskp_socket_sendable(NSKP_KEY) {
  return wait_for(self, &nskp_row_socket_sendable, args, nargs, kwnames, NSK_WRITE,
                  NSK_WRITE_URGENT);
}
