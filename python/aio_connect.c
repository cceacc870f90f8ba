/* The connects as coroutines. */
#include "aio.h"
#include "args.h"
#include "connect.h"
#include "error.h"
#include "lock.h"

static nsk_connect *op_of(nskp_coroutine *c) {
  return nskp_part(c);
}

static nsk_outcome resolve(nsk_socket *s, void *call, int more, nsk_error *error) {
  (void)s, (void)more;
  return nsk_connect_resolve(call, error);
}

/* Where there is no thread for the resolver, and no deadline, it is asked in place. */
static nsk_outcome step(nskp_coroutine *c, nsk_interest *interest, nsk_error *error) {
  nsk_addrinfo peer;
  nsk_socket *made = &((nskp_socket *)c->made)->s;
  for (;;) {
    nsk_outcome outcome = nsk_connect_step(op_of(c), made, &peer, interest, error);
    bool resolves = interest->need == NSK_RESOLVE;
    bool collects = interest->need == NSK_COLLECT;
    if (outcome != NSK_AGAIN || (!resolves && !collects)) return outcome;
    if (collects) nskp_collect(nskp_state_of(c->made));
    if (resolves) outcome = nskp_unlocked(resolve, op_of(c), NULL, error);
    if (resolves && outcome != NSK_DONE) return outcome;
  }
}

static void add_attempts(nskp_coroutine *c) {
  nsk_connect_stop(op_of(c)); /* what failed may be a wait */
  nskp_add_attempts(op_of(c));
}

static void end(nskp_coroutine *c) {
  if (c->made != NULL) nsk_connect_drop(op_of(c));
}

static const nskp_kind connecting = {.opens = true,
                                     .size = sizeof(nsk_connect),
                                     .step = step,
                                     .result = nskp_coroutine_take_made,
                                     .annotate = add_attempts,
                                     .end = end};

/* Resolving is left to a worker, since a step must not block. It is asked from now on. */
static PyObject *connect_to(PyObject *module, const nskp_row *row,
                            const nsk_target *target, nsk_deadline deadline) {
  nskp_state *state = nskp_state_of_module(module);
  nsk_error error;
  nskp_coroutine *c = nskp_coroutine_new(state, &connecting, row, NULL);
  if (c == NULL) return NULL;
  PyObject *made = (PyObject *)nskp_make_socket(state);
  if (made == NULL) return nskp_coroutine_drop(c);
  nsk_outcome outcome = nsk_connect_start(op_of(c), target, deadline, false, &error);
  c->made = made;
  if (outcome == NSK_DONE) return (PyObject *)c;
  nskp_raise(row, outcome, &error);
  nskp_add_attempts(op_of(c));
  return nskp_coroutine_drop(c);
}

PyObject *nskp_aio_connect(NSKP_KEY) {
  return nskp_connect_address(connect_to, &nskp_row_aio_connect, self, args, nargs,
                              kwnames);
}

#define CONNECT(NAME, FAMILY, TYPE, PROTOCOL)                                            \
  PyObject *nskp_aio_##NAME(NSKP_KEY) {                                                  \
    return nskp_connect_host(connect_to, &nskp_row_aio_##NAME, nsk_##FAMILY, nsk_##TYPE, \
                             nsk_##PROTOCOL, self, args, nargs, kwnames);                \
  }
#define CONNECT_DGRAM CONNECT
#include "opener.def"

PyObject *nskp_aio_connect_unix_stream(NSKP_KEY) {
  return nskp_connect_unix(connect_to, &nskp_row_aio_connect_unix_stream, nsk_stream,
                           self, args, nargs, kwnames);
}
