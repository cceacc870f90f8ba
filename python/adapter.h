/* What the chapters of the Python adapter share. They come in the order of the
   core's: every one of them has its counterpart in the Lua adapter. */
#ifndef NSKP_ADAPTER_H
#define NSKP_ADAPTER_H

#include "compat.h"
#include "netsocket.h"

/* --------------------------------------------------------------- objects -- */

/* What belongs to one import of the module, in one interpreter. */
typedef struct {
  PyTypeObject *socket_type;
  PyTypeObject *addrinfo_type;
  nsk_block *scratch; /* to receive into, under the GIL; NULL while it is lent out */
} nskp_state;

/* netsocket.Socket. The GIL guards every field; a call that runs without the GIL
   works on a copy of `s` (nskp_enter). */
typedef struct {
  PyObject head;
  PyObject *weakrefs;
  nsk_socket s;
  uint16_t pending; /* an SO_ERROR that was fetched and has not been told yet */
  uint16_t inside;  /* calls that are running on this object without the GIL */
  int leaving;      /* closed meanwhile: what the last of them must close; else -1 */
} nskp_socket;

/* netsocket.AddrInfo. Never changes once it is made. */
typedef struct {
  PyObject head;
  nsk_addrinfo info;
  PyObject *canonname; /* str, or NULL */
} nskp_addrinfo;

/* Functions of the module have the module as self, also those of netsocket.addrinfo.
   A type is final, so the type of an object is the one that the module made. */
static inline nskp_state *nskp_state_of_module(PyObject *module) {
  return (nskp_state *)PyModule_GetState(module);
}

static inline nskp_state *nskp_state_of(PyObject *self) {
  return (nskp_state *)PyType_GetModuleState(Py_TYPE(self));
}

/* ---------------------------------------------------- the public surface -- */

/* A row of api.def as the argument helpers need it. */
typedef struct {
  const char *name;
  const char *params;
} nskp_row;

/* How CPython calls a function of a POS row and of a KEY row; not all need all of it. */
#define NSKP_POS                                                                         \
  __attribute__((unused)) PyObject *self, __attribute__((unused)) PyObject *const *args, \
      Py_ssize_t nargs
#define NSKP_KEY NSKP_POS, PyObject *kwnames

/* For each row: its function, nskp_<owner>_<name>, and its text. */
#define NSKP_DECLARE(CALL, SYMBOL)      \
  PyObject *nskp_##SYMBOL(NSKP_##CALL); \
  extern const nskp_row nskp_row_##SYMBOL;
/* Hidden, so that a row without its function does not link. */
#pragma GCC visibility push(hidden)
#define MODULE(NAME, CALL, ...) NSKP_DECLARE(CALL, module_##NAME)
#define SOCKET(NAME, CALL, ...) NSKP_DECLARE(CALL, socket_##NAME)
#define PY_SOCKET(NAME, CALL, ...) NSKP_DECLARE(CALL, socket_##NAME)
#define ADDRESS(NAME, CALL, ...) NSKP_DECLARE(CALL, address_##NAME)
#define ADDRINFO(NAME, CALL, ...) NSKP_DECLARE(CALL, addrinfo_##NAME)
#include "api.def"

/* option.c: the method of each option. */
#define OPTION(NAME, ...) PyObject *nskp_option_##NAME(NSKP_POS);
#include "option.def"
#pragma GCC visibility pop

/* -------------------------------------------------------------- module.c -- */

/* The methods, stamped from api.def and option.def. */
extern PyMethodDef nskp_socket_methods[];
extern PyMethodDef nskp_addrinfo_methods[];

/* A new module netsocket.NAME in the extension, which holds it; NULL with an
   exception. */
PyObject *nskp_add_submodule(PyObject *module, const char *name, const char *doc);

/* ------------------------------------------------------------ constant.c -- */

/* Adds the constants and netsocket.env; 0, or -1 with an exception. */
int nskp_add_constants(PyObject *module);

