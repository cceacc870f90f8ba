/* The classes of failures: one below each subclass of OSError, whose text names the call
   and what it was about, as an error of Lua does. */
#include "error.h"

#include <stdio.h>

enum { SUBJECT_MAX = 4 * NSK_SUBJECT_MAX + 1 };

/* " 127.0.0.1:80", or "" where the failure is about nothing in particular. */
static PyObject *subject_text(PyObject *self) {
  char text[SUBJECT_MAX] = " ";
  PyObject *name = PyObject_GetAttrString(self, "filename");
  if (name == NULL) return NULL;
  PyObject *bytes = PyUnicode_Check(name) ? PyUnicode_EncodeFSDefault(name) : NULL;
  Py_DECREF(name);
  if (bytes == NULL) {
    PyErr_Clear();
    return PyUnicode_FromString("");
  }
  size_t length = nsk_escape(nskp_bytes_data(bytes), nskp_bytes_size(bytes), text + 1,
                             sizeof text - 1);
  Py_DECREF(bytes);
  return PyUnicode_DecodeUTF8(text, (Py_ssize_t)length + 1, "backslashreplace");
}

/* One that a program has made itself has no call. */
static PyObject *failure_str(PyObject *self, PyObject *nothing) {
  PyObject *made = NULL;
  (void)nothing;
  PyObject *op = PyObject_GetAttrString(self, "op");
  if (op != NULL && PyObject_Not(op) == 1) {
    Py_DECREF(op);
    return PyObject_CallMethod(PyExc_OSError, "__str__", "O", self);
  }
  PyObject *code = PyObject_GetAttrString(self, "errno");
  PyObject *words = PyObject_GetAttrString(self, "strerror");
  PyObject *subject = subject_text(self);
  if (op != NULL && code != NULL && words != NULL && subject != NULL)
    made = PyUnicode_FromFormat("[Errno %S] %S%U: %S", code, op, subject, words);
  Py_XDECREF(op);
  Py_XDECREF(code);
  Py_XDECREF(words);
  Py_XDECREF(subject);
  return made;
}

static PyMethodDef str_method = {"__str__", failure_str, METH_NOARGS, NULL};

/* What each has, unless the failure says otherwise. */
static PyObject *common_attributes(void) {
  return Py_BuildValue("{ss,si,sO,s()}", "op", "", "done", 0, "timeout", Py_False,
                       "attempts");
}

/* A class below `bases`, one class or a tuple of them; NULL with an exception. */
static PyObject *new_class(const char *full_name, const char *doc, PyObject *bases) {
  PyObject *attributes = common_attributes();
  if (attributes == NULL) return NULL;
  PyObject *class = PyErr_NewExceptionWithDoc(full_name, doc, bases, attributes);
  Py_DECREF(attributes);
  if (class == NULL) return NULL;
  PyObject *method = PyDescr_NewMethod((PyTypeObject *)class, &str_method);
  if (method == NULL || PyObject_SetAttrString(class, "__str__", method) < 0)
    Py_CLEAR(class);
  Py_XDECREF(method);
  return class;
}

/* The class below `base`, by the same name in `place`, where it is made when it is first
   asked for. */
static PyObject *class_below(PyObject *place, PyTypeObject *base) {
  char full_name[80];
  PyObject *class = NULL;
  PyObject *name = nskp_type_name(base);
  PyObject *text = name != NULL ? PyUnicode_AsASCIIString(name) : NULL;
  if (text != NULL) {
    class = PyObject_GetAttr(place, name);
    if (class == NULL) PyErr_Clear();
  }
  if (text != NULL && class == NULL) {
    snprintf(full_name, sizeof full_name, "netsocket.errors.%s", nskp_bytes_data(text));
    class = new_class(full_name, NULL, (PyObject *)base);
    if (class != NULL && PyObject_SetAttr(place, name, class) < 0) Py_CLEAR(class);
  }
  Py_XDECREF(name);
  Py_XDECREF(text);
  return class;
}

