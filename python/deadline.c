/* Times as arguments, and the deadline object: one point of time for many calls. */
#include "objects.h"

#include "args.h"

/* Never changes once it is made. */
typedef struct {
  PyObject_HEAD nsk_deadline deadline;
} nskp_deadline;

static const nsk_deadline *deadline_of(PyObject *self) {
  return &((nskp_deadline *)self)->deadline;
}

static PyObject *repr(PyObject *self) {
  PyObject *left = PyFloat_FromDouble(nsk_deadline_left(deadline_of(self)));
  if (left == NULL) return NULL;
  PyObject *text = PyUnicode_FromFormat("<netsocket.Deadline: %R s left>", left);
  Py_DECREF(left);
  return text;
}

/* Arguments know no state of the module. The type is final, so that nothing else has its
   repr. */
static bool is_deadline(PyObject *given) {
  PyTypeObject *type = Py_TYPE(given);
  bool heap = (PyType_GetFlags(type) & Py_TPFLAGS_HEAPTYPE) != 0;
  return heap && PyType_GetSlot(type, Py_tp_repr) == (void *)repr;
}

/* -------------------------------------------------------------- arguments -- */

static bool from_seconds(const nskp_args *a, int i, nsk_deadline *deadline) {
  double seconds = 0;
  nsk_error error;
  if (!nskp_get_seconds(a, i, &seconds)) return false;
  nsk_outcome outcome = nsk_deadline_in(seconds, a->row->name, "sec", deadline, &error);
  return outcome == NSK_DONE || nskp_out_of_range(a, i, error.text);
}

bool nskp_get_deadline(const nskp_args *a, int i, nsk_deadline *deadline) {
  PyObject *given = a->value[i];
  if (given == NULL) return true;
  if (PyFloat_Check(given) || PyLong_Check(given)) return from_seconds(a, i, deadline);
  if (!is_deadline(given)) return nskp_refuse(a, i, "float, int or Deadline", given);
  *deadline = *deadline_of(given);
  return true;
}

bool nskp_get_limit(const nskp_args *a, int i, const nskp_socket *sock,
                    nsk_deadline *deadline) {
  *deadline = nsk_socket_deadline(&sock->s);
  return nskp_get_deadline(a, i, deadline);
}

/* -------------------------------------------------------------- the object -- */

PyObject *nskp_module_deadline(NSKP_KEY) {
  nskp_args a;
  nsk_deadline deadline;
  if (!nskp_bind(&a, &nskp_row_module_deadline, args, nargs, kwnames) ||
      !nskp_get_deadline(&a, 0, &deadline))
    return NULL;
  PyObject *made = PyType_GenericAlloc(nskp_state_of_module(self)->deadline_type, 0);
  if (made != NULL) ((nskp_deadline *)made)->deadline = deadline;
  return made;
}

PyObject *nskp_deadline_left(NSKP_POS) {
  if (!nskp_bind_none(&nskp_row_deadline_left, nargs)) return NULL;
  return PyFloat_FromDouble(nsk_deadline_left(deadline_of(self)));
}

static PyType_Slot slots[] = {
    {Py_tp_doc, "A point of time, which calls take in place of seconds."},
    {Py_tp_repr, repr},
    {Py_tp_methods, nskp_deadline_methods},
    {0, NULL}};

PyType_Spec nskp_deadline_spec = NSKP_TYPE("netsocket.Deadline", nskp_deadline, slots);
