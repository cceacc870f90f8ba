/* Control messages: one (CmsgHdr), and a queue of them (CmsgHdrs). */
#include "objects.h"

#include "args.h"
#include "error.h"

/* ---------------------------------------------------------- one: its value -- */

static nsk_cmsg *cmsg_of(PyObject *self) {
  return &((nskp_cmsghdr *)self)->cmsg;
}

static nskp_cmsghdr *make(nskp_state *state) {
  return (nskp_cmsghdr *)PyType_GenericAlloc(state->cmsghdr_type, 0);
}

PyObject *nskp_cmsghdr_level(NSKP_POS) {
  if (!nskp_bind_none(&nskp_row_cmsghdr_level, nargs)) return NULL;
  return PyLong_FromLong(cmsg_of(self)->level);
}

PyObject *nskp_cmsghdr_type(NSKP_POS) {
  if (!nskp_bind_none(&nskp_row_cmsghdr_type, nargs)) return NULL;
  return PyLong_FromLong(cmsg_of(self)->type);
}

static PyObject *numbers_of(const nsk_cmsg *cmsg) {
  size_t count = nsk_cmsg_fds(cmsg);
  PyObject *made = PyTuple_New((Py_ssize_t)count);
  for (size_t i = 0; made != NULL && i < count; i++) {
    PyObject *fd = PyLong_FromLong(nsk_cmsg_fd(cmsg, i));
    if (fd == NULL || PyTuple_SetItem(made, (Py_ssize_t)i, fd) < 0) Py_CLEAR(made);
  }
  return made;
}

/* Received descriptors are handed over once their numbers are all there to give. Before
   3.12 making the tuple may run a finalizer, which may have taken them. */
PyObject *nskp_cmsghdr_data(NSKP_POS) {
  nsk_cmsg *cmsg = cmsg_of(self);
  if (!nskp_bind_none(&nskp_row_cmsghdr_data, nargs)) return NULL;
  if (!nsk_cmsg_has_fds(cmsg))
    return PyBytes_FromStringAndSize((char *)cmsg->data, (Py_ssize_t)cmsg->length);
  PyObject *fds = cmsg->taken ? NULL : numbers_of(cmsg);
  if (cmsg->taken) {
    Py_XDECREF(fds);
    Py_RETURN_NONE;
  }
  if (fds != NULL && cmsg->owned) nsk_cmsg_take(cmsg);
  return fds;
}

static PyObject *address(nskp_state *state, const nsk_cmsg_value *value) {
  nskp_addrinfo *made = nskp_make_addrinfo(state);
  if (made != NULL) made->info.addr = value->addr;
  return (PyObject *)made;
}

static PyObject *packet_info(nskp_state *state, const nsk_cmsg_value *value) {
  nskp_addrinfo *addr = nskp_make_addrinfo(state);
  nskp_addrinfo *local = nskp_make_addrinfo(state);
  PyObject *made = NULL;
  if (addr != NULL && local != NULL) {
    addr->info.addr = value->addr;
    local->info.addr = value->local;
    made = Py_BuildValue("{sI,sO,sO}", "ifindex", value->ifindex, "addr", addr, "local",
                         value->local.length > 0 ? (PyObject *)local : Py_None);
  }
  Py_XDECREF((PyObject *)addr);
  Py_XDECREF((PyObject *)local);
  return made;
}

PyObject *nskp_cmsghdr_value(NSKP_POS) {
  nsk_cmsg_value value;
  if (!nskp_bind_none(&nskp_row_cmsghdr_value, nargs)) return NULL;
  switch (nsk_cmsg_decode(cmsg_of(self), &value)) {
    case NSK_CMSG_INTEGER:
      return PyLong_FromLongLong(value.integer);
    case NSK_CMSG_TIME:
      return PyFloat_FromDouble((double)value.seconds + (double)value.nanoseconds / 1e9);
    case NSK_CMSG_CREDENTIALS:
      return Py_BuildValue("{sI,sI,sI}", "pid", value.pid, "uid", value.uid, "gid",
                           value.gid);
    case NSK_CMSG_PKTINFO:
      return packet_info(nskp_state_of(self), &value);
    case NSK_CMSG_ADDRESS:
      return address(nskp_state_of(self), &value);
    case NSK_CMSG_QUEUED:
      return nskp_queued_error(nskp_state_of(self), &value);
    case NSK_CMSG_RIGHTS:
    case NSK_CMSG_BYTES:
      break;
  }
  Py_RETURN_NONE;
}

/* ----------------------------------------------------- one: made from a value -- */

