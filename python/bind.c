/* Sockets bound to an address: bind*, and the methods bind and listen. */
#include "args.h"
#include "error.h"
#include "socket.h"

/* ------------------------------------------------------------ the object -- */

PyObject *nskp_socket_bind(NSKP_KEY) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_args a;
  nskp_addrinfo *ai;
  nsk_error error;
  if (!nskp_bind(&a, &nskp_row_socket_bind, args, nargs, kwnames) ||
      !nskp_get_address(&a, 0, nskp_state_of(self)->addrinfo_type, &ai))
    return NULL;
  nsk_outcome outcome = nsk_socket_bind(&sock->s, &ai->info.addr, &error);
  if (outcome != NSK_DONE) return nskp_raise(a.row, outcome, &error);
  Py_RETURN_TRUE;
}

PyObject *nskp_socket_listen(NSKP_KEY) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_args a;
  int64_t backlog = nsk_backlog;
  nsk_error error;
  if (!nskp_bind(&a, &nskp_row_socket_listen, args, nargs, kwnames) ||
      !nskp_get_integer(&a, 0, &backlog))
    return NULL;
  nsk_outcome outcome = nsk_socket_listen(&sock->s, backlog, &error);
  if (outcome != NSK_DONE) return nskp_raise(a.row, outcome, &error);
  Py_RETURN_TRUE;
}

/* ------------------------------------------------------ module functions -- */

/* Resolves and binds without the GIL, then hands the socket to its owner. */
static PyObject *bound(PyObject *module, const nskp_row *row, const nsk_target *target,
                       const nsk_bind_how *how) {
  nsk_socket got;
  nsk_addrinfo at;
  nsk_error error;
  nskp_state *state = nskp_state_of_module(module);
  nskp_socket *made = nskp_make_socket(state);
  if (made == NULL) return NULL;
  nsk_outcome outcome;
  do {
    nsk_socket_init(&got);
    PyThreadState *thread = PyEval_SaveThread();
    outcome = nsk_bind(target, how, &got, &at, &error);
    PyEval_RestoreThread(thread);
  } while (nskp_reclaim(state, outcome, &error));
  if (outcome == NSK_DONE) {
    made->s = got;
    return (PyObject *)made;
  }
  Py_DECREF(made);
  return nskp_raise(row, outcome, &error);
}

PyObject *nskp_module_bind(NSKP_KEY) {
  nskp_args a;
  nskp_addrinfo *ai;
  nsk_extras extras;
  nsk_bind_how how = {.v6only = -1};
  if (!nskp_bind(&a, &nskp_row_module_bind, args, nargs, kwnames) ||
      !nskp_get_address(&a, 0, nskp_state_of_module(self)->addrinfo_type, &ai) ||
      !nskp_get_bool(&a, 1, &how.reuseaddr) || !nskp_get_bool(&a, 2, &how.reuseport) ||
      !nskp_get_extras(&a, nskp_state_of_module(self), false, &extras))
    return NULL;
  return bound(self, a.row, &(nsk_target){.address = &ai->info, .extras = &extras}, &how);
}

/* Host, port, reuseaddr and reuseport, for a family and a type. */
static PyObject *bind_host(PyObject *module, const nskp_row *row, PyObject *const *args,
                           Py_ssize_t nargs, PyObject *kwnames, int family, int socktype,
                           int protocol, int v6only) {
  nskp_args a;
  nsk_extras extras;
  nsk_target target = {.query = {.family = family,
                                 .socktype = socktype,
                                 .protocol = protocol,
                                 .flags = nsk_passive},
                       .extras = &extras};
  nsk_bind_how how = {.v6only = v6only};
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_endpoint(&a, 0, &target.query.endpoint) ||
      !nskp_get_bool(&a, 2, &how.reuseaddr) || !nskp_get_bool(&a, 3, &how.reuseport) ||
      !nskp_get_extras(&a, nskp_state_of_module(module), false, &extras))
    return NULL;
  return bound(module, row, &target, &how);
}

static PyObject *bind_path(PyObject *module, const nskp_row *row, PyObject *const *args,
                           Py_ssize_t nargs, PyObject *kwnames, int socktype) {
  nskp_args a;
  nsk_extras extras;
  nsk_addrinfo at = {.socktype = socktype};
  nsk_bind_how how = {.v6only = -1};
  nsk_error error;
  int64_t mode = 0;
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      (a.value[0] != NULL && !nskp_get_unix(&a, 0, "bind", &at.addr)) ||
      !nskp_get_integer(&a, 1, &mode) || !nskp_get_bool(&a, 2, &how.unlink) ||
      !nskp_get_extras(&a, nskp_state_of_module(module), false, &extras))
    return NULL;
  how.with_mode = a.value[1] != NULL;
  nsk_outcome outcome = nsk_bind_mode(mode, &how.mode, &error);
  if (outcome == NSK_DONE && a.value[0] == NULL)
    outcome = nsk_bind_autoname(&at.addr, &how, &error);
  if (outcome != NSK_DONE) return nskp_raise(row, outcome, &error);
  return bound(module, row, &(nsk_target){.address = &at, .extras = &extras}, &how);
}

#define BIND(NAME, FAMILY, TYPE, PROTOCOL, V6ONLY)                                      \
  PyObject *nskp_module_##NAME(NSKP_KEY) {                                              \
    return bind_host(self, &nskp_row_module_##NAME, args, nargs, kwnames, nsk_##FAMILY, \
                     nsk_##TYPE, nsk_##PROTOCOL, V6ONLY);                               \
  }
#define BIND_UNIX(NAME, TYPE)                                                          \
  PyObject *nskp_module_##NAME(NSKP_KEY) {                                             \
    return bind_path(self, &nskp_row_module_##NAME, args, nargs, kwnames, nsk_##TYPE); \
  }
#include "opener.def"
