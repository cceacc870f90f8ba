/* sendall, recvall and recvline as coroutines. */
#include "aio.h"
#include "args.h"
#include "error.h"
#include "pieces.h"
#include "whole.h"

typedef struct {
  nsk_transfer op;
  Py_buffer message;  /* of a send; obj is NULL else */
  nskp_pieces pieces; /* or these */
  PyObject *whole;    /* what a receive fills; NULL: none */
} transferring;

static transferring *part(nskp_coroutine *c) {
  return nskp_part(c);
}

static nsk_outcome step(nskp_coroutine *c, nsk_interest *interest, nsk_error *error) {
  return nsk_transfer_step(&part(c)->op, &c->sock->s, interest, error);
}

static size_t moved(nskp_coroutine *c) {
  return part(c)->op.done;
}

static int traverse(nskp_coroutine *c, visitproc visit, void *arg) {
  Py_VISIT(part(c)->message.obj);
  return nskp_pieces_traverse(&part(c)->pieces, visit, arg);
}

/* ------------------------------------------------------------------------ sending -- */

static PyObject *sent(nskp_coroutine *c, nsk_outcome outcome) {
  (void)outcome;
  return PyLong_FromSize_t(part(c)->op.done);
}

static void say_sent(nskp_coroutine *c) {
  nskp_annotate("done", PyLong_FromSize_t(part(c)->op.done));
}

static void end_sending(nskp_coroutine *c) {
  nsk_transfer_end(&part(c)->op, NULL, true);
  PyBuffer_Release(&part(c)->message);
  nskp_pieces_drop(&part(c)->pieces);
}

static const nskp_kind sending = {.writing = true,
                                  .size = sizeof(transferring),
                                  .step = step,
                                  .result = sent,
                                  .annotate = say_sent,
                                  .moved = moved,
                                  .traverse = traverse,
                                  .end = end_sending};

static bool take_message(nskp_coroutine *c, const nskp_args *a, nsk_deadline deadline) {
  transferring *t = part(c);
  if (nskp_is_pieces((PyObject *)c->sock, a->value[1])) {
    const nsk_iovec *iov = nskp_pieces_take(&t->pieces, a, 1);
    if (iov != NULL) nsk_transfer_send_pieces(&t->op, iov, deadline);
    return iov != NULL;
  }
  if (!nskp_get_buffer(a, 1, &t->message)) return false;
  nsk_transfer_send(&t->op, t->message.buf, (size_t)t->message.len, 0, deadline);
  return true;
}

PyObject *nskp_aio_sendall(NSKP_KEY) {
  nskp_args a;
  nskp_socket *sock;
  nsk_deadline deadline;
  if (!nskp_bind(&a, &nskp_row_aio_sendall, args, nargs, kwnames) ||
      !nskp_get_socket(&a, 0, self, &sock) || !nskp_get_limit(&a, 2, sock, &deadline))
    return NULL;
  nskp_coroutine *c =
      nskp_coroutine_new(nskp_state_of_module(self), &sending, a.row, sock);
  if (c == NULL) return NULL;
  return take_message(c, &a, deadline) ? (PyObject *)c : nskp_coroutine_drop(c);
}

/* ---------------------------------------------------------------------- receiving -- */

/* The operation holds what it receives only while it is awaited. */
static nsk_outcome begin(nskp_coroutine *c, nsk_error *error) {
  nsk_transfer *op = &part(c)->op;
  nsk_outcome outcome =
      nsk_transfer_receive(op, &c->sock->s, op->kind, op->wanted, op->deadline, error);
  if (outcome == NSK_DONE) part(c)->whole = nskp_whole_begin(op);
  return outcome;
}

static PyObject *take_whole(nskp_coroutine *c) {
  PyObject *whole = part(c)->whole;
  part(c)->whole = NULL;
  return whole;
}

static PyObject *received(nskp_coroutine *c, nsk_outcome outcome) {
  nsk_transfer *op = &part(c)->op;
  if (outcome == NSK_END) return PyBytes_FromStringAndSize(NULL, 0);
  PyObject *bytes = nskp_whole_result(op, take_whole(c));
  if (bytes != NULL) nsk_transfer_end(op, &c->sock->s, true);
  return bytes;
}

static void end_receiving(nskp_coroutine *c) {
  nskp_whole_drop(&part(c)->op, take_whole(c));
  nsk_transfer_end(&part(c)->op, &c->sock->s, false);
}

static void say_pending(nskp_coroutine *c) {
  end_receiving(c);
  nskp_annotate("done", PyLong_FromSize_t(nsk_socket_pending(&c->sock->s)));
}

static const nskp_kind receiving = {.size = sizeof(transferring),
                                    .begin = begin,
                                    .step = step,
                                    .result = received,
                                    .annotate = say_pending,
                                    .moved = moved,
                                    .end = end_receiving};

static PyObject *receive(PyObject *module, nskp_args *a, nsk_transfer_kind kind,
                         int64_t n, int64_t least) {
  nskp_socket *sock;
  nsk_deadline deadline;
  if (!nskp_get_socket(a, 0, module, &sock) || !nskp_get_integer(a, 1, &n) ||
      !nskp_get_limit(a, 2, sock, &deadline))
    return NULL;
  if (n < least) {
    nskp_out_of_range(a, 1, NSK_BELOW(least));
    return NULL;
  }
  nskp_coroutine *c =
      nskp_coroutine_new(nskp_state_of_module(module), &receiving, a->row, sock);
  if (c == NULL) return NULL;
  part(c)->op.kind = kind;
  part(c)->op.wanted = (size_t)n;
  part(c)->op.deadline = deadline;
  return (PyObject *)c;
}

PyObject *nskp_aio_recvall(NSKP_KEY) {
  nskp_args a;
  if (!nskp_bind(&a, &nskp_row_aio_recvall, args, nargs, kwnames)) return NULL;
  return receive(self, &a, NSK_RECEIVE_ALL, 0, 0);
}

PyObject *nskp_aio_recvline(NSKP_KEY) {
  nskp_args a;
  if (!nskp_bind(&a, &nskp_row_aio_recvline, args, nargs, kwnames)) return NULL;
  return receive(self, &a, NSK_RECEIVE_LINE, 65536, 1);
}
