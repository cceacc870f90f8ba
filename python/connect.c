/* Connecting: connect*, stepped under the GIL and waited for without it, and the
   method connect. */
#include "connect.h"

#include "args.h"
#include "error.h"
#include "socket.h"

/* --------------------------------------------------------- the operation -- */

/* Does what the operation wants. NSK_FAILED with a filled error, or with
   NSK_INTERRUPTED an exception that a signal handler raised. */
static nsk_outcome serve(nsk_connect *op, const nsk_interest *interest,
                         nsk_error *error) {
  PyThreadState *thread = PyEval_SaveThread();
  nsk_outcome outcome =
      interest->need == NSK_RESOLVE
          ? nsk_connect_resolve(op, error)
          : nsk_wait(interest->fd, interest->need, interest->until, error);
  PyEval_RestoreThread(thread);
  if (outcome == NSK_FAILED) return outcome;
  return PyErr_CheckSignals() == 0 ? NSK_DONE : NSK_INTERRUPTED;
}

static nsk_outcome run(nsk_connect *op, nsk_socket *out, nsk_error *error) {
  nsk_addrinfo peer;
  nsk_interest interest;
  for (;;) {
    nsk_outcome outcome = nsk_connect_step(op, out, &peer, &interest, error);
    if (outcome != NSK_AGAIN) return outcome;
    outcome = serve(op, &interest, error);
    if (outcome != NSK_DONE) return outcome;
  }
}

static PyObject *connected(PyObject *module, const nskp_row *row,
                           const nsk_target *target, nsk_deadline deadline) {
  nsk_connect op;
  nsk_error error;
  nskp_socket *made = nskp_make_socket(nskp_state_of_module(module));
  if (made == NULL) return NULL;
  nsk_outcome outcome =
      nsk_connect_start(&op, target, deadline, deadline.at == NSK_NEVER, &error);
  if (outcome == NSK_DONE) outcome = run(&op, &made->s, &error);
  if (outcome != NSK_DONE) {
    Py_CLEAR(made);
    if (outcome != NSK_INTERRUPTED) nskp_raise(row, outcome, &error);
    if (outcome != NSK_INTERRUPTED) nskp_add_attempts(&op);
  }
  nsk_connect_drop(&op);
  return (PyObject *)made;
}

/* -------------------------------------------------------- what was tried -- */

static PyObject *attempt_dict(const nsk_attempt_result *attempt) {
  char text[NSK_ADDR_TEXT_MAX];
  size_t length = nsk_addr_text(&attempt->addr, text);
  PyObject *addr = PyUnicode_DecodeFSDefaultAndSize(text, (Py_ssize_t)length);
  if (addr == NULL) return NULL;
  return Py_BuildValue("{sN,ss,si,sz,sd}", "addr", addr, "op", attempt->op, "code",
                       attempt->code, "name", nsk_code_name(NSK_ERRNO, attempt->code),
                       "seconds", attempt->seconds);
}

PyObject *nskp_add_attempts(const nsk_connect *op) {
  size_t count;
  const nsk_attempt_result *attempts = nsk_connect_attempts(op, &count);
  nskp_exception held = nskp_exception_take();
  PyObject *list = PyList_New(0);
  for (size_t i = 0; list != NULL && i < count; i++) {
    PyObject *dict = attempt_dict(&attempts[i]);
    if (dict == NULL || PyList_Append(list, dict) < 0) Py_CLEAR(list);
    Py_XDECREF(dict);
  }
  if (list == NULL) PyErr_Clear();
  nskp_exception_return(held);
  nskp_annotate("attempts", list);
  return NULL;
}

/* ------------------------------------------------------ module functions -- */