/* OSError itself knows which subclass is an errno's. */
static int add_code(PyObject *place, PyObject *by_code, int code) {
  int status = -1;
  PyObject *number = PyLong_FromLong(code);
  PyObject *plain = PyObject_CallFunction(PyExc_OSError, "is", code, "");
  PyObject *class = plain != NULL ? class_below(place, Py_TYPE(plain)) : NULL;
  if (number != NULL && class != NULL) status = PyDict_SetItem(by_code, number, class);
  Py_XDECREF(number);
  Py_XDECREF(plain);
  Py_XDECREF(class);
  return status;
}

/* The resolver's exception lives in the standard library's own module. It is loaded while
   it can be: a server may change its user or its root before the first error. Without it,
   that error says what is missing. */
static int add_gaierror(PyObject *place, PyObject *by_code) {
  PyObject *base = nskp_from_module("_socket", "gaierror");
  if (base == NULL) {
    PyErr_Clear();
    return 0;
  }
  PyObject *class = class_below(place, (PyTypeObject *)base);
  Py_DECREF(base);
  int status = class != NULL ? PyDict_SetItemString(by_code, "gaierror", class) : -1;
  Py_XDECREF(class);
  return status;
}

/* What ends before all is there is an error of the connection and the end of a file. */
static int add_end_of_stream(PyObject *module) {
  PyObject *made = NULL;
  PyObject *bases = PyTuple_Pack(2, PyExc_OSError, PyExc_EOFError);
  if (bases != NULL)
    made = new_class("netsocket.EndOfStream", "The stream ended before all was there.",
                     bases);
  int status = made != NULL ? PyObject_SetAttrString(module, "EndOfStream", made) : -1;
  Py_XDECREF(bases);
  Py_XDECREF(made);
  return status;
}

int nskp_add_failures(PyObject *module, PyObject *place) {
  if (add_end_of_stream(module) < 0) return -1;
  PyObject *by_code = PyDict_New();
  int status = by_code != NULL ? 0 : -1;
  for (const nsk_code *row = nsk_errno_codes; status == 0 && row->name != NULL; row++)
    status = add_code(place, by_code, row->code);
  if (status == 0) status = add_gaierror(place, by_code);
  if (status == 0) status = PyObject_SetAttrString(module, "_failures", by_code);
  Py_XDECREF(by_code);
  return status;
}

static PyObject *class_by_code(PyObject *classes, const nsk_error *error) {
  PyObject *key = error->domain == NSK_RESOLVER ? PyUnicode_FromString("gaierror")
                                                : PyLong_FromLong(error->code);
  if (key == NULL) return NULL;
  PyObject *class = PyDict_GetItemWithError(classes, key);
  Py_DECREF(key);
  Py_XINCREF(class);
  return class;
}

PyObject *nskp_failure_class(const nsk_error *error) {
  if (error->early_end) return nskp_from_module("netsocket._netsocket", "EndOfStream");
  PyObject *classes = nskp_from_module("netsocket._netsocket", "_failures");
  if (classes == NULL) return NULL;
  PyObject *class = class_by_code(classes, error);
  Py_DECREF(classes);
  if (class != NULL || PyErr_Occurred()) return class;
  if (error->domain == NSK_RESOLVER) return nskp_from_module("_socket", "gaierror");
  return nskp_from_module("netsocket.errors", "OSError");
}

/* A module that is loaded is only looked up: every failure comes by here. */
static PyObject *loaded_module(const char *name) {
  PyObject *key = PyUnicode_FromString(name);
  if (key == NULL) return NULL;
  PyObject *module = PyImport_GetModule(key);
  Py_DECREF(key);
  if (module != NULL || PyErr_Occurred()) return module;
  return PyImport_ImportModule(name);
}

PyObject *nskp_from_module(const char *name, const char *attribute) {
  PyObject *module = loaded_module(name);
  if (module == NULL) return NULL;
  PyObject *value = PyObject_GetAttrString(module, attribute);
  Py_DECREF(module);
  return value;
}
