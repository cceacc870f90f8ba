/* Calls that wait until all is done: sendall, recvall, recvline, acceptwait. Each is
   stepped, and what takes long runs without the GIL. */
#include "args.h"
#include "error.h"
#include "lock.h"
#include "pieces.h"
#include "whole.h"

static nsk_outcome step(nsk_socket *s, void *op, nsk_interest *interest,
                        nsk_error *error) {
  return nsk_transfer_step(op, s, interest, error);
}

static nsk_outcome run_transfer(nskp_socket *sock, const char *name, nsk_transfer *op,
                                bool cheap, nsk_error *error) {
  nskp_steps steps = {.step = step, .operation = op};
  const nskp_work work = {.op = name,
                          .body = nskp_step_and_wait,
                          .call = &steps,
                          .signals = &steps.signals,
                          .cheap = cheap,
                          .waits = true};
  return nskp_call(sock, &work, error);
}

/* Raises why a call ended early, and says in `done` how many bytes it moved. */
static PyObject *failed(const char *op, nsk_outcome outcome, const nsk_error *error,
                        size_t done) {
  nskp_raise_outcome(op, outcome, error);
  nskp_annotate("done", PyLong_FromSize_t(done));
  return NULL;
}

/* ----------------------------------------------------------------------- sending -- */

/* Takes room for the count first, which is needed in any case. */
static PyObject *send_all(PyObject *self, const nskp_row *row, nsk_transfer *op,
                          bool cheap) {
  nsk_error error;
  PyObject *all = PyLong_FromSize_t(op->wanted);
  nsk_outcome outcome = NSK_INTERRUPTED; /* an exception is set */
  if (all != NULL)
    outcome = run_transfer((nskp_socket *)self, row->name, op, cheap, &error);
  nsk_transfer_end(op, NULL, true);
  if (outcome == NSK_DONE && op->done == op->wanted) return all;
  Py_XDECREF(all); /* there is memory now for what is no longer */
  if (outcome == NSK_DONE) return PyLong_FromSize_t(op->done);
  return all != NULL ? failed(row->name, outcome, &error, op->done) : NULL;
}

static PyObject *send_pieces(PyObject *self, const nskp_args *a, nsk_deadline deadline) {
  nskp_pieces pieces = {.iovec = NULL};
  nsk_transfer op;
  const nsk_iovec *iov = nskp_pieces_take(&pieces, a, 0);
  if (iov == NULL) return NULL;
  nsk_transfer_send_pieces(&op, iov, deadline);
  PyObject *all = send_all(self, a->row, &op, op.wanted < NSKP_LARGE);
  nskp_pieces_drop(&pieces);
  return all;
}

/* A short message alone, which mostly goes at once. NULL without an exception: it goes
   on, and *done bytes have gone. */
static PyObject *send_now(nskp_socket *sock, PyObject *message, nsk_outcome *tried,
                          size_t *done) {
  nsk_error error;
  size_t length = nskp_bytes_size(message);
  if (length >= NSKP_LARGE) return NULL;
  PyObject *all = PyLong_FromSize_t(length);
  if (all == NULL) return NULL;
  *tried =
      nsk_transfer_try_send(&sock->s, nskp_bytes_data(message), length, done, &error);
  if (*tried == NSK_DONE) return all;
  Py_DECREF(all);
  return *tried == NSK_FAILED ? failed("sendall", NSK_FAILED, &error, 0) : NULL;
}

PyObject *nskp_socket_sendall(NSKP_KEY) {
  nskp_args a;
  Py_buffer view;
  nsk_transfer op;
  nsk_deadline deadline;
  size_t done = 0;
  nsk_outcome tried = NSK_INTERRUPTED;
  if (nargs == 1 && kwnames == NULL && PyBytes_CheckExact(args[0])) {
    PyObject *sent = send_now((nskp_socket *)self, args[0], &tried, &done);
    if (sent != NULL || PyErr_Occurred()) return sent;
  }
  if (!nskp_bind(&a, &nskp_row_socket_sendall, args, nargs, kwnames) ||
      !nskp_get_limit(&a, 1, (nskp_socket *)self, &deadline))
    return NULL;
  if (nskp_is_pieces(self, a.value[0])) return send_pieces(self, &a, deadline);
  if (!nskp_get_buffer(&a, 0, &view)) return NULL;
  nsk_transfer_send(&op, view.buf, (size_t)view.len, done, deadline);
  bool cheap = op.wanted < NSKP_LARGE && done == 0 && tried != NSK_AGAIN;
  PyObject *all = send_all(self, a.row, &op, cheap);
  PyBuffer_Release(&view);
  return all;
}

/* The disk may be slow, so no try is made under the GIL. */
PyObject *nskp_socket_sendfileall(NSKP_KEY) {
  nskp_args a;
  nsk_error error;
  nsk_transfer op;
  int64_t file = 0, n = INT64_MAX, offset = 0;
  nsk_deadline deadline;
  if (!nskp_bind(&a, &nskp_row_socket_sendfileall, args, nargs, kwnames) ||
      !nskp_get_integer(&a, 1, &n) || !nskp_get_integer(&a, 2, &offset) ||
      !nskp_get_limit(&a, 3, (nskp_socket *)self, &deadline) || !nskp_flush(&a, 0) ||
      !nskp_get_descriptor(&a, 0, &file))
    return NULL;
  nsk_outcome outcome;
  do
    outcome = nsk_transfer_send_file(&op, file, n, offset, deadline, &error);
  while (nskp_reclaim(nskp_state_of(self), outcome, &error));
  if (outcome == NSK_DONE) return send_all(self, a.row, &op, false);
  return nskp_raise(a.row, NSK_FAILED, &error);
}

