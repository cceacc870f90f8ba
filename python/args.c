/* Arguments: what each parameter's holds. No hot call comes here. */
#include "args.h"

#include <limits.h>
#include <string.h>

#include "error.h"

/* ------------------------------------------------------------ conversion -- */

bool nskp_refuse(const nskp_args *a, int i, const char *expected, PyObject *got) {
  char name[NSKP_NAME_MAX];
  PyObject *type = nskp_type_name(Py_TYPE(got));
  nskp_parameter_name(a->row, i, name);
  if (type != NULL)
    PyErr_Format(PyExc_TypeError, "%s() %s: %s expected, got %U", a->row->name, name,
                 expected, type);
  Py_XDECREF(type);
  return false;
}

bool nskp_get_bool(const nskp_args *a, int i, bool *value) {
  PyObject *given = a->value[i];
  if (given == NULL) return true;
  if (!PyBool_Check(given)) return nskp_refuse(a, i, "bool", given);
  *value = given == Py_True;
  return true;
}

/* bool is a subclass of int, and a mistake where an int is meant. */
static bool is_int(PyObject *given) {
  return PyLong_Check(given) && !PyBool_Check(given);
}

static const char no_integer[] = NSK_NO_INTEGER;

static bool integer(const nskp_args *a, int i, PyObject *given, int64_t *value) {
  int overflow;
  char name[NSKP_NAME_MAX];
  nsk_error error;
  if (!is_int(given)) return nskp_refuse(a, i, "int", given);
  *value = PyLong_AsLongLongAndOverflow(given, &overflow);
  if (overflow == 0) return true;
  nskp_parameter_name(a->row, i, name);
  nsk_error_argument(&error, a->row->name, name, no_integer);
  nskp_raise_overflow(&error);
  return false;
}

bool nskp_get_integer(const nskp_args *a, int i, int64_t *value) {
  return a->value[i] == NULL || integer(a, i, a->value[i], value);
}

bool nskp_out_of_range(const nskp_args *a, int i, const char *text) {
  char name[NSKP_NAME_MAX];
  nsk_error error;
  nskp_parameter_name(a->row, i, name);
  nskp_raise(a->row, nsk_error_argument(&error, a->row->name, name, text), &error);
  return false;
}

static bool fit_int(const nskp_args *a, int i, PyObject *given, int *value) {
  int64_t wide;
  if (!integer(a, i, given, &wide)) return false;
  if (wide < 0 || wide > INT_MAX) return nskp_out_of_range(a, i, no_integer);
  *value = (int)wide;
  return true;
}

bool nskp_get_int(const nskp_args *a, int i, int *value) {
  return a->value[i] == NULL || fit_int(a, i, a->value[i], value);
}

bool nskp_get_flags(const nskp_args *a, int *flags) {
  *flags = 0;
  for (Py_ssize_t i = 0; i < a->flag_count; i++) {
    int flag = 0;
    if (a->flags[i] == Py_None) continue;
    if (!fit_int(a, NSKP_PARAMS_MAX, a->flags[i], &flag)) return false;
    *flags |= flag;
  }
  return true;
}

bool nskp_get_size(const nskp_args *a, int i, size_t *size) {
  int64_t asked = (int64_t)*size;
  nsk_error error;
  if (!nskp_get_integer(a, i, &asked)) return false;
  nsk_outcome outcome = nsk_receive_size(asked, a->row->name, size, &error);
  if (outcome != NSK_DONE) nskp_raise(a->row, outcome, &error);
  return outcome == NSK_DONE;
}

bool nskp_get_seconds(const nskp_args *a, int i, double *seconds) {
  PyObject *given = a->value[i];
  if (given == NULL) return true;
  if (!PyFloat_Check(given) && !is_int(given))
    return nskp_refuse(a, i, "float or int", given);
  /* Of an int, PyFloat_AsDouble would make a float. */
  *seconds = PyLong_CheckExact(given) ? PyLong_AsDouble(given) : PyFloat_AsDouble(given);
  return *seconds != -1.0 || !PyErr_Occurred();
}

bool nskp_get_address(const nskp_args *a, int i, PyTypeObject *type, nskp_addrinfo **ai) {
  if (Py_TYPE(a->value[i]) != type) return nskp_refuse(a, i, "AddrInfo", a->value[i]);
  *ai = (nskp_addrinfo *)a->value[i];
  return true;
}

bool nskp_get_instance(const nskp_args *a, int i, PyTypeObject *type,
                       const char *expected, PyObject **object) {
  if (Py_TYPE(a->value[i]) != type) return nskp_refuse(a, i, expected, a->value[i]);
  *object = a->value[i];
  return true;
}

/* What a closed object has for a descriptor: none either, and the system says so. */
enum { CLOSED = INT_MAX };

