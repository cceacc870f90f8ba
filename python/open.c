/* Sockets from nothing or from a descriptor: new*, wrap, pair*. */
#include "args.h"
#include "error.h"
#include "socket.h"

/* The end of a function whose system call filled `made`: the object, or the error. */
static PyObject *result(nskp_socket *made, const nskp_row *row, nsk_outcome outcome,
                        const nsk_error *error) {
  if (outcome == NSK_DONE) return (PyObject *)made;
  Py_DECREF(made);
  return nskp_raise(row, outcome, error);
}

PyObject *nskp_module_wrap(NSKP_KEY) {
  nskp_args a;
  int64_t fd;
  bool nonblock = true;
  nsk_error error;
  if (!nskp_bind(&a, &nskp_row_module_wrap, args, nargs, kwnames) ||
      !nskp_get_integer(&a, 0, &fd) || !nskp_get_bool(&a, 1, &nonblock))
    return NULL;
  nskp_socket *made = nskp_make_socket(nskp_state_of_module(self));
  if (made == NULL) return NULL;
  return result(made, a.row, nsk_socket_adopt(&made->s, fd, nonblock, &error), &error);
}

static nsk_outcome opened(nskp_socket *made, int64_t family, int64_t socktype,
                          int64_t protocol, bool nonblock, const nsk_extras *extras,
                          nsk_error *error) {
  nsk_error later;
  nsk_outcome outcome;
  do {
    outcome = nsk_socket_open(&made->s, family, socktype, protocol, nonblock, error);
    if (outcome == NSK_DONE)
      outcome = nsk_settings_apply(&extras->settings, &made->s, error);
    if (outcome != NSK_DONE) nsk_socket_close(&made->s, &later);
  } while (nskp_reclaim(nskp_state_of((PyObject *)made), outcome, error));
  return outcome;
}

PyObject *nskp_module_new(NSKP_KEY) {
  nskp_args a;
  int64_t family, socktype, protocol = 0;
  bool nonblock = true;
  nsk_extras extras;
  nsk_error error;
  if (!nskp_bind(&a, &nskp_row_module_new, args, nargs, kwnames) ||
      !nskp_get_integer(&a, 0, &family) || !nskp_get_integer(&a, 1, &socktype) ||
      !nskp_get_integer(&a, 2, &protocol) || !nskp_get_bool(&a, 3, &nonblock) ||
      !nskp_get_extras(&a, nskp_state_of_module(self), false, &extras))
    return NULL;
  nskp_socket *made = nskp_make_socket(nskp_state_of_module(self));
  if (made == NULL) return NULL;
  nsk_outcome outcome =
      opened(made, family, socktype, protocol, nonblock, &extras, &error);
  return result(made, a.row, outcome, &error);
}

/* Parameter i is reuseaddr, i + 1 reuseport. */
static PyObject *open_reusable(PyObject *module, const nskp_args *a, int i, int family,
                               int64_t socktype, int64_t protocol) {
  bool reuseaddr = false, reuseport = false;
  nsk_extras extras;
  nsk_error error;
  if (!nskp_get_bool(a, i, &reuseaddr) || !nskp_get_bool(a, i + 1, &reuseport) ||
      !nskp_get_extras(a, nskp_state_of_module(module), false, &extras))
    return NULL;
  nskp_socket *made = nskp_make_socket(nskp_state_of_module(module));
  if (made == NULL) return NULL;
  nsk_outcome outcome = opened(made, family, socktype, protocol, true, &extras, &error);
  if (outcome == NSK_DONE) {
    outcome = nsk_socket_reuse(&made->s, reuseaddr, reuseport, &error);
    nsk_error later;
    if (outcome != NSK_DONE) nsk_socket_close(&made->s, &later);
  }
  return result(made, a->row, outcome, &error);
}

static PyObject *open_any(PyObject *module, const nskp_row *row, PyObject *const *args,
                          Py_ssize_t nargs, PyObject *kwnames, int family) {
  nskp_args a;
  int64_t socktype, protocol;
  if (!nskp_bind(&a, row, args, nargs, kwnames) || !nskp_get_integer(&a, 0, &socktype) ||
      !nskp_get_integer(&a, 1, &protocol))
    return NULL;
  return open_reusable(module, &a, 2, family, socktype, protocol);
}

