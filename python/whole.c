/* Bytes objects that are received into. What takes long runs without the GIL. */
#include "whole.h"

#include "lock.h"

/* With a deadline the operation receives into memory of its own: what has come when the
   time is up stays pending there, and no copy of it makes the call late. */
PyObject *nskp_whole_begin(nsk_transfer *op) {
  bool large = op->kind == NSK_RECEIVE_ALL && op->wanted >= NSKP_LARGE;
  if (!large || op->deadline.at != NSK_NEVER) return NULL;
  PyObject *whole = NULL;
  if (op->wanted <= PY_SSIZE_T_MAX / 2)
    whole = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)op->wanted);
  if (whole != NULL)
    nsk_transfer_into(op, PyBytes_AsString(whole));
  else
    PyErr_Clear();
  return whole;
}

typedef struct {
  nsk_transfer *op;
  char *into; /* NULL: the operation keeps the bytes */
} copying;

static nsk_outcome copy(nsk_socket *s, void *call, int more, nsk_error *error) {
  const copying *c = call;
  (void)s, (void)more, (void)error;
  if (c->into != NULL)
    nsk_transfer_copy(c->op, c->into);
  else
    nsk_transfer_keep(c->op);
  return NSK_DONE;
}

PyObject *nskp_whole_result(nsk_transfer *op, PyObject *whole) {
  size_t n = op->done;
  if (whole == NULL && n < NSKP_LARGE)
    return PyBytes_FromStringAndSize(nsk_transfer_bytes(op), (Py_ssize_t)n);
  PyObject *bytes = whole;
  if (bytes == NULL) bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)n);
  if (bytes == NULL) return NULL;
  size_t room = nskp_bytes_size(bytes);
  nskp_unlocked(copy, &(copying){op, PyBytes_AsString(bytes)}, NULL, NULL);
  return n < room ? nskp_shortened(bytes, n) : bytes;
}

void nskp_whole_drop(nsk_transfer *op, PyObject *whole) {
  if (whole == NULL) return;
  nskp_unlocked(copy, &(copying){op, NULL}, NULL, NULL);
  Py_DECREF(whole);
}

/* Little is copied, since what remains of a large block may be a mapping of its own. Much
   stays where it is, and the rest, which is mostly untouched, is given back. Where there
   is no memory the object stays and says that it is shorter: nothing is lost, as it would
   be with _PyBytes_Resize. */
PyObject *nskp_shortened(PyObject *whole, size_t n) {
  char *data = PyBytes_AsString(whole);
  PyObject *made = NULL;
  if (n < NSKP_LARGE) {
    made = PyBytes_FromStringAndSize(data, (Py_ssize_t)n);
    if (made != NULL) Py_DECREF(whole);
    PyErr_Clear();
  }
  if (made != NULL) return made;
  data[n] = '\0';
  Py_SET_SIZE((PyVarObject *)whole, (Py_ssize_t)n);
  made = PyObject_Realloc(whole, (size_t)(data - (char *)whole) + n + 1);
  return made != NULL ? made : whole;
}