/* --------------------------------------------------------------------- receiving -- */

/* What the caller does not get is the socket's again. */
static PyObject *received(nskp_socket *sock, const char *name, nsk_transfer *op,
                          PyObject *whole, nsk_outcome outcome, const nsk_error *error) {
  PyObject *bytes = NULL;
  if (outcome == NSK_DONE)
    bytes = nskp_whole_result(op, whole);
  else
    nskp_whole_drop(op, whole);
  if (outcome == NSK_END) bytes = PyBytes_FromStringAndSize(NULL, 0);
  nsk_transfer_end(op, &sock->s, bytes != NULL);
  if (outcome == NSK_DONE || outcome == NSK_END) return bytes;
  return failed(name, outcome, error, nsk_socket_pending(&sock->s));
}

/* Parameter 0 is the number of bytes, 1 the seconds. `untried`: it has not been. */
static PyObject *receive(PyObject *self, const nskp_row *row, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames, nsk_transfer_kind kind,
                         int64_t n, int64_t least, bool untried) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_args a;
  nsk_transfer op;
  nsk_error error;
  nsk_deadline deadline;
  if (!nskp_bind(&a, row, args, nargs, kwnames) || !nskp_get_integer(&a, 0, &n) ||
      !nskp_get_limit(&a, 1, (nskp_socket *)self, &deadline))
    return NULL;
  if (n < least) {
    nskp_out_of_range(&a, 0, NSK_BELOW(least));
    return NULL;
  }
  nskp_end_stranded(sock, false);
  nsk_outcome outcome =
      nsk_transfer_receive(&op, &sock->s, kind, nsk_size(n), deadline, &error);
  PyObject *whole = NULL;
  if (outcome == NSK_DONE) {
    whole = nskp_whole_begin(&op);
    outcome =
        run_transfer(sock, row->name, &op, untried && op.wanted < NSKP_LARGE, &error);
  }
  outcome = nsk_transfer_noted(&op, &sock->s, outcome, &error);
  return received(sock, row->name, &op, whole, outcome, &error);
}

/* A short receive of what is there already. NULL without an exception: it goes on. What
   came of it is pending then. */
static PyObject *receive_now(nskp_socket *sock, nskp_state *state, size_t n,
                             nsk_outcome *tried) {
  size_t done;
  nsk_error error;
  char *into = (char *)state->scratch->data;
  PyObject *bytes = NULL;
  *tried = nsk_transfer_try_receive(&sock->s, into, n, &done, &error);
  if (*tried == NSK_DONE) bytes = PyBytes_FromStringAndSize(into, (Py_ssize_t)n);
  if (bytes != NULL) return bytes;
  if (done > 0) return nskp_put_back(sock, done);
  if (*tried == NSK_END) return PyBytes_FromStringAndSize(NULL, 0);
  return *tried == NSK_FAILED ? failed("recvall", NSK_FAILED, &error, 0) : NULL;
}

PyObject *nskp_socket_recvall(NSKP_KEY) {
  nskp_state *state = nskp_state_of(self);
  nsk_outcome tried = NSK_INTERRUPTED;
  size_t n;
  if (kwnames == NULL && nskp_is_short(args, nargs, &n) &&
      nsk_buffer_reserve(&state->scratch, NSKP_SHORT)) {
    PyObject *bytes = receive_now((nskp_socket *)self, state, n, &tried);
    if (bytes != NULL || PyErr_Occurred()) return bytes;
  }
  return receive(self, &nskp_row_socket_recvall, args, nargs, kwnames, NSK_RECEIVE_ALL, 0,
                 0, tried != NSK_AGAIN);
}

PyObject *nskp_socket_recvline(NSKP_KEY) {
  return receive(self, &nskp_row_socket_recvline, args, nargs, kwnames, NSK_RECEIVE_LINE,
                 65536, 1, true);
}

/* --------------------------------------------------------------------- accepting -- */

typedef struct {
  nsk_socket *got;
  nsk_accept op;
  size_t moved;
} accepting;

static nsk_outcome accept_step(nsk_socket *s, void *op, nsk_interest *interest,
                               nsk_error *error) {
  accepting *a = op;
  nsk_outcome outcome = nsk_accept_step(&a->op, s, a->got, NULL, interest, error);
  a->moved = outcome == NSK_DONE;
  return outcome;
}

PyObject *nskp_socket_acceptwait(NSKP_KEY) {
  nskp_args a;
  nsk_error error;
  accepting op = {.moved = 0};
  if (!nskp_bind(&a, &nskp_row_socket_acceptwait, args, nargs, kwnames) ||
      !nskp_get_limit(&a, 0, (nskp_socket *)self, &op.op.deadline) ||
      !nskp_get_bool(&a, 1, &op.op.patient))
    return NULL;
  nskp_state *state = nskp_state_of(self);
  nskp_socket *made = nskp_make_socket(state);
  if (made == NULL) return NULL;
  op.got = &made->s;
  nskp_steps steps = {.step = accept_step, .operation = &op};
  const nskp_work work = {.op = "acceptwait",
                          .body = nskp_step_and_wait,
                          .call = &steps,
                          .signals = &steps.signals,
                          .moved = &op.moved,
                          .cheap = true,
                          .waits = true};
  nsk_outcome outcome;
  do
    outcome = nskp_call((nskp_socket *)self, &work, &error);
  while (nskp_reclaim(state, outcome, &error) ||
         nsk_accept_again(&op.op, &outcome, &error));
  if (outcome == NSK_DONE) return (PyObject *)made;
  Py_DECREF(made);
  return nskp_raise_outcome("acceptwait", outcome, &error);
}
