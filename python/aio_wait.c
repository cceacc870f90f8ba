/* recvable, sendable and accept as coroutines. */
#include "aio.h"
#include "args.h"
#include "error.h"
#include "objects.h"

static nskp_coroutine *make(PyObject *module, nskp_args *a, const nskp_kind *kind,
                            PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                            const nskp_row *row) {
  nskp_socket *sock;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  if (!nskp_bind(a, row, args, nargs, kwnames) || !nskp_get_socket(a, 0, module, &sock) ||
      !nskp_get_deadline(a, 1, &deadline))
    return NULL;
  nskp_coroutine *c = nskp_coroutine_new(nskp_state_of_module(module), kind, row, sock);
  if (c != NULL) c->deadline = deadline;
  return c;
}

/* --------------------------------------------------------------- being ready -- */

static nsk_outcome look(nskp_coroutine *c, nsk_interest *interest, nsk_error *error) {
  nsk_need need = c->kind->writing ? NSK_WRITE : NSK_READ;
  nsk_outcome outcome = nsk_socket_wait(&c->sock->s, need, 0, NULL, error);
  if (outcome != NSK_TIMEOUT) return outcome;
  if (nsk_passed(c->deadline.at)) return NSK_END;
  *interest = (nsk_interest){.fd = c->sock->s.fd, .need = need, .until = c->deadline.at};
  return NSK_AGAIN;
}

static PyObject *whether(nskp_coroutine *c, nsk_outcome outcome) {
  (void)c;
  return PyBool_FromLong(outcome == NSK_DONE);
}

static const nskp_kind reading = {.step = look, .result = whether};
static const nskp_kind writing = {.writing = true, .step = look, .result = whether};

PyObject *nskp_aio_recvable(NSKP_KEY) {
  nskp_args a;
  return (PyObject *)make(self, &a, &reading, args, nargs, kwnames,
                          &nskp_row_aio_recvable);
}

PyObject *nskp_aio_sendable(NSKP_KEY) {
  nskp_args a;
  return (PyObject *)make(self, &a, &writing, args, nargs, kwnames,
                          &nskp_row_aio_sendable);
}

/* ----------------------------------------------------------------- accepting -- */

/* c->made is the result: the socket, or with the address, which has its own part, a tuple
   of both. */
typedef struct {
  nskp_socket *made; /* borrowed of c->made */
  nskp_addrinfo *ai; /* the same; NULL: not asked for */
  nsk_accept op;
} accepted;

static nsk_outcome take(nskp_coroutine *c, nsk_interest *interest, nsk_error *error) {
  accepted *to = nskp_part(c);
  nsk_outcome outcome;
  nsk_addr peer;
  nsk_socket *made = &to->made->s;
  do
    outcome = nsk_accept_step(&to->op, &c->sock->s, made, to->ai != NULL ? &peer : NULL,
                              interest, error);
  while (nskp_reclaim(c->state, outcome, error) ||
         nsk_accept_again(&to->op, &outcome, error));
  if (outcome == NSK_DONE && to->ai != NULL)
    to->ai->info = (nsk_addrinfo){peer, made->type, made->protocol};
  return outcome;
}

static const nskp_kind accepting = {
    .size = sizeof(accepted), .step = take, .result = nskp_coroutine_take_made};

static bool make_result(nskp_coroutine *c, nskp_state *state, bool with_ai) {
  accepted *to = nskp_part(c);
  to->made = nskp_make_socket(state);
  c->made = (PyObject *)to->made;
  if (c->made == NULL || !with_ai) return c->made != NULL;
  to->ai = nskp_make_addrinfo(state);
  c->made = to->ai != NULL ? PyTuple_Pack(2, to->made, to->ai) : NULL;
  Py_DECREF((PyObject *)to->made);
  Py_XDECREF((PyObject *)to->ai);
  return c->made != NULL;
}

PyObject *nskp_aio_accept(NSKP_KEY) {
  nskp_args a;
  bool with_ai = false;
  nskp_coroutine *c =
      make(self, &a, &accepting, args, nargs, kwnames, &nskp_row_aio_accept);
  if (c == NULL) return NULL;
  if (a.value[1] == NULL) c->deadline = nsk_socket_deadline(&c->sock->s);
  nsk_accept *op = &((accepted *)nskp_part(c))->op;
  op->deadline = c->deadline;
  if (nskp_get_bool(&a, 2, &with_ai) && nskp_get_bool(&a, 3, &op->patient) &&
      make_result(c, nskp_state_of_module(self), with_ai))
    return (PyObject *)c;
  return nskp_coroutine_drop(c);
}
