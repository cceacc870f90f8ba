/* Receiving, as bytes and into the caller's memory. */
#include <limits.h>
#include <string.h>

#include "aio_plain.h"
#include "args.h"
#include "error.h"
#include "lock.h"
#include "objects.h"
#include "whole.h"

#define INLINE static inline __attribute__((always_inline))

/* A receive into memory of ours or the caller's. */
typedef struct {
  const char *op;
  void *into;
  size_t size;
  int flags;
  nsk_addr *from; /* NULL: not asked */
  bool tried;     /* under the GIL, and there was nothing */
  size_t n;
} incoming;

static nsk_outcome pull(nsk_socket *s, void *call, int more, nsk_error *error) {
  incoming *m = call;
  int flags = m->flags | more;
  if (m->from == NULL) return nsk_socket_recv(s, m->into, m->size, flags, &m->n, error);
  return nsk_socket_recvfrom(s, m->into, m->size, flags, &m->n, m->from, error);
}

/* True when m->n bytes are there, 0 of them at the end; false with an exception. A flag
   may ask for waiting, as MSG_WAITALL does: a blocking socket is not tried first then. */
static bool receive_bytes(nskp_socket *self, incoming *m) {
  nsk_error error;
  bool whole = m->flags != 0 && nskp_blocks(self, m->flags);
  const nskp_work work = {.op = m->op,
                          .body = pull,
                          .call = m,
                          .moved = &m->n,
                          .cheap = !m->tried && m->size <= NSKP_LARGE && !whole,
                          .tried = m->tried};
  nsk_outcome outcome = nskp_plain(self, &work, NSK_READ, m->flags, &error);
  outcome = nsk_socket_noted(&self->s, m->op, m->flags, outcome, &error);
  if (outcome == NSK_END) m->n = 0;
  if (outcome == NSK_DONE || outcome == NSK_END) return true;
  nskp_raise_outcome(m->op, outcome, &error);
  return false;
}

/* ---------------------------------------------------------- through the scratch -- */

/* The scratch of the state serves one receive at a time; another brings its own memory,
   which does not stay. NULL with a MemoryError. */
static nsk_buffer *borrow(nskp_state *state, size_t size) {
  nsk_buffer *buffer = NULL;
  if (size <= NSKP_LARGE) {
    buffer = state->scratch;
    state->scratch = NULL;
  }
  if (nsk_buffer_reserve(&buffer, size)) return buffer;
  nsk_buffer_free(buffer);
  PyErr_NoMemory();
  return NULL;
}

static void give_back(nskp_state *state, nsk_buffer *buffer) {
  if (state->scratch == NULL && buffer->capacity <= NSKP_LARGE)
    state->scratch = buffer;
  else
    nsk_buffer_free(buffer);
}

/* The end of a receive. Bytes that could not be made into an object come back from the
   next one, unless they were only looked at and the kernel has them still. */
static PyObject *delivered(nskp_socket *self, const incoming *m, nsk_buffer *buffer,
                           PyObject *made) {
  nskp_state *state = nskp_state_of((PyObject *)self);
  if (made != NULL || (m->flags & nsk_peek) != 0)
    give_back(state, buffer);
  else
    nsk_socket_put_back(&self->s, buffer, m->n, m->from);
  return made;
}

static PyObject *receive_on(nskp_socket *self, incoming *m) {
  nskp_state *state = nskp_state_of((PyObject *)self);
  nsk_buffer *buffer = borrow(state, m->size);
  if (buffer == NULL) return NULL;
  m->into = buffer->data;
  if (receive_bytes(self, m)) {
    PyObject *bytes = PyBytes_FromStringAndSize(m->into, (Py_ssize_t)m->n);
    return delivered(self, m, buffer, bytes);
  }
  give_back(state, buffer);
  return NULL;
}

/* What a short receive comes to that brought nothing at the first try. */
static __attribute__((noinline, cold)) PyObject *receive_less(nskp_socket *self,
                                                              const char *op, size_t size,
                                                              nsk_outcome outcome,
                                                              const nsk_error *error) {
  incoming m = {.op = op, .size = size, .tried = outcome == NSK_AGAIN};
  if (outcome == NSK_END) return PyBytes_FromStringAndSize(NULL, 0);
  if (outcome == NSK_FAILED && self->s.held && nskp_end_stranded(self, false))
    return receive_on(self, &m);
  if (outcome == NSK_FAILED || (outcome == NSK_AGAIN && !nskp_waits(self, 0)))
    return nskp_raise_outcome(op, outcome, error);
  return receive_on(self, &m);
}

