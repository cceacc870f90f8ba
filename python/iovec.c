/* Buffers in a row: the IoVec object, and moving bytes through it. */
#include "objects.h"

#include "args.h"
#include "error.h"
#include "lock.h"

/* ------------------------------------------------------------------ the elements -- */

static nskp_iovec *iovec_of(PyObject *self) {
  return (nskp_iovec *)self;
}

/* While a call or a view uses the memory, it is not moved. */
static bool is_free(PyObject *self) {
  if (iovec_of(self)->busy == 0) return true;
  PyErr_SetString(PyExc_BufferError, "the buffers are in use");
  return false;
}

PyObject *nskp_iovec_make_new(NSKP_POS) {
  if (!nskp_bind_none(&nskp_row_iovec_make_new, nargs)) return NULL;
  return PyType_GenericAlloc(nskp_state_of_module(self)->iovec_type, 0);
}

/* The index of the element that was added last, counted from 1. */
static PyObject *added(size_t count, const nskp_row *row, nsk_outcome outcome,
                       const nsk_error *error) {
  if (outcome == NSK_INTERRUPTED) return NULL; /* with an exception */
  if (outcome != NSK_DONE) return nskp_raise(row, outcome, error);
  return PyLong_FromSize_t(count);
}

/* An argument's buffer is asked for before the row is looked at: since 3.12 that may run
   code of the user's, and so may letting go of it. */

PyObject *nskp_iovec_add(NSKP_POS) {
  nskp_args a;
  nsk_error error;
  Py_buffer view;
  if (!nskp_bind(&a, &nskp_row_iovec_add, args, nargs, NULL) ||
      !nskp_get_buffer(&a, 0, &view))
    return NULL;
  nsk_outcome outcome = NSK_INTERRUPTED;
  if (is_free(self))
    outcome = nsk_iovec_add(&iovec_of(self)->iov, view.buf != NULL ? view.buf : "",
                            (size_t)view.len, &error);
  size_t count = iovec_of(self)->iov.count;
  PyBuffer_Release(&view);
  return added(count, a.row, outcome, &error);
}

/* Reads a count of bytes that must not be negative; absent leaves *count alone. */
static bool get_count(const nskp_args *a, int i, size_t *count) {
  int64_t given = 0;
  if (a->value[i] == NULL) return true;
  if (!nskp_get_integer(a, i, &given)) return false;
  if (given < 0) return nskp_out_of_range(a, i, NSK_NEGATIVE);
  *count = nsk_size(given);
  return true;
}

PyObject *nskp_iovec_addn(NSKP_POS) {
  nskp_args a;
  nsk_error error;
  size_t n = 0;
  if (!nskp_bind(&a, &nskp_row_iovec_addn, args, nargs, NULL) || !is_free(self) ||
      !get_count(&a, 0, &n))
    return NULL;
  nsk_outcome outcome = nsk_iovec_add(&iovec_of(self)->iov, NULL, n, &error);
  return added(iovec_of(self)->iov.count, a.row, outcome, &error);
}

/* Elements count from 1 here and from 0 in the core, where 0 becomes one that is not
   there. */
static bool get_index(const nskp_args *a, int i, size_t *index) {
  int64_t given;
  if (!nskp_get_integer(a, i, &given)) return false;
  *index = given > 0 ? nsk_size(given - 1) : SIZE_MAX;
  return true;
}

static PyObject *element(const nsk_iovec *iov, size_t i) {
  return PyBytes_FromStringAndSize((char *)iov->pieces[i].base,
                                   (Py_ssize_t)iov->pieces[i].length);
}

PyObject *nskp_iovec_get(NSKP_POS) {
  nskp_args a;
  size_t i;
  if (!nskp_bind(&a, &nskp_row_iovec_get, args, nargs, NULL) || !get_index(&a, 0, &i))
    return NULL;
  if (i >= iovec_of(self)->iov.count) Py_RETURN_NONE;
  return element(&iovec_of(self)->iov, i);
}

PyObject *nskp_iovec_set(NSKP_POS) {
  nskp_args a;
  nsk_error error;
  Py_buffer view;
  size_t i;
  if (!nskp_bind(&a, &nskp_row_iovec_set, args, nargs, NULL) || !get_index(&a, 1, &i) ||
      !nskp_get_buffer(&a, 0, &view))
    return NULL;
  nsk_outcome outcome = NSK_INTERRUPTED;
  if (is_free(self))
    outcome = nsk_iovec_set(&iovec_of(self)->iov, i, view.buf != NULL ? view.buf : "",
                            (size_t)view.len, &error);
  PyBuffer_Release(&view);
  if (outcome == NSK_INTERRUPTED) return NULL;
  if (outcome != NSK_DONE) return nskp_raise(a.row, outcome, &error);
  Py_RETURN_TRUE;
}

