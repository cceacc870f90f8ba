/* Descriptors over a unix socket, one or several with a message. */
#include <limits.h>

#include "aio_plain.h"
#include "args.h"
#include "error.h"
#include "lock.h"

typedef struct {
  int64_t fd;
  const nsk_addr *to;
  int flags;
  int got;
  size_t moved;
} passing;

static nsk_outcome give(nsk_socket *s, void *call, int more, nsk_error *error) {
  passing *p = call;
  nsk_outcome outcome = nsk_socket_sendfd(s, p->fd, p->to, p->flags | more, error);
  p->moved = outcome == NSK_DONE;
  return outcome;
}

static nsk_outcome take(nsk_socket *s, void *call, int more, nsk_error *error) {
  passing *p = call;
  nsk_outcome outcome = nsk_socket_recvfd(s, p->flags | more, &p->got, error);
  p->moved = outcome == NSK_DONE;
  return outcome;
}

static nsk_outcome pass(nskp_socket *sock, const char *op, nskp_body *body, nsk_need need,
                        passing *p, nsk_error *error) {
  const nskp_work work = {.op = op,
                          .body = body,
                          .call = p,
                          .moved = &p->moved,
                          .cheap = p->flags == 0 || !nskp_blocks(sock, p->flags)};
  return nskp_plain(sock, &work, need, p->flags, error);
}

PyObject *nskp_socket_sendfd(NSKP_POS) {
  nskp_args a;
  nskp_addrinfo *ai = NULL;
  nsk_error error;
  passing p = {0};
  if (!nskp_bind(&a, &nskp_row_socket_sendfd, args, nargs, NULL) ||
      !nskp_get_descriptor(&a, 0, &p.fd) ||
      (a.value[1] != NULL &&
       !nskp_get_address(&a, 1, nskp_state_of(self)->addrinfo_type, &ai)) ||
      !nskp_get_flags(&a, &p.flags))
    return NULL;
  if (ai != NULL) p.to = &ai->info.addr;
  nsk_outcome outcome = pass((nskp_socket *)self, "sendfd", give, NSK_WRITE, &p, &error);
  if (outcome == NSK_DONE) return PyLong_FromLong(0);
  return nskp_raise_outcome("sendfd", outcome, &error);
}

/* The byte that came without a descriptor is not lost: it is in the exception. */
static PyObject *not_received(nsk_outcome outcome, const nsk_error *error) {
  nskp_raise_outcome("recvfd", outcome, error);
  if (outcome == NSK_FAILED && error->byte >= 0) {
    const char byte = (char)error->byte;
    nskp_annotate("data", PyBytes_FromStringAndSize(&byte, 1));
  }
  return NULL;
}

PyObject *nskp_socket_recvfd(NSKP_POS) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_args a;
  nsk_error error, ignored;
  passing p = {.got = -1};
  if (!nskp_bind(&a, &nskp_row_socket_recvfd, args, nargs, NULL) ||
      !nskp_get_flags(&a, &p.flags))
    return NULL;
  PyObject *number = PyLong_FromLong(INT_MAX);
  if (number == NULL) return NULL;
  nsk_outcome outcome = pass(sock, "recvfd", take, NSK_READ, &p, &error);
  outcome = nsk_socket_noted(&sock->s, "recvfd", p.flags, outcome, &error);
  if (outcome == NSK_DONE) {
    number = nskp_count(number, INT_MAX, (size_t)p.got);
    if (number == NULL) nsk_fd_close(p.got, &ignored);
    return number;
  }
  Py_DECREF(number);
  if (outcome == NSK_END) Py_RETURN_NONE;
  return not_received(outcome, &error);
}

/* ------------------------------------------------------------------- several -- */

typedef struct {
  int64_t fds[NSK_RIGHTS_MAX];
  size_t count;
  const void *bytes;
  size_t length;
  const nsk_addr *to;
  int flags;
  size_t sent;
} giving;

/* Those that are too many are counted, which the core refuses. */
static bool get_numbers(const nskp_args *a, int i, giving *g) {
  PyObject *given = a->value[i];
  if (PyUnicode_Check(given) || PyBytes_Check(given) || !PySequence_Check(given))
    return nskp_refuse(a, i, "sequence of descriptors", given);
  PyObject *all = PySequence_Tuple(given);
  bool good = all != NULL;
  nskp_args one = *a;
  g->count = good ? (size_t)PyTuple_Size(all) : 0;
  for (size_t k = 0; good && k < g->count && k < NSK_RIGHTS_MAX; k++) {
    one.value[i] = PyTuple_GetItem(all, (Py_ssize_t)k);
    good = nskp_get_descriptor(&one, i, &g->fds[k]);
  }
  Py_XDECREF(all);
  return good;
}

