/* What the kernel has to tell about what was sent. */
#include "args.h"
#include "error.h"
#include "objects.h"

/* The keys of an entry. They are kept, since to make and to hash them took longer than
   all else. */
enum {
  ERRNO,
  ORIGIN,
  TYPE,
  CODE,
  INFO,
  DATA,
  EVENT,
  OFFENDER,
  MESSAGE,
  TIME,
  DEVICE_TIME,
  DESTINATION,
  NAMES
};

static const char *const names[NAMES] = {"errno", "origin",  "type",           "code",
                                         "info",  "data",    "event",          "offender",
                                         "msg",   "time_ns", "device_time_ns", "to"};

int nskp_add_queued_names(PyObject *module) {
  PyObject *made = PyTuple_New(NAMES);
  for (int i = 0; made != NULL && i < NAMES; i++) {
    PyObject *name = PyUnicode_InternFromString(names[i]);
    if (name == NULL)
      Py_CLEAR(made);
    else
      PyTuple_SetItem(made, i, name);
  }
  nskp_state_of_module(module)->queued_names = made;
  return made != NULL ? 0 : -1;
}

/* An entry that is being made. */
typedef struct {
  PyObject *dict, *names;
} entry;

/* Takes the reference to value; false with an exception, as when value is NULL. */
static bool put(const entry *e, int name, PyObject *value) {
  bool done = value != NULL &&
              PyDict_SetItem(e->dict, PyTuple_GetItem(e->names, name), value) == 0;
  Py_XDECREF(value);
  return done;
}

static PyObject *word(const char *text) {
  if (text == NULL) Py_RETURN_NONE;
  return PyUnicode_FromString(text);
}

static PyObject *number(uint32_t n) {
  return PyLong_FromUnsignedLong(n);
}

static PyObject *offender_of(nskp_state *state, const nsk_cmsg_value *value) {
  if (value->addr.length == 0) Py_RETURN_NONE;
  nskp_addrinfo *made = nskp_make_addrinfo(state);
  if (made != NULL) made->info.addr = value->addr;
  return (PyObject *)made;
}

PyObject *nskp_queued_error(nskp_state *state, const nsk_cmsg_value *value) {
  const entry e = {PyDict_New(), state->queued_names};
  if (e.dict == NULL) return NULL;
  if (put(&e, ERRNO, number(value->code_of_error)) &&
      put(&e, ORIGIN, word(value->origin)) && put(&e, TYPE, number(value->type)) &&
      put(&e, CODE, number(value->code)) && put(&e, INFO, number(value->info)) &&
      put(&e, DATA, number(value->data)) && put(&e, EVENT, word(value->event)) &&
      put(&e, OFFENDER, offender_of(state, value)))
    return e.dict;
  Py_DECREF(e.dict);
  return NULL;
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
  nskp_state *state = nskp_state_of((PyObject *)self);
  const char *bytes = (const char *)queued->bytes;
  const entry e = {nskp_queued_error(state, &queued->error), state->queued_names};
  if (e.dict == NULL) return NULL;
  if (put(&e, MESSAGE, PyBytes_FromStringAndSize(bytes, (Py_ssize_t)queued->length)) &&
      put(&e, TIME, time_of(queued->has_time, queued->time_ns)) &&
      put(&e, DEVICE_TIME, time_of(queued->has_device_time, queued->device_time_ns)) &&
      put(&e, DESTINATION, destination(self, queued->to)))
    return e.dict;
  Py_DECREF(e.dict);
  return NULL;
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
