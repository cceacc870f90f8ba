/* Many packets in one call. */
#include "many.h"

#include <stdlib.h>

#include "address.h"
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

static bool take_each(nskp_state *state, const nskp_args *a, addresses *to,
                      size_t count) {
  to->tuple = PySequence_Tuple(a->value[1]);
  if (to->tuple == NULL) return false;
  if ((size_t)PyTuple_Size(to->tuple) != count)
    return nskp_out_of_range(a, 1, "must be as many as there are messages");
  to->to = calloc(count + 1, sizeof(void *));
  if (to->to == NULL) {
    PyErr_NoMemory();
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    PyObject *ai = PyTuple_GetItem(to->tuple, (Py_ssize_t)i);
    if (Py_TYPE(ai) != state->addrinfo_type)
      return nskp_refuse(a, 1, "a sequence of AddrInfo", a->value[1]);
    to->to[i] = &((nskp_addrinfo *)ai)->info.addr;
  }
  return true;
}

static bool take_addresses(PyObject *self, const nskp_args *a, addresses *to,
                           nsk_sending *m) {
  PyObject *given = a->value[1];
  if (given == NULL) return true;
  if (PyList_Check(given) || PyTuple_Check(given)) {
    bool taken = take_each(nskp_state_of(self), a, to, m->count);
    m->to = to->to;
    return taken;
  }
  nskp_addrinfo *ai = NULL;
  if (!nskp_get_address(a, 1, nskp_state_of(self)->addrinfo_type, &ai)) return false;
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
  nsk_outcome outcome = nskp_plain(self, &work, NSK_WRITE, out->flags, &error);
  if (outcome == NSK_DONE) return nskp_count(count, out->m.count, out->m.done);
  Py_DECREF(count);
  nskp_raise_outcome("sendmany", outcome, &error);
  if (out->m.done > 0) nskp_annotate("done", PyLong_FromSize_t(out->m.done));
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
  if (!nskp_is_pieces(self, a.value[0])) {
    nskp_refuse(&a, 0, "list, tuple or IoVec", a.value[0]);
    return NULL;
  }
  const nsk_iovec *iov = nskp_pieces_take(&pieces, &a, 0);
  if (iov == NULL) return NULL;
  PyObject *count = NULL;
  out.m.packets = iov->pieces;
  out.m.count = iov->count;
  if (take_addresses(self, &a, &to, &out.m)) {
    out.about = to.one;
    count = send_packets((nskp_socket *)self, &out, iov->bytes);
  }
  drop(&to);
  nskp_pieces_drop(&pieces);
  return count;
}

/* ------------------------------------------------------------------ receiving -- */

enum { MSG, SENDER, IN_SEQUENCE, CUT = IN_SEQUENCE };

int nskp_add_packet(PyObject *module) {
  PyStructSequence_Field fields[] = {{"msg", "The bytes."},
                                     {"sender", "Its address, or None."},
                                     {"cut", "Whether there were more bytes than room."},
                                     {NULL, NULL}};
  PyStructSequence_Desc desc = {"netsocket.Packet", "A packet of Socket.recvmany.",
                                fields, IN_SEQUENCE};
  PyTypeObject *type = PyStructSequence_NewType(&desc);
  nskp_state_of_module(module)->packet_type = type;
  return type != NULL ? PyObject_SetAttrString(module, "Packet", (PyObject *)type) : -1;
}

typedef struct {
  nsk_batch *batch;
  size_t max;
} incoming;

static nsk_outcome pull(nsk_socket *s, void *call, int more, nsk_error *error) {
  incoming *in = call;
  return nsk_socket_recvmany(s, in->batch, in->max, more, error);
}

/* A new reference. A sender that repeats is one object. */
static PyObject *sender_of(nskp_socket *self, PyObject *list, const nsk_packet *packet) {
  size_t next = (size_t)PyList_Size(list);
  if (packet->from->length == 0) Py_RETURN_NONE;
  if (packet->same < next) {
    PyObject *other = PyList_GetItem(list, (Py_ssize_t)packet->same);
    PyObject *sender = PyTuple_GetItem(other, SENDER);
    Py_INCREF(sender);
    return sender;
  }
  nskp_addrinfo *ai = nskp_make_addrinfo(nskp_state_of((PyObject *)self));
  if (ai != NULL)
    ai->info = (nsk_addrinfo){*packet->from, self->s.type, self->s.protocol};
  return (PyObject *)ai;
}

/* Not before all of it is there does the list hold it: code of the user's may look. */
static PyObject *packet_of(nskp_socket *self, PyObject *list, const nsk_packet *packet) {
  PyObject *bytes =
      PyBytes_FromStringAndSize((const char *)packet->bytes, (Py_ssize_t)packet->length);
  PyObject *sender = bytes != NULL ? sender_of(self, list, packet) : NULL;
  PyObject *made = NULL;
  if (sender != NULL)
    made = PyStructSequence_New(nskp_state_of((PyObject *)self)->packet_type);
  if (made == NULL) {
    Py_XDECREF(bytes);
    Py_XDECREF(sender);
    return NULL;
  }
  PyStructSequence_SetItem(made, MSG, bytes);
  PyStructSequence_SetItem(made, SENDER, sender);
  PyStructSequence_SetItem(made, CUT, PyBool_FromLong(packet->cut));
  return made;
}

static PyObject *list_of(nskp_socket *self, const nsk_batch *batch) {
  nsk_batch_place place = {.slot = 0};
  nsk_packet packet;
  PyObject *list = PyList_New(0);
  while (list != NULL && nsk_batch_next(batch, &place, &packet)) {
    PyObject *made = packet_of(self, list, &packet);
    if (made == NULL || PyList_Append(list, made) < 0) Py_CLEAR(list);
    Py_XDECREF(made);
  }
  return list;
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

PyObject *nskp_socket_recvmany(NSKP_KEY) {
  nskp_args a;
  nsk_error error;
  int64_t most = 64;
  size_t size = 65536;
  incoming in = {.batch = NULL};
  nskp_state *state = nskp_state_of(self);
  if (!nskp_bind(&a, &nskp_row_socket_recvmany, args, nargs, kwnames) ||
      !nskp_get_integer(&a, 0, &most) || !nskp_get_size(&a, 1, &size))
    return NULL;
  if (nsk_many_size(most, &in.max, &error) != NSK_DONE)
    return nskp_raise(a.row, NSK_FAILED, &error);
  /* The batch serves one call at a time; another brings its own. */
  in.batch = state->batch;
  state->batch = NULL;
  PyObject *list = NULL;
  if (nsk_batch_reserve(&in.batch, &((nskp_socket *)self)->s, in.max, size))
    list = receive((nskp_socket *)self, &in);
  else
    PyErr_NoMemory();
  if (state->batch == NULL)
    state->batch = in.batch;
  else
    nsk_batch_free(in.batch);
  return list;
}