static nsk_outcome give_all(nsk_socket *s, void *call, int more, nsk_error *error) {
  giving *g = call;
  return nsk_socket_sendfds(s, g->fds, g->count, g->bytes, g->length, g->to,
                            g->flags | more, &g->sent, error);
}

/* A blocking socket takes all bytes, and they may be more than fit at the first try. */
static PyObject *send_parcel(nskp_socket *sock, giving *g) {
  nsk_error error;
  const nskp_work work = {.op = "sendfds",
                          .about = g->to,
                          .body = give_all,
                          .call = g,
                          .moved = &g->sent,
                          .cheap = !nskp_blocks(sock, g->flags)};
  PyObject *number = PyLong_FromSize_t(g->length);
  if (number == NULL) return NULL;
  nsk_outcome outcome = nskp_plain(sock, &work, NSK_WRITE, g->flags, &error);
  if (outcome == NSK_DONE) return nskp_count(number, g->length, g->sent);
  Py_DECREF(number);
  return nskp_raise_outcome("sendfds", outcome, &error);
}

PyObject *nskp_socket_sendfds(NSKP_POS) {
  nskp_args a;
  nskp_addrinfo *ai = NULL;
  Py_buffer message = {.obj = NULL};
  giving g = {.bytes = "", .length = 1};
  if (!nskp_bind(&a, &nskp_row_socket_sendfds, args, nargs, NULL) ||
      !get_numbers(&a, 0, &g) ||
      (a.value[2] != NULL &&
       !nskp_get_address(&a, 2, nskp_state_of(self)->addrinfo_type, &ai)) ||
      !nskp_get_flags(&a, &g.flags))
    return NULL;
  if (ai != NULL) g.to = &ai->info.addr;
  if (a.value[1] != NULL) {
    if (!nskp_get_buffer(&a, 1, &message)) return NULL;
    g.bytes = message.buf;
    g.length = (size_t)message.len;
  }
  PyObject *number = send_parcel((nskp_socket *)self, &g);
  PyBuffer_Release(&message);
  return number;
}

typedef struct {
  nsk_parcel *parcel;
  int flags;
} taking_all;

static nsk_outcome take_all(nsk_socket *s, void *call, int more, nsk_error *error) {
  taking_all *t = call;
  return nsk_socket_recvfds(s, t->parcel, t->flags | more, error);
}

/* The descriptors, and the bytes. */
static PyObject *unpacked(const nsk_parcel *parcel) {
  PyObject *fds = PyList_New(0);
  for (size_t i = 0; fds != NULL && i < parcel->count; i++) {
    PyObject *number = PyLong_FromLong(parcel->fds[i]);
    if (number == NULL || PyList_Append(fds, number) < 0) Py_CLEAR(fds);
    Py_XDECREF(number);
  }
  if (fds == NULL) return NULL;
  PyObject *bytes =
      PyBytes_FromStringAndSize(nsk_parcel_bytes(parcel), (Py_ssize_t)parcel->length);
  PyObject *both = bytes != NULL ? PyTuple_Pack(2, fds, bytes) : NULL;
  Py_XDECREF(bytes);
  Py_DECREF(fds);
  return both;
}

PyObject *nskp_socket_recvfds(NSKP_POS) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_args a;
  nsk_error error;
  taking_all t = {.parcel = NULL};
  size_t size = nsk_receive_default(&sock->s);
  if (!nskp_bind(&a, &nskp_row_socket_recvfds, args, nargs, NULL) ||
      !nskp_get_size(&a, 0, &size) || !nskp_get_flags(&a, &t.flags))
    return NULL;
  t.parcel = nsk_parcel_new(size);
  if (t.parcel == NULL) return PyErr_NoMemory();
  const nskp_work work = {.op = "recvfds",
                          .body = take_all,
                          .call = &t,
                          .moved = &t.parcel->length,
                          .cheap = t.flags == 0 || !nskp_blocks(sock, t.flags)};
  nsk_outcome outcome = nskp_plain(sock, &work, NSK_READ, t.flags, &error);
  outcome = nsk_socket_noted(&sock->s, "recvfds", t.flags, outcome, &error);
  bool came = outcome == NSK_DONE || outcome == NSK_END;
  PyObject *both = came ? unpacked(t.parcel) : NULL;
  nsk_parcel_end(&sock->s, t.parcel, both != NULL);
  return came ? both : nskp_raise_outcome("recvfds", outcome, &error);
}

/* --------------------------------------------------------------- as coroutines --- */

