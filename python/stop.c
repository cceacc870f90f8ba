/* The result of a coroutine goes out as StopIteration where the interpreter does not ask
   for it by am_send, as `await` does not in CPython 3.12. The exception is made before
   the call is tried: what was received is not lost for want of memory. */
#include "coroutine.h"

PyObject *nskp_take_stop(nskp_state *state) {
  PyObject *stop = state->stop;
  state->stop = NULL;
  return stop != NULL ? stop : PyObject_CallObject(PyExc_StopIteration, NULL);
}

void nskp_give_stop(nskp_state *state, PyObject *stop) {
  PyObject *other = state->stop;
  state->stop = stop;
  Py_XDECREF(other);
}

#ifdef Py_LIMITED_API
/* The insides are hidden: without memory for the name the result is lost. */
static bool fill(PyObject *stop, PyObject *result) {
  return PyObject_SetAttrString(stop, "value", result) == 0;
}
#else
/* `value` is what counts; without memory `args` stays empty. */
static bool fill(PyObject *stop, PyObject *result) {
  PyObject *args = PyTuple_Pack(1, result);
  if (args != NULL)
    Py_XSETREF(((PyBaseExceptionObject *)stop)->args, args);
  else
    PyErr_Clear();
  Py_INCREF(result);
  Py_XSETREF(((PyStopIterationObject *)stop)->value, result);
  return true;
}
#endif

PyObject *nskp_raise_result(PyObject *stop, PyObject *result) {
  if (fill(stop, result)) PyErr_SetObject(PyExc_StopIteration, stop);
  Py_DECREF(result);
  Py_DECREF(stop);
  return NULL;
}
