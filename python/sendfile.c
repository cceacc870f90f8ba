/* Files to sockets. */
#include "args.h"
#include "error.h"
#include "lock.h"

typedef struct {
  int64_t file, bytes, offset;
  size_t n;
} part;

static nsk_outcome send_part(nsk_socket *s, void *call, int more, nsk_error *error) {
  part *p = call;
  (void)more; /* sendfile(2) knows no flags */
  return nsk_socket_sendfile(s, p->file, p->bytes, p->offset, &p->n, error);
}

PyObject *nskp_socket_sendfile(NSKP_POS) {
  nskp_args a;
  nsk_error error;
  part p = {0};
  if (!nskp_bind(&a, &nskp_row_socket_sendfile, args, nargs, NULL) ||
      !nskp_get_integer(&a, 1, &p.bytes) || !nskp_get_integer(&a, 2, &p.offset) ||
      !nskp_get_descriptor(&a, 0, &p.file))
    return NULL;
  size_t most = p.bytes > 0 ? (size_t)p.bytes : 0;
  PyObject *room = PyLong_FromSize_t(most);
  if (room == NULL) return NULL;
  const nskp_work work = {.op = "sendfile", .body = send_part, .call = &p, .moved = &p.n};
  nsk_outcome outcome = nskp_outside((nskp_socket *)self, &work, &error);
  if (outcome == NSK_DONE) return nskp_count(room, most, p.n);
  Py_DECREF(room);
  if (outcome == NSK_FAILED && error.domain == NSK_ARGUMENT)
    return nskp_raise(a.row, outcome, &error);
  return nskp_raise_outcome("sendfile", outcome, &error);
}
