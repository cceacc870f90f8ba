/* A reader whose methods are coroutines. */
#include "aio_reader.h"

#include "aio.h"
#include "args.h"
#include "error.h"
#include "reader.h"

/* What the end of the stream comes to. */
typedef enum { NO_BYTES, NONE, NO_MORE } at_end;

typedef struct {
  nsk_read read;
  Py_buffer mark; /* obj is NULL where there is none */
  at_end end;
  bool at_once; /* its result is a line that was pending, found without an operation */
} reading;

static nskp_reader *reader_of(PyObject *self) {
  return (nskp_reader *)self;
}

static reading *part(nskp_coroutine *c) {
  return nskp_part(c);
}

/* ----------------------------------------------------------------------- one read -- */

static nsk_buffer **spare_of(nskp_coroutine *c) {
  return &c->state->scratch;
}

static bool line_now(nskp_coroutine *c) {
  nsk_read *read = &part(c)->read;
  bool line = read->kind == NSK_READ_LINE || read->kind == NSK_READ_WHOLE_LINE;
  if (!line || read->holds) return false;
  read->bytes = nsk_line_now(&read->reader, &c->sock->s, &read->done);
  return read->bytes != NULL;
}

/* Other receives are refused from the first wait on. */
static nsk_outcome step(nskp_coroutine *c, nsk_interest *interest, nsk_error *error) {
  nsk_read *read = &part(c)->read;
  nsk_socket *s = &c->sock->s;
  part(c)->at_once = line_now(c);
  if (part(c)->at_once) return NSK_DONE;
  nsk_outcome outcome = nsk_read_step(read, s, spare_of(c), interest, error);
  if (outcome != NSK_AGAIN || read->holds) return outcome;
  outcome = nsk_read_hold(read, s, error);
  return outcome == NSK_DONE ? NSK_AGAIN : outcome;
}

static PyObject *ended(at_end end) {
  switch (end) {
    case NONE:
      Py_RETURN_NONE;
    case NO_MORE:
      PyErr_SetNone(PyExc_StopAsyncIteration);
      return NULL;
    case NO_BYTES:
      break;
  }
  return PyBytes_FromStringAndSize(NULL, 0);
}

static PyObject *result(nskp_coroutine *c, nsk_outcome outcome) {
  nsk_read *read = &part(c)->read;
  size_t length = read->done;
  if (outcome == NSK_END) return ended(part(c)->end);
  if (read->kind == NSK_READ_WHOLE_LINE) length = nsk_line_stripped(read->bytes, length);
  PyObject *bytes =
      PyBytes_FromStringAndSize((const char *)read->bytes, (Py_ssize_t)length);
  if (bytes != NULL && part(c)->at_once)
    nsk_line_taken(&c->sock->s, spare_of(c), read->done);
  else if (bytes != NULL)
    nsk_read_end(read, &c->sock->s, spare_of(c), true);
  return bytes;
}

static void say_pending(nskp_coroutine *c) {
  nsk_read_end(&part(c)->read, &c->sock->s, spare_of(c), false);
  nskp_annotate("done", PyLong_FromSize_t(nsk_socket_pending(&c->sock->s)));
}

static size_t moved(nskp_coroutine *c) {
  return part(c)->read.done;
}

static int traverse(nskp_coroutine *c, visitproc visit, void *arg) {
  Py_VISIT(part(c)->mark.obj);
  return 0;
}

static void end(nskp_coroutine *c) {
  if (!part(c)->at_once) nsk_read_end(&part(c)->read, &c->sock->s, spare_of(c), false);
  if (part(c)->mark.obj != NULL) PyBuffer_Release(&part(c)->mark);
}

static const nskp_kind kind_of_read = {.size = sizeof(reading),
                                       .step = step,
                                       .result = result,
                                       .annotate = say_pending,
                                       .moved = moved,
                                       .traverse = traverse,
                                       .end = end};

static nskp_coroutine *make(nskp_reader *from, const nskp_row *row, nsk_read_kind kind,
                            at_end end) {
  nskp_state *state = nskp_state_of((PyObject *)from);
  nskp_coroutine *c = nskp_coroutine_new(state, &kind_of_read, row, from->sock);
  if (c == NULL) return NULL;
  part(c)->end = end;
  part(c)->read.kind = kind;
  part(c)->read.name = row->name;
  part(c)->read.reader = from->reader;
  part(c)->read.deadline = nsk_socket_deadline(&from->sock->s);
  return c;
}

/* ------------------------------------------------------------------- the methods -- */

/* (n, sec) */
static PyObject *read_some(PyObject *self, const nskp_row *row, PyObject *const *args,
                           Py_ssize_t nargs, PyObject *kwnames, nsk_read_kind kind) {
  nskp_args a;
  nsk_error error;
  int64_t n = 0;
  nskp_coroutine *c = make(reader_of(self), row, kind, NO_BYTES);
  if (c == NULL) return NULL;
  nsk_read *read = &part(c)->read;
  if (!nskp_bind(&a, row, args, nargs, kwnames) || !nskp_get_integer(&a, 0, &n) ||
      !nskp_get_limit(&a, 1, reader_of(self)->sock, &read->deadline))
    return nskp_coroutine_drop(c);
  if (nsk_read_check(read, n, &error) != NSK_DONE) {
    nskp_raise(row, NSK_FAILED, &error);
    return nskp_coroutine_drop(c);
  }
  read->n = (size_t)n;
  return (PyObject *)c;
}

