/* Send and receive. A try under the GIL comes first; only what must wait, or moves
   much, does without it. */
#include "address.h"
#include "args.h"
#include "error.h"
#include "receive_into.h"
#include "socket.h"

/* What the short calls are made of has two callers, which compilers take for a reason
   not to inline it: 40 instructions of 800. */
#define INLINE static inline __attribute__((always_inline))

/* The kernel's copying of so much takes longer than giving the GIL away and back. A
   message of this length is large, for it would hardly fit at the first try; a receive
   that may give as much is not yet. */
enum { LARGE = 65536 };

/* A flag may ask for waiting, as MSG_WAITALL does: a blocking socket is not tried
   first then. */
static bool tries_first(const nskp_socket *self, bool large, int flags) {
  return !large && (flags == 0 || !nsk_socket_blocking(&self->s));
}

/* True when the call must be made without the GIL: it was not tried, or the try said
   that it would block where it may, or was interrupted. */
static bool goes_on(const nskp_socket *self, bool tried, nsk_outcome outcome) {
  if (!tried || outcome == NSK_INTERRUPTED) return true;
  return outcome == NSK_AGAIN && nsk_socket_blocking(&self->s);
}

/* --------------------------------------------------------------- sending -- */

typedef struct {
  const char *op;
  const void *bytes;
  size_t length;
  const nsk_addr *to; /* NULL: the peer */
  int flags;
} outgoing;

static nsk_outcome push(nsk_socket *s, const outgoing *m, int more, size_t *n,
                        nsk_error *error) {
  int flags = m->flags | more;
  if (m->to == NULL) return nsk_socket_send(s, m->bytes, m->length, flags, n, error);
  return nsk_socket_sendto(s, m->bytes, m->length, m->to, flags, n, error);
}

static nsk_outcome push_without_gil(nskp_socket *self, const outgoing *m, size_t *n,
                                    bool *open, nsk_error *error) {
  nsk_outcome outcome;
  nsk_socket view;
  nskp_enter(self, &view);
  do {
    PyThreadState *thread = PyEval_SaveThread();
    outcome = push(&view, m, 0, n, error);
    PyEval_RestoreThread(thread);
  } while (outcome == NSK_INTERRUPTED && PyErr_CheckSignals() == 0);
  *open = nskp_leave(self);
  return outcome;
}

/* A blocking stream takes all of a message. The try has filled its buffer; a signal
   handler that raises in the wait for more room has the count in `done`. */
static nsk_outcome push_rest(nskp_socket *self, const outgoing *m, size_t *n,
                             nsk_error *error) {
  outgoing rest = *m;
  size_t more = 0;
  bool open = true;
  rest.bytes = (const char *)m->bytes + *n;
  rest.length -= *n;
  nsk_outcome outcome = push_without_gil(self, &rest, &more, &open, error);
  if (outcome == NSK_DONE) *n += more;
  if (outcome != NSK_INTERRUPTED) return NSK_DONE;
  nskp_annotate("done", PyLong_FromSize_t(*n));
  return outcome;
}

static bool fills(const nskp_socket *self, const outgoing *m) {
  return nsk_socket_blocking(&self->s) && self->s.type == nsk_stream &&
         (m->flags & nsk_dontwait) == 0;
}

/* What is left to do after the try, if there was one. `all` is the whole length as an
   object, made before anything was sent: it is there once all of it was. */
static PyObject *sent(nskp_socket *self, const outgoing *m, PyObject *all, bool tried,
                      nsk_outcome outcome, size_t n, nsk_error *error) {
  bool open = true;
  if (goes_on(self, tried, outcome))
    outcome = push_without_gil(self, m, &n, &open, error);
  else if (outcome == NSK_DONE && n < m->length && fills(self, m))
    outcome = push_rest(self, m, &n, error);
  if (outcome == NSK_DONE && n == m->length) return all;
  Py_DECREF(all);
  if (outcome == NSK_DONE) return PyLong_FromSize_t(n);
  return nskp_raise_outcome(m->op, outcome, open, error);
}

