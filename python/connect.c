/* Connecting: connect*, stepped under the GIL and waited for without it, and the
   method connect. */
#include "connect.h"

#include "args.h"
#include "error.h"
#include "lock.h"

/* --------------------------------------------------------- the operation -- */

typedef struct {
  nsk_connect op;
  nsk_socket *out;
  nsk_signals signals;
} opening;

static nsk_outcome go_on(nsk_socket *s, void *call, int more, nsk_error *error) {
  opening *o = call;
  nsk_addrinfo peer;
  nsk_interest interest;
  (void)s, (void)more;
  nsk_outcome outcome = nsk_connect_step(&o->op, o->out, &peer, &interest, error);
  if (outcome != NSK_AGAIN || interest.need == NSK_COLLECT) return outcome;
  if (interest.need == NSK_RESOLVE) {
    nsk_signals_release(&o->signals); /* it may take long */
    outcome = nsk_connect_resolve(&o->op, error);
  } else {
    outcome = nsk_wait_for(&interest, &o->signals, error);
  }
  /* Whatever the wait says but failure, the next step finds out why. */
  return outcome == NSK_FAILED ? outcome : NSK_INTERRUPTED;
}

static PyObject *connected(PyObject *module, const nskp_row *row,
                           const nsk_target *target, nsk_deadline deadline) {
  opening o;
  nsk_error error;
  nskp_state *state = nskp_state_of_module(module);
  nskp_socket *made = nskp_make_socket(state);
  if (made == NULL) return NULL;
  o.out = &made->s;
  nsk_outcome outcome =
      nsk_connect_start(&o.op, target, deadline, deadline.at == NSK_NEVER, &error);
  if (outcome == NSK_DONE) outcome = nskp_unlocked(go_on, &o, &o.signals, &error);
  while (outcome == NSK_AGAIN) { /* it has no descriptor left */
    nskp_collect(state);
    outcome = nskp_unlocked(go_on, &o, &o.signals, &error);
  }
  if (outcome != NSK_DONE) {
    Py_CLEAR(made);
    if (outcome != NSK_INTERRUPTED) nskp_raise(row, outcome, &error);
    if (outcome != NSK_INTERRUPTED) nsk_connect_stop(&o.op);
    if (outcome != NSK_INTERRUPTED) nskp_add_attempts(&o.op);
  }
  nsk_connect_drop(&o.op);
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

/* What a traceback shows of it below the exception, from Python 3.11 on. */
static bool add_note(PyObject *exception, const nsk_attempt_result *attempt) {
  char line[NSK_LINE_MAX];
  if (!PyObject_HasAttrString(exception, "add_note")) return true;
  size_t length = nsk_attempt_line(attempt, line, sizeof line);
  PyObject *text = PyUnicode_DecodeUTF8(line, (Py_ssize_t)length, "backslashreplace");
  if (text == NULL) return false;
  PyObject *done = PyObject_CallMethod(exception, "add_note", "N", text);
  Py_XDECREF(done);
  return done != NULL;
}

PyObject *nskp_add_attempts(const nsk_connect *op) {
  size_t count;
  const nsk_attempt_result *attempts = nsk_connect_attempts(op, &count);
  nskp_exception held = nskp_exception_take();
  PyObject *exception = nskp_exception_value(&held);
  PyObject *list = exception != NULL ? PyList_New(0) : NULL;
  for (size_t i = 0; list != NULL && i < count; i++) {
    PyObject *dict = attempt_dict(&attempts[i]);
    if (dict == NULL || PyList_Append(list, dict) < 0 ||
        !add_note(exception, &attempts[i]))
      Py_CLEAR(list);
    Py_XDECREF(dict);
  }
  if (list == NULL) PyErr_Clear();
  nskp_exception_return(held);
  nskp_annotate("attempts", list);
  return NULL;
}

/* ------------------------------------------------------ module functions -- */

PyObject *nskp_connect_address(nskp_connector *connect, const nskp_row *row, NSKP_KEY) {
  nskp_args a;
  nskp_addrinfo *ai;
  nsk_extras extras;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_address(&a, 0, nskp_state_of_module(self)->addrinfo_type, &ai) ||
      !nskp_get_deadline(&a, 1, &deadline) ||
      !nskp_get_extras(&a, nskp_state_of_module(self), true, &extras))
    return NULL;
  const nsk_target target = {.address = &ai->info, .extras = &extras};
  return connect(self, row, &target, deadline);
}

PyObject *nskp_connect_host(nskp_connector *connect, const nskp_row *row, int family,
                            int socktype, int protocol, NSKP_KEY) {
  nskp_args a;
  nsk_extras extras;
  nsk_target target = {
      .query = {.family = family, .socktype = socktype, .protocol = protocol},
      .race = family == nsk_any_family && socktype == nsk_stream,
      .extras = &extras};
  nsk_deadline deadline = NSK_NO_DEADLINE;
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_endpoint(&a, 0, &target.query.endpoint) ||
      !nskp_get_deadline(&a, 2, &deadline) ||
      !nskp_get_extras(&a, nskp_state_of_module(self), true, &extras))
    return NULL;
  return connect(self, row, &target, deadline);
}

