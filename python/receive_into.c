/* Receiving into memory where the bytes stay: the caller's, or that of their object. */
#include "receive_into.h"

#include <string.h>

#include "args.h"
#include "error.h"
#include "socket.h"

/* Copying much takes longer than giving the GIL away and back. */
enum { LARGE = 65536 };

static bool is_wait_free(const nskp_socket *sock, size_t size, int flags) {
  if (sock->s.fd < 0 || sock->s.side != NULL) return true;
  return size <= LARGE && (flags == 0 || !nsk_socket_blocking(&sock->s));
}

static nsk_outcome without_gil(nskp_socket *sock, void *into, size_t size, int flags,
                               size_t *n, bool *open, nsk_error *error) {
  nsk_outcome outcome;
  nsk_socket view;
  nskp_enter(sock, &view);
  do {
    PyThreadState *thread = PyEval_SaveThread();
    outcome = nsk_socket_recv(&view, into, size, flags, n, error);
    PyEval_RestoreThread(thread);
  } while (outcome == NSK_INTERRUPTED && PyErr_CheckSignals() == 0);
  *open = nskp_leave(sock);
  return outcome;
}

/* True when *n bytes are there, 0 of them at the end; false with an exception. */
static bool receive(nskp_socket *sock, void *into, size_t size, int flags, size_t *n) {
  nsk_error error;
  nsk_outcome outcome = NSK_AGAIN;
  bool open = true, tried = is_wait_free(sock, size, flags);
  *n = 0;
  if (tried)
    outcome = nsk_socket_recv(&sock->s, into, size, flags | nsk_dontwait, n, &error);
  if (outcome == NSK_INTERRUPTED ||
      (outcome == NSK_AGAIN && (!tried || nsk_socket_blocking(&sock->s))))
    outcome = without_gil(sock, into, size, flags, n, &open, &error);
  if (outcome == NSK_END) *n = 0;
  if ((outcome == NSK_DONE || outcome == NSK_END) && (open || *n > 0)) return true;
  nskp_raise_outcome("recv", outcome, open, &error);
  return false;
}

/* A shorter object is made where less came. When it cannot be made, the bytes go to a
   buffer that was there before them, and from it to the next receive. */
static PyObject *shortened(nskp_socket *sock, PyObject *large, nsk_buffer **buffer,
                           size_t n, int flags) {
  const char *data = PyBytes_AsString(large);
  PyObject *bytes = PyBytes_FromStringAndSize(data, (Py_ssize_t)n);
  if (bytes == NULL && sock->s.fd >= 0 && (flags & nsk_peek) == 0) {
    memcpy((*buffer)->data, data, n);
    nsk_socket_add_pending(&sock->s, *buffer, n);
    *buffer = NULL;
  }
  return bytes;
}

PyObject *nskp_receive_large(nskp_socket *sock, size_t size, int flags) {
  nsk_buffer *buffer = NULL;
  size_t n;
  PyObject *bytes = NULL;
  if (!nsk_buffer_reserve(&buffer, size)) return PyErr_NoMemory();
  PyObject *large = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
  if (large != NULL && receive(sock, PyBytes_AsString(large), size, flags, &n))
    bytes = n == size ? large : shortened(sock, large, &buffer, n, flags);
  nsk_buffer_free(buffer);
  if (bytes != large) Py_XDECREF(large);
  return bytes;
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
  size_t n;
  if (get_room(&a, &into, &size)) count = PyLong_FromSize_t(size);
  if (count != NULL) {
    bool got = receive((nskp_socket *)self, into.buf, size, flags, &n);
    if (got) count = nskp_count(count, size, n);
    if (!got) Py_CLEAR(count);
  }
  PyBuffer_Release(&into);
  return count;
}
