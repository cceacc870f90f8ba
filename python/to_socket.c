/* A Socket beside the sockets of the standard library. */
#include "args.h"
#include "error.h"
#include "socket.h"

/* One that is collected open warns. */
static void drop(PyObject *made) {
  nskp_exception held = nskp_exception_take();
  PyObject *closed = PyObject_CallMethod(made, "close", NULL);
  if (closed == NULL) PyErr_Clear();
  Py_XDECREF(closed);
  Py_DECREF(made);
  nskp_exception_return(held);
}

/* Steals `number`, a descriptor, which is closed where no object can be made for it. */
static PyObject *adopted(PyObject *class, PyObject *number) {
  nsk_error ignored;
  PyObject *none = PyTuple_New(0), *named = Py_BuildValue("{sO}", "fileno", number);
  PyObject *made =
      none != NULL && named != NULL ? PyObject_Call(class, none, named) : NULL;
  if (made == NULL) {
    nskp_exception held = nskp_exception_take();
    nsk_fd_close(PyLong_AsLong(number), &ignored);
    nskp_exception_return(held);
  }
  Py_XDECREF(none);
  Py_XDECREF(named);
  Py_DECREF(number);
  return made;
}

/* A socket.socket that waits as this one does, with a descriptor of its own. */
static PyObject *twin(nskp_socket *sock, const nskp_row *row) {
  PyObject *class = nskp_from_module("socket", "socket");
  PyObject *seconds =
      class != NULL ? nskp_socket_gettimeout((PyObject *)sock, NULL, 0) : NULL;
  nskp_socket *copy = seconds != NULL ? nskp_duplicate(sock, row) : NULL;
  PyObject *number = copy != NULL ? nskp_release(copy, row) : NULL;
  PyObject *made = number != NULL ? adopted(class, number) : NULL;
  PyObject *done =
      made != NULL ? PyObject_CallMethod(made, "settimeout", "O", seconds) : NULL;
  if (made != NULL && done == NULL) {
    drop(made);
    made = NULL;
  }
  Py_XDECREF(done);
  Py_XDECREF((PyObject *)copy);
  Py_XDECREF(class);
  Py_XDECREF(seconds);
  return made;
}

/* The Socket ends last, so that a call which fails leaves it as it was. */
PyObject *nskp_socket_to_socket(NSKP_POS) {
  const nskp_row *row = &nskp_row_socket_to_socket;
  nsk_error ignored;
  if (!nskp_bind_none(row, nargs)) return NULL;
  PyObject *made = twin((nskp_socket *)self, row);
  if (made == NULL) return NULL;
  PyObject *number = nskp_release((nskp_socket *)self, row);
  if (number == NULL) {
    drop(made);
    return NULL;
  }
  nsk_fd_close(PyLong_AsLong(number), &ignored);
  Py_DECREF(number);
  return made;
}