static PyObject *transmit(PyObject *self, const outgoing *m) {
  nskp_socket *sock = (nskp_socket *)self;
  size_t n = 0;
  nsk_error error;
  nsk_outcome outcome = NSK_AGAIN;
  PyObject *all = PyLong_FromSize_t(m->length);
  if (all == NULL) return NULL;
  bool tried = tries_first(sock, m->length >= LARGE, m->flags);
  if (tried) outcome = push(&sock->s, m, nsk_dontwait, &n, &error);
  return sent(sock, m, all, tried, outcome, n, &error);
}

/* The message is the first argument, pinned until the call is over. */
static PyObject *transmit_buffer(PyObject *self, const nskp_args *a, outgoing *m) {
  Py_buffer view;
  if (!nskp_get_flags(a, &m->flags) || !nskp_get_buffer(a, 0, &view)) return NULL;
  m->bytes = view.buf;
  m->length = (size_t)view.len;
  PyObject *count = transmit(self, m);
  PyBuffer_Release(&view);
  return count;
}

/* A short message of bytes, without flags: most of them. */
INLINE PyObject *send_bytes(nskp_socket *self, PyObject *bytes) {
  size_t n = 0;
  nsk_error error;
  const char *data = nskp_bytes_data(bytes);
  size_t length = nskp_bytes_size(bytes);
  PyObject *all = PyLong_FromSize_t(length);
  if (all == NULL) return NULL;
  nsk_outcome outcome = nsk_socket_send(&self->s, data, length, nsk_dontwait, &n, &error);
  if (outcome == NSK_DONE && n == length) return all;
  const outgoing m = {.op = "send", .bytes = data, .length = length};
  return sent(self, &m, all, true, outcome, n, &error);
}

static PyObject *send_any(PyObject *self, const nskp_row *row, PyObject *const *args,
                          Py_ssize_t nargs) {
  nskp_args a;
  outgoing m = {.op = "send"};
  if (!nskp_bind(&a, row, args, nargs, NULL)) return NULL;
  return transmit_buffer(self, &a, &m);
}

INLINE bool is_short_message(PyObject *const *args, Py_ssize_t nargs) {
  return nargs == 1 && PyBytes_CheckExact(args[0]) && nskp_bytes_size(args[0]) < LARGE;
}

PyObject *nskp_socket_send(NSKP_POS) {
  if (is_short_message(args, nargs)) return send_bytes((nskp_socket *)self, args[0]);
  return send_any(self, &nskp_row_socket_send, args, nargs);
}

PyObject *nskp_socket_write(NSKP_POS) {
  if (is_short_message(args, nargs)) return send_bytes((nskp_socket *)self, args[0]);
  return send_any(self, &nskp_row_socket_write, args, nargs);
}

PyObject *nskp_socket_sendto(NSKP_POS) {
  nskp_args a;
  nskp_addrinfo *ai;
  outgoing m = {.op = "sendto"};
  if (!nskp_bind(&a, &nskp_row_socket_sendto, args, nargs, NULL) ||
      !nskp_get_address(&a, 1, nskp_state_of(self)->addrinfo_type, &ai))
    return NULL;
  m.to = &ai->info.addr;
  return transmit_buffer(self, &a, &m);
}

/* ------------------------------------------------------------- receiving -- */

typedef struct {
  const char *op;
  size_t size;
  int flags;
  bool with_sender; /* in the buffer */
} incoming;

/* The scratch of the state is lent to one receive at a time; a large one brings its
   own memory, which does not stay. NULL with a MemoryError. */
static nsk_buffer *borrow(nskp_state *state, size_t size) {
  nsk_buffer *buffer = NULL;
  if (size <= LARGE) {
    buffer = state->scratch;
    state->scratch = NULL;
  }
  if (buffer != NULL && buffer->capacity >= size) return buffer;
  if (nsk_buffer_reserve(&buffer, size)) return buffer;
  nsk_buffer_free(buffer);
  PyErr_NoMemory();
  return NULL;
}

static void give_back(nskp_state *state, nsk_buffer *buffer) {
  if (buffer == NULL) return;
  if (state->scratch == NULL && buffer->capacity <= LARGE)
    state->scratch = buffer;
  else
    nsk_buffer_free(buffer);
}