/* A method of an object that is no number, NULL where there is none; false with an
   exception. */
static bool method_of(PyObject *given, const char *name, PyObject **method) {
  if (PyLong_Check(given)) return true;
  *method = PyObject_GetAttrString(given, name);
  if (*method != NULL) return true;
  if (!PyErr_ExceptionMatches(PyExc_AttributeError)) return false;
  PyErr_Clear();
  return true;
}

bool nskp_get_descriptor(const nskp_args *a, int i, int64_t *fd) {
  PyObject *given = a->value[i];
  PyObject *method = NULL;
  if (is_int(given)) return nskp_get_integer(a, i, fd);
  if (!method_of(given, "fileno", &method)) return false;
  if (method == NULL) return nskp_refuse(a, i, "int or object with fileno()", given);
  PyObject *number = PyObject_CallObject(method, NULL);
  Py_DECREF(method);
  if (number == NULL) return false;
  bool ok = is_int(number) ? integer(a, i, number, fd)
                           : nskp_refuse(a, i, "int from fileno()", number);
  Py_DECREF(number);
  if (ok && *fd == -1) *fd = CLOSED;
  return ok;
}

bool nskp_flush(const nskp_args *a, int i) {
  PyObject *method = NULL;
  if (!method_of(a->value[i], "flush", &method)) return false;
  PyObject *done = method != NULL ? PyObject_CallObject(method, NULL) : NULL;
  bool failed = method != NULL && done == NULL;
  Py_XDECREF(method);
  Py_XDECREF(done);
  return !failed;
}

/* CPython's own words, "Object is not writable", are about no call. What an object of a
   user's raises otherwise is left as it is. */
static bool look_into(const nskp_args *a, int i, Py_buffer *view, int flags) {
  char name[NSKP_NAME_MAX];
  if (PyObject_GetBuffer(a->value[i], view, flags) == 0) return true;
  nskp_exception held = nskp_exception_take();
  PyObject *why = nskp_exception_value(&held);
  if (why == NULL || (PyObject *)Py_TYPE(why) != PyExc_BufferError) {
    nskp_exception_return(held);
    return false;
  }
  nskp_parameter_name(a->row, i, name);
  PyErr_Format(PyExc_BufferError, "%s() %s: %S", a->row->name, name, why);
  nskp_exception_drop(held);
  return false;
}

bool nskp_get_buffer(const nskp_args *a, int i, Py_buffer *view) {
  if (!PyObject_CheckBuffer(a->value[i]))
    return nskp_refuse(a, i, "bytes-like object", a->value[i]);
  return look_into(a, i, view, PyBUF_SIMPLE);
}

bool nskp_get_writable(const nskp_args *a, int i, Py_buffer *view) {
  if (!PyObject_CheckBuffer(a->value[i]))
    return nskp_refuse(a, i, "writable bytes-like object", a->value[i]);
  return look_into(a, i, view, PyBUF_WRITABLE);
}

/* -------------------------------------------- texts, hosts, ports, paths -- */

static bool is_text(PyObject *given) {
  return PyUnicode_Check(given) || PyBytes_Check(given);
}

bool nskp_get_text(const nskp_args *a, int i, const char **text, size_t *length) {
  PyObject *given = a->value[i];
  if (!is_text(given)) return nskp_refuse(a, i, "str or bytes", given);
  Py_ssize_t size = 0;
  if (PyBytes_Check(given)) {
    *text = nskp_bytes_data(given);
    *length = nskp_bytes_size(given);
    return true;
  }
  *text = PyUnicode_AsUTF8AndSize(given, &size);
  *length = (size_t)size;
  if (*text != NULL || !PyErr_ExceptionMatches(PyExc_UnicodeError)) return *text != NULL;
  PyErr_Clear();
  return nskp_out_of_range(a, i, "cannot be written in UTF-8");
}

bool nskp_get_interface(const nskp_args *a, int i, PyTypeObject *type,
                        nsk_interface *at) {
  PyObject *given = a->value[i];
  if (Py_TYPE(given) == type) {
    at->addr = &((nskp_addrinfo *)given)->info.addr;
    return true;
  }
  if (!is_text(given)) return nskp_refuse(a, i, "str, bytes or AddrInfo", given);
  return nskp_get_text(a, i, &at->text, &at->length);
}

static bool is_absent(PyObject *given) {
  return given == NULL || given == Py_None;
}

static bool get_host(const nskp_args *a, int i, nsk_endpoint *at) {
  PyObject *given = a->value[i];
  if (is_absent(given)) return true;
  if (!is_text(given)) return nskp_refuse(a, i, "str, bytes or None", given);
  return nskp_get_text(a, i, &at->host, &at->host_length);
}

/* Keeps the form of a name in which the resolver knows it. One that is too long stays so:
   its beginning is as long as no host is. */
