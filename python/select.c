/* Waiting for one of many. */
#include "args.h"
#include "error.h"
#include "lock.h"

/* What select was given, as tuples, which do not change, and as the core sees it: an
   entry's owner is the socket that it is of, which the tuples hold, or NULL. */
typedef struct {
  PyObject *readers, *writers;
  nsk_select op;
  size_t reader_count;
  size_t count; /* of both; after them come the events by which sockets are closed */
} selection;

static void drop(selection *all) {
  nsk_select_drop(&all->op);
  Py_XDECREF(all->readers);
  Py_XDECREF(all->writers);
}

static PyObject *elements(const nskp_args *a, int i) {
  if (a->value[i] == NULL || a->value[i] == Py_None) return PyTuple_New(0);
  if (PyUnicode_Check(a->value[i]) || !PySequence_Check(a->value[i])) {
    nskp_refuse(a, i, "sequence of sockets and descriptors", a->value[i]);
    return NULL;
  }
  return PySequence_Tuple(a->value[i]);
}

static bool add_entry(const nskp_args *a, int i, PyTypeObject *type, nsk_entry *entry) {
  int64_t fd;
  PyObject *given = a->value[i];
  bool is_socket = Py_IS_TYPE(given, type);
  if (is_socket) entry->owner = given;
  if (is_socket && ((nskp_socket *)given)->s.fd >= 0) {
    entry->fd = ((nskp_socket *)given)->s.fd;
    return true;
  }
  if (!nskp_get_descriptor(a, i, &fd)) return false;
  if (fd < 0 || fd > INT32_MAX) return nskp_out_of_range(a, i, NSK_NO_DESCRIPTOR);
  entry->fd = (int)fd;
  return true;
}

static bool add_entries(const nskp_args *a, int i, PyObject *given, nsk_need need,
                        PyTypeObject *type, nsk_entry *entries) {
  nskp_args one = *a;
  for (Py_ssize_t k = 0; k < PyTuple_Size(given); k++) {
    one.value[i] = PyTuple_GetItem(given, k);
    entries[k].need = need;
    if (!add_entry(&one, i, type, &entries[k])) return false;
  }
  return true;
}

/* A socket that shutdown(2) does not wake: one more entry tells of its closing. */
static bool needs_closing(PyObject *given, PyTypeObject *type) {
  if (!Py_IS_TYPE(given, type)) return false;
  const nsk_socket *s = &((nskp_socket *)given)->s;
  return s->fd >= 0 && !nsk_socket_shutdown_wakes(s);
}

static size_t closing_ones(PyObject *given, PyTypeObject *type) {
  size_t count = 0;
  for (Py_ssize_t k = 0; k < PyTuple_Size(given); k++)
    count += needs_closing(PyTuple_GetItem(given, k), type);
  return count;
}

static bool await_closing(selection *all) {
  nsk_error error;
  nsk_entry *entry = all->op.set.entries + all->count;
  for (size_t i = 0; i < all->count; i++) {
    nsk_signals unused = {.closes = false};
    nskp_socket *owner = all->op.set.entries[i].owner;
    if (owner == NULL || owner->s.fd < 0) continue;
    nsk_outcome outcome = nskp_await_closing(owner, &unused, &error);
    if (outcome != NSK_DONE) {
      nskp_raise_outcome("poll", outcome, &error);
      return false;
    }
    if (unused.closes)
      *entry++ = (nsk_entry){.fd = unused.closing.wait_fd, .need = NSK_READ};
  }
  all->op.set.count = (size_t)(entry - all->op.set.entries);
  return true;
}

static bool gather(const nskp_args *a, PyTypeObject *type, int64_t until,
                   selection *all) {
  nsk_error error;
  all->readers = elements(a, 0);
  all->writers = all->readers != NULL ? elements(a, 1) : NULL;
  if (all->writers == NULL) return false;
  all->reader_count = (size_t)PyTuple_Size(all->readers);
  all->count = all->reader_count + (size_t)PyTuple_Size(all->writers);
  size_t more = closing_ones(all->readers, type) + closing_ones(all->writers, type);
  if (nsk_select_start(&all->op, all->count + more, until, &error) != NSK_DONE) {
    PyErr_NoMemory();
    return false;
  }
  nsk_entry *entries = all->op.set.entries;
  return add_entries(a, 0, all->readers, NSK_READ, type, entries) &&
         add_entries(a, 1, all->writers, NSK_WRITE, type, entries + all->reader_count) &&
         (more == 0 || await_closing(all));
}

