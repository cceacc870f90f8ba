/* Reading ahead: lines, exact counts and marks out of a stream. */
#include "reader.h"

#include "args.h"
#include "error.h"
#include "lock.h"

static nskp_reader *reader_of(PyObject *self) {
  return (nskp_reader *)self;
}

PyObject *nskp_make_reader(PyTypeObject *type, nskp_socket *sock, const nskp_args *a,
                           int first) {
  nsk_error error;
  nsk_reader settings;
  int64_t limit = NSK_READER_LIMIT, size = NSK_READER_SIZE;
  if (!nskp_get_integer(a, first, &limit) || !nskp_get_integer(a, first + 1, &size))
    return NULL;
  if (nsk_reader_check(&sock->s, limit, size, &settings, &error) != NSK_DONE)
    return nskp_raise(a->row, NSK_FAILED, &error);
  nskp_reader *made = (nskp_reader *)PyType_GenericAlloc(type, 0);
  if (made == NULL) return NULL;
  Py_INCREF((PyObject *)sock);
  made->sock = sock;
  made->reader = settings;
  return (PyObject *)made;
}

PyObject *nskp_socket_reader(NSKP_KEY) {
  nskp_args a;
  if (!nskp_bind(&a, &nskp_row_socket_reader, args, nargs, kwnames)) return NULL;
  return nskp_make_reader(nskp_state_of(self)->reader_type, (nskp_socket *)self, &a, 0);
}

PyObject *nskp_socket_pending(NSKP_POS) {
  if (!nskp_bind_none(&nskp_row_socket_pending, nargs)) return NULL;
  nskp_end_stranded((nskp_socket *)self, false);
  return PyLong_FromSize_t(nsk_socket_pending(&((nskp_socket *)self)->s));
}

/* ----------------------------------------------------------------------- one read -- */

typedef struct {
  nsk_interest interest;
  nsk_signals signals;
} waiting;

static nsk_outcome wait_once(nsk_socket *s, void *call, int more, nsk_error *error) {
  waiting *w = call;
  (void)s, (void)more;
  nsk_outcome outcome = nsk_wait_for(&w->interest, &w->signals, error);
  return outcome == NSK_TIMEOUT ? NSK_DONE : outcome; /* the next step says so */
}

static nsk_outcome wait_briefly(nsk_socket *s, void *call, int more, nsk_error *error) {
  const waiting *w = call;
  (void)s, (void)more;
  return nsk_wait_briefly(&w->interest, error);
}

/* Holding signals back takes two system calls, and most answers come soon: what comes in
   20 ms is waited for without. */
static nsk_outcome wait_for_more(nskp_socket *sock, const char *name, waiting *w,
                                 nsk_error *error) {
  const nskp_work brief = {.op = name, .body = wait_briefly, .call = w};
  const nskp_work wait = {
      .op = name, .body = wait_once, .call = w, .signals = &w->signals};
  nsk_outcome outcome = nskp_outside(sock, &brief, error);
  return outcome == NSK_TIMEOUT ? nskp_outside(sock, &wait, error) : outcome;
}

/* What is received stays pending, so each step is made under the GIL; a receive of ours
   is short. Other receives are refused while it waits. */
static nsk_outcome run_read(nskp_socket *sock, nsk_buffer **spare, nsk_read *read,
                            nsk_error *error) {
  waiting w;
  for (;;) {
    nsk_outcome outcome = nsk_read_step(read, &sock->s, spare, &w.interest, error);
    if (outcome == NSK_INTERRUPTED && PyErr_CheckSignals() == 0) continue;
    if (outcome != NSK_AGAIN) return outcome;
    if (!read->holds) outcome = nsk_read_hold(read, &sock->s, error);
    if (read->holds) outcome = wait_for_more(sock, read->name, &w, error);
    if (outcome != NSK_DONE) return outcome;
  }
}

static PyObject *bytes_of(const unsigned char *bytes, size_t length, bool strip) {
  if (strip) length = nsk_line_stripped(bytes, length);
  return PyBytes_FromStringAndSize((const char *)bytes, (Py_ssize_t)length);
}

/* A line that needs no receive. NULL without an exception: it is not there yet. */
static PyObject *line_now(nskp_reader *self, bool strip) {
  size_t length;
  nsk_socket *s = &self->sock->s;
  const unsigned char *line = nsk_line_now(&self->reader, s, &length);
  if (line == NULL) return NULL;
  PyObject *bytes = bytes_of(line, length, strip);
  if (bytes != NULL) nsk_line_taken(s, &nskp_state_of((PyObject *)self)->scratch, length);
  return bytes;
}

