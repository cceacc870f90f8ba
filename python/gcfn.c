/* Functions that run once before a descriptor is closed or given away. */
#include "gcfn.h"

#include "args.h"
#include "error.h"

/* sock->gcfns is NULL, or a list of (handle, errfn, fn, args), the first added first;
   None in its place says that the end has begun. */

static bool has_begun(const nskp_socket *sock) {
  return sock->gcfns == Py_None;
}

static bool callable(const nskp_args *a, int i, bool may_be_none) {
  PyObject *given = a->value[i];
  if (PyCallable_Check(given) || (may_be_none && given == Py_None)) return true;
  return nskp_refuse(a, i, may_be_none ? "callable or None" : "callable", given);
}

PyObject *nskp_socket_addgcfn(NSKP_POS) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_args a;
  if (!nskp_bind(&a, &nskp_row_socket_addgcfn, args, nargs, NULL) ||
      !callable(&a, 0, true) || !callable(&a, 1, false))
    return NULL;
  if (sock->s.fd < 0 || has_begun(sock)) return nskp_raise_closed("addgcfn");
  if (sock->gcfns == NULL && (sock->gcfns = PyList_New(0)) == NULL) return NULL;
  /* Handles are never used twice, so a late delgcfn hits nothing. */
  PyObject *handle = PyLong_FromLongLong(++nskp_state_of(self)->last_gcfn);
  PyObject *rest = PyTuple_New(a.flag_count);
  for (Py_ssize_t i = 0; rest != NULL && i < a.flag_count; i++) {
    Py_INCREF(a.flags[i]);
    PyTuple_SetItem(rest, i, a.flags[i]);
  }
  PyObject *entry = handle != NULL && rest != NULL
                        ? PyTuple_Pack(4, handle, a.value[0], a.value[1], rest)
                        : NULL;
  Py_XDECREF(rest);
  if (entry == NULL || PyList_Append(sock->gcfns, entry) < 0) Py_CLEAR(handle);
  Py_XDECREF(entry);
  return handle;
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
  if (sock->gcfns == NULL || has_begun(sock)) Py_RETURN_FALSE;
  for (Py_ssize_t i = 0; i < PyList_Size(sock->gcfns); i++) {
    PyObject *entry = PyList_GetItem(sock->gcfns, i);
    if (PyLong_AsLongLong(PyTuple_GetItem(entry, 0)) != handle) continue;
    if (PyList_SetSlice(sock->gcfns, i, i + 1, NULL) < 0) return NULL;
    Py_RETURN_TRUE;
  }
  Py_RETURN_FALSE;
}

/* An exception goes to errfn; without one, and when errfn fails too, to where Python
   reports what nobody can catch. */
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
  PyObject *list = sock->gcfns;
  if (list == NULL || has_begun(sock)) return;
  Py_INCREF(Py_None);
  sock->gcfns = Py_None;
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

bool nskp_is_ending(const nskp_socket *sock) {
  return has_begun(sock);
}
