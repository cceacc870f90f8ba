/* Sending. A try under the GIL comes first; only what must wait, or moves much, does
   without it. */
#include "aio_plain.h"
#include "args.h"
#include "error.h"
#include "lock.h"
#include "objects.h"

/* What the short calls are made of has two callers, which compilers take for a reason
   not to inline it: 40 instructions of 800. */
#define INLINE static inline __attribute__((always_inline))

typedef struct {
  const char *op;
  const char *bytes;
  size_t length;
  const nsk_addr *to; /* NULL: the peer */
  int flags;
  bool all;   /* a blocking stream takes all of a message */
  bool tried; /* under the GIL, and there was no room */
  size_t n;   /* how much it has taken */
} outgoing;

static nsk_outcome push(nsk_socket *s, void *call, int more, nsk_error *error) {
  outgoing *m = call;
  const char *bytes = m->bytes + m->n;
  size_t length = m->length - m->n, n = 0;
  int flags = m->flags | more;
  nsk_outcome outcome =
      m->to == NULL ? nsk_socket_send(s, bytes, length, flags, &n, error)
                    : nsk_socket_sendto(s, bytes, length, m->to, flags, &n, error);
  m->n += n;
  if (outcome != NSK_DONE || m->n == m->length || !m->all) return outcome;
  return more != 0 ? NSK_AGAIN : NSK_INTERRUPTED; /* the rest, after a look at signals */
}

/* The end of a send that did not take all. `all` is the whole length as an object, made
   before anything was sent. An error after a part is the next call's. */
static __attribute__((noinline, cold)) PyObject *sent(const outgoing *m, PyObject *all,
                                                      nsk_outcome outcome,
                                                      const nsk_error *error) {
  Py_DECREF(all);
  if (outcome == NSK_DONE || (m->n > 0 && outcome != NSK_INTERRUPTED))
    return PyLong_FromSize_t(m->n);
  nskp_raise_outcome(m->op, outcome, error);
  if (m->all && outcome == NSK_INTERRUPTED)
    nskp_annotate("done", PyLong_FromSize_t(m->n));
  return NULL;
}

INLINE PyObject *transmit(nskp_socket *self, outgoing *m, PyObject *all) {
  nsk_error error;
  m->all = nskp_takes_all(self, m->flags);
  const nskp_work work = {.op = m->op,
                          .body = push,
                          .call = m,
                          .moved = &m->n,
                          .cheap = !m->tried && m->length < NSKP_LARGE,
                          .tried = m->tried};
  nsk_outcome outcome = nskp_plain(self, &work, NSK_WRITE, m->flags, &error);
  return outcome == NSK_DONE && m->n == m->length ? all : sent(m, all, outcome, &error);
}

/* The message is the first argument, pinned until the call is over. */
static PyObject *transmit_buffer(PyObject *self, const nskp_args *a, outgoing *m) {
  Py_buffer view;
  PyObject *count = NULL;
  if (!nskp_get_flags(a, &m->flags) || !nskp_get_buffer(a, 0, &view)) return NULL;
  m->bytes = view.buf;
  m->length = (size_t)view.len;
  PyObject *all = PyLong_FromSize_t(m->length);
  if (all != NULL) count = transmit((nskp_socket *)self, m, all);
  PyBuffer_Release(&view);
  return count;
}

/* What a short message comes to that was not sent at the first try. */
static __attribute__((noinline, cold)) PyObject *send_less(
    nskp_socket *self, const char *op, PyObject *bytes, size_t n, PyObject *all,
    nsk_outcome outcome, const nsk_error *error) {
  outgoing m = {.op = op,
                .bytes = nskp_bytes_data(bytes),
                .length = nskp_bytes_size(bytes),
                .tried = outcome == NSK_AGAIN,
                .n = n};
  bool goes_on = outcome == NSK_AGAIN ? nskp_waits(self, 0) : nskp_blocks(self, 0);
  if (outcome == NSK_INTERRUPTED || (outcome != NSK_FAILED && goes_on))
    return transmit(self, &m, all);
  return sent(&m, all, outcome, error);
}

