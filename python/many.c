/* Many packets in one call. */
#include "objects.h"

#include <stdlib.h>

#include "aio_plain.h"
#include "args.h"
#include "error.h"
#include "lock.h"
#include "pieces.h"

/* -------------------------------------------------------------------- sending -- */

/* Where packets go. Given all zero. */
typedef struct {
  PyObject *tuple; /* keeps the addresses */
  const nsk_addr **to;
  const nsk_addr *one;
} addresses;

static void drop(addresses *to) {
  free(to->to);
  Py_XDECREF(to->tuple);
}

static bool take_each(nskp_state *state, const nskp_args *a, int at, addresses *to,
                      size_t count) {
  to->tuple = PySequence_Tuple(a->value[at]);
  if (to->tuple == NULL) return false;
  if ((size_t)PyTuple_Size(to->tuple) != count)
    return nskp_out_of_range(a, at, NSK_NOT_AS_MANY);
  to->to = calloc(count + 1, sizeof(void *));
  if (to->to == NULL) {
    PyErr_NoMemory();
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    PyObject *ai = PyTuple_GetItem(to->tuple, (Py_ssize_t)i);
    if (Py_TYPE(ai) != state->addrinfo_type)
      return nskp_refuse(a, at, "a sequence of AddrInfo", a->value[at]);
    to->to[i] = &((nskp_addrinfo *)ai)->info.addr;
  }
  return true;
}

/* Parameter `at`; they stay as they are until they are dropped. */
static bool take_addresses(PyObject *self, const nskp_args *a, int at, addresses *to,
                           nsk_sending *m) {
  PyObject *given = a->value[at];
  if (given == NULL) return true;
  if (PyList_Check(given) || PyTuple_Check(given)) {
    bool taken = take_each(nskp_state_of(self), a, at, to, m->count);
    m->to = to->to;
    return taken;
  }
  nskp_addrinfo *ai = NULL;
  if (!nskp_get_address(a, at, nskp_state_of(self)->addrinfo_type, &ai)) return false;
  to->tuple = PyTuple_Pack(1, given);
  if (to->tuple == NULL) return false;
  to->one = &ai->info.addr;
  m->to = &to->one;
  m->to_one = true;
  return true;
}

typedef struct {
  nsk_sending m;
  const nsk_addr *about; /* the address of all */
  int flags;
} sending;

static nsk_outcome push(nsk_socket *s, void *call, int more, nsk_error *error) {
  sending *out = call;
  return nsk_socket_sendmany(s, &out->m, out->flags | more, error);
}

/* The object of the count is there before anything goes. */
static PyObject *send_packets(nskp_socket *self, sending *out, size_t bytes) {
  nsk_error error;
  bool blocks = nskp_blocks(self, out->flags);
  const nskp_work work = {.op = "sendmany",
                          .about = out->about,
                          .body = push,
                          .call = out,
                          .moved = &out->m.done,
                          .cheap = !blocks && bytes < NSKP_LARGE};
  PyObject *count = PyLong_FromSize_t(out->m.count);
  if (count == NULL) return NULL;
  out->m.all = blocks;
  nsk_outcome outcome = nskp_plain(self, &work, NSK_WRITE, out->flags, &error);
  if (outcome == NSK_AGAIN && out->m.done > 0) outcome = NSK_DONE;
  if (outcome == NSK_DONE) return nskp_count(count, out->m.count, out->m.done);
  Py_DECREF(count);
  nskp_raise_outcome("sendmany", outcome, &error);
  if (out->m.done > 0) nskp_annotate("done", PyLong_FromSize_t(out->m.done));
  return NULL;
}

/* Parameter i; NULL: raised. */
static const nsk_iovec *take_packets(PyObject *self, const nskp_args *a, int i,
                                     nskp_pieces *pieces) {
  if (nskp_is_pieces(self, a->value[i])) return nskp_pieces_take(pieces, a, i);
  nskp_refuse(a, i, "list, tuple or IoVec", a->value[i]);
  return NULL;
}

PyObject *nskp_socket_sendmany(NSKP_POS) {
  nskp_args a;
  sending out = {.flags = 0};
  nskp_pieces pieces = {.iovec = NULL};
  addresses to = {.tuple = NULL};
  if (!nskp_bind(&a, &nskp_row_socket_sendmany, args, nargs, NULL) ||
      !nskp_get_flags(&a, &out.flags))
    return NULL;
  const nsk_iovec *iov = take_packets(self, &a, 0, &pieces);
  if (iov == NULL) return NULL;
  PyObject *count = NULL;
  out.m.packets = iov->pieces;
  out.m.count = iov->count;
  if (take_addresses(self, &a, 1, &to, &out.m)) {
    out.about = to.one;
    count = send_packets((nskp_socket *)self, &out, iov->bytes);
  }
  drop(&to);
  nskp_pieces_drop(&pieces);
  return count;
}

/* ------------------------------------------------------------------ receiving -- */

enum { SENDER = 1 }; /* of a packet */

