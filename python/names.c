/* What a socket says of itself: its numbers, its names, its pending error. */
#include "args.h"
#include "error.h"
#include "objects.h"
#include "registration.h"

/* --------------------------------------------------------------- numbers -- */

static nsk_socket *core_of(PyObject *self) {
  return &((nskp_socket *)self)->s;
}

static PyObject *number(const nskp_row *row, Py_ssize_t nargs, int value) {
  return nskp_bind_none(row, nargs) ? PyLong_FromLong(value) : NULL;
}

PyObject *nskp_socket_fd(NSKP_POS) {
  nskp_doubt((nskp_socket *)self);
  return number(&nskp_row_socket_fd, nargs, core_of(self)->fd);
}

PyObject *nskp_socket_fileno(NSKP_POS) {
  nskp_doubt((nskp_socket *)self);
  return number(&nskp_row_socket_fileno, nargs, core_of(self)->fd);
}

PyObject *nskp_socket_family(NSKP_POS) {
  return number(&nskp_row_socket_family, nargs, core_of(self)->family);
}

PyObject *nskp_socket_socktype(NSKP_POS) {
  return number(&nskp_row_socket_socktype, nargs, core_of(self)->type);
}

PyObject *nskp_socket_protocol(NSKP_POS) {
  return number(&nskp_row_socket_protocol, nargs, core_of(self)->protocol);
}

/* ----------------------------------------------------------------- names -- */

typedef nsk_outcome (*ask_name)(nsk_socket *s, nsk_addr *addr, nsk_error *error);

static PyObject *name(PyObject *self, const nskp_row *row, Py_ssize_t nargs,
                      ask_name ask) {
  const nsk_socket *s = core_of(self);
  nsk_error error;
  if (!nskp_bind_none(row, nargs)) return NULL;
  nskp_addrinfo *ai = nskp_make_addrinfo(nskp_state_of(self));
  if (ai == NULL) return NULL;
  nsk_outcome outcome = ask(core_of(self), &ai->info.addr, &error);
  ai->info.socktype = s->type;
  ai->info.protocol = s->protocol;
  if (outcome == NSK_DONE) return (PyObject *)ai;
  Py_DECREF(ai);
  return nskp_raise(row, outcome, &error);
}

PyObject *nskp_socket_getsockname(NSKP_POS) {
  return name(self, &nskp_row_socket_getsockname, nargs, nsk_socket_name);
}

PyObject *nskp_socket_getpeername(NSKP_POS) {
  return name(self, &nskp_row_socket_getpeername, nargs, nsk_socket_peer);
}

/* --------------------------------------------------------- pending error -- */

/* An exception to look at, not one that is raised. */
PyObject *nskp_socket_error(NSKP_POS) {
  nskp_socket *sock = (nskp_socket *)self;
  nsk_error pending, error;
  if (!nskp_bind_none(&nskp_row_socket_error, nargs)) return NULL;
  nsk_outcome outcome = nsk_socket_take_error(core_of(self), &pending, &error);
  if (outcome != NSK_DONE) return nskp_raise(&nskp_row_socket_error, outcome, &error);
  /* To fetch it is to clear it: it waits here until its exception can be made. */
  if (pending.code == 0) Py_RETURN_NONE;
  PyObject *made = nskp_error_new(&pending);
  if (made == NULL) sock->s.error = (uint16_t)pending.code;
  return made;
}
