/* Waiting for a socket: recvable and sendable. */
#include "args.h"
#include "error.h"
#include "lock.h"

typedef struct {
  nsk_need need;
  int64_t until;
  nsk_signals signals;
} waiting;

static nsk_outcome wait_once(nsk_socket *s, void *call, int more, nsk_error *error) {
  waiting *w = call;
  return nsk_socket_wait(s, w->need, more != 0 ? 0 : w->until, &w->signals, error);
}

/* What is pending needs no wait, and a deadline that has passed already asks without
   waiting, so the GIL can stay. */
static PyObject *wait_until(nskp_socket *self, const char *op, nsk_need need,
                            bool at_once, int64_t until) {
  nsk_error error;
  waiting w = {.need = need, .until = until};
  const nskp_work work = {
      .op = op, .body = wait_once, .call = &w, .signals = &w.signals, .cheap = at_once};
  nsk_outcome outcome = nskp_call(self, &work, &error);
  if (outcome == NSK_TIMEOUT && !at_once && nsk_now() < until)
    outcome = nskp_outside(self, &work, &error); /* it was a look at what is pending */
  if (outcome == NSK_TIMEOUT) Py_RETURN_FALSE;
  if (outcome == NSK_DONE) Py_RETURN_TRUE;
  return nskp_raise_outcome(op, outcome, &error);
}

static PyObject *wait_for(PyObject *self, const nskp_row *row, PyObject *const *args,
                          Py_ssize_t nargs, PyObject *kwnames, nsk_need plain,
                          nsk_need urgent) {
  nskp_args a;
  nsk_deadline deadline = {0, 0};
  bool exception = false;
  if (!nskp_bind(&a, row, args, nargs, kwnames) || !nskp_get_deadline(&a, 0, &deadline) ||
      !nskp_get_bool(&a, 1, &exception))
    return NULL;
  bool at_once = nsk_passed(deadline.at);
  return wait_until((nskp_socket *)self, row->name, exception ? urgent : plain, at_once,
                    deadline.at);
}

PyObject *nskp_socket_recvable(NSKP_KEY) {
  return wait_for(self, &nskp_row_socket_recvable, args, nargs, kwnames, NSK_READ,
                  NSK_READ_URGENT);
}

PyObject *nskp_socket_sendable(NSKP_KEY) {
  return wait_for(self, &nskp_row_socket_sendable, args, nargs, kwnames, NSK_WRITE,
                  NSK_WRITE_URGENT);
}