typedef struct {
  nsk_batch *batch;
  size_t max;
} incoming;

static nsk_outcome pull(nsk_socket *s, void *call, int more, nsk_error *error) {
  incoming *in = call;
  return nsk_socket_recvmany(s, in->batch, in->max, more, error);
}

/* What is made of one batch. */
typedef struct {
  nskp_socket *sock;
  nskp_state *state;
  PyObject *list;
  PyObject *sender; /* of the latest packet, which has it; NULL at first */
  size_t first;     /* the index of that sender's first packet */
  size_t count;
} delivery;

/* A new reference. A sender that repeats is one object, and mostly the latest one. */
static PyObject *sender_of(delivery *d, const nsk_packet *packet) {
  PyObject *sender;
  if (packet->from->length == 0) Py_RETURN_NONE;
  if (d->sender != NULL && packet->same == d->first) {
    sender = d->sender;
    Py_INCREF(sender);
  } else if (packet->same < d->count) {
    sender = PyTuple_GetItem(PyList_GetItem(d->list, (Py_ssize_t)packet->same), SENDER);
    Py_INCREF(sender);
  } else {
    nskp_addrinfo *ai = nskp_make_addrinfo(d->state);
    if (ai == NULL) return NULL;
    ai->info = (nsk_addrinfo){*packet->from, d->sock->s.type, d->sock->s.protocol};
    sender = (PyObject *)ai;
  }
  d->sender = sender;
  d->first = packet->same;
  return sender;
}

/* Not before all of it is there does the list hold it: code of the user's may look. */
static bool add_packet(delivery *d, const nsk_packet *packet) {
  PyObject *bytes =
      PyBytes_FromStringAndSize((const char *)packet->bytes, (Py_ssize_t)packet->length);
  PyObject *sender = bytes != NULL ? sender_of(d, packet) : NULL;
  if (sender == NULL) {
    Py_XDECREF(bytes);
    return false;
  }
  PyObject *made = nskp_packet(d->state, bytes, sender, packet->cut);
  if (made == NULL) return false;
  bool added = PyList_Append(d->list, made) == 0;
  Py_DECREF(made);
  d->count++;
  return added;
}

static PyObject *list_of(nskp_socket *self, const nsk_batch *batch) {
  nsk_batch_place place = {.slot = 0};
  nsk_packet packet;
  delivery d = {.sock = self, .state = nskp_state_of((PyObject *)self)};
  d.list = PyList_New(0);
  while (d.list != NULL && nsk_batch_next(batch, &place, &packet))
    if (!add_packet(&d, &packet)) Py_CLEAR(d.list);
  return d.list;
}

/* What cannot be made into objects is the socket's again. */
static PyObject *receive(nskp_socket *self, incoming *in) {
  nsk_error error;
  const nskp_work work = {
      .op = "recvmany", .body = pull, .call = in, .moved = &in->batch->count};
  nsk_outcome outcome = nskp_plain(self, &work, NSK_READ, 0, &error);
  outcome = nsk_socket_noted(&self->s, work.op, 0, outcome, &error);
  if (outcome == NSK_END) return PyList_New(0);
  if (outcome != NSK_DONE) {
    nskp_raise_outcome(work.op, outcome, &error);
    return NULL;
  }
  PyObject *list = list_of(self, in->batch);
  if (list == NULL) nsk_batch_put_back(&self->s, in->batch);
  return list;
}

/* Parameters i, `max`, and i + 1, `bufsize`. */
static bool get_room(const nskp_args *a, int i, size_t *max, size_t *size) {
  int64_t most = 64;
  nsk_error error;
  if (!nskp_get_integer(a, i, &most) || !nskp_get_size(a, i + 1, size)) return false;
  if (nsk_many_size(most, max, &error) == NSK_DONE) return true;
  nskp_raise(a->row, NSK_FAILED, &error);
  return false;
}

/* The batch serves one call at a time; another brings its own. False: MemoryError. */
static bool lend_batch(nskp_state *state, incoming *in, const nskp_socket *sock,
                       size_t size) {
  in->batch = state->batch;
  state->batch = NULL;
  if (nsk_batch_reserve(&in->batch, &sock->s, in->max, size)) return true;
  PyErr_NoMemory();
  return false;
}

static void take_batch_back(nskp_state *state, incoming *in) {
  if (state->batch == NULL)
    state->batch = in->batch;
  else
    nsk_batch_free(in->batch);
}

PyObject *nskp_socket_recvmany(NSKP_KEY) {
  nskp_args a;
  size_t size = 65536;
  incoming in = {.batch = NULL};
  nskp_socket *sock = (nskp_socket *)self;
  nskp_state *state = nskp_state_of(self);
  if (!nskp_bind(&a, &nskp_row_socket_recvmany, args, nargs, kwnames) ||
      !get_room(&a, 0, &in.max, &size))
    return NULL;
  PyObject *list = NULL;
  if (lend_batch(state, &in, sock, size)) list = receive(sock, &in);
  take_batch_back(state, &in);
  return list;
}

