/* Copies of address objects, in this process and by pickle. */
#include "args.h"
#include "objects.h"

/* It never changes, so it is its own copy. */
PyObject *nskp_addrinfo_copy(PyObject *self, PyObject *memo) {
  (void)memo;
  Py_INCREF(self);
  return self;
}

/* The function below, and the arguments for it. */
PyObject *nskp_addrinfo_reduce(PyObject *self, PyObject *nothing) {
  const nskp_addrinfo *ai = (nskp_addrinfo *)self;
  const nsk_addr *addr = &ai->info.addr;
  (void)nothing;
  PyObject *module = PyImport_ImportModule("netsocket._netsocket");
  PyObject *restore =
      module != NULL ? PyObject_GetAttrString(module, "_restore_addrinfo") : NULL;
  Py_XDECREF(module);
  if (restore == NULL) return NULL;
  return Py_BuildValue("N(y#iiO)", restore, addr->bytes, (Py_ssize_t)addr->length,
                       ai->info.socktype, ai->info.protocol,
                       ai->canonname != NULL ? ai->canonname : Py_None);
}

PyObject *nskp_restore_addrinfo(PyObject *module, PyObject *args) {
  const char *bytes;
  Py_ssize_t length;
  int socktype, protocol;
  PyObject *canonname;
  if (!PyArg_ParseTuple(args, "y#iiO:_restore_addrinfo", &bytes, &length, &socktype,
                        &protocol, &canonname))
    return NULL;
  nskp_addrinfo *ai = nskp_make_addrinfo(nskp_state_of_module(module));
  if (ai == NULL) return NULL;
  ai->info.socktype = socktype;
  ai->info.protocol = protocol;
  if (!nsk_addr_restore(&ai->info.addr, bytes, (size_t)length)) {
    Py_DECREF((PyObject *)ai);
    PyErr_SetString(PyExc_ValueError, "not an address");
    return NULL;
  }
  if (PyUnicode_Check(canonname)) {
    Py_INCREF(canonname);
    ai->canonname = canonname;
  }
  return (PyObject *)ai;
}
