/* Constants and facts of this system. */
#include "objects.h"

/* Steals value, which may be NULL. */
static int add(PyObject *module, const char *name, PyObject *value) {
  if (value == NULL) return -1;
  int status = PyObject_SetAttrString(module, name, value);
  Py_DECREF(value);
  return status;
}

int nskp_add_facts(PyObject *env) {
  if (add(env, "os", PyUnicode_FromString(nsk_os)) < 0 ||
      add(env, "unixpath_max", PyLong_FromLong(nsk_unixpath_max)) < 0)
    return -1;
  return add(env, "somaxconn", PyLong_FromLong(nsk_backlog));
}

int nskp_add_constants(PyObject *module) {
  for (const nsk_constant *row = nsk_constants; row->name != NULL; row++)
    if (add(module, row->name, PyLong_FromLongLong(row->value)) < 0) return -1;
  return add(module, "__version__", PyUnicode_FromString(NSK_VERSION));
}