/* -------------------------------------------------------------- as coroutines -- */

typedef struct {
  nskp_aio_call call;
  nsk_sending m;
  nskp_pieces pieces;
  addresses to;
} awaited_send;

static awaited_send *sending_of(nskp_coroutine *c) {
  return nskp_part(c);
}

static nsk_outcome step_sending(nskp_coroutine *c, nsk_interest *interest,
                                nsk_error *error) {
  awaited_send *out = sending_of(c);
  int flags = out->call.flags | nsk_dontwait;
  nsk_outcome outcome = nsk_socket_sendmany(&c->sock->s, &out->m, flags, error);
  return nskp_aio_tried(c, outcome, interest, error);
}

static PyObject *count_of_packets(nskp_coroutine *c, nsk_outcome outcome) {
  (void)outcome;
  return PyLong_FromSize_t(sending_of(c)->m.done);
}

static void say_sent(nskp_coroutine *c) {
  size_t done = sending_of(c)->m.done;
  if (done > 0) nskp_annotate("done", PyLong_FromSize_t(done));
}

static int traverse(nskp_coroutine *c, visitproc visit, void *arg) {
  Py_VISIT(sending_of(c)->to.tuple);
  return nskp_pieces_traverse(&sending_of(c)->pieces, visit, arg);
}

static void end_sending(nskp_coroutine *c) {
  awaited_send *out = sending_of(c);
  nskp_aio_plain_end(c);
  drop(&out->to);
  out->to = (addresses){.tuple = NULL};
  nskp_pieces_drop(&out->pieces);
}

static const nskp_kind kind_of_sending = {.writing = true,
                                          .size = sizeof(awaited_send),
                                          .step = step_sending,
                                          .result = count_of_packets,
                                          .annotate = say_sent,
                                          .traverse = traverse,
                                          .end = end_sending};

/* (sock, msgs, to, *flags, sec) */
PyObject *nskp_aio_sendmany(NSKP_KEY) {
  nskp_args a;
  if (!nskp_bind(&a, &nskp_row_aio_sendmany, args, nargs, kwnames)) return NULL;
  nskp_coroutine *c = nskp_aio_plain(self, &a, &kind_of_sending, 3);
  if (c == NULL) return NULL;
  awaited_send *out = sending_of(c);
  const nsk_iovec *iov = take_packets((PyObject *)c->sock, &a, 1, &out->pieces);
  if (iov == NULL) return nskp_coroutine_drop(c);
  out->m.packets = iov->pieces;
  out->m.count = iov->count;
  if (!take_addresses((PyObject *)c->sock, &a, 2, &out->to, &out->m))
    return nskp_coroutine_drop(c);
  out->call.timed.about = out->to.one;
  return (PyObject *)c;
}

typedef struct {
  nskp_aio_call call;
  size_t max, size;
} awaited_receive;

static awaited_receive *receiving_of(nskp_coroutine *c) {
  return nskp_part(c);
}

static nsk_outcome receive_now(nskp_coroutine *c, incoming *in, nsk_error *error) {
  nskp_socket *sock = c->sock;
  nsk_outcome outcome = pull(&sock->s, in, nsk_dontwait, error);
  outcome = nsk_socket_noted(&sock->s, c->name, 0, outcome, error);
  if (outcome == NSK_END) c->made = PyList_New(0);
  if (outcome == NSK_DONE) {
    c->made = list_of(sock, in->batch);
    if (c->made == NULL) nsk_batch_put_back(&sock->s, in->batch);
  }
  bool lost = (outcome == NSK_END || outcome == NSK_DONE) && c->made == NULL;
  return lost ? NSK_INTERRUPTED : outcome;
}

static nsk_outcome step_receiving(nskp_coroutine *c, nsk_interest *interest,
                                  nsk_error *error) {
  nskp_state *state = c->state;
  incoming in = {.max = receiving_of(c)->max};
  nsk_outcome outcome = NSK_INTERRUPTED;
  if (lend_batch(state, &in, c->sock, receiving_of(c)->size))
    outcome = receive_now(c, &in, error);
  take_batch_back(state, &in);
  return nskp_aio_tried(c, outcome, interest, error);
}

static const nskp_kind kind_of_receiving = {.size = sizeof(awaited_receive),
                                            .step = step_receiving,
                                            .result = nskp_coroutine_take_made,
                                            .end = nskp_aio_plain_end};

/* (sock, max, bufsize, sec) */
PyObject *nskp_aio_recvmany(NSKP_KEY) {
  nskp_args a;
  awaited_receive asked = {.size = 65536};
  if (!nskp_bind(&a, &nskp_row_aio_recvmany, args, nargs, kwnames) ||
      !get_room(&a, 1, &asked.max, &asked.size))
    return NULL;
  nskp_coroutine *c = nskp_aio_plain(self, &a, &kind_of_receiving, 3);
  if (c == NULL) return NULL;
  receiving_of(c)->max = asked.max;
  receiving_of(c)->size = asked.size;
  return (PyObject *)c;
}