__attribute__((noinline, cold)) PyObject *nskp_put_back(nskp_socket *self, size_t n) {
  nskp_state *state = nskp_state_of((PyObject *)self);
  nsk_buffer *buffer = state->scratch;
  state->scratch = NULL;
  nsk_socket_put_back(&self->s, buffer, n, NULL);
  return NULL;
}

/* A short receive without flags, into the scratch, which stays where it is for as long
   as the GIL is held. */
INLINE PyObject *receive_short(nskp_socket *self, nskp_state *state, const char *op,
                               size_t size) {
  size_t n;
  nsk_error error;
  nsk_buffer *buffer = state->scratch;
  PyObject *bytes = NULL;
  nsk_outcome outcome =
      nsk_socket_recv(&self->s, buffer->data, size, nsk_dontwait, &n, &error);
  if (outcome == NSK_DONE)
    bytes = PyBytes_FromStringAndSize((char *)buffer->data, (Py_ssize_t)n);
  if (bytes != NULL) return bytes;
  if (outcome == NSK_DONE) return nskp_put_back(self, n);
  return receive_less(self, op, size, outcome, &error);
}

/* ------------------------------------------------------------ where it stays -- */

/* Of a size next to the largest Python says that it overflows; it is memory that there
   is not. */
static PyObject *receive_large(nskp_socket *self, incoming *m) {
  if (m->size > PY_SSIZE_T_MAX / 2) return PyErr_NoMemory();
  PyObject *large = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)m->size);
  if (large == NULL) return NULL;
  m->into = PyBytes_AsString(large);
  if (receive_bytes(self, m))
    return m->n == m->size ? large : nskp_shortened(large, m->n);
  Py_DECREF(large);
  return NULL;
}

/* ------------------------------------------------------------------- the calls -- */

static PyObject *receive_any(PyObject *self, const nskp_row *row, PyObject *const *args,
                             Py_ssize_t nargs) {
  nskp_args a;
  nskp_socket *sock = (nskp_socket *)self;
  incoming m = {.op = row->name, .size = nsk_receive_default(&sock->s)};
  if (!nskp_bind(&a, row, args, nargs, NULL) || !nskp_get_size(&a, 0, &m.size) ||
      !nskp_get_flags(&a, &m.flags))
    return NULL;
  /* A packet is copied while it fits the scratch: mostly it is far shorter than that. */
  size_t copied = sock->s.type == nsk_stream ? NSKP_SHORT : NSKP_LARGE;
  return m.size > copied ? receive_large(sock, &m) : receive_on(sock, &m);
}

INLINE bool is_short_size(const nskp_state *state, PyObject *const *args,
                          Py_ssize_t nargs, size_t *size) {
  return state->scratch != NULL && nskp_is_short(args, nargs, size) &&
         *size <= state->scratch->capacity;
}

PyObject *nskp_socket_recv(NSKP_POS) {
  nskp_state *state = nskp_state_of(self);
  size_t size;
  if (is_short_size(state, args, nargs, &size))
    return receive_short((nskp_socket *)self, state, "recv", size);
  return receive_any(self, &nskp_row_socket_recv, args, nargs);
}

PyObject *nskp_socket_read(NSKP_POS) {
  nskp_state *state = nskp_state_of(self);
  size_t size;
  if (is_short_size(state, args, nargs, &size))
    return receive_short((nskp_socket *)self, state, "read", size);
  return receive_any(self, &nskp_row_socket_read, args, nargs);
}

/* Bytes and their sender, whose object was made before. */
static PyObject *with_sender(nskp_socket *self, nskp_addrinfo *ai, const incoming *m) {
  PyObject *bytes = PyBytes_FromStringAndSize(m->into, (Py_ssize_t)m->n);
  PyObject *sender = m->from->length > 0 ? (PyObject *)ai : Py_None;
  if (bytes == NULL) return NULL;
  ai->info = (nsk_addrinfo){*m->from, self->s.type, self->s.protocol};
  PyObject *both = PyTuple_Pack(2, bytes, sender);
  Py_DECREF(bytes);
  return both;
}