/* What a dict holds under a name, borrowed; NULL also with an exception. */
static PyObject *held(PyObject *dict, const char *name) {
  PyObject *key = PyUnicode_FromString(name);
  if (key == NULL) return NULL;
  PyObject *found = PyDict_GetItemWithError(dict, key);
  Py_DECREF(key);
  return found;
}

/* Reads an integer of 0..most that a dict holds under a name; false with an exception. */
static bool member(PyObject *dict, const char *name, bool required, uint32_t most,
                   uint32_t *value) {
  PyObject *given = held(dict, name);
  if (given == NULL && PyErr_Occurred()) return false;
  if (given == NULL && !required) return true;
  if (given == NULL || !PyLong_Check(given) || PyBool_Check(given)) {
    PyErr_Format(PyExc_TypeError, "new() data: int expected for %s", name);
    return false;
  }
  unsigned long number = PyLong_AsUnsignedLong(given);
  if (number == (unsigned long)-1 && PyErr_Occurred()) return false;
  *value = (uint32_t)number;
  if (number <= most) return true;
  PyErr_Format(PyExc_OverflowError, "new() data: %s too large", name);
  return false;
}

static bool address_member(nskp_state *state, PyObject *dict, nsk_addr *addr) {
  PyObject *given = held(dict, "addr");
  if (given == NULL) return !PyErr_Occurred();
  if (Py_TYPE(given) == state->addrinfo_type) {
    *addr = ((nskp_addrinfo *)given)->info.addr;
    return true;
  }
  PyErr_SetString(PyExc_TypeError, "new() data: AddrInfo expected for addr");
  return false;
}

/* The kind of a level and a type, which may be far outside of int. */
static nsk_cmsg_kind kind_of(int64_t level, int64_t type) {
  bool fits = level == (int32_t)level && type == (int32_t)type;
  return fits ? nsk_cmsg_made_of((int)level, (int)type) : NSK_CMSG_BYTES;
}

/* What a value means depends on the kind; the core refuses one where only bytes can be
   meant. */
static bool from_value(nskp_state *state, const nskp_args *a, nsk_cmsg_kind kind,
                       nsk_cmsg_value *value) {
  PyObject *data = a->value[2];
  bool dict = PyDict_Check(data);
  switch (kind) {
    case NSK_CMSG_CREDENTIALS:
      if (!dict) return nskp_refuse(a, 2, "bytes or dict", data);
      return member(data, "pid", true, UINT32_MAX, &value->pid) &&
             member(data, "uid", true, UINT32_MAX, &value->uid) &&
             member(data, "gid", true, UINT32_MAX, &value->gid);
    case NSK_CMSG_PKTINFO:
      if (!dict) return nskp_refuse(a, 2, "bytes or dict", data);
      return member(data, "ifindex", false, INT32_MAX, &value->ifindex) &&
             address_member(state, data, &value->addr);
    case NSK_CMSG_INTEGER:
      if (dict) return nskp_refuse(a, 2, "bytes or int", data);
      return nskp_get_integer(a, 2, &value->integer);
    case NSK_CMSG_BYTES:
    case NSK_CMSG_RIGHTS:
    case NSK_CMSG_TIME:
    case NSK_CMSG_ADDRESS:
    case NSK_CMSG_QUEUED:
      break;
  }
  return true;
}

/* data is bytes, or a value that the level and type give a meaning. */
static nsk_outcome encode(nskp_state *state, const nskp_args *a, nsk_cmsg *cmsg,
                          int64_t level, int64_t type, nsk_error *error) {
  nsk_cmsg_value value = {0};
  Py_buffer view;
  PyObject *data = a->value[2];
  if (PyDict_Check(data) || (PyLong_Check(data) && !PyBool_Check(data))) {
    if (!from_value(state, a, kind_of(level, type), &value)) return NSK_INTERRUPTED;
    return nsk_cmsg_encode(cmsg, level, type, &value, error);
  }
  if (!nskp_get_buffer(a, 2, &view)) return NSK_INTERRUPTED;
  nsk_outcome outcome =
      nsk_cmsg_make(cmsg, level, type, view.buf, (size_t)view.len, error);
  PyBuffer_Release(&view);
  return outcome;
}

/* NSK_INTERRUPTED: an exception is set already. */
static PyObject *made(const nskp_row *row, nskp_cmsghdr *cmsghdr, nsk_outcome outcome,
                      const nsk_error *error) {
  if (outcome == NSK_DONE) return (PyObject *)cmsghdr;
  Py_DECREF(cmsghdr);
  return outcome == NSK_INTERRUPTED ? NULL : nskp_raise(row, outcome, error);
}