typedef struct {
  nskp_aio_call call;
  int got;  /* the caller's soon; -1: none */
  int byte; /* that came without a descriptor; -1: none */
} awaited;

static awaited *part(nskp_coroutine *c) {
  return nskp_part(c);
}

static nsk_outcome step(nskp_coroutine *c, nsk_interest *interest, nsk_error *error) {
  awaited *p = part(c);
  int flags = p->call.flags;
  nsk_outcome outcome =
      nsk_socket_recvfd(&c->sock->s, flags | nsk_dontwait, &p->got, error);
  outcome = nsk_socket_noted(&c->sock->s, c->name, flags, outcome, error);
  if (outcome == NSK_FAILED) p->byte = error->byte;
  return nskp_aio_tried(c, outcome, interest, error);
}

static PyObject *number(nskp_coroutine *c, nsk_outcome outcome) {
  if (outcome == NSK_END) Py_RETURN_NONE;
  PyObject *made = PyLong_FromLong(part(c)->got);
  if (made != NULL) part(c)->got = -1;
  return made;
}

static void say_byte(nskp_coroutine *c) {
  const char byte = (char)part(c)->byte;
  if (part(c)->byte >= 0) nskp_annotate("data", PyBytes_FromStringAndSize(&byte, 1));
}

static void end(nskp_coroutine *c) {
  nsk_error ignored;
  nskp_aio_plain_end(c);
  if (part(c)->got >= 0) nsk_fd_close(part(c)->got, &ignored);
  part(c)->got = -1;
}

static const nskp_kind taking = {.size = sizeof(awaited),
                                 .step = step,
                                 .result = number,
                                 .annotate = say_byte,
                                 .end = end};

PyObject *nskp_aio_recvfd(NSKP_KEY) {
  nskp_args a;
  if (!nskp_bind(&a, &nskp_row_aio_recvfd, args, nargs, kwnames)) return NULL;
  nskp_coroutine *c = nskp_aio_plain(self, &a, &taking, 1);
  if (c == NULL) return NULL;
  part(c)->got = -1;
  part(c)->byte = -1;
  return (PyObject *)c;
}

typedef struct {
  nskp_aio_call call;
  size_t size;
  nsk_parcel *parcel; /* from what came to its delivery */
} awaited_parcel;

static awaited_parcel *parcel_part(nskp_coroutine *c) {
  return nskp_part(c);
}

static nsk_outcome step_parcel(nskp_coroutine *c, nsk_interest *interest,
                               nsk_error *error) {
  awaited_parcel *p = parcel_part(c);
  int flags = p->call.flags;
  nsk_parcel *parcel = nsk_parcel_new(p->size);
  if (parcel == NULL) {
    PyErr_NoMemory();
    return NSK_INTERRUPTED;
  }
  nsk_outcome outcome =
      nsk_socket_recvfds(&c->sock->s, parcel, flags | nsk_dontwait, error);
  outcome = nsk_socket_noted(&c->sock->s, c->name, flags, outcome, error);
  if (outcome == NSK_DONE || outcome == NSK_END)
    p->parcel = parcel;
  else
    nsk_parcel_end(&c->sock->s, parcel, false);
  return nskp_aio_tried(c, outcome, interest, error);
}

static PyObject *unpacked_once(nskp_coroutine *c, nsk_outcome outcome) {
  (void)outcome;
  nsk_parcel *parcel = parcel_part(c)->parcel;
  PyObject *both = unpacked(parcel);
  if (both == NULL) return NULL;
  parcel_part(c)->parcel = NULL;
  nsk_parcel_end(&c->sock->s, parcel, true);
  return both;
}

static void end_parcel(nskp_coroutine *c) {
  nsk_parcel *parcel = parcel_part(c)->parcel;
  nskp_aio_plain_end(c);
  parcel_part(c)->parcel = NULL;
  if (parcel != NULL) nsk_parcel_end(&c->sock->s, parcel, false);
}

static const nskp_kind parcels = {.size = sizeof(awaited_parcel),
                                  .step = step_parcel,
                                  .result = unpacked_once,
                                  .end = end_parcel};

PyObject *nskp_aio_recvfds(NSKP_KEY) {
  nskp_args a;
  if (!nskp_bind(&a, &nskp_row_aio_recvfds, args, nargs, kwnames)) return NULL;
  nskp_coroutine *c = nskp_aio_plain(self, &a, &parcels, 2);
  if (c == NULL) return NULL;
  parcel_part(c)->size = nsk_receive_default(&c->sock->s);
  return nskp_get_size(&a, 1, &parcel_part(c)->size) ? (PyObject *)c
                                                     : nskp_coroutine_drop(c);
}