/* --------------------------------------------------------------------- waiting -- */

static nskp_socket *socket_of(const selection *all, size_t i) {
  return all->op.set.entries[i].owner;
}

/* Whether none has been closed: a number may be another file's by now. */
static bool all_open(const selection *all) {
  for (size_t i = 0; i < all->op.set.count; i++)
    if (socket_of(all, i) != NULL && socket_of(all, i)->s.fd < 0) return false;
  return true;
}

/* Each socket counts as being in a call, so that a close by another thread wakes us. */
static nsk_outcome wait_for(const selection *all, nsk_interest *interest,
                            nsk_error *error) {
  nsk_socket unused;
  size_t count = all->op.set.count;
  for (size_t i = 0; i < count; i++)
    if (socket_of(all, i) != NULL) nskp_enter(socket_of(all, i), &unused);
  nsk_outcome outcome = nskp_wait(interest, error);
  for (size_t i = 0; i < count; i++)
    if (socket_of(all, i) != NULL) nskp_leave(socket_of(all, i), &unused);
  return outcome;
}

static bool is_pending(const selection *all, size_t i) {
  return i < all->reader_count && socket_of(all, i) != NULL &&
         nsk_socket_has_pending(&socket_of(all, i)->s);
}

/* Whether a reader has bytes which the kernel does not know of any more. */
static bool any_pending(const selection *all) {
  for (size_t i = 0; i < all->reader_count; i++)
    if (is_pending(all, i)) return true;
  return false;
}

static void end_stranded(const selection *all) {
  for (size_t i = 0; i < all->reader_count; i++) {
    nskp_socket *sock = socket_of(all, i);
    if (sock != NULL && sock->s.held) nskp_end_stranded(sock, false);
  }
}

/* With bytes pending there is one look, and no wait. */
static nsk_outcome run_selection(selection *all, bool *open, nsk_error *error) {
  nsk_interest interest;
  for (;;) {
    end_stranded(all);
    *open = all_open(all); /* user code or another thread may have closed one */
    if (!*open) return NSK_FAILED;
    if (any_pending(all)) all->op.deadline = 0;
    if (nsk_select_step(&all->op, &interest) == NSK_DONE) return NSK_DONE;
    if (wait_for(all, &interest, error) == NSK_FAILED) return NSK_FAILED;
    if (PyErr_CheckSignals() < 0) return NSK_INTERRUPTED;
  }
}

static PyObject *ready_ones(const selection *all, PyObject *given, size_t from) {
  PyObject *list = PyList_New(0);
  for (Py_ssize_t k = 0; list != NULL && k < PyTuple_Size(given); k++) {
    size_t i = from + (size_t)k;
    if (!all->op.set.entries[i].ready && !is_pending(all, i)) continue;
    if (PyList_Append(list, PyTuple_GetItem(given, k)) < 0) Py_CLEAR(list);
  }
  return list;
}

static PyObject *chosen(const selection *all) {
  PyObject *readers = ready_ones(all, all->readers, 0);
  PyObject *writers = ready_ones(all, all->writers, all->reader_count);
  PyObject *both = NULL;
  if (readers != NULL && writers != NULL) both = PyTuple_Pack(2, readers, writers);
  Py_XDECREF(readers);
  Py_XDECREF(writers);
  return both;
}

PyObject *nskp_module_select(NSKP_KEY) {
  nskp_args a;
  selection all = {0};
  nsk_error error;
  bool open = true;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  PyObject *result = NULL;
  if (!nskp_bind(&a, &nskp_row_module_select, args, nargs, kwnames) ||
      !nskp_get_deadline(&a, 2, &deadline))
    return NULL;
  if (gather(&a, nskp_state_of_module(self)->socket_type, deadline.at, &all)) {
    nsk_outcome outcome = run_selection(&all, &open, &error);
    result = outcome == NSK_DONE ? chosen(&all)
             : open              ? nskp_raise_outcome("select", outcome, &error)
                                 : nskp_raise_closed("select");
  }
  drop(&all);
  return result;
}