PyObject *nskp_cmsghdr_make_new(NSKP_POS) {
  nskp_state *state = nskp_state_of_module(self);
  nskp_args a;
  nsk_error error;
  int64_t level, type;
  if (!nskp_bind(&a, &nskp_row_cmsghdr_make_new, args, nargs, NULL) ||
      !nskp_get_integer(&a, 0, &level) || !nskp_get_integer(&a, 1, &type))
    return NULL;
  nskp_cmsghdr *cmsghdr = make(state);
  if (cmsghdr == NULL) return NULL;
  nsk_outcome outcome = encode(state, &a, &cmsghdr->cmsg, level, type, &error);
  return made(a.row, cmsghdr, outcome, &error);
}

PyObject *nskp_cmsghdr_make_rights(NSKP_POS) {
  int64_t fds[NSK_RIGHTS_MAX];
  nskp_args a;
  nsk_error error;
  if (!nskp_bind(&a, &nskp_row_cmsghdr_make_rights, args, nargs, NULL)) return NULL;
  for (Py_ssize_t i = 0; i < nargs && i < NSK_RIGHTS_MAX; i++) {
    a.value[0] = args[i];
    if (!nskp_get_integer(&a, 0, &fds[i])) return NULL;
  }
  nskp_cmsghdr *cmsghdr = make(nskp_state_of_module(self));
  if (cmsghdr == NULL) return NULL;
  nsk_outcome outcome = nsk_cmsg_make_rights(&cmsghdr->cmsg, fds, (size_t)nargs, &error);
  return made(a.row, cmsghdr, outcome, &error);
}

/* ---------------------------------------------------------------- one: the type -- */

static Py_ssize_t cmsghdr_length(PyObject *self) {
  return (Py_ssize_t)cmsg_of(self)->length;
}

/* The bytes as they came. Descriptors are no bytes: they have one owner. */
static int cmsghdr_buffer(PyObject *self, Py_buffer *view, int flags) {
  nsk_cmsg *cmsg = cmsg_of(self);
  if (nsk_cmsg_has_fds(cmsg)) {
    PyErr_SetString(PyExc_BufferError, "descriptors are taken with data()");
    return -1;
  }
  return PyBuffer_FillInfo(view, self, cmsg->data, (Py_ssize_t)cmsg->length, 1, flags);
}

static PyObject *cmsghdr_repr(PyObject *self) {
  const nsk_cmsg *cmsg = cmsg_of(self);
  return PyUnicode_FromFormat("<netsocket.CmsgHdr level=%d type=%d length=%zd>",
                              cmsg->level, cmsg->type, (Py_ssize_t)cmsg->length);
}

static void cmsghdr_finalize(PyObject *self) {
  nsk_cmsg_free(cmsg_of(self));
}

static PyType_Slot cmsghdr_slots[] = {
    {Py_tp_doc, "A control message; received descriptors in it are its own until taken."},
    {Py_tp_repr, cmsghdr_repr},
    {Py_sq_length, cmsghdr_length},
    {Py_tp_finalize, cmsghdr_finalize},
    {Py_tp_methods, nskp_cmsghdr_methods},
    NSKP_BUFFER_SLOT(cmsghdr_buffer){0, NULL}};

PyType_Spec nskp_cmsghdr_spec =
    NSKP_TYPE("netsocket.CmsgHdr", nskp_cmsghdr, cmsghdr_slots);

/* --------------------------------------------------------------------- the queue -- */

static nskp_cmsghdrs *queue_of(PyObject *self) {
  return (nskp_cmsghdrs *)self;
}

static bool queue_free(PyObject *self) {
  if (queue_of(self)->busy == 0) return true;
  PyErr_SetString(PyExc_BufferError, "the control messages are in use by a call");
  return false;
}

PyObject *nskp_cmsghdrs_make_new(NSKP_POS) {
  if (!nskp_bind_none(&nskp_row_cmsghdrs_make_new, nargs)) return NULL;
  return PyType_GenericAlloc(nskp_state_of_module(self)->cmsghdrs_type, 0);
}

/* The queue copies the numbers of descriptors that a message still owns: were it
   collected before they are sent, the numbers would be another file's. The queue holds
   it as long as it holds the numbers, under its place among all that was ever pushed. */

