/* Receiving into memory that the caller brings. */
#include "adapter.h"

/* Copying much takes longer than giving the GIL away and back. */
enum { LARGE = 65536 };

static bool is_wait_free(const nskp_socket *sock, size_t size, int flags) {
  if (sock->s.fd < 0 || sock->s.rest != NULL) return true;
  return size <= LARGE && (flags == 0 || !nsk_socket_blocking(&sock->s));
}

static nsk_outcome without_gil(nskp_socket *sock, const Py_buffer *into, size_t size,
                               int flags, size_t *n, bool *open, nsk_error *error) {
  nsk_outcome outcome;
  nsk_socket view;
  nskp_enter(sock, &view);
  do {
    PyThreadState *thread = PyEval_SaveThread();
    outcome = nsk_socket_recv(&view, into->buf, size, flags, n, error);
    PyEval_RestoreThread(thread);
  } while (outcome == NSK_INTERRUPTED && PyErr_CheckSignals() == 0);
  *open = nskp_leave(sock);
  return outcome;
}

static PyObject *receive(nskp_socket *sock, const Py_buffer *into, size_t size,
                         int flags) {
  nsk_error error;
  nsk_outcome outcome = NSK_AGAIN;
  size_t n = 0;
  bool open = true, tried = is_wait_free(sock, size, flags);
  if (tried)
    outcome =
        nsk_socket_recv(&sock->s, into->buf, size, flags | nsk_dontwait, &n, &error);
  if (outcome == NSK_INTERRUPTED ||
      (outcome == NSK_AGAIN && (!tried || nsk_socket_blocking(&sock->s))))
    outcome = without_gil(sock, into, size, flags, &n, &open, &error);
  if (outcome == NSK_END) n = 0;
  if ((outcome == NSK_DONE || outcome == NSK_END) && (open || n > 0))
    return PyLong_FromSize_t(n);
  return nskp_raise_outcome("recv", outcome, open, &error);
}

/* How much of the buffer to fill; false with a ValueError. */
static bool get_room(const nskp_args *a, const Py_buffer *into, size_t *size) {
  int64_t asked = 0;
  if (!nskp_get_integer(a, 1, &asked)) return false;
  if (into->len == 0) return nskp_out_of_range(a, 0, "must not be empty");
  if (asked < 0 || asked > into->len)
    return nskp_out_of_range(a, 1, "must be 0 or more and fit the buffer");
  *size = (size_t)(asked > 0 ? asked : into->len);
  return true;
}

PyObject *nskp_socket_recv_into(NSKP_POS) {
  nskp_args a;
  Py_buffer into;
  size_t size = 0;
  int flags;
  if (!nskp_bind(&a, &nskp_row_socket_recv_into, args, nargs, NULL) ||
      !nskp_get_flags(&a, &flags) || !nskp_get_writable(&a, 0, &into))
    return NULL;
  PyObject *count = NULL;
  if (get_room(&a, &into, &size))
    count = receive((nskp_socket *)self, &into, size, flags);
  PyBuffer_Release(&into);
  return count;
}
