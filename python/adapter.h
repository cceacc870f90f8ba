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
  PyTypeObject *msghdr_type;
  PyTypeObject *cmsghdr_type;
  PyTypeObject *cmsghdrs_type;
  PyTypeObject *iovec_type;
  PyTypeObject *connecting_type;
  nsk_block *scratch;  /* to receive into, under the GIL; NULL while it is lent out */
  long long last_gcfn; /* the newest handle of addgcfn, of any socket */
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
  PyObject *gcfns;  /* see gcfn.c */
} nskp_socket;

/* netsocket.AddrInfo. Never changes once it is made. */
typedef struct {
  PyObject head;
  nsk_addrinfo info;
  PyObject *canonname; /* str, or NULL */
} nskp_addrinfo;

/* netsocket.CmsgHdr, CmsgHdrs, IoVec, MsgHdr. What is busy is in use by a call without
   the GIL, or by a view, and is not changed meanwhile. */
typedef struct {
  PyObject_HEAD nsk_cmsg cmsg;
} nskp_cmsghdr;

typedef struct {
  PyObject_HEAD nsk_control control;
  PyObject *pushed; /* NULL, or a list: received messages whose descriptors are sent on */
  int busy;
} nskp_cmsghdrs;

typedef struct {
  PyObject_HEAD nsk_iovec iov;
  int busy;
} nskp_iovec;

typedef struct {
  PyObject_HEAD nsk_message message; /* its pointers are into the objects below */
  PyObject *iov;
  PyObject *control;
  PyObject *name; /* the object of message.name, or NULL: nobody has asked for it */
  int socktype, protocol;
  int busy;
} nskp_msghdr;

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
#define MSGHDR_MAKE(NAME, CALL, ...) NSKP_DECLARE(CALL, msghdr_make_##NAME)
#define CMSGHDR_MAKE(NAME, CALL, ...) NSKP_DECLARE(CALL, cmsghdr_make_##NAME)
#define CMSGHDRS_MAKE(NAME, CALL, ...) NSKP_DECLARE(CALL, cmsghdrs_make_##NAME)
#define IOVEC_MAKE(NAME, CALL, ...) NSKP_DECLARE(CALL, iovec_make_##NAME)
#define MSGHDR(NAME, CALL, ...) NSKP_DECLARE(CALL, msghdr_##NAME)
#define CMSGHDR(NAME, CALL, ...) NSKP_DECLARE(CALL, cmsghdr_##NAME)
#define CMSGHDRS(NAME, CALL, ...) NSKP_DECLARE(CALL, cmsghdrs_##NAME)
#define IOVEC(NAME, CALL, ...) NSKP_DECLARE(CALL, iovec_##NAME)
#define PY_IOVEC(NAME, CALL, ...) NSKP_DECLARE(CALL, iovec_##NAME)
#define DEVICE(NAME, CALL, ...) NSKP_DECLARE(CALL, device_##NAME)
#include "api.def"

/* option.c: the method of each option. */
#define OPTION(NAME, ...) PyObject *nskp_option_##NAME(NSKP_POS);
#include "option.def"
#pragma GCC visibility pop

/* -------------------------------------------------------------- module.c -- */

/* The methods, stamped from api.def and option.def. */
extern PyMethodDef nskp_socket_methods[];
extern PyMethodDef nskp_addrinfo_methods[];
extern PyMethodDef nskp_msghdr_methods[];
extern PyMethodDef nskp_cmsghdr_methods[];
extern PyMethodDef nskp_cmsghdrs_methods[];
extern PyMethodDef nskp_iovec_methods[];

/* ------------------------------------------------------------ constant.c -- */

/* Adds the constants to netsocket, the facts to netsocket.env; 0, or -1 with an
   exception. */
int nskp_add_constants(PyObject *module);
int nskp_add_facts(PyObject *env);

/* --------------------------------------------------------------- error.c -- */

/* The exception for an error, made but not raised. */
PyObject *nskp_error_new(const nsk_error *error);

/* Raises what NSK_FAILED or NSK_TIMEOUT means; NULL. The core does not know which
   function passed the argument that it refuses: the row does, where there can be one. */
PyObject *nskp_raise(const nskp_row *row, nsk_outcome outcome, const nsk_error *error);

/* Raises an OverflowError about an argument. */
void nskp_raise_overflow(const nsk_error *error);

/* Raises what a call on an object came to when it was not NSK_DONE; NULL. `open` is
   false when another thread has closed the object meanwhile. NSK_INTERRUPTED: a signal
   handler has raised already. */
PyObject *nskp_raise_outcome(const char *op, nsk_outcome outcome, bool open,
                             const nsk_error *error);

/* Sets an attribute of the exception that is being raised; steals value, and does
   without when it is NULL. */
bool nskp_annotate(const char *name, PyObject *value);

/* Raises EBADF, for an object that is closed or about to be; NULL. */
PyObject *nskp_raise_closed(const char *op);

/* ---------------------------------------------------------------- args.c -- */

enum { NSKP_PARAMS_MAX = 5 };

