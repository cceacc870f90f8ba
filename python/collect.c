/* Garbage that is collected where a call wants what it may hold: a descriptor, a turn. */
#include "socket.h"

static void mark(PyObject *capsule) {
  *(bool *)PyCapsule_GetPointer(capsule, NULL) = true;
}

/* Garbage that marks when it goes: a list in itself. NULL: there is no memory for it. */
static PyObject *garbage(bool *gone) {
  PyObject *list = PyList_New(0);
  PyObject *capsule = list != NULL ? PyCapsule_New(gone, NULL, mark) : NULL;
  if (capsule != NULL && PyList_Append(list, capsule) == 0) PyList_Append(list, list);
  Py_XDECREF(capsule);
  Py_XDECREF(list);
  if (!PyErr_Occurred()) return list;
  PyErr_Clear();
  return NULL;
}

/* In a finalizer there is no collection, nor where the program wants none; Python does
   not say so. */
static bool collects(void) {
  bool gone = false;
  PyObject *list = garbage(&gone);
  PyGC_Collect();
  if (list == NULL || gone) return gone;
  Py_INCREF(list);
  PyList_SetSlice(list, 0, 2, NULL);
  Py_DECREF(list);
  return false;
}

bool nskp_collect(nskp_state *state) {
  static const int64_t second = 1000000000;
  int64_t now = nsk_now(), before = state->collected;
  if (now - before < second) return false;
  state->collected = now;
  bool collected = collects();
  state->collected =
      collected ? nsk_now() : before; /* who asks again at once has had it */
  return collected;
}

bool nskp_reclaim(nskp_state *state, nsk_outcome outcome, const nsk_error *error) {
  return outcome == NSK_FAILED && nsk_error_scarce(error) && nskp_collect(state);
}
