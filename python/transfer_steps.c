/* sendall, recvall and recvline in steps: what netsocket.aio waits for. Not public. */
#include "transfer_steps.h"

#include "args.h"
#include "connect_steps.h"
#include "error.h"
#include "lock.h"

/* An operation anchors what it uses: its socket and the message. */
typedef struct {
  PyObject_HEAD nsk_transfer op;
  nskp_socket *sock;
  Py_buffer message; /* of a send; obj is NULL else */
} transferring;

static transferring *of(PyObject *self) {
  return (transferring *)self;
}

static transferring *make(PyObject *module, nskp_socket *sock) {
  PyTypeObject *type = nskp_state_of_module(module)->transfer_type;
  transferring *made = (transferring *)PyType_GenericAlloc(type, 0);
  if (made == NULL) return NULL;
  Py_INCREF((PyObject *)sock);
  made->sock = sock;
  return made;
}

static const nskp_row row_send = {"sendall", "sock, msg, sec=None"};
static const nskp_row row_receive = {"recvall", "sock, n, line, sec=None"};

PyObject *nskp_transfer_sending(NSKP_POS) {
  nskp_args a;
  nskp_socket *sock;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  if (!nskp_bind(&a, &row_send, args, nargs, NULL) ||
      !nskp_get_object(&a, 0, nskp_state_of_module(self)->socket_type, "Socket", &sock) ||
      !nskp_get_deadline(&a, 2, &deadline))
    return NULL;
  transferring *made = make(self, sock);
  if (made == NULL) return NULL;
  if (!nskp_get_buffer(&a, 1, &made->message)) {
    Py_DECREF((PyObject *)made);
    return NULL;
  }
  nsk_transfer_send(&made->op, made->message.buf, (size_t)made->message.len, deadline);
  return (PyObject *)made;
}

PyObject *nskp_transfer_receiving(NSKP_POS) {
  nskp_args a;
  nskp_socket *sock;
  nsk_error error;
  int64_t n;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  bool line;
  if (!nskp_bind(&a, &row_receive, args, nargs, NULL) ||
      !nskp_get_object(&a, 0, nskp_state_of_module(self)->socket_type, "Socket", &sock) ||
      !nskp_get_integer(&a, 1, &n) || !nskp_get_bool(&a, 2, &line) ||
      !nskp_get_deadline(&a, 3, &deadline))
    return NULL;
  if (n < (line ? 1 : 0)) {
    nskp_out_of_range(&a, 1, line ? "must be at least 1" : "must be 0 or more");
    return NULL;
  }
  transferring *made = make(self, sock);
  if (made == NULL) return NULL;
  nsk_transfer_kind kind = line ? NSK_RECEIVE_LINE : NSK_RECEIVE_ALL;
  if (nsk_transfer_receive(&made->op, &sock->s, kind, (size_t)n, deadline, &error) ==
      NSK_DONE)
    return (PyObject *)made;
  Py_DECREF((PyObject *)made);
  nskp_raise(NULL, NSK_FAILED, &error);
  nskp_annotate("done", PyLong_FromSize_t(nsk_socket_pending(&sock->s)));
  return NULL;
}

static PyObject *result(transferring *self) {
  nsk_transfer *op = &self->op;
  if (!op->receiving) return PyLong_FromSize_t(op->done);
  PyObject *bytes =
      PyBytes_FromStringAndSize(nsk_transfer_bytes(op), (Py_ssize_t)op->done);
  if (bytes != NULL) nsk_transfer_end(op, &self->sock->s, true);
  return bytes;
}

/* NSK_AGAIN: *interest is that of one descriptor. */
static nsk_outcome go_on(nsk_transfer *op, nsk_socket *s, nsk_interest *interest,
                         nsk_error *error) {
  for (;;) {
    nsk_outcome outcome = nsk_transfer_step(op, s, interest, error);
    if (outcome != NSK_AGAIN) return outcome;
    outcome = nsk_wait_by_one(interest, error);
    if (outcome != NSK_DONE) return outcome;
  }
}

/* The result, or (fd, whether to wait for writing, seconds or None). After each MiB the
   loop has its turn. */
static PyObject *step(PyObject *self, PyObject *nothing) {
  nsk_transfer *op = &of(self)->op;
  nsk_socket *s = &of(self)->sock->s;
  bool sending = op->kind == NSK_SEND_ALL;
  const char *name = sending ? "send" : "recv";
  nsk_interest interest;
  nsk_error error;
  (void)nothing;
  if (!sending && !op->receiving) return nskp_raise_closed(name);
  nsk_outcome outcome = go_on(op, s, &interest, &error);
  if (outcome == NSK_DONE) return result(of(self));
  if (outcome == NSK_END) return PyBytes_FromStringAndSize(NULL, 0);
  if (outcome == NSK_INTERRUPTED)
    interest = (nsk_interest){
        .fd = s->fd, .need = sending ? NSK_WRITE : NSK_READ, .until = op->deadline.at};
  if (outcome == NSK_AGAIN || outcome == NSK_INTERRUPTED) return nskp_interest(&interest);
  nsk_transfer_end(op, s, false);
  size_t done = sending ? op->done : nsk_socket_pending(s);
  nskp_raise_outcome(name, outcome, &error);
  nskp_annotate("done", PyLong_FromSize_t(done));
  return NULL;
}

static void finalize(PyObject *self) {
  transferring *t = of(self);
  if (t->sock == NULL) return;
  nsk_transfer_end(&t->op, &t->sock->s, false);
  PyBuffer_Release(&t->message);
  nskp_socket *sock = t->sock;
  t->sock = NULL;
  Py_DECREF((PyObject *)sock);
}

/* How many bytes were sent, or are pending, by a call that did not end by itself. */
static PyObject *finish(PyObject *self, PyObject *nothing) {
  (void)nothing;
  transferring *t = of(self);
  bool sending = t->op.kind == NSK_SEND_ALL;
  nsk_transfer_end(&t->op, &t->sock->s, false);
  PyBuffer_Release(&t->message);
  return PyLong_FromSize_t(sending ? t->op.done : nsk_socket_pending(&t->sock->s));
}

static PyMethodDef methods[] = {{"step", step, METH_NOARGS, NULL},
                                {"finish", finish, METH_NOARGS, NULL},
                                {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = {
    {Py_tp_methods, methods}, {Py_tp_finalize, finalize}, {0, NULL}};

PyType_Spec nskp_transfer_spec = {
    .name = "netsocket._Transfer",
    .basicsize = sizeof(transferring),
    .flags = Py_TPFLAGS_DEFAULT | NSKP_TYPE_FLAGS,
    .slots = slots,
};