PyObject *nskp_socket_recvfrom(NSKP_POS) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_state *state = nskp_state_of(self);
  nskp_args a;
  nsk_addr from = {.length = 0};
  incoming m = {.op = "recvfrom", .size = nsk_receive_default(&sock->s), .from = &from};
  PyObject *both = NULL;
  if (!nskp_bind(&a, &nskp_row_socket_recvfrom, args, nargs, NULL) ||
      !nskp_get_size(&a, 0, &m.size) || !nskp_get_flags(&a, &m.flags))
    return NULL;
  nskp_addrinfo *ai = nskp_make_addrinfo(state);
  nsk_buffer *buffer = ai != NULL ? borrow(state, m.size) : NULL;
  if (buffer != NULL) {
    m.into = buffer->data;
    if (receive_bytes(sock, &m))
      both = delivered(sock, &m, buffer, with_sender(sock, ai, &m));
    else
      give_back(state, buffer);
  }
  Py_XDECREF((PyObject *)ai);
  return both;
}

/* How much of the buffer, parameter i, to fill; false with a ValueError. */
static bool get_room(const nskp_args *a, int i, const Py_buffer *into, size_t *size) {
  int64_t asked = 0;
  if (!nskp_get_integer(a, i + 1, &asked)) return false;
  if (into->len == 0) return nskp_out_of_range(a, i, "must not be empty");
  if (asked < 0 || asked > into->len)
    return nskp_out_of_range(a, i + 1, "must be 0 or more and fit the buffer");
  *size = (size_t)(asked > 0 ? asked : into->len);
  return true;
}

PyObject *nskp_socket_recv_into(NSKP_POS) {
  nskp_args a;
  Py_buffer into;
  incoming m = {.op = "recv_into"};
  if (!nskp_bind(&a, &nskp_row_socket_recv_into, args, nargs, NULL) ||
      !nskp_get_flags(&a, &m.flags) || !nskp_get_writable(&a, 0, &into))
    return NULL;
  PyObject *count = NULL;
  m.into = into.buf;
  if (get_room(&a, 0, &into, &m.size)) count = PyLong_FromSize_t(m.size);
  if (count != NULL) {
    bool got = receive_bytes((nskp_socket *)self, &m);
    if (got) count = nskp_count(count, m.size, m.n);
    if (!got) Py_CLEAR(count);
  }
  PyBuffer_Release(&into);
  return count;
}

/* -------------------------------------------------------------- as coroutines -- */

typedef struct {
  nskp_aio_call call;
  size_t size;
  Py_buffer into; /* of recv_into; obj is NULL else */
} awaited;

static awaited *part(nskp_coroutine *c) {
  return nskp_part(c);
}

/* One try; c->made is what it brought. NSK_INTERRUPTED without an object: there was no
   memory for it, and nothing is lost. */
static nsk_outcome receive_now(nskp_coroutine *c, incoming *m, nskp_addrinfo *ai,
                               nsk_error *error) {
  nskp_socket *sock = c->sock;
  nskp_state *state = nskp_state_of((PyObject *)sock);
  nsk_buffer *buffer = borrow(state, m->size);
  if (buffer == NULL) return NSK_INTERRUPTED;
  m->into = buffer->data;
  nsk_outcome outcome = pull(&sock->s, m, nsk_dontwait, error);
  outcome = nsk_socket_noted(&sock->s, m->op, m->flags, outcome, error);
  if (outcome == NSK_END) m->n = 0;
  if (outcome != NSK_DONE && outcome != NSK_END) {
    give_back(state, buffer);
    return outcome;
  }
  PyObject *made = ai != NULL ? with_sender(sock, ai, m)
                              : PyBytes_FromStringAndSize(m->into, (Py_ssize_t)m->n);
  c->made = delivered(sock, m, buffer, made);
  return c->made != NULL ? outcome : NSK_INTERRUPTED;
}

