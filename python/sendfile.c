/* Files to sockets. */
#include "args.h"
#include "error.h"
#include "socket.h"

PyObject *nskp_socket_sendfile(NSKP_POS) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_args a;
  nsk_error error;
  nsk_outcome outcome;
  nsk_socket view = sock->s;
  int64_t file, bytes, offset = 0;
  size_t n = 0;
  bool open = true;
  if (!nskp_bind(&a, &nskp_row_socket_sendfile, args, nargs, NULL) ||
      !nskp_get_integer(&a, 1, &bytes) || !nskp_get_integer(&a, 2, &offset) ||
      !nskp_get_descriptor(&a, 0, &file))
    return NULL;
  size_t most = bytes > 0 ? (size_t)bytes : 0;
  PyObject *room = PyLong_FromSize_t(most);
  if (room == NULL) return NULL;
  if (sock->s.fd < 0) {
    outcome = nsk_socket_sendfile(&sock->s, file, bytes, offset, &n, &error);
  } else {
    nskp_enter(sock, &view);
    do {
      PyThreadState *thread = PyEval_SaveThread();
      outcome = nsk_socket_sendfile(&view, file, bytes, offset, &n, &error);
      PyEval_RestoreThread(thread);
    } while (outcome == NSK_INTERRUPTED && PyErr_CheckSignals() == 0);
    open = nskp_leave(sock);
  }
  if (outcome == NSK_DONE && (open || n > 0)) return nskp_count(room, most, n);
  Py_DECREF(room);
  if (outcome == NSK_FAILED && error.domain == NSK_ARGUMENT)
    return nskp_raise(a.row, outcome, &error);
  return nskp_raise_outcome("sendfile", outcome, open, &error);
}