PyObject *nskp_module_connect(NSKP_KEY) {
  nskp_args a;
  nskp_addrinfo *ai;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  if (!nskp_bind(&a, &nskp_row_module_connect, args, nargs, kwnames) ||
      !nskp_get_address(&a, 0, nskp_state_of_module(self)->addrinfo_type, &ai) ||
      !nskp_get_deadline(&a, 1, &deadline))
    return NULL;
  return connected(self, a.row, &(nsk_target){.at = &ai->info}, deadline);
}

static PyObject *connect_host(PyObject *module, const nskp_row *row,
                              PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                              int family) {
  nskp_args a;
  /* Where either family will do, neither waits for the other. */
  nsk_target target = {.query = {.family = family, .socktype = nsk_stream},
                       .race = family == nsk_any_family};
  nsk_deadline deadline = NSK_NO_DEADLINE;
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_endpoint(&a, 0, &target.query.at) || !nskp_get_deadline(&a, 2, &deadline))
    return NULL;
  return connected(module, row, &target, deadline);
}

PyObject *nskp_module_connect_inet_stream(NSKP_KEY) {
  return connect_host(self, &nskp_row_module_connect_inet_stream, args, nargs, kwnames,
                      nsk_inet);
}

PyObject *nskp_module_connect_inet6_stream(NSKP_KEY) {
  return connect_host(self, &nskp_row_module_connect_inet6_stream, args, nargs, kwnames,
                      nsk_inet6);
}

PyObject *nskp_module_connect_stream(NSKP_KEY) {
  return connect_host(self, &nskp_row_module_connect_stream, args, nargs, kwnames,
                      nsk_any_family);
}

PyObject *nskp_module_connect_unix_stream(NSKP_KEY) {
  nskp_args a;
  nsk_addrinfo at = {.socktype = nsk_stream};
  nsk_deadline deadline = NSK_NO_DEADLINE;
  if (!nskp_bind(&a, &nskp_row_module_connect_unix_stream, args, nargs, kwnames) ||
      !nskp_get_unix(&a, 0, "connect", &at.addr) || !nskp_get_deadline(&a, 1, &deadline))
    return NULL;
  return connected(self, a.row, &(nsk_target){.at = &at}, deadline);
}

/* ------------------------------------------------------------ the object -- */

/* Waits without the GIL, and looks at signals and at the object in between. */
static nsk_outcome connect_waiting(const nskp_socket *self, nsk_socket *s,
                                   const nsk_addr *to, nsk_error *error) {
  nsk_connect_wait wait = {0, 0};
  for (;;) {
    PyThreadState *thread = PyEval_SaveThread();
    nsk_outcome outcome = nsk_socket_connect_wait(s, to, &wait, error);
    PyEval_RestoreThread(thread);
    if (outcome != NSK_INTERRUPTED) return outcome;
    if (self->s.fd < 0) return NSK_FAILED;
    if (PyErr_CheckSignals() < 0) return NSK_INTERRUPTED;
  }
}

PyObject *nskp_socket_connect(NSKP_KEY) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_args a;
  nskp_addrinfo *ai;
  nsk_error error;
  nsk_outcome outcome;
  bool open = true;
  if (!nskp_bind(&a, &nskp_row_socket_connect, args, nargs, kwnames) ||
      !nskp_get_address(&a, 0, nskp_state_of(self)->addrinfo_type, &ai))
    return NULL;
  if (sock->s.fd >= 0 && nsk_socket_blocking(&sock->s)) {
    nsk_socket view;
    nskp_enter(sock, &view);
    outcome = connect_waiting(sock, &view, &ai->info.addr, &error);
    sock->s.connecting = view.connecting;
    open = nskp_leave(sock);
  } else {
    outcome = nsk_socket_connect(&sock->s, &ai->info.addr, &error);
  }
  if (outcome == NSK_DONE && open) Py_RETURN_TRUE;
  /* Under way, or the queue is full: the error says which. */
  if (outcome == NSK_AGAIN) outcome = NSK_FAILED;
  return nskp_raise_outcome("connect", outcome, open, &error);
}
