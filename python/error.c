/* Errors of the core as exceptions of Python. */
#include "error.h"

#include <string.h>

/* The address, path, host or option that an error is about; None when there is none.
   Paths may be any bytes, so the text round-trips through os.fsencode. */
static PyObject *subject_of(const nsk_error *error) {
  if (error->subject_length == 0) Py_RETURN_NONE;
  return PyUnicode_DecodeFSDefaultAndSize(error->subject, error->subject_length);
}

static PyObject *system_error(const nsk_error *error, PyObject *subject) {
  char words[128];
  PyObject *made = NULL;
  PyObject *class = nskp_failure_class(error);
  PyObject *text = PyUnicode_DecodeLocale(nsk_error_message(error, words, sizeof words),
                                          "surrogateescape");
  if (class != NULL && text != NULL) {
    if (subject != Py_None)
      made = PyObject_CallFunction(class, "iOO", error->code, text, subject);
    else
      made = PyObject_CallFunction(class, "iO", error->code, text);
  }
  Py_XDECREF(class);
  Py_XDECREF(text);
  return made;
}

static PyObject *argument_error(PyObject *class, const nsk_error *error) {
  char line[NSK_LINE_MAX];
  size_t length = nsk_error_line(error, line, sizeof line);
  PyObject *text = PyUnicode_DecodeUTF8(line, (Py_ssize_t)length, "backslashreplace");
  if (text == NULL) return NULL;
  PyObject *made = PyObject_CallFunctionObjArgs(class, text, NULL);
  Py_DECREF(text);
  return made;
}

static bool set_string(PyObject *exception, const char *name, const char *text) {
  PyObject *value = PyUnicode_FromString(text);
  int status = value != NULL ? PyObject_SetAttrString(exception, name, value) : -1;
  Py_XDECREF(value);
  return status == 0;
}

PyObject *nskp_error_new(const nsk_error *error) {
  PyObject *made = NULL;
  if (error->domain == NSK_MEMORY) return PyErr_NoMemory();
  if (error->domain == NSK_ARGUMENT) {
    made = argument_error(PyExc_ValueError, error);
  } else {
    PyObject *subject = subject_of(error);
    if (subject != NULL) made = system_error(error, subject);
    Py_XDECREF(subject);
  }
  if (made != NULL && !set_string(made, "op", error->op)) Py_CLEAR(made);
  return made;
}

/* What tells our deadline from the kernel's ETIMEDOUT. */
static bool mark_timeout(PyObject *exception) {
  return PyObject_SetAttrString(exception, "timeout", Py_True) == 0;
}

/* op is the function that was called, or NULL: the core's own word stays. */
static PyObject *raise(const char *op, nsk_outcome outcome, const nsk_error *error) {
  nsk_error named = *error;
  if (op != NULL && error->domain != NSK_RESOLVER) named.op = op;
  PyObject *made = nskp_error_new(&named);
  if (made == NULL) return NULL;
  if (outcome != NSK_TIMEOUT || mark_timeout(made))
    PyErr_SetObject((PyObject *)Py_TYPE(made), made);
  Py_DECREF(made);
  return NULL;
}

/* What opens a socket takes several steps, and its error names the one that failed; so
   does an option's. */
PyObject *nskp_raise(const nskp_row *row, nsk_outcome outcome, const nsk_error *error) {
  bool named = row != NULL && (row->method || error->domain == NSK_ARGUMENT);
  return raise(named ? row->name : NULL, outcome, error);
}

void nskp_raise_overflow(const nsk_error *error) {
  PyObject *made = argument_error(PyExc_OverflowError, error);
  if (made != NULL && set_string(made, "op", error->op))
    PyErr_SetObject(PyExc_OverflowError, made);
  Py_XDECREF(made);
}

/* The core fills no error for what is no failure to it. */
static PyObject *raise_reason(const char *op, nsk_reason reason) {
  nsk_error error;
  nsk_error_because(&error, op, reason, NULL);
  return raise(NULL, NSK_FAILED, &error);
}

PyObject *nskp_raise_outcome(const char *op, nsk_outcome outcome,
                             const nsk_error *error) {
  if (outcome == NSK_INTERRUPTED) return NULL;
  if (outcome == NSK_AGAIN) return raise_reason(op, NSK_NOT_NOW);
  return raise(op, outcome, error);
}

PyObject *nskp_raise_closed(const char *op) {
  return raise_reason(op, NSK_CLOSED);
}

bool nskp_annotate(const char *name, PyObject *value) {
  nskp_exception held = nskp_exception_take();
  PyObject *exception = nskp_exception_value(&held);
  /* Without memory for it the exception goes without, and takes the place of that. */
  bool done = exception != NULL && value != NULL &&
              PyObject_SetAttrString(exception, name, value) == 0;
  Py_XDECREF(value);
  nskp_exception_return(held);
  return done;
}
