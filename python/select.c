/* Waiting for one of many. */
#include "adapter.h"

/* What select was given, as tuples that nobody can change, and as the core sees it. */
typedef struct {
  PyObject *readers, *writers;
  nsk_select_item *items;
} selection;

static void drop(selection *all) {
  Py_XDECREF(all->readers);
  Py_XDECREF(all->writers);
  PyMem_Free(all->items);
}

static PyObject *elements(const nskp_args *a, int i) {
  if (a->value[i] == NULL || a->value[i] == Py_None) return PyTuple_New(0);
  if (PyUnicode_Check(a->value[i]) || !PySequence_Check(a->value[i])) {
    nskp_refuse(a, i, "sequence of sockets and descriptors", a->value[i]);
    return NULL;
  }
  return PySequence_Tuple(a->value[i]);
}

/* A closed socket is EBADF, as for every call on it. */
static bool add_items(const nskp_args *a, int i, PyObject *given, nsk_need need,
                      nsk_select_item *items) {
  nskp_args one = *a;
  for (Py_ssize_t k = 0; k < PyTuple_Size(given); k++) {
    int64_t fd;
    one.value[i] = PyTuple_GetItem(given, k);
    if (!nskp_get_descriptor(&one, i, &fd)) return false;
    if (fd == -1) return nskp_raise_closed("poll") != NULL;
    if (fd < 0 || fd > INT32_MAX)
      return nskp_out_of_range(&one, i, "not a descriptor number");
    items[k] = (nsk_select_item){(int)fd, need, false};
  }
  return true;
}

static bool gather(const nskp_args *a, selection *all, size_t *count) {
  all->readers = elements(a, 0);
  all->writers = all->readers != NULL ? elements(a, 1) : NULL;
  if (all->writers == NULL) return false;
  Py_ssize_t readers = PyTuple_Size(all->readers);
  *count = (size_t)(readers + PyTuple_Size(all->writers));
  all->items = PyMem_Calloc(*count + 1, sizeof *all->items);
  if (all->items == NULL) {
    PyErr_NoMemory();
    return false;
  }
  return add_items(a, 0, all->readers, NSK_READ, all->items) &&
         add_items(a, 1, all->writers, NSK_WRITE, all->items + readers);
}

static nsk_outcome run(nsk_select *op, nsk_error *error) {
  size_t ready;
  nsk_want want;
  for (;;) {
    nsk_outcome outcome = nsk_select_step(op, &ready, &want, error);
    if (outcome != NSK_AGAIN) return outcome;
    PyThreadState *thread = PyEval_SaveThread();
    outcome = nsk_wait(want.fd, want.need, want.until, error);
    PyEval_RestoreThread(thread);
    if (outcome == NSK_FAILED) return outcome;
    if (PyErr_CheckSignals() < 0) return NSK_INTERRUPTED;
  }
}

static PyObject *ready_ones(PyObject *given, const nsk_select_item *items) {
  PyObject *list = PyList_New(0);
  for (Py_ssize_t i = 0; list != NULL && i < PyTuple_Size(given); i++)
    if (items[i].ready && PyList_Append(list, PyTuple_GetItem(given, i)) < 0)
      Py_CLEAR(list);
  return list;
}

static PyObject *chosen(const selection *all) {
  PyObject *readers = ready_ones(all->readers, all->items);
  PyObject *writers = ready_ones(all->writers, all->items + PyTuple_Size(all->readers));
  PyObject *both = NULL;
  if (readers != NULL && writers != NULL) both = PyTuple_Pack(2, readers, writers);
  Py_XDECREF(readers);
  Py_XDECREF(writers);
  return both;
}

PyObject *nskp_module_select(NSKP_KEY) {
  nskp_args a;
  selection all = {NULL, NULL, NULL};
  nsk_select op;
  nsk_error error;
  size_t count;
  int64_t until = NSK_NEVER;
  PyObject *result = NULL;
  if (!nskp_bind(&a, &nskp_row_module_select, args, nargs, kwnames) ||
      !nskp_get_deadline(&a, 2, &until))
    return NULL;
  if (gather(&a, &all, &count)) {
    nsk_select_start(&op, all.items, count, until);
    nsk_outcome outcome = run(&op, &error);
    nsk_select_drop(&op);
    result = outcome == NSK_DONE ? chosen(&all)
                                 : nskp_raise_outcome("poll", outcome, true, &error);
  }
  drop(&all);
  return result;
}
