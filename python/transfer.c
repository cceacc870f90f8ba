/* Calls that wait until all is done: sendall, recvall, recvline, acceptwait. Each is
   stepped under the GIL and waited for without it. */
#include "transfer.h"

#include <string.h>

#include "args.h"
#include "error.h"
#include "socket.h"

/* Waits for what a step wants. NSK_DONE: step again. Whatever the wait itself says but
   failure, the step finds out why. */
static nsk_outcome wait_for(nskp_socket *sock, const nsk_interest *interest, bool *open,
                            nsk_error *error) {
  nsk_socket view;
  nskp_enter(sock, &view);
  PyThreadState *thread = PyEval_SaveThread();
  nsk_outcome outcome = nsk_wait(interest->fd, interest->need, interest->until, error);
  PyEval_RestoreThread(thread);
  *open = nskp_leave(sock);
  if (!*open || outcome == NSK_FAILED) return NSK_FAILED;
  return PyErr_CheckSignals() == 0 ? NSK_DONE : NSK_INTERRUPTED;
}

static nsk_outcome run(nskp_socket *sock, nsk_transfer *op, bool *open,
                       nsk_error *error) {
  nsk_interest interest;
  for (;;) {
    nsk_outcome outcome = nsk_transfer_step(op, &sock->s, &interest, error);
    if (outcome != NSK_AGAIN) return outcome;
    outcome = wait_for(sock, &interest, open, error);
    if (outcome != NSK_DONE) return outcome;
  }
}

/* Raises why a call ended early, and says in `done` how far it had come; false when there
   was no memory to say it. */
static bool fail(const char *op, nsk_outcome outcome, bool open, const nsk_error *error,
                 PyObject *done) {
  if (done == NULL) return false; /* a MemoryError is raised already */
  nskp_raise_outcome(op, outcome, open, error);
  return nskp_annotate("done", done);
}

/* ----------------------------------------------------------------------- sending -- */

PyObject *nskp_socket_sendall(NSKP_KEY) {
  nskp_args a;
  Py_buffer view;
  nsk_transfer op;
  nsk_error error;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  bool open = true;
  if (!nskp_bind(&a, &nskp_row_socket_sendall, args, nargs, kwnames) ||
      !nskp_get_deadline(&a, 1, &deadline) || !nskp_get_buffer(&a, 0, &view))
    return NULL;
  PyObject *room = PyLong_FromSsize_t(view.len);
  if (room == NULL) {
    PyBuffer_Release(&view);
    return NULL;
  }
  nsk_transfer_send(&op, view.buf, (size_t)view.len, deadline);
  nsk_outcome outcome = run((nskp_socket *)self, &op, &open, &error);
  PyBuffer_Release(&view);
  PyObject *count = nskp_count(room, op.wanted, op.done);
  if (outcome == NSK_DONE) return count;
  fail("send", outcome, open, &error, count);
  return NULL;
}

/* --------------------------------------------------------------------- receiving -- */

static PyObject *bytes_of(const nsk_transfer *op) {
  return PyBytes_FromStringAndSize(nsk_transfer_bytes(op), (Py_ssize_t)op->done);
}

/* What has been received goes to the caller, in the result or in the exception. When
   neither can be made, and when a signal handler raised something of its own, it goes
   back to the socket. */
static PyObject *received(nskp_socket *sock, nsk_transfer *op, nsk_outcome outcome,
                          bool open, const nsk_error *error) {
  PyObject *bytes = NULL;
  if (outcome != NSK_INTERRUPTED) bytes = bytes_of(op);
  bool given = bytes != NULL;
  if (given && outcome != NSK_DONE && outcome != NSK_END) {
    given = fail("recv", outcome, open, error, bytes);
    bytes = NULL;
  }
  nsk_transfer_drop(op, given ? NULL : &sock->s);
  return bytes;
}

/* Parameter 0 is the number of bytes, 1 the seconds. */
static PyObject *receive(PyObject *self, const nskp_row *row, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames, nsk_transfer_kind kind,
                         int64_t n) {
  nskp_args a;
  nsk_transfer op;
  nsk_error error;
  size_t size;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  bool open = true;
  if (!nskp_bind(&a, row, args, nargs, kwnames) || !nskp_get_integer(&a, 0, &n) ||
      !nskp_get_deadline(&a, 1, &deadline))
    return NULL;
  if (n < 1) {
    nskp_out_of_range(&a, 0, "must be at least 1");
    return NULL;
  }
  size = (size_t)n;
  nsk_outcome outcome = nsk_transfer_receive(&op, kind, size, deadline, &error);
  if (outcome != NSK_DONE) return nskp_raise(row, outcome, &error);
  outcome = run((nskp_socket *)self, &op, &open, &error);
  return received((nskp_socket *)self, &op, outcome, open, &error);
}

PyObject *nskp_socket_recvall(NSKP_KEY) {
  return receive(self, &nskp_row_socket_recvall, args, nargs, kwnames, NSK_RECEIVE_ALL,
                 0);
}

PyObject *nskp_socket_recvline(NSKP_KEY) {
  return receive(self, &nskp_row_socket_recvline, args, nargs, kwnames, NSK_RECEIVE_LINE,
                 65536);
}

static const nskp_row row_keep = {"keep", "sock, data"};

PyObject *nskp_keep(NSKP_POS) {
  nskp_args a;
  nskp_socket *sock;
  Py_buffer view;
  nsk_buffer *buffer = NULL;
  PyTypeObject *type = nskp_state_of_module(self)->socket_type;
  if (!nskp_bind(&a, &row_keep, args, nargs, NULL) ||
      !nskp_get_object(&a, 0, type, "Socket", &sock) || !nskp_get_buffer(&a, 1, &view))
    return NULL;
  size_t length = (size_t)view.len;
  bool wanted = length > 0 && sock->s.fd >= 0;
  bool made = wanted && nsk_buffer_reserve(&buffer, length);
  if (made) {
    memcpy(buffer->data, view.buf, length);
    nsk_socket_add_pending(&sock->s, buffer, length);
  }
  PyBuffer_Release(&view);
  if (wanted && !made) return PyErr_NoMemory();
  Py_RETURN_NONE;
}

/* --------------------------------------------------------------------- accepting -- */

static nsk_outcome run_accept(nskp_socket *sock, nsk_socket *got, nsk_deadline deadline,
                              bool *open, nsk_error *error) {
  nsk_interest interest;
  for (;;) {
    nsk_outcome outcome =
        nsk_accept_step(&sock->s, got, NULL, deadline, &interest, error);
    if (outcome != NSK_AGAIN) return outcome;
    outcome = wait_for(sock, &interest, open, error);
    if (outcome != NSK_DONE) return outcome;
  }
}

PyObject *nskp_socket_acceptwait(NSKP_KEY) {
  nskp_args a;
  nsk_error error;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  bool open = true;
  if (!nskp_bind(&a, &nskp_row_socket_acceptwait, args, nargs, kwnames) ||
      !nskp_get_deadline(&a, 0, &deadline))
    return NULL;
  nskp_socket *made = nskp_make_socket(nskp_state_of(self));
  if (made == NULL) return NULL;
  nsk_outcome outcome =
      run_accept((nskp_socket *)self, &made->s, deadline, &open, &error);
  if (outcome == NSK_DONE) return (PyObject *)made;
  Py_DECREF(made);
  return nskp_raise_outcome("accept", outcome, open, &error);
}
