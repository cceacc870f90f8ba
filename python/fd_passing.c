/* One descriptor over a unix socket. */
#include <limits.h>

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
