/* Packets as tuples of two, whose type says whether one was cut: making a structure's
   sequence of each would look up its length by name, which takes longer than the rest. */
#include "objects.h"

static PyObject *item(PyObject *self, void *index) {
  PyObject *found = PyTuple_GetItem(self, (Py_ssize_t)(intptr_t)index);
  Py_XINCREF(found);
  return found;
}

static PyObject *yes(PyObject *self, void *nothing) {
  (void)self, (void)nothing;
  Py_RETURN_TRUE;
}

static PyObject *no(PyObject *self, void *nothing) {
  (void)self, (void)nothing;
  Py_RETURN_FALSE;
}

static PyObject *repr_of(PyObject *self, const char *cut) {
  PyObject *msg = item(self, (void *)0), *sender = item(self, (void *)1);
  PyObject *made = NULL;
  if (msg != NULL && sender != NULL)
    made =
        PyUnicode_FromFormat("netsocket.Packet(msg=%R, sender=%R%s)", msg, sender, cut);
  Py_XDECREF(msg);
  Py_XDECREF(sender);
  return made;
}

static PyObject *whole_repr(PyObject *self) {
  return repr_of(self, "");
}

static PyObject *cut_repr(PyObject *self) {
  return repr_of(self, ", cut=True");
}

/* That of a tuple with the same items, which keeps its own from CPython 3.14 on: in a
   place that only its constructor sets. */
static Py_hash_t hash_of(PyObject *self) {
  PyObject *plain = PyTuple_GetSlice(self, 0, PyTuple_Size(self));
  Py_hash_t hash = plain != NULL ? PyObject_Hash(plain) : -1;
  Py_XDECREF(plain);
  return hash;
}

/* A type with a hash of its own inherits no comparison. */
static PyObject *compare(PyObject *self, PyObject *other, int how) {
  return nskp_slot_of_tuple(tp_richcompare, richcmpfunc)(self, other, how);
}

static PyGetSetDef whole_members[] = {
    {"msg", item, NULL, "The bytes.", (void *)0},
    {"sender", item, NULL, "Its address, or None.", (void *)1},
    {"cut", no, NULL, "Whether there were more bytes than room.", NULL},
    {NULL, NULL, NULL, NULL, NULL}};
static PyGetSetDef cut_members[] = {
    {"cut", yes, NULL, "Whether there were more bytes than room.", NULL},
    {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot whole_slots[] = {{Py_tp_doc, "A packet of Socket.recvmany."},
                                    {Py_tp_repr, whole_repr},
                                    {Py_tp_hash, hash_of},
                                    {Py_tp_richcompare, compare},
                                    {Py_tp_getset, whole_members},
                                    {0, NULL}};
static PyType_Slot cut_slots[] = {{Py_tp_doc, "A packet that had more bytes than room."},
                                  {Py_tp_repr, cut_repr},
                                  {Py_tp_getset, cut_members},
                                  {0, NULL}};
static PyType_Spec whole_spec = {.name = "netsocket.Packet",
                                 .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                                 .slots = whole_slots};
static PyType_Spec cut_spec = {
    .name = "netsocket.CutPacket", .flags = Py_TPFLAGS_DEFAULT, .slots = cut_slots};

static PyTypeObject *type_of(PyObject *module, const char *name, PyType_Spec *spec,
                             PyTypeObject *base) {
  PyObject *bases = PyTuple_Pack(1, (PyObject *)base);
  PyObject *type = bases != NULL ? PyType_FromSpecWithBases(spec, bases) : NULL;
  Py_XDECREF(bases);
  if (type != NULL && PyObject_SetAttrString(module, name, type) < 0) Py_CLEAR(type);
  return (PyTypeObject *)type;
}

int nskp_add_packet(PyObject *module) {
  nskp_state *state = nskp_state_of_module(module);
  state->packet_type = type_of(module, "Packet", &whole_spec, &PyTuple_Type);
  if (state->packet_type == NULL) return -1;
  PyObject *names = Py_BuildValue("(ss)", "msg", "sender");
  int status = names == NULL ? -1
                             : PyObject_SetAttrString((PyObject *)state->packet_type,
                                                      "__match_args__", names);
  Py_XDECREF(names);
  if (status < 0) return -1;
  state->cut_packet_type = type_of(module, "CutPacket", &cut_spec, state->packet_type);
  return state->cut_packet_type != NULL ? 0 : -1;
}

PyObject *nskp_packet(const nskp_state *state, PyObject *msg, PyObject *sender,
                      bool cut) {
  PyTypeObject *type = cut ? state->cut_packet_type : state->packet_type;
  PyObject *made = PyType_GenericAlloc(type, 2);
  if (made == NULL) {
    Py_DECREF(msg);
    Py_DECREF(sender);
    return NULL;
  }
  PyTuple_SetItem(made, 0, msg);
  PyTuple_SetItem(made, 1, sender);
  return made;
}
