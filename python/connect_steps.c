/* A connect that somebody else waits for: what netsocket.aio steps. Not public. */
#include "connect_steps.h"

#include "args.h"
#include "connect.h"
#include "error.h"
#include "lock.h"

typedef struct {
  PyObject_HEAD nsk_connect op;
  bool begun;
} connecting;

static connecting *of(PyObject *self) {
  return (connecting *)self;
}

/* Resolving is left to a worker: whoever steps must not block. */
static PyObject *begin(PyObject *module, const nskp_row *row, const nsk_target *target,
                       nsk_deadline deadline) {
  nsk_error error;
  PyTypeObject *type = nskp_state_of_module(module)->connecting_type;
  connecting *made = (connecting *)PyType_GenericAlloc(type, 0);
  if (made == NULL) return NULL;
  made->begun = true;
  nsk_outcome outcome = nsk_connect_start(&made->op, target, deadline, false, &error);
  if (outcome == NSK_DONE) return (PyObject *)made;
  nskp_raise(row, outcome, &error);
  nskp_add_attempts(&made->op);
  Py_DECREF(made);
  return NULL;
}

static const nskp_row row_begin = {"connect", "ai, conndeadl=None"};
static const nskp_row row_begin_path = {"connect_unix_stream",
                                        "pathname, conndeadl=None"};
static const nskp_row row_begin_host = {"connect",
                                        "host, port, family, race, conndeadl=None"};

PyObject *nskp_connecting_to(NSKP_POS) {
  nskp_args a;
  nskp_addrinfo *ai;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  if (!nskp_bind(&a, &row_begin, args, nargs, NULL) ||
      !nskp_get_address(&a, 0, nskp_state_of_module(self)->addrinfo_type, &ai) ||
      !nskp_get_deadline(&a, 1, &deadline))
    return NULL;
  return begin(self, a.row, &(nsk_target){.at = &ai->info}, deadline);
}

PyObject *nskp_connecting_by_name(NSKP_POS) {
  nskp_args a;
  nsk_target target = {.query = {.socktype = nsk_stream}};
  nsk_deadline deadline = NSK_NO_DEADLINE;
  if (!nskp_bind(&a, &row_begin_host, args, nargs, NULL) ||
      !nskp_get_endpoint(&a, 0, &target.query.at) ||
      !nskp_get_int(&a, 2, &target.query.family) || !nskp_get_bool(&a, 3, &target.race) ||
      !nskp_get_deadline(&a, 4, &deadline))
    return NULL;
  return begin(self, a.row, &target, deadline);
}

PyObject *nskp_connecting_to_path(NSKP_POS) {
  nskp_args a;
  nsk_addrinfo at = {.socktype = nsk_stream};
  nsk_deadline deadline = NSK_NO_DEADLINE;
  if (!nskp_bind(&a, &row_begin_path, args, nargs, NULL) ||
      !nskp_get_unix(&a, 0, "connect", &at.addr) || !nskp_get_deadline(&a, 1, &deadline))
    return NULL;
  return begin(self, a.row, &(nsk_target){.at = &at}, deadline);
}

PyObject *nskp_interest(const nsk_interest *interest) {
  PyObject *seconds = Py_None;
  if (interest->until == NSK_NEVER) {
    Py_INCREF(seconds);
  } else {
    int64_t left = interest->until - nsk_now();
    seconds = PyFloat_FromDouble(left > 0 ? (double)left / 1e9 : 0.0);
    if (seconds == NULL) return NULL;
  }
  return Py_BuildValue("(iNN)", interest->fd,
                       PyBool_FromLong(interest->need == NSK_WRITE), seconds);
}

static nsk_outcome resolve(nsk_socket *s, void *call, int more, nsk_error *error) {
  (void)s, (void)more;
  return nsk_connect_resolve(call, error);
}

/* NSK_AGAIN: *interest is that of one descriptor. It resolves in place where there is no
   thread for that, and no deadline. */
static nsk_outcome go_on(nsk_connect *op, nsk_socket *out, nsk_interest *interest,
                         nsk_error *error) {
  nsk_addrinfo peer;
  for (;;) {
    nsk_outcome outcome = nsk_connect_step(op, out, &peer, interest, error);
    if (outcome != NSK_AGAIN) return outcome;
    outcome = interest->need == NSK_RESOLVE ? nskp_unlocked(resolve, op, NULL, error)
                                            : nsk_wait_by_one(interest, error);
    if (outcome != NSK_DONE) return outcome;
  }
}

/* The connected socket, or (fd, whether to wait for writing, seconds or None). */
static PyObject *step(PyObject *self, PyObject *nothing) {
  nsk_interest interest;
  nsk_error error;
  (void)nothing;
  nskp_socket *made = nskp_make_socket(nskp_state_of(self));
  if (made == NULL) return NULL;
  nsk_outcome outcome = go_on(&of(self)->op, &made->s, &interest, &error);
  if (outcome == NSK_DONE) return (PyObject *)made;
  Py_DECREF(made);
  if (outcome == NSK_AGAIN) return nskp_interest(&interest);
  nskp_raise(NULL, outcome, &error);
  return nskp_add_attempts(&of(self)->op);
}

static PyObject *finish(PyObject *self, PyObject *nothing) {
  (void)nothing;
  if (of(self)->begun) nsk_connect_drop(&of(self)->op);
  Py_RETURN_NONE;
}

static void finalize(PyObject *self) {
  if (of(self)->begun) nsk_connect_drop(&of(self)->op);
}

static PyMethodDef methods[] = {{"step", step, METH_NOARGS, NULL},
                                {"finish", finish, METH_NOARGS, NULL},
                                {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = {
    {Py_tp_methods, methods}, {Py_tp_finalize, finalize}, {0, NULL}};

PyType_Spec nskp_connecting_spec = {
    .name = "netsocket._Connecting",
    .basicsize = sizeof(connecting),
    .flags = Py_TPFLAGS_DEFAULT | NSKP_TYPE_FLAGS,
    .slots = slots,
};
