/* How long the plain calls of a socket wait. */
#include "args.h"
#include "error.h"

static nsk_socket *core_of(PyObject *self) {
  return &((nskp_socket *)self)->s;
}

/* False with an exception. `seconds` may be NULL: it stays as it is. */
static bool set(PyObject *self, const nskp_row *row, const double *seconds,
                double *before) {
  nsk_error error;
  nsk_outcome outcome = nsk_socket_set_timeout(core_of(self), seconds, before, &error);
  if (outcome != NSK_DONE) nskp_raise(row, outcome, &error);
  return outcome == NSK_DONE;
}

/* What it was before is an object before anything is set. */
PyObject *nskp_socket_timeout(NSKP_KEY) {
  nskp_args a;
  double seconds, before;
  if (!nskp_bind(&a, &nskp_row_socket_timeout, args, nargs, kwnames) ||
      !nskp_get_seconds(&a, 0, &seconds))
    return NULL;
  PyObject *was = PyFloat_FromDouble(nsk_socket_timeout(core_of(self)));
  if (was != NULL && !set(self, a.row, a.value[0] != NULL ? &seconds : NULL, &before))
    Py_CLEAR(was);
  return was;
}

/* -------------------------------------------------- as CPython's sockets have them -- */

/* asyncio asks this before it takes a socket: it must not wait. */
PyObject *nskp_socket_gettimeout(NSKP_POS) {
  if (!nskp_bind_none(&nskp_row_socket_gettimeout, nargs)) return NULL;
  double seconds = nsk_socket_timeout(core_of(self));
  if (seconds == Py_HUGE_VAL || nsk_socket_blocking(core_of(self))) Py_RETURN_NONE;
  return PyFloat_FromDouble(seconds);
}

/* A socket that is not to wait must not block either. */
static PyObject *set_as_cpython(PyObject *self, const nskp_row *row, double seconds) {
  double before;
  if (!set(self, row, &seconds, &before)) return NULL;
  if (nsk_socket_blocking(core_of(self)) && !nskp_never_block(self)) return NULL;
  Py_RETURN_NONE;
}

PyObject *nskp_socket_settimeout(NSKP_POS) {
  nskp_args a;
  double seconds = Py_HUGE_VAL;
  if (!nskp_bind(&a, &nskp_row_socket_settimeout, args, nargs, NULL)) return NULL;
  if (a.value[0] != Py_None && !nskp_get_seconds(&a, 0, &seconds)) return NULL;
  return set_as_cpython(self, a.row, seconds);
}

PyObject *nskp_socket_setblocking(NSKP_POS) {
  nskp_args a;
  bool on = false;
  if (!nskp_bind(&a, &nskp_row_socket_setblocking, args, nargs, NULL) ||
      !nskp_get_bool(&a, 0, &on))
    return NULL;
  return set_as_cpython(self, a.row, on ? Py_HUGE_VAL : 0);
}
