/* CPython 3.9 to 3.14, and the limited API of 3.11, as one. */
#ifndef NSKP_COMPAT_H
#define NSKP_COMPAT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

#ifndef Py_T_PYSSIZET /* before 3.12 the member types have a header of their own */
#include <structmember.h>
#define Py_T_PYSSIZET T_PYSSIZET
#define Py_READONLY READONLY
#endif

/* The oldest Python that the code being compiled must run on. */
#ifdef Py_LIMITED_API
#define NSKP_OLDEST Py_LIMITED_API
#else
#define NSKP_OLDEST PY_VERSION_HEX
#endif

/* Only this package makes instances, and the class is not changed. */
#if NSKP_OLDEST >= 0x030A0000
#define NSKP_TYPE_FLAGS (Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE)
#define nskp_forbid_instances(type) ((void)(type))
#else
#define NSKP_TYPE_FLAGS 0
#define nskp_forbid_instances(type) ((type)->tp_new = NULL)
#endif

/* The limited API hides the insides of bytes behind functions. */
#ifdef Py_LIMITED_API
#define nskp_bytes_data(bytes) PyBytes_AsString(bytes)
#define nskp_bytes_size(bytes) ((size_t)PyBytes_Size(bytes))
#else
#define nskp_bytes_data(bytes) PyBytes_AS_STRING(bytes)
#define nskp_bytes_size(bytes) ((size_t)PyBytes_GET_SIZE(bytes))
#endif

/* What a tuple does, of which the limited API shows no more than that. */
#ifdef Py_LIMITED_API
#define nskp_slot_of_tuple(SLOT, TYPE) \
  ((TYPE)(uintptr_t)PyType_GetSlot(&PyTuple_Type, Py_##SLOT))
#else
#define nskp_slot_of_tuple(SLOT, TYPE) ((TYPE)PyTuple_Type.SLOT)
#endif

/* The name of a type, without asking its metaclass, which may answer with anything. */
static inline PyObject *nskp_type_name(PyTypeObject *type) {
#if NSKP_OLDEST >= 0x030B0000
  return PyType_GetName(type);
#else
  const char *dot = strrchr(type->tp_name, '.');
  return PyUnicode_FromString(dot != NULL ? dot + 1 : type->tp_name);
#endif
}

/* A finalizer may run while an exception is on its way to other code. */
typedef struct {
  PyObject *type, *value, *traceback;
} nskp_exception;

static inline nskp_exception nskp_exception_take(void) {
  nskp_exception held = {NULL, NULL, NULL};
#if NSKP_OLDEST >= 0x030C0000
  held.value = PyErr_GetRaisedException();
#else
  PyErr_Fetch(&held.type, &held.value, &held.traceback);
#endif
  return held;
}

static inline void nskp_exception_return(nskp_exception held) {
#if NSKP_OLDEST >= 0x030C0000
  PyErr_SetRaisedException(held.value);
#else
  PyErr_Restore(held.type, held.value, held.traceback);
#endif
}

/* The exception itself, or NULL when there is none; it stays in `held`. */
static inline PyObject *nskp_exception_value(nskp_exception *held) {
#if NSKP_OLDEST < 0x030C0000
  PyErr_NormalizeException(&held->type, &held->value, &held->traceback);
#endif
  return held->value;
}

static inline void nskp_exception_drop(nskp_exception held) {
  Py_XDECREF(held.type);
  Py_XDECREF(held.value);
  Py_XDECREF(held.traceback);
}

/* Classes can speak the buffer protocol from 3.9, through the limited API from 3.11. */
#define NSKP_BUFFER_SLOT(FUNCTION) {Py_bf_getbuffer, FUNCTION},
#define NSKP_RELEASE_SLOT(FUNCTION) {Py_bf_releasebuffer, FUNCTION},

#endif