PyObject *nskp_connect_unix(nskp_connector *connect, const nskp_row *row, int socktype,
                            NSKP_KEY) {
  nskp_args a;
  nsk_extras extras;
  nsk_addrinfo at = {.socktype = socktype};
  nsk_deadline deadline = NSK_NO_DEADLINE;
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_unix(&a, 0, "connect", &at.addr) ||
      (socktype == nsk_stream && !nskp_get_deadline(&a, 1, &deadline)) ||
      !nskp_get_extras(&a, nskp_state_of_module(self), true, &extras))
    return NULL;
  const nsk_target target = {.address = &at, .extras = &extras};
  return connect(self, row, &target, deadline);
}

PyObject *nskp_module_connect(NSKP_KEY) {
  return nskp_connect_address(connected, &nskp_row_module_connect, self, args, nargs,
                              kwnames);
}

#define CONNECT(NAME, FAMILY, TYPE, PROTOCOL)                                         \
  PyObject *nskp_module_##NAME(NSKP_KEY) {                                            \
    return nskp_connect_host(connected, &nskp_row_module_##NAME, nsk_##FAMILY,        \
                             nsk_##TYPE, nsk_##PROTOCOL, self, args, nargs, kwnames); \
  }
#define CONNECT_DGRAM CONNECT
#include "opener.def"

PyObject *nskp_module_connect_unix_stream(NSKP_KEY) {
  return nskp_connect_unix(connected, &nskp_row_module_connect_unix_stream, nsk_stream,
                           self, args, nargs, kwnames);
}

PyObject *nskp_module_connect_unix_dgram(NSKP_KEY) {
  return nskp_connect_unix(connected, &nskp_row_module_connect_unix_dgram, nsk_dgram,
                           self, args, nargs, kwnames);
}

/* ------------------------------------------------------------ the object -- */

/* A connect of the object; a blocking one looks at signals and at the object in between.
 */
typedef struct {
  const nsk_addr *to;
  nsk_connect_wait wait;
  uint8_t connecting;
} connecting;

static nsk_outcome connect_blocking(nsk_socket *s, void *call, int more,
                                    nsk_error *error) {
  connecting *c = call;
  (void)more;
  nsk_outcome outcome = nsk_socket_connect_wait(s, c->to, &c->wait, error);
  c->connecting = s->connecting;
  return outcome;
}

static nsk_outcome connect_once(nsk_socket *s, void *call, int more, nsk_error *error) {
  connecting *c = call;
  (void)more; /* it never blocks */
  nsk_outcome outcome = nsk_socket_connect(s, c->to, error);
  c->connecting = s->connecting;
  return outcome;
}

static nsk_outcome connect_object(nskp_socket *sock, const nsk_addr *to,
                                  nsk_error *error) {
  connecting c = {.to = to, .connecting = sock->s.connecting};
  bool blocking = sock->s.fd >= 0 && nsk_socket_blocking(&sock->s);
  const nskp_work work = {.op = "connect",
                          .about = to,
                          .body = blocking ? connect_blocking : connect_once,
                          .call = &c,
                          .cheap = true};
  nsk_outcome outcome = blocking ? nskp_outside(sock, &work, error)
                                 : nskp_plain(sock, &work, NSK_WRITE, 0, error);
  sock->s.connecting = c.connecting;
  return outcome;
}

PyObject *nskp_socket_connect(NSKP_KEY) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_args a;
  nskp_addrinfo *ai;
  nsk_error error;
  if (!nskp_bind(&a, &nskp_row_socket_connect, args, nargs, kwnames) ||
      !nskp_get_address(&a, 0, nskp_state_of(self)->addrinfo_type, &ai))
    return NULL;
  nsk_outcome outcome = connect_object(sock, &ai->info.addr, &error);
  if (outcome == NSK_DONE) Py_RETURN_TRUE;
  /* Under way, or the queue is full: the error says which. */
  if (outcome == NSK_AGAIN) outcome = NSK_FAILED;
  return nskp_raise_outcome("connect", outcome, &error);
}

PyObject *nskp_socket_disconnect(NSKP_POS) {
  nsk_error error;
  if (!nskp_bind_none(&nskp_row_socket_disconnect, nargs)) return NULL;
  nsk_outcome outcome = nsk_socket_disconnect(&((nskp_socket *)self)->s, &error);
  if (outcome != NSK_DONE) return nskp_raise_outcome("disconnect", outcome, &error);
  Py_RETURN_TRUE;
}
