/* One descriptor over a unix socket. */
#include <limits.h>

#include "args.h"
#include "error.h"
#include "socket.h"

static PyObject *sent(nsk_outcome outcome, bool open, const nsk_error *error) {
  if (outcome == NSK_DONE && open) return PyLong_FromLong(0);
  return nskp_raise_outcome("sendmsg", outcome, open, error);
}

PyObject *nskp_socket_sendfd(NSKP_POS) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_args a;
  nskp_addrinfo *ai = NULL;
  nsk_error error;
  nsk_outcome outcome;
  nsk_socket view;
  int64_t fd;
  int flags;
  if (!nskp_bind(&a, &nskp_row_socket_sendfd, args, nargs, NULL) ||
      !nskp_get_descriptor(&a, 0, &fd) ||
      (a.value[1] != NULL &&
       !nskp_get_address(&a, 1, nskp_state_of(self)->addrinfo_type, &ai)) ||
      !nskp_get_flags(&a, &flags))
    return NULL;
  const nsk_addr *to = ai != NULL ? &ai->info.addr : NULL;
  if (sock->s.fd < 0)
    return sent(nsk_socket_sendfd(&sock->s, fd, to, flags, &error), true, &error);
  nskp_enter(sock, &view);
  do {
    PyThreadState *thread = PyEval_SaveThread();
    outcome = nsk_socket_sendfd(&view, fd, to, flags, &error);
    PyEval_RestoreThread(thread);
  } while (outcome == NSK_INTERRUPTED && PyErr_CheckSignals() == 0);
  return sent(outcome, nskp_leave(sock), &error);
}

/* The byte that came without a descriptor is not lost: it is in the exception. */
static PyObject *not_received(nsk_outcome outcome, bool open, const nsk_error *error) {
  nskp_raise_outcome("recvmsg", outcome, open, error);
  if (outcome == NSK_FAILED && error->byte >= 0) {
    const char byte = (char)error->byte;
    nskp_annotate("data", PyBytes_FromStringAndSize(&byte, 1));
  }
  return NULL;
}

PyObject *nskp_socket_recvfd(NSKP_POS) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_args a;
  nsk_error error, ignored;
  nsk_outcome outcome;
  nsk_socket view = sock->s;
  int fd = -1, flags;
  bool open = true;
  if (!nskp_bind(&a, &nskp_row_socket_recvfd, args, nargs, NULL) ||
      !nskp_get_flags(&a, &flags))
    return NULL;
  PyObject *number = PyLong_FromLong(INT_MAX);
  if (number == NULL) return NULL;
  if (sock->s.fd < 0 || sock->s.side != NULL) {
    outcome = nsk_socket_recvfd(&sock->s, flags, &fd, &error);
  } else {
    nskp_enter(sock, &view);
    do {
      PyThreadState *thread = PyEval_SaveThread();
      outcome = nsk_socket_recvfd(&view, flags, &fd, &error);
      PyEval_RestoreThread(thread);
    } while (outcome == NSK_INTERRUPTED && PyErr_CheckSignals() == 0);
    open = nskp_leave(sock);
  }
  if (outcome == NSK_DONE) {
    number = nskp_count(number, INT_MAX, (size_t)fd);
    if (number == NULL) nsk_fd_close(fd, &ignored);
    return number;
  }
  Py_DECREF(number);
  if (outcome == NSK_END && open) Py_RETURN_NONE;
  return not_received(outcome, open, &error);
}