/* A short message of bytes, without flags: most of them. */
INLINE PyObject *send_bytes(nskp_socket *self, const char *op, PyObject *bytes) {
  size_t n = 0;
  nsk_error error;
  size_t length = nskp_bytes_size(bytes);
  PyObject *all = PyLong_FromSize_t(length);
  if (all == NULL) return NULL;
  nsk_outcome outcome =
      nsk_socket_send(&self->s, nskp_bytes_data(bytes), length, nsk_dontwait, &n, &error);
  if (outcome == NSK_DONE && n == length) return all;
  return send_less(self, op, bytes, n, all, outcome, &error);
}

static PyObject *send_any(PyObject *self, const nskp_row *row, PyObject *const *args,
                          Py_ssize_t nargs) {
  nskp_args a;
  outgoing m = {.op = row->name};
  if (!nskp_bind(&a, row, args, nargs, NULL)) return NULL;
  return transmit_buffer(self, &a, &m);
}

INLINE bool is_short_message(PyObject *const *args, Py_ssize_t nargs) {
  return nargs == 1 && PyBytes_CheckExact(args[0]) &&
         nskp_bytes_size(args[0]) < NSKP_LARGE;
}

PyObject *nskp_socket_send(NSKP_POS) {
  if (is_short_message(args, nargs))
    return send_bytes((nskp_socket *)self, "send", args[0]);
  return send_any(self, &nskp_row_socket_send, args, nargs);
}

PyObject *nskp_socket_write(NSKP_POS) {
  if (is_short_message(args, nargs))
    return send_bytes((nskp_socket *)self, "write", args[0]);
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

/* -------------------------------------------------------------- as coroutines -- */

typedef struct {
  nskp_aio_call call;
  Py_buffer message;
  nskp_addrinfo *to; /* NULL: the peer */
  size_t sent;
} awaited;

static awaited *part(nskp_coroutine *c) {
  return nskp_part(c);
}

static nsk_outcome step(nskp_coroutine *c, nsk_interest *interest, nsk_error *error) {
  awaited *m = part(c);
  outgoing out = {.bytes = m->message.buf,
                  .length = (size_t)m->message.len,
                  .to = m->to != NULL ? &m->to->info.addr : NULL,
                  .flags = m->call.flags};
  nsk_outcome outcome = push(&c->sock->s, &out, nsk_dontwait, error);
  m->sent = out.n;
  return nskp_aio_tried(c, outcome, interest, error);
}

static PyObject *count_of_bytes(nskp_coroutine *c, nsk_outcome outcome) {
  (void)outcome;
  return PyLong_FromSize_t(part(c)->sent);
}

static size_t moved(nskp_coroutine *c) {
  return part(c)->sent;
}

static int traverse(nskp_coroutine *c, visitproc visit, void *arg) {
  Py_VISIT(part(c)->message.obj);
  Py_VISIT((PyObject *)part(c)->to);
  return 0;
}

static void end(nskp_coroutine *c) {
  PyObject *to = (PyObject *)part(c)->to;
  nskp_aio_plain_end(c);
  part(c)->to = NULL;
  Py_XDECREF(to);
  PyBuffer_Release(&part(c)->message);
}

static const nskp_kind sending = {.writing = true,
                                  .size = sizeof(awaited),
                                  .step = step,
                                  .result = count_of_bytes,
                                  .moved = moved,
                                  .traverse = traverse,
                                  .end = end};

PyObject *nskp_aio_send(NSKP_KEY) {
  nskp_args a;
  if (!nskp_bind(&a, &nskp_row_aio_send, args, nargs, kwnames)) return NULL;
  nskp_coroutine *c = nskp_aio_plain(self, &a, &sending, 2);
  if (c == NULL) return NULL;
  return nskp_get_buffer(&a, 1, &part(c)->message) ? (PyObject *)c
                                                   : nskp_coroutine_drop(c);
}

PyObject *nskp_aio_sendto(NSKP_KEY) {
  nskp_args a;
  nskp_addrinfo *ai;
  if (!nskp_bind(&a, &nskp_row_aio_sendto, args, nargs, kwnames) ||
      !nskp_get_address(&a, 2, nskp_state_of_module(self)->addrinfo_type, &ai))
    return NULL;
  nskp_coroutine *c = nskp_aio_plain(self, &a, &sending, 3);
  if (c == NULL) return NULL;
  Py_INCREF((PyObject *)ai);
  part(c)->to = ai;
  part(c)->call.timed.about = &ai->info.addr;
  return nskp_get_buffer(&a, 1, &part(c)->message) ? (PyObject *)c
                                                   : nskp_coroutine_drop(c);
}