static PyObject *open_usual(PyObject *module, const nskp_row *row, PyObject *const *args,
                            Py_ssize_t nargs, PyObject *kwnames, int family, int socktype,
                            int protocol) {
  nskp_args a;
  if (!nskp_bind(&a, row, args, nargs, kwnames)) return NULL;
  return open_reusable(module, &a, 0, family, socktype, protocol);
}

PyObject *nskp_module_new_unix(NSKP_KEY) {
  return open_any(self, &nskp_row_module_new_unix, args, nargs, kwnames, nsk_unix);
}

#define NEW_ANY(NAME, FAMILY)                                                           \
  PyObject *nskp_module_##NAME(NSKP_KEY) {                                              \
    return open_any(self, &nskp_row_module_##NAME, args, nargs, kwnames, nsk_##FAMILY); \
  }
#define NEW(NAME, FAMILY, TYPE, PROTOCOL)                                                \
  PyObject *nskp_module_##NAME(NSKP_KEY) {                                               \
    return open_usual(self, &nskp_row_module_##NAME, args, nargs, kwnames, nsk_##FAMILY, \
                      nsk_##TYPE, nsk_##PROTOCOL);                                       \
  }
#define NEW_UNIX(NAME, TYPE)                                                         \
  PyObject *nskp_module_##NAME(NSKP_KEY) {                                           \
    return open_usual(self, &nskp_row_module_##NAME, args, nargs, kwnames, nsk_unix, \
                      nsk_##TYPE, 0);                                                \
  }
#include "opener.def"

/* ----------------------------------------------------------------- pairs -- */

static PyObject *make_pair(PyObject *module, const nskp_row *row, int64_t socktype,
                           int64_t protocol, bool nonblock) {
  nskp_state *state = nskp_state_of_module(module);
  nskp_socket *a = nskp_make_socket(state);
  nskp_socket *b = nskp_make_socket(state);
  PyObject *both = a != NULL && b != NULL ? PyTuple_Pack(2, a, b) : NULL;
  nsk_error error;
  if (both != NULL) {
    nsk_outcome outcome;
    do
      outcome = nsk_socket_pair(&a->s, &b->s, socktype, protocol, nonblock, &error);
    while (nskp_reclaim(state, outcome, &error));
    if (outcome != NSK_DONE) {
      Py_CLEAR(both);
      nskp_raise(row, outcome, &error);
    }
  }
  Py_XDECREF((PyObject *)a);
  Py_XDECREF((PyObject *)b);
  return both;
}

PyObject *nskp_module_pair(NSKP_KEY) {
  nskp_args a;
  int64_t socktype, protocol = 0;
  bool nonblock = true;
  if (!nskp_bind(&a, &nskp_row_module_pair, args, nargs, kwnames) ||
      !nskp_get_integer(&a, 0, &socktype) || !nskp_get_integer(&a, 1, &protocol) ||
      !nskp_get_bool(&a, 2, &nonblock))
    return NULL;
  return make_pair(self, a.row, socktype, protocol, nonblock);
}

static PyObject *usual_pair(PyObject *module, const nskp_row *row, PyObject *const *args,
                            Py_ssize_t nargs, PyObject *kwnames, int socktype) {
  nskp_args a;
  if (!nskp_bind(&a, row, args, nargs, kwnames)) return NULL;
  return make_pair(module, row, socktype, 0, true);
}

#define PAIR(NAME, TYPE)                                                                \
  PyObject *nskp_module_##NAME(NSKP_KEY) {                                              \
    return usual_pair(self, &nskp_row_module_##NAME, args, nargs, kwnames, nsk_##TYPE); \
  }
#include "opener.def"

/* ------------------------------------------------------ socket activation -- */

/* The first `count` stay open, and are not ours any more. */
static void give_back(PyObject *list, Py_ssize_t count) {
  for (Py_ssize_t i = 0; i < count; i++) {
    nsk_error ignored;
    int fd;
    nskp_socket *made = (nskp_socket *)PyList_GetItem(list, i);
    nsk_socket_release(&made->s, &fd, &ignored);
  }
}