PyObject *nskp_aio_reader_read(NSKP_KEY) {
  return read_some(self, &nskp_row_reader_read, args, nargs, kwnames, NSK_READ_SOME);
}

PyObject *nskp_aio_reader_readexactly(NSKP_KEY) {
  return read_some(self, &nskp_row_reader_readexactly, args, nargs, kwnames,
                   NSK_READ_EXACTLY);
}

PyObject *nskp_aio_reader_readall(NSKP_KEY) {
  return read_some(self, &nskp_row_reader_readall, args, nargs, kwnames, NSK_READ_ALL);
}

PyObject *nskp_aio_reader_peek(NSKP_KEY) {
  return read_some(self, &nskp_row_reader_peek, args, nargs, kwnames, NSK_READ_PEEK);
}

PyObject *nskp_aio_reader_readuntil(NSKP_KEY) {
  const nskp_row *row = &nskp_row_reader_readuntil;
  nskp_args a;
  nsk_error error;
  nskp_coroutine *c = make(reader_of(self), row, NSK_READ_UNTIL, NO_BYTES);
  if (c == NULL) return NULL;
  nsk_read *read = &part(c)->read;
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_limit(&a, 1, reader_of(self)->sock, &read->deadline) ||
      !nskp_get_buffer(&a, 0, &part(c)->mark))
    return nskp_coroutine_drop(c);
  read->mark = part(c)->mark.buf;
  read->mark_length = (size_t)part(c)->mark.len;
  if (nsk_read_check(read, 1, &error) == NSK_DONE) return (PyObject *)c;
  nskp_raise(row, NSK_FAILED, &error);
  return nskp_coroutine_drop(c);
}

/* (sec) */
static PyObject *read_line(PyObject *self, const nskp_row *row, PyObject *const *args,
                           Py_ssize_t nargs, PyObject *kwnames, nsk_read_kind kind,
                           at_end end) {
  nskp_args a;
  nskp_coroutine *c = make(reader_of(self), row, kind, end);
  if (c == NULL || (nargs == 0 && kwnames == NULL)) return (PyObject *)c;
  if (nskp_bind(&a, row, args, nargs, kwnames) &&
      nskp_get_limit(&a, 0, reader_of(self)->sock, &part(c)->read.deadline))
    return (PyObject *)c;
  return nskp_coroutine_drop(c);
}

PyObject *nskp_aio_reader_readline(NSKP_KEY) {
  return read_line(self, &nskp_row_reader_readline, args, nargs, kwnames, NSK_READ_LINE,
                   NO_BYTES);
}

PyObject *nskp_aio_reader_line(NSKP_KEY) {
  return read_line(self, &nskp_row_reader_line, args, nargs, kwnames, NSK_READ_WHOLE_LINE,
                   NONE);
}

PyObject *nskp_aio_reader_lines(NSKP_KEY) {
  return nskp_make_lines(nskp_state_of(self)->aio_lines_type, self, args, nargs, kwnames);
}

PyObject *nskp_aio_reader(NSKP_KEY) {
  nskp_args a;
  nskp_socket *sock;
  if (!nskp_bind(&a, &nskp_row_aio_reader, args, nargs, kwnames) ||
      !nskp_get_socket(&a, 0, self, &sock))
    return NULL;
  return nskp_make_reader(nskp_state_of_module(self)->aio_reader_type, sock, &a, 1);
}

/* --------------------------------------------------------------------- the types -- */

static PyObject *next_line(PyObject *self) {
  const nskp_lines *it = (const nskp_lines *)self;
  nskp_coroutine *c =
      make(it->reader, &nskp_row_reader_line, NSK_READ_WHOLE_LINE, NO_MORE);
  if (c == NULL) return NULL;
  if (nskp_lines_deadline(it, &part(c)->read.deadline)) return (PyObject *)c;
  return nskp_coroutine_drop(c);
}

/* As a file: the newline stays, and the last line may have none. */
static PyObject *next_of_file(PyObject *self) {
  return (PyObject *)make(reader_of(self), &nskp_row_reader_readline, NSK_READ_LINE,
                          NO_MORE);
}

static PyObject *reader_repr(PyObject *self) {
  return PyUnicode_FromFormat("<netsocket.aio.Reader fd=%d>", nskp_reader_fd(self));
}

static PyType_Slot reader_slots[] = {
    {Py_tp_doc, "Lines, exact counts and marks out of a stream, as coroutines."},
    {Py_tp_dealloc, nskp_reader_dealloc},
    {Py_tp_traverse, nskp_reader_traverse},
    {Py_tp_repr, reader_repr},
    {Py_am_aiter, nskp_itself},
    {Py_am_anext, next_of_file},
    {Py_tp_methods, nskp_aio_reader_methods},
    {0, NULL}};

PyType_Spec nskp_aio_reader_spec =
    NSKP_GC_TYPE("netsocket.aio.Reader", nskp_reader, reader_slots);

static PyType_Slot lines_slots[] = {{Py_tp_dealloc, nskp_lines_dealloc},
                                    {Py_tp_traverse, nskp_lines_traverse},
                                    {Py_am_aiter, nskp_itself},
                                    {Py_am_anext, next_line},
                                    {0, NULL}};

PyType_Spec nskp_aio_lines_spec =
    NSKP_GC_TYPE("netsocket.aio._Lines", nskp_lines, lines_slots);