/* Before 3.12 making a dict may run a finalizer, whose own push makes it too. */
static bool make_held(nskp_cmsghdrs *queue) {
  PyObject *made = queue->pushed == NULL ? PyDict_New() : NULL;
  if (queue->pushed == NULL)
    queue->pushed = made;
  else
    Py_XDECREF(made);
  return queue->pushed != NULL;
}

/* Holds a message, or with NULL none, for a place. */
static bool hold(nskp_cmsghdrs *queue, size_t place, PyObject *cmsghdr) {
  PyObject *key = PyLong_FromSize_t(place);
  if (key == NULL) return false;
  int status = cmsghdr != NULL ? PyDict_SetItem(queue->pushed, key, cmsghdr)
                               : PyDict_DelItem(queue->pushed, key);
  Py_DECREF(key);
  return status == 0;
}

PyObject *nskp_cmsghdrs_push(NSKP_POS) {
  nskp_cmsghdrs *queue = queue_of(self);
  nskp_args a;
  nsk_error error;
  nskp_cmsghdr *cmsghdr;
  if (!nskp_bind(&a, &nskp_row_cmsghdrs_push, args, nargs, NULL) ||
      !nskp_get_object(&a, 0, nskp_state_of(self)->cmsghdr_type, "CmsgHdr", &cmsghdr) ||
      (cmsghdr->cmsg.owned && !make_held(queue)) || !queue_free(self))
    return NULL;
  size_t place = queue->control.shifted + queue->control.count;
  bool owned = cmsghdr->cmsg.owned;
  if (owned && !hold(queue, place, (PyObject *)cmsghdr)) return NULL;
  nsk_outcome outcome = nsk_control_push(&queue->control, &cmsghdr->cmsg, &error);
  if (outcome == NSK_DONE) Py_RETURN_TRUE;
  if (owned) hold(queue, place, NULL);
  return nskp_raise(a.row, outcome, &error);
}

/* The message that is held for the first place, dropped from the queue; NULL when there
   is none, or with an exception. */
static PyObject *shift_held(nskp_cmsghdrs *queue) {
  size_t place = queue->control.shifted;
  PyObject *key = queue->pushed != NULL ? PyLong_FromSize_t(place) : NULL;
  if (key == NULL) return NULL;
  PyObject *held = PyDict_GetItemWithError(queue->pushed, key);
  Py_XINCREF(held);
  if (held != NULL && PyDict_DelItem(queue->pushed, key) < 0) Py_CLEAR(held);
  Py_DECREF(key);
  if (held != NULL) nsk_control_drop(&queue->control);
  return held;
}

PyObject *nskp_cmsghdrs_shift(NSKP_POS) {
  nsk_error error;
  if (!nskp_bind_none(&nskp_row_cmsghdrs_shift, nargs) || !queue_free(self)) return NULL;
  PyObject *held = shift_held(queue_of(self));
  if (held != NULL || PyErr_Occurred()) return held;
  nskp_cmsghdr *cmsghdr = make(nskp_state_of(self));
  if (cmsghdr == NULL) return NULL;
  nsk_outcome outcome =
      nsk_control_shift(&queue_of(self)->control, &cmsghdr->cmsg, &error);
  if (outcome == NSK_DONE) return (PyObject *)cmsghdr;
  Py_DECREF(cmsghdr);
  if (outcome == NSK_END) Py_RETURN_NONE;
  return nskp_raise(&nskp_row_cmsghdrs_shift, outcome, &error);
}

void nskp_let_go(nskp_cmsghdrs *queue) {
  Py_CLEAR(queue->pushed);
}

static Py_ssize_t cmsghdrs_length(PyObject *self) {
  return (Py_ssize_t)queue_of(self)->control.count;
}

static void cmsghdrs_finalize(PyObject *self) {
  nsk_control_free(&queue_of(self)->control);
  nskp_let_go(queue_of(self));
}

static PyObject *cmsghdrs_repr(PyObject *self) {
  return PyUnicode_FromFormat("<netsocket.CmsgHdrs: %zd control messages>",
                              (Py_ssize_t)queue_of(self)->control.count);
}

static PyType_Slot cmsghdrs_slots[] = {{Py_tp_doc, "Control messages in a queue."},
                                       {Py_tp_repr, cmsghdrs_repr},
                                       {Py_sq_length, cmsghdrs_length},
                                       {Py_tp_finalize, cmsghdrs_finalize},
                                       {Py_tp_methods, nskp_cmsghdrs_methods},
                                       {0, NULL}};

PyType_Spec nskp_cmsghdrs_spec =
    NSKP_TYPE("netsocket.CmsgHdrs", nskp_cmsghdrs, cmsghdrs_slots);