static bool encode_host(nskp_args *a, int i, nsk_endpoint *at) {
  PyObject *encode = nskp_from_module("netsocket._idna", "encoded");
  PyObject *name =
      encode != NULL ? PyObject_CallFunctionObjArgs(encode, a->value[i], NULL) : NULL;
  Py_XDECREF(encode);
  if (name == NULL) {
    if (!PyErr_ExceptionMatches(PyExc_UnicodeError)) return false;
    PyErr_Clear();
    return nskp_out_of_range(a, i, "is no host name, not by IDNA either");
  }
  size_t length = nskp_bytes_size(name);
  at->host_length = length < sizeof a->host ? length : sizeof a->host;
  at->host = memcpy(a->host, nskp_bytes_data(name), at->host_length);
  Py_DECREF(name);
  return true;
}

static bool is_ascii(const char *text, size_t length) {
  while (length > 0 && (unsigned char)*text < 0x80)
    text++, length--;
  return length == 0;
}

/* A name for the resolver. One with a colon is an address; its zone may have any name. */
static bool get_name(nskp_args *a, int i, nsk_endpoint *at) {
  if (!get_host(a, i, at)) { /* of a str: what no UTF-8 is may be a name by IDNA */
    if (!PyErr_ExceptionMatches(PyExc_ValueError)) return false;
    PyErr_Clear();
    return encode_host(a, i, at);
  }
  bool final = at->host == NULL || PyBytes_Check(a->value[i]) ||
               is_ascii(at->host, at->host_length) ||
               memchr(at->host, ':', at->host_length) != NULL;
  return final || encode_host(a, i, at);
}

/* Keeps the text of an int that is beyond the core's: that is no port either, and the
   error then shows what was written. */
static bool keep_digits(nskp_args *a, PyObject *given, nsk_endpoint *at) {
  PyObject *text = PyNumber_ToBase(given, 10);
  /* Past thousands of digits Python wants no decimal text. */
  if (text == NULL && PyErr_ExceptionMatches(PyExc_ValueError)) {
    PyErr_Clear();
    text = PyNumber_ToBase(given, 16);
  }
  const char *digits = text != NULL ? PyUnicode_AsUTF8AndSize(text, NULL) : NULL;
  strncpy(a->port, digits != NULL ? digits : "", sizeof a->port - 1);
  a->port[sizeof a->port - 1] = '\0';
  at->service = a->port;
  at->service_length = strlen(a->port);
  Py_XDECREF(text);
  return digits != NULL;
}

static bool get_port(nskp_args *a, int i, const char *expected, nsk_endpoint *at) {
  PyObject *given = a->value[i];
  int overflow;
  at->port_absent = is_absent(given);
  if (at->port_absent) return true;
  if (!is_int(given)) return nskp_refuse(a, i, expected, given);
  at->port = PyLong_AsLongLongAndOverflow(given, &overflow);
  return overflow == 0 || keep_digits(a, given, at);
}

bool nskp_get_numeric_endpoint(nskp_args *a, int i, nsk_endpoint *at) {
  *at = (nsk_endpoint){0};
  return get_host(a, i, at) && get_port(a, i + 1, "int or None", at);
}

bool nskp_get_endpoint(nskp_args *a, int i, nsk_endpoint *at) {
  PyObject *port = a->value[i + 1];
  *at = (nsk_endpoint){0};
  if (!get_name(a, i, at)) return false;
  if (port != NULL && is_text(port))
    return nskp_get_text(a, i + 1, &at->service, &at->service_length);
  return get_port(a, i + 1, "int, str, bytes or None", at);
}

/* PyUnicode_FSConverter, but for the NUL that begins an abstract name. */
static PyObject *path_bytes(const nskp_args *a, int i) {
  PyObject *given = a->value[i];
  PyObject *path = PyOS_FSPath(given);
  if (path == NULL) {
    if (!PyErr_ExceptionMatches(PyExc_TypeError)) return NULL;
    PyErr_Clear();
    nskp_refuse(a, i, "str, bytes or os.PathLike", given);
    return NULL;
  }
  if (PyBytes_Check(path)) return path;
  PyObject *bytes = PyUnicode_EncodeFSDefault(path);
  Py_DECREF(path);
  return bytes;
}

bool nskp_get_unix(const nskp_args *a, int i, const char *op, nsk_addr *addr) {
  nsk_error error;
  PyObject *path = path_bytes(a, i);
  if (path == NULL) return false;
  nsk_outcome outcome =
      nsk_addr_unix(addr, nskp_bytes_data(path), nskp_bytes_size(path), op, &error);
  Py_DECREF(path);
  if (outcome != NSK_DONE) nskp_raise(a->row, outcome, &error);
  return outcome == NSK_DONE;
}