static nsk_outcome pull(nsk_socket *s, const incoming *m, int more, nsk_buffer *buffer,
                        size_t *n, nsk_error *error) {
  int flags = m->flags | more;
  if (!m->with_sender) return nsk_socket_recv(s, buffer->data, m->size, flags, n, error);
  return nsk_socket_recvfrom(s, buffer->data, m->size, flags, n, &buffer->from, error);
}

static nsk_outcome pull_without_gil(nskp_socket *self, const incoming *m,
                                    nsk_buffer *buffer, size_t *n, bool *open,
                                    nsk_error *error) {
  nsk_outcome outcome;
  nsk_socket view;
  nskp_enter(self, &view);
  do {
    PyThreadState *thread = PyEval_SaveThread();
    outcome = pull(&view, m, 0, buffer, n, error);
    PyEval_RestoreThread(thread);
  } while (outcome == NSK_INTERRUPTED && PyErr_CheckSignals() == 0);
  *open = nskp_leave(self);
  return outcome;
}

/* What is left to do after the try, if there was one. False with an exception; *n is 0
   at the end of a stream. What another thread's close ended looks like an end, or like
   an empty packet. */
static bool received(nskp_socket *self, const incoming *m, nsk_buffer *buffer, bool tried,
                     nsk_outcome outcome, size_t *n, nsk_error *error) {
  bool open = true;
  if (goes_on(self, tried, outcome))
    outcome = pull_without_gil(self, m, buffer, n, &open, error);
  if (outcome == NSK_END) *n = 0;
  if ((outcome == NSK_DONE || outcome == NSK_END) && (open || *n > 0)) return true;
  nskp_raise_outcome(m->op, outcome, open, error);
  return false;
}

static bool receive(nskp_socket *self, const incoming *m, nsk_buffer *buffer, size_t *n) {
  nsk_error error;
  nsk_outcome outcome = NSK_AGAIN;
  /* Kept bytes are for this thread alone, and need no system call. */
  bool tried = nskp_has_pending(self) || tries_first(self, m->size > LARGE, m->flags);
  if (tried) outcome = pull(&self->s, m, nsk_dontwait, buffer, n, &error);
  return received(self, m, buffer, tried, outcome, n, &error);
}

/* Bytes that could not be made into an object come back from the next receive, unless
   they were only looked at and the kernel has them still. */
static void keep(nskp_socket *self, nskp_state *state, const incoming *m,
                 nsk_buffer *buffer, size_t n) {
  if (self->s.fd < 0 || (m->flags & nsk_peek) != 0)
    give_back(state, buffer);
  else
    nsk_socket_add_pending(&self->s, buffer, n);
}

/* The end of a receive: its bytes, and the buffer to where it belongs. */
static PyObject *to_bytes(nskp_socket *self, nskp_state *state, const incoming *m,
                          nsk_buffer *buffer, bool got, size_t n) {
  PyObject *bytes = NULL;
  if (got) bytes = PyBytes_FromStringAndSize((char *)buffer->data, (Py_ssize_t)n);
  if (got && bytes == NULL)
    keep(self, state, m, buffer, n);
  else
    give_back(state, buffer);
  return bytes;
}

/* A short receive that brought no object: it came to something else than bytes, or
   there was no memory for one, which has raised. */
static PyObject *not_received(nskp_socket *self, nskp_state *state, size_t size,
                              nsk_outcome outcome, size_t n, nsk_error *error) {
  const incoming m = {.op = "recv", .size = size};
  nsk_buffer *buffer = state->scratch;
  state->scratch = NULL;
  if (outcome == NSK_DONE) {
    keep(self, state, &m, buffer, n);
    return NULL;
  }
  bool got = received(self, &m, buffer, true, outcome, &n, error);
  return to_bytes(self, state, &m, buffer, got, n);
}