/* The arguments of one call. A value is NULL when the parameter is absent, or when
   it is None and has a default; what *flags took follows on its own. */
typedef struct {
  const nskp_row *row;
  PyObject *value[NSKP_PARAMS_MAX];
  PyObject *const *flags;
  Py_ssize_t flag_count;
  char port[NSK_SUBJECT_MAX + 1]; /* the text of a port, where get_endpoint made one */
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

/* A path or abstract name; op is what the error names when it is too long. */
bool nskp_get_unix(const nskp_args *a, int i, const char *op, nsk_addr *addr);

/* An object of one of our types. */
#define nskp_get_object(a, i, type, expected, object) \
  nskp_get_instance(a, i, type, expected, (PyObject **)(void *)(object))
bool nskp_get_instance(const nskp_args *a, int i, PyTypeObject *type,
                       const char *expected, PyObject **object);

/* A descriptor by its number, or of an object with fileno(), whose code runs here; that
   of a closed object is one that nobody has. */
bool nskp_get_descriptor(const nskp_args *a, int i, int64_t *fd);

/* Each raises about one argument, a TypeError or a ValueError; false. */
bool nskp_refuse(const nskp_args *a, int i, const char *expected, PyObject *got);
bool nskp_out_of_range(const nskp_args *a, int i, const char *text);

bool nskp_get_seconds(const nskp_args *a, int i, double *seconds);

/* str as UTF-8, or bytes; they stay in the argument. */
bool nskp_get_text(const nskp_args *a, int i, const char **text, size_t *length);

/* Parameter i is the host, i + 1 the port, which is an integer where the address is
   numeric. The texts stay in the arguments and in `a`. */
bool nskp_get_endpoint(nskp_args *a, int i, nsk_endpoint *at);
bool nskp_get_numeric_endpoint(nskp_args *a, int i, nsk_endpoint *at);

/* Any C-contiguous buffer; release it on every path. */
bool nskp_get_buffer(const nskp_args *a, int i, Py_buffer *view);
/* The same to be written to: BufferError when it is read-only. */
bool nskp_get_writable(const nskp_args *a, int i, Py_buffer *view);

/* ------------------------------------------------ connect.c, connect_steps.c -- */

/* Gives the exception that is being raised the attribute attempts; NULL. */
PyObject *nskp_add_attempts(const nsk_connect *op);

extern PyType_Spec nskp_connecting_spec;
PyObject *nskp_connecting_to(NSKP_POS);
PyObject *nskp_connecting_to_path(NSKP_POS);
PyObject *nskp_connecting_by_name(NSKP_POS);

/* ---------------------------------------------------------------- transfer.c -- */

/* For netsocket.aio: received bytes that nobody was given go back to the socket. */
PyObject *nskp_keep(NSKP_POS);

/* ------------------------------------------- control.c, iovec.c, message.c -- */

extern PyType_Spec nskp_cmsghdr_spec;
extern PyType_Spec nskp_cmsghdrs_spec;
extern PyType_Spec nskp_iovec_spec;
extern PyType_Spec nskp_msghdr_spec;

/* --------------------------------------------------------- receive_into.c -- */

/* What is longer is received where it stays, and not copied. */
enum { NSKP_SHORT = 16384 };

/* Receives more than NSKP_SHORT bytes at most into a bytes object. */
PyObject *nskp_receive_large(nskp_socket *sock, size_t size, int flags);

/* --------------------------------------------------------------------- gcfn.c -- */

/* Runs the functions of addgcfn, the last added first; no exception comes out. */
void nskp_run_gcfns(nskp_socket *sock);

/* They run just now, or have run: the socket is as good as closed. */
bool nskp_is_ending(const nskp_socket *sock);

/* ------------------------------------------------------------- address.c -- */

extern PyType_Spec nskp_addrinfo_spec;

/* A new object to be filled; NULL without memory. */
nskp_addrinfo *nskp_make_addrinfo(nskp_state *state);

/* -------------------------------------------------------------- socket.c -- */

extern PyType_Spec nskp_socket_spec;
PyObject *nskp_socket_dunder_enter(PyObject *self, PyObject *nothing);
PyObject *nskp_socket_dunder_exit(PyObject *self, PyObject *exception);

/* What a call came to, a count of bytes or a descriptor, as an object. `room` is the
   most that it can be, made before the call: there is memory for what is no longer than
   it once it is given back. */
static inline PyObject *nskp_count(PyObject *room, size_t most, size_t n) {
  if (n == most) return room;
  Py_DECREF(room);
  return PyLong_FromSize_t(n);
}

/* A closed socket: what owns a descriptor exists before the descriptor does. */
nskp_socket *nskp_make_socket(nskp_state *state);

/* Whether it has bytes that a receive could not hand over. */
bool nskp_has_kept(const nskp_socket *self);

/* Brackets a call without the GIL on a socket that is not closed: `view` is the copy
   to use. nskp_leave is false when the socket was closed meanwhile. */
void nskp_enter(nskp_socket *self, nsk_socket *view);
bool nskp_leave(nskp_socket *self);

#endif
