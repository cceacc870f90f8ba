/* Files to sockets. */
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
  if (outcome == NSK_DONE) return PyLong_FromLongLong(p.n);
  if (outcome == NSK_FAILED && error.domain == NSK_ARGUMENT)
    return nskp_raise(a.row, outcome, &error);
  return nskp_raise_outcome("sendfile", outcome, &error);
}
