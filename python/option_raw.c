/* Options by their number, the mark of out-of-band data, and the send queue. */
#include "args.h"
#include "error.h"

static nsk_socket *core_of(PyObject *self) {
  return &((nskp_socket *)self)->s;
}

static PyObject *get_integer(PyObject *self, const nskp_row *row, int64_t level,
                             int64_t name) {
  int value = 0;
  size_t length = sizeof value;
  nsk_error error;
  nsk_outcome outcome =
      nsk_socket_getsockopt(core_of(self), level, name, &value, &length, &error);
  if (outcome != NSK_DONE) return nskp_raise(row, outcome, &error);
  /* Some options are a byte and the kernel writes no more. */
  if (length == 1) value = *(unsigned char *)&value;
  return PyLong_FromLong(value);
}

static PyObject *get_bytes(PyObject *self, const nskp_row *row, int64_t level,
                           int64_t name, size_t size) {
  nsk_error error;
  char *buffer = PyMem_Calloc(1, size);
  if (buffer == NULL) return PyErr_NoMemory();
  nsk_outcome outcome =
      nsk_socket_getsockopt(core_of(self), level, name, buffer, &size, &error);
  PyObject *made = outcome == NSK_DONE
                       ? PyBytes_FromStringAndSize(buffer, (Py_ssize_t)size)
                       : nskp_raise(row, outcome, &error);
  PyMem_Free(buffer);
  return made;
}

PyObject *nskp_socket_getsockopt(NSKP_POS) {
  nskp_args a;
  nsk_error error;
  size_t length;
  int64_t level, name, size = 0;
  if (!nskp_bind(&a, &nskp_row_socket_getsockopt, args, nargs, NULL) ||
      !nskp_get_integer(&a, 0, &level) || !nskp_get_integer(&a, 1, &name) ||
      !nskp_get_integer(&a, 2, &size))
    return NULL;
  if (a.value[2] == NULL) return get_integer(self, a.row, level, name);
  nsk_outcome outcome = nsk_option_size(size, &length, &error);
  if (outcome != NSK_DONE) return nskp_raise(a.row, outcome, &error);
  return get_bytes(self, a.row, level, name, length);
}

static PyObject *set(PyObject *self, const nskp_row *row, int64_t level, int64_t name,
                     const void *value, size_t length) {
  nsk_error error;
  nsk_outcome outcome =
      nsk_socket_setsockopt(core_of(self), level, name, value, length, &error);
  if (outcome != NSK_DONE) return nskp_raise(row, outcome, &error);
  Py_RETURN_TRUE;
}

PyObject *nskp_socket_setsockopt(NSKP_POS) {
  nskp_args a;
  Py_buffer view;
  int64_t level, name, asked;
  if (!nskp_bind(&a, &nskp_row_socket_setsockopt, args, nargs, NULL) ||
      !nskp_get_integer(&a, 0, &level) || !nskp_get_integer(&a, 1, &name))
    return NULL;
  if (!PyObject_CheckBuffer(a.value[2])) {
    if (!nskp_get_integer(&a, 2, &asked)) return NULL;
    int value = (int)asked;
    if (value != asked) {
      nskp_out_of_range(&a, 2, NSK_NO_INTEGER);
      return NULL;
    }
    return set(self, a.row, level, name, &value, sizeof value);
  }
  if (!nskp_get_buffer(&a, 2, &view)) return NULL;
  PyObject *done = set(self, a.row, level, name, view.buf, (size_t)view.len);
  PyBuffer_Release(&view);
  return done;
}

PyObject *nskp_socket_atmark(NSKP_POS) {
  nsk_error error;
  bool at;
  if (!nskp_bind_none(&nskp_row_socket_atmark, nargs)) return NULL;
  nsk_outcome outcome = nsk_socket_atmark(core_of(self), &at, &error);
  if (outcome != NSK_DONE) return nskp_raise(&nskp_row_socket_atmark, outcome, &error);
  return PyBool_FromLong(at);
}

PyObject *nskp_socket_sendqueue(NSKP_POS) {
  nsk_error error;
  int64_t bytes;
  if (!nskp_bind_none(&nskp_row_socket_sendqueue, nargs)) return NULL;
  nsk_outcome outcome = nsk_socket_sendqueue(core_of(self), &bytes, &error);
  if (outcome != NSK_DONE) return nskp_raise(&nskp_row_socket_sendqueue, outcome, &error);
  return PyLong_FromLongLong(bytes);
}
