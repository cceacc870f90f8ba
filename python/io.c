/* Sending. A try under the GIL comes first; only what must wait, or moves much, does
   without it. */
#include "address.h"
#include "args.h"
#include "error.h"
#include "lock.h"

/* What the short calls are made of has two callers, which compilers take for a reason
   not to inline it: 40 instructions of 800. */
#define INLINE static inline __attribute__((always_inline))

typedef struct {
  const char *op;
  const char *bytes;
  size_t length;
  const nsk_addr *to; /* NULL: the peer */
  int flags;
  bool all; /* a blocking stream takes all of a message */
  size_t n; /* how much it has taken */
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

/* The end of a send. `all` is the whole length as an object, made before anything was
   sent: it is there once all of it was. An error after a part is the next call's. */
static __attribute__((noinline, cold)) PyObject *sent(const outgoing *m, PyObject *all,
                                                      nsk_outcome outcome,
                                                      const nsk_error *error) {
  if (outcome == NSK_DONE && m->n == m->length) return all;
  Py_DECREF(all);
  if (outcome == NSK_DONE || (m->n > 0 && outcome != NSK_INTERRUPTED))
    return PyLong_FromSize_t(m->n);
  nskp_raise_outcome(m->op, outcome, error);
  if (m->all && outcome == NSK_INTERRUPTED)
    nskp_annotate("done", PyLong_FromSize_t(m->n));
  return NULL;
}

static __attribute__((noinline, cold)) PyObject *transmit(nskp_socket *self, outgoing *m,
                                                          PyObject *all) {
  nsk_error error;
  bool waits = nsk_socket_blocking(&self->s) && (m->flags & nsk_dontwait) == 0;
  m->all = waits && self->s.type == nsk_stream;
  const nskp_work work = {.op = m->op,
                          .body = push,
                          .call = m,
                          .moved = &m->n,
                          .cheap = m->length < NSKP_LARGE,
                          .waits = waits};
  return sent(m, all, nskp_call(self, &work, &error), &error);
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
  outgoing m = {.op = "send", .bytes = data, .length = length, .n = n};
  bool over = outcome == NSK_FAILED || !nsk_socket_blocking(&self->s);
  if (over && outcome != NSK_INTERRUPTED) return sent(&m, all, outcome, &error);
  return transmit(self, &m, all);
}

static PyObject *send_any(PyObject *self, const nskp_row *row, PyObject *const *args,
                          Py_ssize_t nargs) {
  nskp_args a;
  outgoing m = {.op = "send"};
  if (!nskp_bind(&a, row, args, nargs, NULL)) return NULL;
  return transmit_buffer(self, &a, &m);
}

INLINE bool is_short_message(PyObject *const *args, Py_ssize_t nargs) {
  return nargs == 1 && PyBytes_CheckExact(args[0]) &&
         nskp_bytes_size(args[0]) < NSKP_LARGE;
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
