/*
 * A registration as the future of the task that waits for it: what asyncio's tasks do
 * with a future, and no more.
 *
 * Waking goes from the loop's callback straight into the task. A future of the loop would
 * take another turn of it, in which a descriptor that has not been read yet is reported
 * again, so that each message would wake its task twice.
 */
#include "args.h"
#include "registration.h"

static nskp_registration *registration_of(PyObject *self) {
  return (nskp_registration *)self;
}

/* -------------------------------------------------------------------- waking -- */

PyObject *nskp_wake(nskp_registration *r, nskp_wait_state how, bool at_once) {
  PyObject *wakeup = r->wakeup, *context = r->context;
  PyObject *result = NULL;
  r->wait = how;
  r->wakeup = r->context = NULL;
  if (wakeup == NULL) Py_RETURN_NONE;
  Py_INCREF((PyObject *)r);
  if (at_once) {
    PyObject *run = nskp_state_of((PyObject *)r)->run;
    result = PyObject_CallMethodObjArgs(context, run, wakeup, (PyObject *)r, NULL);
  } else {
    /* A signal's handler may close what a loop waits for that sleeps in its poll. */
    bool sleeps = how == NSKP_FORGOTTEN;
    PyObject *method =
        PyObject_GetAttrString(r->loop, sleeps ? "call_soon_threadsafe" : "call_soon");
    PyObject *args = PyTuple_Pack(2, wakeup, (PyObject *)r);
    PyObject *names = Py_BuildValue("{sO}", "context", context);
    if (method != NULL && args != NULL && names != NULL)
      result = PyObject_Call(method, args, names);
    Py_XDECREF(method);
    Py_XDECREF(args);
    Py_XDECREF(names);
  }
  Py_DECREF(wakeup);
  Py_DECREF(context);
  Py_DECREF((PyObject *)r);
  return result;
}

/* --------------------------------------------- what a task does with a future -- */

static PyObject *get_loop(PyObject *self, PyObject *nothing) {
  (void)nothing;
  PyObject *loop =
      registration_of(self)->loop != NULL ? registration_of(self)->loop : Py_None;
  Py_INCREF(loop);
  return loop;
}

static const nskp_row row_add = {"add_done_callback", "fn, context=None", true, NULL};

/* As every wait of a task comes: one look instead of the search for names. */
static bool from_task(nskp_args *a, PyObject *const *args, Py_ssize_t nargs,
                      PyObject *kwnames) {
  if (nargs != 1 || kwnames == NULL || PyTuple_Size(kwnames) != 1) return false;
  PyObject *name = PyTuple_GetItem(kwnames, 0);
  if (PyUnicode_CompareWithASCIIString(name, "context") != 0) return false;
  a->value[0] = args[0];
  a->value[1] = args[1] != Py_None ? args[1] : NULL;
  return true;
}

/* One task waits at a time. Where the socket has gone already, the task goes on soon. */
static PyObject *add_done_callback(NSKP_KEY) {
  nskp_registration *r = registration_of(self);
  nskp_args a;
  if (!from_task(&a, args, nargs, kwnames) &&
      !nskp_bind(&a, &row_add, args, nargs, kwnames))
    return NULL;
  if (r->waiter == NULL || r->wakeup != NULL || a.value[1] == NULL) {
    PyErr_SetString(PyExc_RuntimeError, "only a task can wait for this, and only once");
    return NULL;
  }
  for (int i = 0; i < 2; i++)
    Py_INCREF(a.value[i]);
  r->wakeup = a.value[0];
  r->context = a.value[1];
  if (r->wait != NSKP_WAITING && r->loop != NULL) return nskp_wake(r, r->wait, false);
  Py_RETURN_NONE;
}

static PyObject *result(PyObject *self, PyObject *nothing) {
  (void)nothing;
  nskp_registration *r = registration_of(self);
  if (r->cancelled == NULL) Py_RETURN_NONE;
  PyObject *class = nskp_state_of(self)->cancelled;
  PyObject *error = PyObject_CallObject(class, r->cancelled);
  if (error != NULL) PyErr_SetObject(class, error);
  Py_XDECREF(error);
  return NULL;
}

static const nskp_row row_cancel = {"cancel", "msg=None", true, NULL};

static PyObject *cancel(NSKP_KEY) {
  nskp_registration *r = registration_of(self);
  nskp_args a;
  if (!nskp_bind(&a, &row_cancel, args, nargs, kwnames)) return NULL;
  if (r->wait != NSKP_WAITING || r->loop == NULL) Py_RETURN_FALSE;
  r->cancelled = a.value[0] != NULL ? PyTuple_Pack(1, a.value[0]) : PyTuple_New(0);
  PyObject *woken = r->cancelled != NULL ? nskp_wake(r, NSKP_READY, false) : NULL;
  if (woken == NULL) return NULL;
  Py_DECREF(woken);
  Py_RETURN_TRUE;
}

static PyObject *done(PyObject *self, PyObject *nothing) {
  (void)nothing;
  return PyBool_FromLong(registration_of(self)->wait != NSKP_WAITING);
}

static PyObject *is_cancelled(PyObject *self, PyObject *nothing) {
  (void)nothing;
  return PyBool_FromLong(registration_of(self)->cancelled != NULL);
}

static PyObject *get_blocking(PyObject *self, void *nothing) {
  (void)nothing;
  return PyBool_FromLong(registration_of(self)->blocking);
}

static int set_blocking(PyObject *self, PyObject *value, void *nothing) {
  (void)nothing;
  registration_of(self)->blocking = value == Py_True;
  return 0;
}

#define METHOD(FUNCTION) (PyCFunction)(void (*)(void)) FUNCTION

PyMethodDef nskp_future_methods[] = {
    {"get_loop", get_loop, METH_NOARGS, NULL},
    {"add_done_callback", METHOD(add_done_callback), METH_FASTCALL | METH_KEYWORDS, NULL},
    {"result", result, METH_NOARGS, NULL},
    {"cancel", METHOD(cancel), METH_FASTCALL | METH_KEYWORDS, NULL},
    {"done", done, METH_NOARGS, NULL},
    {"cancelled", is_cancelled, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL}};

PyGetSetDef nskp_future_attributes[] = {
    {"_asyncio_future_blocking", get_blocking, set_blocking, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL}};