static PyObject *remove_element(PyObject *self, const nskp_row *row,
                                PyObject *const *args, Py_ssize_t nargs) {
  nskp_args a;
  nsk_error error;
  size_t i;
  if (!nskp_bind(&a, row, args, nargs, NULL) || !is_free(self) || !get_index(&a, 0, &i))
    return NULL;
  PyObject *removed = NULL;
  if (i < iovec_of(self)->iov.count &&
      (removed = element(&iovec_of(self)->iov, i)) == NULL)
    return NULL;
  nsk_outcome outcome = nsk_iovec_del(&iovec_of(self)->iov, i, &error);
  return outcome == NSK_DONE ? removed : nskp_raise(a.row, outcome, &error);
}

PyObject *nskp_iovec_del(NSKP_POS) {
  return remove_element(self, &nskp_row_iovec_del, args, nargs);
}

/* `del` is a word of the language: iov.delete(i) can be written, iov.del(i) cannot. */
PyObject *nskp_iovec_delete(NSKP_POS) {
  return remove_element(self, &nskp_row_iovec_delete, args, nargs);
}

PyObject *nskp_iovec_bytes(NSKP_POS) {
  if (!nskp_bind_none(&nskp_row_iovec_bytes, nargs)) return NULL;
  return PyLong_FromSize_t(iovec_of(self)->iov.bytes);
}

PyObject *nskp_iovec_concat(NSKP_POS) {
  nskp_args a;
  const nsk_iovec *iov = &iovec_of(self)->iov;
  size_t offset = 0, n = SIZE_MAX;
  if (!nskp_bind(&a, &nskp_row_iovec_concat, args, nargs, NULL) ||
      !get_count(&a, 0, &offset) || !get_count(&a, 1, &n))
    return NULL;
  size_t left = offset < iov->bytes ? iov->bytes - offset : 0;
  if (n > left) n = left;
  PyObject *made = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)n);
  if (made != NULL) nsk_iovec_copy(iov, offset, n, PyBytes_AsString(made));
  return made;
}

PyObject *nskp_iovec_consume(NSKP_POS) {
  nskp_args a;
  size_t n = 0;
  if (!nskp_bind(&a, &nskp_row_iovec_consume, args, nargs, NULL) || !is_free(self) ||
      !get_count(&a, 0, &n))
    return NULL;
  nsk_iovec_consume(&iovec_of(self)->iov, n);
  return PyLong_FromSize_t(iovec_of(self)->iov.bytes);
}

/* ------------------------------------------------------- through a descriptor -- */

/* What a call moves: part of an iovec, either way. */
typedef struct {
  nskp_iovec *iov;
  int64_t fd; /* where there is no socket object */
  size_t offset, n, most, moved;
  PyObject *room; /* for nskp_count, of at most `most` bytes */
  bool out;
} part;

static bool get_part(const nskp_args *a, int first, part *p) {
  p->offset = 0;
  p->n = SIZE_MAX;
  return get_count(a, first, &p->offset) && get_count(a, first + 1, &p->n);
}

static bool make_room(part *p) {
  size_t bytes = p->iov->iov.bytes;
  p->most = p->offset < bytes ? bytes - p->offset : 0;
  if (p->n < p->most) p->most = p->n;
  p->room = PyLong_FromSize_t(p->most);
  return p->room != NULL;
}

static PyObject *counted(const char *op, const part *p, nsk_outcome outcome,
                         const nsk_error *error) {
  size_t n = outcome == NSK_END ? 0 : p->moved;
  if (outcome == NSK_DONE || outcome == NSK_END) return nskp_count(p->room, p->most, n);
  Py_DECREF(p->room);
  return nskp_raise_outcome(op, outcome, error);
}

static nsk_outcome move_fd(nsk_socket *s, void *call, int more, nsk_error *error) {
  part *p = call;
  nsk_iovec *iov = &p->iov->iov;
  (void)s, (void)more;
  if (p->out) return nsk_fd_writev(p->fd, iov, p->offset, p->n, &p->moved, error);
  return nsk_fd_readv(p->fd, iov, p->offset, p->n, &p->moved, error);
}

/* Any descriptor may block, so the GIL is not held. */
static PyObject *through_fd(const nskp_row *row, part *p) {
  nsk_error error;
  p->iov->busy++;
  nsk_outcome outcome = nskp_unlocked(move_fd, p, NULL, &error);
  p->iov->busy--;
  return counted(row->name, p, outcome, &error);
}

/* ------------------------------------------------------------ through a socket -- */

static nsk_outcome move_socket(nsk_socket *s, void *call, int more, nsk_error *error) {
  part *p = call;
  nsk_iovec *iov = &p->iov->iov;
  if (p->out) return nsk_socket_writev(s, iov, p->offset, p->n, more, &p->moved, error);
  return nsk_socket_readv(s, iov, p->offset, p->n, more, &p->moved, error);
}

