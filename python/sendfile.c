/* Files to sockets. */
#include "aio.h"
#include "args.h"
#include "error.h"
#include "lock.h"

typedef struct {
  int64_t file, bytes, offset, n;
  size_t moved;
} part;

static nsk_outcome send_part(nsk_socket *s, void *call, int more, nsk_error *error) {
  part *p = call;
  (void)more; /* sendfile(2) knows no flags */
  nsk_outcome outcome =
      nsk_socket_sendfile(s, p->file, p->bytes, p->offset, &p->n, error);
  p->moved = p->n > 0;
  return outcome;
}

PyObject *nskp_socket_sendfile(NSKP_POS) {
  nskp_args a;
  nsk_error error;
  part p = {0};
  if (!nskp_bind(&a, &nskp_row_socket_sendfile, args, nargs, NULL) ||
      !nskp_get_integer(&a, 1, &p.bytes) || !nskp_get_integer(&a, 2, &p.offset) ||
      !nskp_flush(&a, 0) || !nskp_get_descriptor(&a, 0, &p.file))
    return NULL;
  PyObject *room = PyLong_FromLongLong(p.bytes);
  if (room == NULL) return NULL;
  const nskp_work work = {
      .op = "sendfile", .body = send_part, .call = &p, .moved = &p.moved};
  nsk_outcome outcome = nskp_plain((nskp_socket *)self, &work, NSK_WRITE, 0, &error);
  if (outcome == NSK_DONE && p.n == p.bytes) return room;
  Py_DECREF(room); /* there is memory now for what is no longer */
  if (outcome == NSK_DONE || (p.n > 0 && outcome != NSK_INTERRUPTED))
    return PyLong_FromLongLong(p.n);
  if (outcome == NSK_FAILED && error.domain == NSK_ARGUMENT)
    return nskp_raise(a.row, outcome, &error);
  nskp_raise_outcome("sendfile", outcome, &error);
  if (outcome == NSK_INTERRUPTED) nskp_annotate("done", PyLong_FromLongLong(p.n));
  return NULL;
}

/* --------------------------------------------------------------- as a coroutine -- */

/* A transfer of which one round is enough: a peer that keeps up must not keep the loop.
   It has a descriptor of its own, since the file may be closed before its task has the
   turn. */
enum { AT_MOST = 1 << 20 };

static nsk_transfer *op_of(nskp_coroutine *c) {
  return nskp_part(c);
}

/* What moved any byte succeeds; the error comes again. */
static nsk_outcome step(nskp_coroutine *c, nsk_interest *interest, nsk_error *error) {
  nsk_outcome outcome = nsk_transfer_step(op_of(c), &c->sock->s, interest, error);
  return op_of(c)->done > 0 ? NSK_DONE : outcome;
}

static PyObject *count_of_bytes(nskp_coroutine *c, nsk_outcome outcome) {
  (void)outcome;
  return PyLong_FromSize_t(op_of(c)->done);
}

static size_t moved(nskp_coroutine *c) {
  return op_of(c)->done;
}

static void end(nskp_coroutine *c) {
  if (c->made != NULL) nsk_transfer_end(op_of(c), NULL, true);
}

/* c->made, the file, is there when the operation has begun. */
static const nskp_kind sending = {.writing = true,
                                  .size = sizeof(nsk_transfer),
                                  .step = step,
                                  .result = count_of_bytes,
                                  .moved = moved,
                                  .end = end};

PyObject *nskp_aio_sendfile(NSKP_KEY) {
  nskp_args a;
  nskp_socket *sock;
  nsk_error error;
  nsk_deadline deadline;
  int64_t file, bytes, offset = 0;
  if (!nskp_bind(&a, &nskp_row_aio_sendfile, args, nargs, kwnames) ||
      !nskp_get_socket(&a, 0, self, &sock) || !nskp_get_integer(&a, 2, &bytes) ||
      !nskp_get_integer(&a, 3, &offset) || !nskp_get_limit(&a, 4, sock, &deadline))
    return NULL;
  if (bytes < 0 || offset < 0) {
    nskp_out_of_range(&a, bytes < 0 ? 2 : 3, NSK_NEGATIVE);
    return NULL;
  }
  if (!nskp_flush(&a, 1) || !nskp_get_descriptor(&a, 1, &file)) return NULL;
  nskp_coroutine *c =
      nskp_coroutine_new(nskp_state_of_module(self), &sending, a.row, sock);
  if (c == NULL) return NULL;
  if (bytes > AT_MOST) bytes = AT_MOST;
  if (nsk_transfer_send_file(op_of(c), file, bytes, offset, deadline, &error) ==
      NSK_DONE) {
    Py_INCREF(a.value[1]);
    c->made = a.value[1];
    return (PyObject *)c;
  }
  nskp_raise_outcome(a.row->name, NSK_FAILED, &error);
  return nskp_coroutine_drop(c);
}