/* NULL without an exception: the end, for a caller to whom b"" says something else. */
static PyObject *result(nskp_reader *self, nsk_read *read, bool strip) {
  nskp_socket *sock = self->sock;
  nsk_buffer **spare = &nskp_state_of((PyObject *)self)->scratch;
  nsk_error error;
  PyObject *bytes = NULL;
  read->reader = self->reader;
  nskp_end_stranded(sock, false);
  nsk_outcome outcome = run_read(sock, spare, read, &error);
  if (outcome == NSK_DONE) bytes = bytes_of(read->bytes, read->done, strip);
  nsk_read_end(read, &sock->s, spare, bytes != NULL);
  if (outcome == NSK_DONE || outcome == NSK_END) return bytes;
  nskp_raise_outcome(read->name, outcome, &error);
  nskp_annotate("done", PyLong_FromSize_t(nsk_socket_pending(&sock->s)));
  return NULL;
}

/* The same where the end is an object. */
static PyObject *result_or(nskp_reader *self, nsk_read *read, bool strip, PyObject *end) {
  PyObject *bytes = result(self, read, strip);
  if (bytes != NULL || PyErr_Occurred() != NULL) return bytes;
  Py_XINCREF(end);
  return end != NULL ? end : PyBytes_FromStringAndSize(NULL, 0);
}

/* ------------------------------------------------------------------- the methods -- */

/* (n, sec) */
static PyObject *read_some(PyObject *self, const nskp_row *row, PyObject *const *args,
                           Py_ssize_t nargs, PyObject *kwnames, nsk_read_kind kind) {
  nskp_args a;
  nsk_error error;
  int64_t n = 0;
  nsk_read read = {.kind = kind, .name = row->name, .reader = reader_of(self)->reader};
  if (!nskp_bind(&a, row, args, nargs, kwnames) || !nskp_get_integer(&a, 0, &n) ||
      !nskp_get_limit(&a, 1, reader_of(self)->sock, &read.deadline))
    return NULL;
  if (nsk_read_check(&read, n, &error) != NSK_DONE)
    return nskp_raise(row, NSK_FAILED, &error);
  read.n = (size_t)n;
  return result_or(reader_of(self), &read, false, NULL);
}

PyObject *nskp_reader_read(NSKP_KEY) {
  return read_some(self, &nskp_row_reader_read, args, nargs, kwnames, NSK_READ_SOME);
}

PyObject *nskp_reader_readexactly(NSKP_KEY) {
  return read_some(self, &nskp_row_reader_readexactly, args, nargs, kwnames,
                   NSK_READ_EXACTLY);
}

PyObject *nskp_reader_readall(NSKP_KEY) {
  return read_some(self, &nskp_row_reader_readall, args, nargs, kwnames, NSK_READ_ALL);
}

PyObject *nskp_reader_peek(NSKP_KEY) {
  return read_some(self, &nskp_row_reader_peek, args, nargs, kwnames, NSK_READ_PEEK);
}

PyObject *nskp_reader_readuntil(NSKP_KEY) {
  const nskp_row *row = &nskp_row_reader_readuntil;
  nskp_args a;
  nsk_error error;
  Py_buffer mark;
  nsk_read read = {.kind = NSK_READ_UNTIL, .name = row->name};
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_limit(&a, 1, reader_of(self)->sock, &read.deadline) ||
      !nskp_get_buffer(&a, 0, &mark))
    return NULL;
  PyObject *bytes = NULL;
  read.mark = mark.buf;
  read.mark_length = (size_t)mark.len;
  if (nsk_read_check(&read, 1, &error) == NSK_DONE)
    bytes = result_or(reader_of(self), &read, false, NULL);
  else
    nskp_raise(row, NSK_FAILED, &error);
  PyBuffer_Release(&mark);
  return bytes;
}

/* (sec) */
static PyObject *read_line(PyObject *self, const nskp_row *row, PyObject *const *args,
                           Py_ssize_t nargs, PyObject *kwnames, nsk_read_kind kind,
                           PyObject *end) {
  nskp_args a;
  bool strip = kind == NSK_READ_WHOLE_LINE;
  nsk_read read = {.kind = kind, .name = row->name};
  if (nargs == 0 && kwnames == NULL)
    read.deadline = nsk_socket_deadline(&reader_of(self)->sock->s);
  else if (!nskp_bind(&a, row, args, nargs, kwnames) ||
           !nskp_get_limit(&a, 0, reader_of(self)->sock, &read.deadline))
    return NULL;
  PyObject *bytes = line_now(reader_of(self), strip);
  if (bytes != NULL || PyErr_Occurred() != NULL) return bytes;
  return result_or(reader_of(self), &read, strip, end);
}

PyObject *nskp_reader_readline(NSKP_KEY) {
  return read_line(self, &nskp_row_reader_readline, args, nargs, kwnames, NSK_READ_LINE,
                   NULL);
}

