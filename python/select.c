/* Waiting for one of many. */
#include "args.h"
#include "error.h"
#include "socket.h"

/* What select was given, as tuples that nobody can change, and as the core sees it. */
typedef struct {
  PyObject *readers, *writers;
  nsk_select_item *items;
  nskp_socket **sockets; /* NULL where something else was given; the tuples hold them */
  size_t count, reader_count;
} selection;

static void drop(selection *all) {
  PyMem_Free(all->sockets);
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

static bool add_items(const nskp_args *a, int i, PyObject *given, nsk_need need,
                      PyTypeObject *type, const selection *all, size_t from) {
  nsk_select_item *items = all->items + from;
  nskp_args one = *a;
  for (Py_ssize_t k = 0; k < PyTuple_Size(given); k++) {
    int64_t fd;
    one.value[i] = PyTuple_GetItem(given, k);
    if (!nskp_get_descriptor(&one, i, &fd)) return false;
    if (fd < 0 || fd > INT32_MAX)
      return nskp_out_of_range(&one, i, "not a descriptor number");
    items[k] = (nsk_select_item){(int)fd, need, false};
    if (PyObject_TypeCheck(one.value[i], type))
      all->sockets[from + (size_t)k] = (nskp_socket *)one.value[i];
  }
  return true;
}

static bool gather(const nskp_args *a, PyTypeObject *type, selection *all) {
  all->readers = elements(a, 0);
  all->writers = all->readers != NULL ? elements(a, 1) : NULL;
  if (all->writers == NULL) return false;
  all->reader_count = (size_t)PyTuple_Size(all->readers);
  all->count = all->reader_count + (size_t)PyTuple_Size(all->writers);
  all->items = PyMem_Calloc(all->count + 1, sizeof *all->items);
  all->sockets = PyMem_Calloc(all->count + 1, sizeof(void *));
  if (all->items == NULL || all->sockets == NULL) {
    PyErr_NoMemory();
    return false;
  }
  return add_items(a, 0, all->readers, NSK_READ, type, all, 0) &&
         add_items(a, 1, all->writers, NSK_WRITE, type, all, all->reader_count);
}

/* --------------------------------------------------------------------- waiting -- */

/* Whether none has been closed: a number may be another file's by now. */
static bool all_open(const selection *all) {
  for (size_t i = 0; i < all->count; i++)
    if (all->sockets[i] != NULL && all->sockets[i]->s.fd < 0) return false;
  return true;
}

/* Each socket counts as being in a call, so that a close by another thread wakes us. */
static nsk_outcome wait_for(const selection *all, const nsk_interest *interest,
                            nsk_error *error) {
  nsk_socket unused;
  for (size_t i = 0; i < all->count; i++)
    if (all->sockets[i] != NULL) nskp_enter(all->sockets[i], &unused);
  PyThreadState *thread = PyEval_SaveThread();
  nsk_outcome outcome = nsk_wait(interest->fd, interest->need, interest->until, error);
  PyEval_RestoreThread(thread);
  for (size_t i = 0; i < all->count; i++)
    if (all->sockets[i] != NULL) nskp_leave(all->sockets[i], &unused);
  return outcome;
}

/* Marks the readers that have bytes which the kernel does not know of any more. */
static bool mark_pending(const selection *all) {
  bool any = false;
  for (size_t i = 0; i < all->reader_count; i++) {
    if (all->sockets[i] == NULL || !nsk_socket_has_pending(&all->sockets[i]->s)) continue;
    any = all->items[i].ready = true;
  }
  return any;
}

static nsk_outcome run(const selection *all, nsk_select *op, bool *open,
                       nsk_error *error) {
  size_t ready;
  nsk_interest interest;
  for (;;) {
    *open = all_open(all); /* fileno() or a signal handler may have closed one */
    if (!*open) return NSK_FAILED;
    nsk_outcome outcome = nsk_select_step(op, &ready, &interest, error);
    if (outcome != NSK_DONE && outcome != NSK_AGAIN) return outcome;
    if (mark_pending(all) || outcome == NSK_DONE) return NSK_DONE;
    outcome = wait_for(all, &interest, error);
    *open = all_open(all);
    if (!*open || outcome == NSK_FAILED) return NSK_FAILED;
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
  PyObject *writers = ready_ones(all->writers, all->items + all->reader_count);
  PyObject *both = NULL;
  if (readers != NULL && writers != NULL) both = PyTuple_Pack(2, readers, writers);
  Py_XDECREF(readers);
  Py_XDECREF(writers);
  return both;
}

PyObject *nskp_module_select(NSKP_KEY) {
  nskp_args a;
  selection all = {0};
  nsk_select op;
  nsk_error error;
  bool open = true;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  PyObject *result = NULL;
  if (!nskp_bind(&a, &nskp_row_module_select, args, nargs, kwnames) ||
      !nskp_get_deadline(&a, 2, &deadline))
    return NULL;
  if (gather(&a, nskp_state_of_module(self)->socket_type, &all)) {
    nsk_select_start(&op, all.items, all.count, deadline.at);
    nsk_outcome outcome = run(&all, &op, &open, &error);
    nsk_select_drop(&op);
    result = outcome == NSK_DONE ? chosen(&all)
             : open              ? nskp_raise_outcome("poll", outcome, &error)
                                 : nskp_raise_closed("poll");
  }
  drop(&all);
  return result;
}