/* --------------------------------------------------------------- error.c -- */

/* The exception for an error, made but not raised. */
PyObject *nskp_error_new(const nsk_error *error);

/* Raises what NSK_FAILED or NSK_TIMEOUT means; NULL. The core does not know which
   function passed the argument that it refuses: the row does, where there can be one. */
PyObject *nskp_raise(const nskp_row *row, nsk_outcome outcome, const nsk_error *error);

/* Raises what a call on an object came to when it was not NSK_DONE; NULL. `open` is
   false when another thread has closed the object meanwhile. NSK_INTERRUPTED: a signal
   handler has raised already. */
PyObject *nskp_raise_outcome(const char *op, nsk_outcome outcome, bool open,
                             const nsk_error *error);

/* ---------------------------------------------------------------- args.c -- */

enum { NSKP_PARAMS_MAX = 5 };

/* The arguments of one call. A value is NULL when the parameter is absent, or when
   it is None and has a default; what *flags took follows on its own. */
typedef struct {
  const nskp_row *row;
  PyObject *value[NSKP_PARAMS_MAX];
  PyObject *const *flags;
  Py_ssize_t flag_count;
} nskp_args;

/* Finds the arguments of the row's parameters; false with a TypeError. */
bool nskp_bind(nskp_args *a, const nskp_row *row, PyObject *const *args, Py_ssize_t nargs,
               PyObject *kwnames);

/* For a row without parameters. */
bool nskp_bind_none(const nskp_row *row, Py_ssize_t nargs);

/* Each converts one argument and leaves *value alone when it is absent. False with
   a TypeError that names function and parameter, an OverflowError or a ValueError. */
bool nskp_get_bool(const nskp_args *a, int i, bool *value);
bool nskp_get_integer(const nskp_args *a, int i, int64_t *value);
bool nskp_get_int(const nskp_args *a, int i, int *value);
bool nskp_get_deadline(const nskp_args *a, int i, int64_t *until);
bool nskp_get_size(const nskp_args *a, int i, size_t *size);
bool nskp_get_flags(const nskp_args *a, int *flags);
bool nskp_get_address(const nskp_args *a, int i, PyTypeObject *type, nskp_addrinfo **ai);
bool nskp_get_unix(const nskp_args *a, int i, nsk_addr *addr);

bool nskp_get_seconds(const nskp_args *a, int i, double *seconds);

/* str as UTF-8, or bytes; they stay in the argument. */
bool nskp_get_text(const nskp_args *a, int i, const char **text, size_t *length);

/* Parameter i is the host, i + 1 the port, which is an integer where the address is
   numeric. The texts stay in the arguments. */
bool nskp_get_endpoint(const nskp_args *a, int i, nsk_endpoint *at);
bool nskp_get_numeric_endpoint(const nskp_args *a, int i, nsk_endpoint *at);

/* Any C-contiguous buffer; release it on every path. */
bool nskp_get_buffer(const nskp_args *a, int i, Py_buffer *view);

/* ------------------------------------------------------------- address.c -- */

extern PyType_Spec nskp_addrinfo_spec;

/* A new object to be filled; NULL without memory. */
nskp_addrinfo *nskp_make_addrinfo(nskp_state *state);

/* -------------------------------------------------------------- socket.c -- */

extern PyType_Spec nskp_socket_spec;
PyObject *nskp_socket_dunder_enter(PyObject *self, PyObject *nothing);
PyObject *nskp_socket_dunder_exit(PyObject *self, PyObject *exception);

/* A closed socket: what owns a descriptor exists before the descriptor does. */
nskp_socket *nskp_make_socket(nskp_state *state);

/* Brackets a call without the GIL on a socket that is not closed: `view` is the copy
   to use. nskp_leave is false when the socket was closed meanwhile. */
void nskp_enter(nskp_socket *self, nsk_socket *view);
bool nskp_leave(nskp_socket *self);

#endif