/* Adopts them all or none: what was adopted is given back when one cannot be. */
static nsk_outcome adopt_all(PyObject *list, int first, nsk_error *error) {
  for (Py_ssize_t i = 0; i < PyList_Size(list); i++) {
    nskp_socket *made = (nskp_socket *)PyList_GetItem(list, i);
    nsk_outcome outcome = nsk_socket_adopt(&made->s, first + i, true, error);
    if (outcome == NSK_DONE) continue;
    give_back(list, i);
    return outcome;
  }
  return NSK_DONE;
}

static PyObject *closed_sockets(nskp_state *state, int count) {
  PyObject *list = PyList_New(0);
  for (int i = 0; list != NULL && i < count; i++) {
    PyObject *made = (PyObject *)nskp_make_socket(state);
    if (made == NULL || PyList_Append(list, made) < 0) Py_CLEAR(list);
    Py_XDECREF(made);
  }
  return list;
}

/* os.environ is a copy, and what Python's own functions hand to a child. */
static bool forget_in_environ(void) {
  static const char *const names[] = {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"};
  PyObject *os = PyImport_ImportModule("os");
  PyObject *variables = os != NULL ? PyObject_GetAttrString(os, "environ") : NULL;
  bool done = variables != NULL;
  for (size_t i = 0; done && i < sizeof names / sizeof *names; i++) {
    PyObject *old = PyObject_CallMethod(variables, "pop", "sO", names[i], Py_None);
    done = old != NULL;
    Py_XDECREF(old);
  }
  Py_XDECREF(variables);
  Py_XDECREF(os);
  /* What CPython says when there is no memory for a frame of os.environ's methods. */
  if (!done && PyErr_ExceptionMatches(PyExc_SystemError)) PyErr_NoMemory();
  return done;
}

PyObject *nskp_module_listen_fds(NSKP_KEY) {
  nskp_args a;
  nsk_error error;
  int first, count;
  bool unset = true;
  if (!nskp_bind(&a, &nskp_row_module_listen_fds, args, nargs, kwnames) ||
      !nskp_get_bool(&a, 0, &unset))
    return NULL;
  nsk_outcome outcome = nsk_listen_fds(false, &first, &count, &error);
  if (outcome != NSK_DONE) return nskp_raise(a.row, outcome, &error);
  PyObject *list = closed_sockets(nskp_state_of_module(self), count);
  /* Before 3.12 a finalizer that ran meanwhile may have adopted them. */
  if (list != NULL) outcome = nsk_listen_fds(false, &first, &count, &error);
  if (list == NULL || PyList_SetSlice(list, count, PyList_Size(list), NULL) < 0) {
    Py_XDECREF(list);
    return NULL;
  }
  if (outcome == NSK_DONE) outcome = adopt_all(list, first, &error);
  /* The environment forgets them last: whatever fails, the call can be made again. */
  if (outcome == NSK_DONE && unset) {
    if (!forget_in_environ()) {
      give_back(list, PyList_Size(list));
      Py_DECREF(list);
      return NULL;
    }
    nsk_listen_fds(true, &first, &count, &error);
  }
  if (outcome == NSK_DONE) return list;
  Py_DECREF(list);
  return nskp_raise(a.row, outcome, &error);
}

PyObject *nskp_module_listen_fdnames(NSKP_KEY) {
  (void)self;
  nskp_args a;
  nsk_error error;
  char name[NSK_FDNAME_SIZE];
  nsk_outcome outcome = NSK_DONE;
  if (!nskp_bind(&a, &nskp_row_module_listen_fdnames, args, nargs, kwnames)) return NULL;
  PyObject *list = PyList_New(0);
  for (int i = 0; list != NULL; i++) {
    outcome = nsk_listen_fdname(i, name, &error);
    if (outcome == NSK_END) return list;
    PyObject *text = outcome == NSK_DONE ? PyUnicode_DecodeFSDefault(name) : NULL;
    if (text == NULL || PyList_Append(list, text) < 0) Py_CLEAR(list);
    Py_XDECREF(text);
  }
  return outcome == NSK_FAILED ? nskp_raise(a.row, outcome, &error) : NULL;
}
