/* Functions that run once before a descriptor is closed or given away. */
#include "objects.h"

#include "args.h"
#include "error.h"
#include "leaving.h"
#include "lock.h"

/* A list of (handle, errfn, fn, args), the first added first; NULL: there is none. */
static PyObject *functions_of(const nskp_socket *sock) {
  return sock->extra != NULL ? sock->extra->gcfns : NULL;
}

static bool callable(const nskp_args *a, int i, bool may_be_none) {
  PyObject *given = a->value[i];
  if (PyCallable_Check(given) || (may_be_none && given == Py_None)) return true;
  return nskp_refuse(a, i, may_be_none ? "callable or None" : "callable", given);
}

/* Handles are never used twice, so a late delgcfn hits nothing. */
static PyObject *make_entry(nskp_state *state, const nskp_args *a) {
  PyObject *handle = PyLong_FromLongLong(++state->last_gcfn);
  PyObject *rest = PyTuple_New(a->flag_count);
  for (Py_ssize_t i = 0; rest != NULL && i < a->flag_count; i++) {
    Py_INCREF(a->flags[i]);
    PyTuple_SetItem(rest, i, a->flags[i]);
  }
  PyObject *entry = handle != NULL && rest != NULL
                        ? PyTuple_Pack(4, handle, a->value[0], a->value[1], rest)
                        : NULL;
  Py_XDECREF(handle);
  Py_XDECREF(rest);
  return entry;
}

/* Appends an entry; the socket is looked at when both it and the list that it goes to are
   there, for before 3.12 making them may run a finalizer that closes the socket. */
static bool append(nskp_socket *sock, PyObject *entry) {
  PyObject *made = functions_of(sock) == NULL ? PyList_New(0) : NULL;
  nskp_extra *extra = NULL;
  if (sock->s.fd < 0 || nskp_is_ending(sock))
    nskp_raise_closed("addgcfn");
  else
    extra = nskp_extra_of(sock);
  if (extra != NULL && extra->gcfns == NULL) {
    extra->gcfns = made;
    made = NULL;
  }
  Py_XDECREF(made);
  if (extra == NULL || functions_of(sock) == NULL) return false;
  return PyList_Append(functions_of(sock), entry) == 0;
}

PyObject *nskp_socket_addgcfn(NSKP_POS) {
  nskp_args a;
  if (!nskp_bind(&a, &nskp_row_socket_addgcfn, args, nargs, NULL) ||
      !callable(&a, 0, true) || !callable(&a, 1, false))
    return NULL;
  PyObject *entry = make_entry(nskp_state_of(self), &a);
  if (entry == NULL) return NULL;
  PyObject *handle = NULL;
  if (append((nskp_socket *)self, entry)) {
    handle = PyTuple_GetItem(entry, 0);
    Py_INCREF(handle);
  }
  Py_DECREF(entry);
  return handle;
}

/* The place of a handle, -1 when it is not there. */
static Py_ssize_t find(PyObject *list, int64_t handle) {
  Py_ssize_t at = PyList_Size(list);
  while (at-- > 0)
    if (PyLong_AsLongLong(PyTuple_GetItem(PyList_GetItem(list, at), 0)) == handle) break;
  return at;
}

PyObject *nskp_socket_delgcfn(NSKP_POS) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_args a;
  int64_t handle;
  if (!nskp_bind(&a, &nskp_row_socket_delgcfn, args, nargs, NULL)) return NULL;
  if (!nskp_get_integer(&a, 0, &handle)) {
    if (!PyErr_ExceptionMatches(PyExc_OverflowError)) return NULL;
    PyErr_Clear(); /* no handle is that large */
    Py_RETURN_FALSE;
  }
  PyObject *list = functions_of(sock);
  if (list == NULL) Py_RETURN_FALSE;
  Py_ssize_t at = find(list, handle);
  if (at < 0) Py_RETURN_FALSE;
  /* The function may own what closes the socket: the list stays until it has gone. */
  Py_INCREF(list);
  int status = PyList_SetSlice(list, at, at + 1, NULL);
  Py_DECREF(list);
  if (status < 0) return NULL;
  Py_RETURN_TRUE;
}

/* An exception goes to errfn; without one, and when errfn fails too, to where Python
   reports what cannot be caught. */
static void report(PyObject *errfn) {
  if (errfn != Py_None) {
    nskp_exception raised = nskp_exception_take();
    PyObject *result =
        nskp_exception_value(&raised) != NULL
            ? PyObject_CallFunctionObjArgs(errfn, nskp_exception_value(&raised), NULL)
            : NULL;
    nskp_exception_drop(raised);
    Py_XDECREF(result);
    if (result != NULL) return;
  }
  PyErr_WriteUnraisable(errfn);
}

void nskp_run_gcfns(nskp_socket *sock) {
  PyObject *list = functions_of(sock);
  nskp_inside(sock); /* so that a child knows it for its parent's */
  sock->ending = true;
  if (list == NULL) return;
  sock->extra->gcfns = NULL;
  nskp_exception held = nskp_exception_take();
  for (Py_ssize_t i = PyList_Size(list); i-- > 0;) {
    PyObject *entry = PyList_GetItem(list, i);
    PyObject *result =
        PyObject_CallObject(PyTuple_GetItem(entry, 2), PyTuple_GetItem(entry, 3));
    if (result == NULL) report(PyTuple_GetItem(entry, 1));
    Py_XDECREF(result);
  }
  nskp_exception_return(held);
  Py_DECREF(list);
}
