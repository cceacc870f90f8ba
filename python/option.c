/* Socket options: one function for all of them, and a name for each. */
#include "args.h"

#include <string.h>

#include "error.h"
#include "socket.h"

static PyObject *credentials(const nsk_value *value) {
  return Py_BuildValue("{sI,sI,sI}", "pid", value->pid, "uid", value->uid, "gid",
                       value->gid);
}

static PyObject *to_python(const nsk_option *option, const nsk_value *value) {
  switch (option->kind) {
    case NSK_OPT_BOOL:
    case NSK_OPT_FDFLAG:
    case NSK_OPT_FLFLAG:
      return PyBool_FromLong(value->integer != 0);
    case NSK_OPT_INT:
    case NSK_OPT_U8:
    case NSK_OPT_U32:
    case NSK_OPT_U64:
    case NSK_OPT_LINGER:
      return PyLong_FromLongLong(value->integer);
    case NSK_OPT_SECONDS:
      return PyFloat_FromDouble(value->seconds);
    case NSK_OPT_IFNAME:
    case NSK_OPT_STRING:
    case NSK_OPT_NAME:
      if (value->absent) Py_RETURN_NONE;
      return PyUnicode_DecodeFSDefaultAndSize(value->text, (Py_ssize_t)value->length);
    case NSK_OPT_CRED:
      return credentials(value);
  }
  Py_UNREACHABLE();
}

/* What is too long for the core's room is longer than any name, and refused as such. */
static void take_text(const char *text, size_t length, nsk_value *value) {
  value->length = length < sizeof value->text ? length : sizeof value->text;
  memcpy(value->text, text, value->length);
}

static bool text_value(const nskp_args *a, nsk_value *value) {
  const char *text;
  size_t length;
  if (!nskp_get_text(a, 0, &text, &length)) return false;
  take_text(text, length, value);
  return true;
}

/* An interface; None is none. */
static bool interface_value(const nskp_args *a, PyTypeObject *type, nsk_value *value) {
  nsk_interface at = {.text = NULL};
  value->absent = a->value[0] == Py_None;
  if (value->absent) return true;
  if (!nskp_get_interface(a, 0, type, &at)) return false;
  if (at.addr != NULL) value->addr = *at.addr;
  if (at.text != NULL) take_text(at.text, at.length, value);
  return true;
}

/* What overflows is beyond every option's range, and the core says what that is. */
static bool integer_value(const nskp_args *a, nsk_value *value) {
  if (nskp_get_integer(a, 0, &value->integer)) return true;
  if (!PyErr_ExceptionMatches(PyExc_OverflowError)) return false;
  PyErr_Clear();
  value->integer = INT64_MAX;
  return true;
}

bool nskp_option_value(const nsk_option *option, const nskp_args *a, PyTypeObject *type,
                       nsk_value *value) {
  bool on = false;
  switch (option->kind) {
    case NSK_OPT_BOOL:
    case NSK_OPT_FDFLAG:
    case NSK_OPT_FLFLAG:
      if (!nskp_get_bool(a, 0, &on)) return false;
      value->integer = on;
      return true;
    case NSK_OPT_INT:
    case NSK_OPT_U8:
    case NSK_OPT_U32:
    case NSK_OPT_LINGER:
      return integer_value(a, value);
    case NSK_OPT_SECONDS:
      return nskp_get_seconds(a, 0, &value->seconds);
    case NSK_OPT_IFNAME:
    case NSK_OPT_STRING:
      return interface_value(a, type, value);
    case NSK_OPT_NAME:
      return text_value(a, value);
    case NSK_OPT_U64: /* cannot be set, whatever it is set to */
    case NSK_OPT_CRED:
      return true;
  }
  Py_UNREACHABLE();
}

/* Without a value reads; with one sets, and returns what it was before, which exists
   as an object before anything is set. */
static PyObject *option_call(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                             const nsk_option *option) {
  nsk_socket *s = &((nskp_socket *)self)->s;
  static nskp_shape shape;
  const nskp_row row = {option->name, "value=None, /", false, &shape};
  nskp_args a;
  nsk_value old = {0}, new = {0};
  nsk_error error;
  if (!nskp_bind(&a, &row, args, nargs, NULL)) return NULL;
  bool set = a.value[0] != NULL;
  /* For an interface None is a value: it resets. */
  if (option->kind == NSK_OPT_IFNAME && nargs == 1) {
    a.value[0] = args[0];
    set = true;
  }
  if (set && !nskp_option_value(option, &a, nskp_state_of(self)->addrinfo_type, &new))
    return NULL;
  nsk_outcome outcome;
  do
    outcome = nsk_option_get(s, option, &old, &error);
  while (nskp_reclaim(nskp_state_of(self), outcome, &error));
  if (outcome != NSK_DONE) return nskp_raise(NULL, outcome, &error);
  PyObject *before = to_python(option, &old);
  if (before == NULL || !set) return before;
  do
    outcome = nsk_option_set(s, option, &new, &error);
  while (nskp_reclaim(nskp_state_of(self), outcome, &error));
  if (outcome == NSK_DONE) return before;
  Py_DECREF(before);
  return nskp_raise(NULL, outcome, &error);
}

enum {
#define OPTION(NAME, ...) AT_##NAME,
#include "option.def"
};

bool nskp_never_block(PyObject *self) {
  const nsk_value on = {.integer = true};
  nsk_error error;
  nsk_outcome outcome =
      nsk_option_set(&((nskp_socket *)self)->s, &nsk_options[AT_nonblock], &on, &error);
  if (outcome != NSK_DONE) nskp_raise(NULL, outcome, &error);
  return outcome == NSK_DONE;
}

#define OPTION(NAME, ...)                                           \
  PyObject *nskp_option_##NAME(NSKP_POS) {                          \
    return option_call(self, args, nargs, &nsk_options[AT_##NAME]); \
  }
#include "option.def"
