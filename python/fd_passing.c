/* One descriptor over a unix socket. */
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

/* --------------------------------------------------------------- as a coroutine -- */

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