PyObject *nskp_reader_line(NSKP_KEY) {
  return read_line(self, &nskp_row_reader_line, args, nargs, kwnames, NSK_READ_WHOLE_LINE,
                   Py_None);
}

PyObject *nskp_make_lines(PyTypeObject *type, NSKP_KEY) {
  nskp_args a;
  nsk_deadline ignored;
  if (!nskp_bind(&a, &nskp_row_reader_lines, args, nargs, kwnames) ||
      !nskp_get_deadline(&a, 0, &ignored))
    return NULL;
  nskp_lines *made = (nskp_lines *)PyType_GenericAlloc(type, 0);
  if (made == NULL) return NULL;
  Py_INCREF(self);
  made->reader = reader_of(self);
  Py_XINCREF(a.value[0]);
  made->sec = a.value[0];
  return (PyObject *)made;
}

bool nskp_lines_deadline(const nskp_lines *self, nsk_deadline *deadline) {
  const nskp_args a = {.row = &nskp_row_reader_lines, .value = {self->sec}};
  return nskp_get_limit(&a, 0, self->reader->sock, deadline);
}

PyObject *nskp_reader_lines(NSKP_KEY) {
  return nskp_make_lines(nskp_state_of(self)->lines_type, self, args, nargs, kwnames);
}

/* --------------------------------------------------------------------- the types -- */

static PyObject *next_line(PyObject *self) {
  const nskp_lines *it = (const nskp_lines *)self;
  PyObject *bytes = line_now(it->reader, true);
  if (bytes != NULL || PyErr_Occurred() != NULL) return bytes;
  nsk_read read = {.kind = NSK_READ_WHOLE_LINE, .name = "lines"};
  if (!nskp_lines_deadline(it, &read.deadline)) return NULL;
  return result(it->reader, &read, true);
}

/* As a file: the newline stays, and the last line may have none. */
static PyObject *next_of_file(PyObject *self) {
  PyObject *bytes = line_now(reader_of(self), false);
  if (bytes != NULL || PyErr_Occurred() != NULL) return bytes;
  nsk_read read = {.kind = NSK_READ_LINE,
                   .name = "readline",
                   .deadline = nsk_socket_deadline(&reader_of(self)->sock->s)};
  return result(reader_of(self), &read, false);
}

PyObject *nskp_itself(PyObject *self) {
  Py_INCREF(self);
  return self;
}

int nskp_reader_fd(PyObject *self) {
  return reader_of(self)->sock->s.fd;
}

int nskp_reader_traverse(PyObject *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT((PyObject *)reader_of(self)->sock);
  return 0;
}

/* Of garbage all finalizers run before any memory goes, and one may use this: the socket
   stays to the end. */
void nskp_reader_dealloc(PyObject *self) {
  PyObject *sock = (PyObject *)reader_of(self)->sock;
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  PyObject_GC_Del(self);
  Py_XDECREF(sock);
  Py_DECREF((PyObject *)type);
}

int nskp_lines_traverse(PyObject *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT((PyObject *)((nskp_lines *)self)->reader);
  Py_VISIT(((nskp_lines *)self)->sec);
  return 0;
}

void nskp_lines_dealloc(PyObject *self) {
  PyObject *held = (PyObject *)((nskp_lines *)self)->reader;
  PyObject *sec = ((nskp_lines *)self)->sec;
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  PyObject_GC_Del(self);
  Py_XDECREF(held);
  Py_XDECREF(sec);
  Py_DECREF((PyObject *)type);
}

static PyObject *reader_repr(PyObject *self) {
  return PyUnicode_FromFormat("<netsocket.Reader fd=%d>", nskp_reader_fd(self));
}

static PyType_Slot reader_slots[] = {
    {Py_tp_doc, "Lines, exact counts and marks out of a stream."},
    {Py_tp_dealloc, nskp_reader_dealloc},
    {Py_tp_traverse, nskp_reader_traverse},
    {Py_tp_repr, reader_repr},
    {Py_tp_iter, nskp_itself},
    {Py_tp_iternext, next_of_file},
    {Py_tp_methods, nskp_reader_methods},
    {0, NULL}};

PyType_Spec nskp_reader_spec =
    NSKP_GC_TYPE("netsocket.Reader", nskp_reader, reader_slots);

static PyType_Slot lines_slots[] = {{Py_tp_dealloc, nskp_lines_dealloc},
                                    {Py_tp_traverse, nskp_lines_traverse},
                                    {Py_tp_iter, nskp_itself},
                                    {Py_tp_iternext, next_line},
                                    {0, NULL}};

PyType_Spec nskp_lines_spec = NSKP_GC_TYPE("netsocket._Lines", nskp_lines, lines_slots);
