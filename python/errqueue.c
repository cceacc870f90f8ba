/* What the kernel has to tell about what was sent. */
#include "address.h"
#include "args.h"
#include "control.h"
#include "error.h"

/* Takes the reference to value; false with an exception, as when value is NULL. */
static bool put(PyObject *dict, const char *name, PyObject *value) {
  bool done = value != NULL && PyDict_SetItemString(dict, name, value) == 0;
  Py_XDECREF(value);
  return done;
}

static PyObject *time_of(bool told, int64_t time) {
  if (!told) Py_RETURN_NONE;
  return PyLong_FromLongLong(time);
}

static PyObject *destination(nskp_socket *self, const nsk_addr *to) {
  if (to->length == 0) Py_RETURN_NONE;
  nskp_addrinfo *ai = nskp_make_addrinfo(nskp_state_of((PyObject *)self));
  if (ai != NULL) ai->info = (nsk_addrinfo){*to, self->s.type, self->s.protocol};
  return (PyObject *)ai;
}

static PyObject *dict_of(nskp_socket *self, const nsk_queued *queued) {
  const char *bytes = (const char *)queued->bytes;
  PyObject *made = nskp_queued_error(nskp_state_of((PyObject *)self), &queued->error);
  if (made == NULL) return NULL;
  if (!put(made, "msg", PyBytes_FromStringAndSize(bytes, (Py_ssize_t)queued->length)) ||
      !put(made, "time_ns", time_of(queued->has_time, queued->time_ns)) ||
      !put(made, "device_time_ns",
           time_of(queued->has_device_time, queued->device_time_ns)) ||
      !put(made, "to", destination(self, queued->to)))
    Py_CLEAR(made);
  return made;
}

/* Where there is no memory for the dict, the socket has the entry again. */
PyObject *nskp_socket_errqueue(NSKP_POS) {
  nskp_socket *sock = (nskp_socket *)self;
  nsk_buffer *buffer;
  nsk_queued queued;
  nsk_error error;
  if (!nskp_bind_none(&nskp_row_socket_errqueue, nargs)) return NULL;
  nsk_outcome outcome = nsk_socket_errqueue(&sock->s, &buffer, &queued, &error);
  if (outcome == NSK_AGAIN) Py_RETURN_NONE;
  if (outcome != NSK_DONE) return nskp_raise_outcome("errqueue", outcome, &error);
  PyObject *made = dict_of(sock, &queued);
  if (made != NULL)
    nsk_buffer_free(buffer);
  else
    nsk_socket_errqueue_back(&sock->s, buffer);
  return made;
}