static PyObject *through_socket(nskp_socket *sock, const nskp_row *row, part *p) {
  nsk_error error;
  const nskp_work work = {
      .op = row->name,
      .body = move_socket,
      .call = p,
      .moved = &p->moved,
      .cheap = p->most <= NSKP_LARGE && !(p->out && nskp_takes_all(sock, 0))};
  p->iov->busy++;
  nsk_outcome outcome = nskp_plain(sock, &work, p->out ? NSK_WRITE : NSK_READ, 0, &error);
  p->iov->busy--;
  if (!p->out) outcome = nsk_socket_noted(&sock->s, work.op, 0, outcome, &error);
  return counted(work.op, p, outcome, &error);
}

/* ------------------------------------------------------------------- the two ways -- */

/* A method of an iovec; the other end of the bytes may be a socket object. */
static PyObject *iovec_call(PyObject *self, const nskp_row *row, PyObject *const *args,
                            Py_ssize_t nargs, bool out) {
  nskp_args a;
  part p = {.iov = iovec_of(self), .out = out};
  if (!nskp_bind(&a, row, args, nargs, NULL) || !get_part(&a, 1, &p)) return NULL;
  if (Py_TYPE(a.value[0]) == nskp_state_of(self)->socket_type)
    return is_free(self) && make_room(&p)
               ? through_socket((nskp_socket *)a.value[0], row, &p)
               : NULL;
  if ((out && !nskp_flush(&a, 0)) || !nskp_get_descriptor(&a, 0, &p.fd) ||
      !is_free(self) || !make_room(&p))
    return NULL;
  return through_fd(row, &p);
}

/* A method of a socket. */
static PyObject *socket_call(PyObject *self, const nskp_row *row, PyObject *const *args,
                             Py_ssize_t nargs, PyObject *kwnames, bool out) {
  nskp_args a;
  part p = {.out = out};
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_object(&a, 0, nskp_state_of(self)->iovec_type, "IoVec", &p.iov) ||
      !get_part(&a, 1, &p) || !is_free((PyObject *)p.iov) || !make_room(&p))
    return NULL;
  return through_socket((nskp_socket *)self, row, &p);
}

PyObject *nskp_iovec_readv(NSKP_POS) {
  return iovec_call(self, &nskp_row_iovec_readv, args, nargs, false);
}

PyObject *nskp_iovec_writev(NSKP_POS) {
  return iovec_call(self, &nskp_row_iovec_writev, args, nargs, true);
}

PyObject *nskp_socket_readv(NSKP_KEY) {
  return socket_call(self, &nskp_row_socket_readv, args, nargs, kwnames, false);
}

PyObject *nskp_socket_writev(NSKP_KEY) {
  return socket_call(self, &nskp_row_socket_writev, args, nargs, kwnames, true);
}

/* ------------------------------------------------------------------------ the type -- */

static Py_ssize_t iovec_length(PyObject *self) {
  return (Py_ssize_t)iovec_of(self)->iov.count;
}

/* Memory in one piece can be looked at and written to; several pieces cannot be one
   buffer. */
static int iovec_buffer(PyObject *self, Py_buffer *view, int flags) {
  nsk_iovec *iov = &iovec_of(self)->iov;
  if (iov->count != 1) {
    PyErr_SetString(PyExc_BufferError, "only an IoVec of one element is a buffer");
    return -1;
  }
  int status = PyBuffer_FillInfo(view, self, iov->pieces[0].base,
                                 (Py_ssize_t)iov->pieces[0].length, 0, flags);
  if (status == 0) iovec_of(self)->busy++;
  return status;
}

static void iovec_release(PyObject *self, Py_buffer *view) {
  (void)view;
  iovec_of(self)->busy--;
}

static void iovec_finalize(PyObject *self) {
  nsk_iovec_free(&iovec_of(self)->iov);
}

static PyObject *iovec_repr(PyObject *self) {
  const nsk_iovec *iov = &iovec_of(self)->iov;
  return PyUnicode_FromFormat("<netsocket.IoVec: %zd elements, %zd bytes>",
                              (Py_ssize_t)iov->count, (Py_ssize_t)iov->bytes);
}

static PyType_Slot iovec_slots[] = {
    {Py_tp_doc, "Buffers in a row that a call fills or sends as one."},
    {Py_tp_repr, iovec_repr},
    {Py_sq_length, iovec_length},
    {Py_tp_finalize, iovec_finalize},
    {Py_tp_methods, nskp_iovec_methods},
    NSKP_BUFFER_SLOT(iovec_buffer) NSKP_RELEASE_SLOT(iovec_release){0, NULL}};

PyType_Spec nskp_iovec_spec = NSKP_TYPE("netsocket.IoVec", nskp_iovec, iovec_slots);