static PyObject *receive_any(PyObject *self, const nskp_row *row, PyObject *const *args,
                             Py_ssize_t nargs) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_state *state = nskp_state_of(self);
  nskp_args a;
  incoming m = {.op = "recv"};
  size_t n;
  if (!nskp_bind(&a, row, args, nargs, NULL) || !nskp_get_size(&a, 0, &m.size) ||
      !nskp_get_flags(&a, &m.flags))
    return NULL;
  if (m.size > NSKP_SHORT && !nskp_has_pending(sock))
    return nskp_receive_large(sock, m.size, m.flags);
  nsk_buffer *buffer = borrow(state, m.size);
  if (buffer == NULL) return NULL;
  bool got = receive(sock, &m, buffer, &n);
  return to_bytes(sock, state, &m, buffer, got, n);
}

/* A short receive without flags, into the scratch, which stays where it is for as long
   as the GIL is held. */
INLINE PyObject *receive_short(nskp_socket *self, nskp_state *state, size_t size) {
  size_t n = 0;
  nsk_error error;
  nsk_buffer *buffer = state->scratch;
  PyObject *bytes = NULL;
  nsk_outcome outcome =
      nsk_socket_recv(&self->s, buffer->data, size, nsk_dontwait, &n, &error);
  if (outcome == NSK_DONE)
    bytes = PyBytes_FromStringAndSize((char *)buffer->data, (Py_ssize_t)n);
  if (bytes != NULL) return bytes;
  return not_received(self, state, size, outcome, n, &error);
}

INLINE bool is_short_size(const nskp_state *state, PyObject *const *args,
                          Py_ssize_t nargs, size_t *size) {
  if (nargs != 1 || !PyLong_CheckExact(args[0]) || state->scratch == NULL) return false;
  Py_ssize_t asked = PyLong_AsSsize_t(args[0]);
  *size = (size_t)asked;
  if (asked > 0 && *size <= NSKP_SHORT && *size <= state->scratch->capacity) return true;
  PyErr_Clear(); /* too large for Py_ssize_t: the general way says so in its own words */
  return false;
}

PyObject *nskp_socket_recv(NSKP_POS) {
  nskp_state *state = nskp_state_of(self);
  size_t size;
  if (is_short_size(state, args, nargs, &size))
    return receive_short((nskp_socket *)self, state, size);
  return receive_any(self, &nskp_row_socket_recv, args, nargs);
}

PyObject *nskp_socket_read(NSKP_POS) {
  nskp_state *state = nskp_state_of(self);
  size_t size;
  if (is_short_size(state, args, nargs, &size))
    return receive_short((nskp_socket *)self, state, size);
  return receive_any(self, &nskp_row_socket_read, args, nargs);
}

/* The sender of what is in the buffer, in an object that was made before. */
static PyObject *with_sender(nskp_socket *self, nskp_addrinfo *ai,
                             const nsk_buffer *buffer, size_t n) {
  PyObject *bytes = PyBytes_FromStringAndSize((const char *)buffer->data, (Py_ssize_t)n);
  PyObject *sender = buffer->from.length > 0 ? (PyObject *)ai : Py_None;
  if (bytes == NULL) return NULL;
  ai->info = (nsk_addrinfo){buffer->from, self->s.type, self->s.protocol};
  PyObject *both = PyTuple_Pack(2, bytes, sender);
  Py_DECREF(bytes);
  return both;
}

PyObject *nskp_socket_recvfrom(NSKP_POS) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_state *state = nskp_state_of(self);
  nskp_args a;
  incoming m = {.op = "recvfrom", .with_sender = true};
  PyObject *both = NULL;
  size_t n;
  if (!nskp_bind(&a, &nskp_row_socket_recvfrom, args, nargs, NULL) ||
      !nskp_get_size(&a, 0, &m.size) || !nskp_get_flags(&a, &m.flags))
    return NULL;
  nskp_addrinfo *ai = nskp_make_addrinfo(state);
  if (ai == NULL) return NULL;
  nsk_buffer *buffer = borrow(state, m.size);
  bool got = buffer != NULL && receive(sock, &m, buffer, &n);
  if (got) both = with_sender(sock, ai, buffer, n);
  if (got && both == NULL)
    keep(sock, state, &m, buffer, n);
  else
    give_back(state, buffer);
  Py_DECREF(ai);
  return both;
}