static nsk_outcome step_bytes(nskp_coroutine *c, nsk_interest *interest,
                              nsk_error *error) {
  incoming m = {.op = c->name, .size = part(c)->size, .flags = part(c)->call.flags};
  return nskp_aio_tried(c, receive_now(c, &m, NULL, error), interest, error);
}

static nsk_outcome step_from(nskp_coroutine *c, nsk_interest *interest,
                             nsk_error *error) {
  nsk_addr from = {.length = 0};
  incoming m = {
      .op = c->name, .size = part(c)->size, .flags = part(c)->call.flags, .from = &from};
  nskp_addrinfo *ai = nskp_make_addrinfo(c->state);
  if (ai == NULL) return NSK_INTERRUPTED;
  nsk_outcome outcome = receive_now(c, &m, ai, error);
  Py_DECREF((PyObject *)ai);
  return nskp_aio_tried(c, outcome, interest, error);
}

static nsk_outcome step_into(nskp_coroutine *c, nsk_interest *interest,
                             nsk_error *error) {
  incoming m = {.op = c->name,
                .into = part(c)->into.buf,
                .size = part(c)->size,
                .flags = part(c)->call.flags};
  nsk_outcome outcome = pull(&c->sock->s, &m, nsk_dontwait, error);
  outcome = nsk_socket_noted(&c->sock->s, m.op, m.flags, outcome, error);
  if (outcome == NSK_DONE) part(c)->size = m.n;
  if (outcome == NSK_END) part(c)->size = 0;
  return nskp_aio_tried(c, outcome, interest, error);
}

static PyObject *count_of_bytes(nskp_coroutine *c, nsk_outcome outcome) {
  (void)outcome;
  return PyLong_FromSize_t(part(c)->size);
}

static int traverse(nskp_coroutine *c, visitproc visit, void *arg) {
  Py_VISIT(part(c)->into.obj);
  return 0;
}

static void end_into(nskp_coroutine *c) {
  nskp_aio_plain_end(c);
  PyBuffer_Release(&part(c)->into);
}

static const nskp_kind of_bytes = {.size = sizeof(awaited),
                                   .step = step_bytes,
                                   .result = nskp_coroutine_take_made,
                                   .end = nskp_aio_plain_end};
static const nskp_kind of_bytes_from = {.size = sizeof(awaited),
                                        .step = step_from,
                                        .result = nskp_coroutine_take_made,
                                        .end = nskp_aio_plain_end};
static const nskp_kind of_memory = {.size = sizeof(awaited),
                                    .step = step_into,
                                    .result = count_of_bytes,
                                    .traverse = traverse,
                                    .end = end_into};

/* (sock, bufsize, *flags, sec) */
static PyObject *await_bytes(PyObject *module, const nskp_args *a,
                             const nskp_kind *kind) {
  nskp_coroutine *c = nskp_aio_plain(module, a, kind, 2);
  if (c == NULL) return NULL;
  part(c)->size = nsk_receive_default(&c->sock->s);
  return nskp_get_size(a, 1, &part(c)->size) ? (PyObject *)c : nskp_coroutine_drop(c);
}

PyObject *nskp_aio_recv(NSKP_KEY) {
  nskp_args a;
  if (!nskp_bind(&a, &nskp_row_aio_recv, args, nargs, kwnames)) return NULL;
  return await_bytes(self, &a, &of_bytes);
}

PyObject *nskp_aio_recvfrom(NSKP_KEY) {
  nskp_args a;
  if (!nskp_bind(&a, &nskp_row_aio_recvfrom, args, nargs, kwnames)) return NULL;
  return await_bytes(self, &a, &of_bytes_from);
}

PyObject *nskp_aio_recv_into(NSKP_KEY) {
  nskp_args a;
  if (!nskp_bind(&a, &nskp_row_aio_recv_into, args, nargs, kwnames)) return NULL;
  nskp_coroutine *c = nskp_aio_plain(self, &a, &of_memory, 3);
  if (c == NULL) return NULL;
  Py_buffer *into = &part(c)->into;
  if (nskp_get_writable(&a, 1, into) && get_room(&a, 1, into, &part(c)->size))
    return (PyObject *)c;
  return nskp_coroutine_drop(c);
}
