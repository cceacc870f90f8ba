/* What sendall sends: bytes, or many pieces in a row. */
#include "pieces.h"

#include <stdlib.h>

bool nskp_is_pieces(PyObject *self, PyObject *message) {
  return PyList_Check(message) || PyTuple_Check(message) ||
         Py_TYPE(message) == nskp_state_of(self)->iovec_type;
}

static bool refuse(const nskp_args *a, size_t at, PyObject *got) {
  PyObject *type = nskp_type_name(Py_TYPE(got));
  if (type != NULL)
    PyErr_Format(PyExc_TypeError, "%s() msg[%zu]: bytes-like object expected, got %U",
                 a->row->name, at, type);
  Py_XDECREF(type);
  return false;
}

static bool view(nskp_pieces *p, const nskp_args *a, PyObject *piece) {
  size_t at = p->own.count;
  if (PyBytes_CheckExact(piece)) {
    /* As PyObject_GetBuffer would fill it, which takes longer than all else. */
    Py_INCREF(piece);
    p->views[at] = (Py_buffer){.obj = piece,
                               .buf = nskp_bytes_data(piece),
                               .len = (Py_ssize_t)nskp_bytes_size(piece)};
  } else {
    if (!PyObject_CheckBuffer(piece)) return refuse(a, at, piece);
    if (PyObject_GetBuffer(piece, &p->views[at], PyBUF_SIMPLE) < 0) return false;
  }
  p->own.pieces[at] = (nsk_piece){p->views[at].buf, (size_t)p->views[at].len};
  p->own.bytes += (size_t)p->views[at].len;
  p->own.count++;
  return true;
}

/* A tuple, which code of the user's that a view may run cannot change. */
static bool view_all(nskp_pieces *p, const nskp_args *a, PyObject *tuple) {
  Py_ssize_t count = PyTuple_Size(tuple);
  p->views = malloc(((size_t)count + 1) * sizeof *p->views);
  p->own.pieces = malloc(((size_t)count + 1) * sizeof *p->own.pieces);
  if (p->views == NULL || p->own.pieces == NULL) {
    PyErr_NoMemory();
    return false;
  }
  for (Py_ssize_t at = 0; at < count; at++)
    if (!view(p, a, PyTuple_GetItem(tuple, at))) return false;
  return true;
}

const nsk_iovec *nskp_pieces_take(nskp_pieces *pieces, const nskp_args *a, int i) {
  PyObject *message = a->value[i];
  if (!PyList_Check(message) && !PyTuple_Check(message)) {
    Py_INCREF(message);
    pieces->iovec = (nskp_iovec *)message;
    pieces->iovec->busy++;
    return &pieces->iovec->iov;
  }
  PyObject *tuple = PySequence_Tuple(message);
  bool good = tuple != NULL && view_all(pieces, a, tuple);
  Py_XDECREF(tuple); /* the views keep the pieces */
  if (good) return &pieces->own;
  nskp_pieces_drop(pieces);
  return NULL;
}

/* Letting go of a view may run code of the user's: an exception that is there stays. */
void nskp_pieces_drop(nskp_pieces *pieces) {
  nskp_iovec *iovec = pieces->iovec;
  pieces->iovec = NULL;
  if (iovec != NULL) iovec->busy--;
  Py_XDECREF((PyObject *)iovec);
  while (pieces->own.count > 0)
    PyBuffer_Release(&pieces->views[--pieces->own.count]);
  free(pieces->views);
  free(pieces->own.pieces);
  pieces->views = NULL;
  pieces->own.pieces = NULL;
}

int nskp_pieces_traverse(const nskp_pieces *pieces, visitproc visit, void *arg) {
  Py_VISIT((PyObject *)pieces->iovec);
  for (size_t i = 0; i < pieces->own.count; i++)
    Py_VISIT(pieces->views[i].obj);
  return 0;
}
