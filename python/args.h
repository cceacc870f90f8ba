/* Arguments, found and converted. */
#ifndef NSKP_ARGS_H
#define NSKP_ARGS_H

#include "adapter.h"

enum { NSKP_PARAMS_MAX = 6 };

/* The arguments of one call. A value is NULL when the parameter is absent, or when
   it is None and has a default; what *flags took follows on its own. */
typedef struct {
  const nskp_row *row;
  PyObject *value[NSKP_PARAMS_MAX];
  PyObject *const *flags;
  Py_ssize_t flag_count;
  PyObject *kwnames; /* what was given by name; NULL: nothing */
  PyObject *const *named;
  char port[NSK_SUBJECT_MAX + 1]; /* the text of a port, where get_endpoint made one */
  char host[NSK_HOST_MAX];        /* the same of a host */
} nskp_args;

/* Finds the arguments of the row's parameters; false with a TypeError. What else is named
   where the row has **options is for nskp_get_extras. */
bool nskp_bind(nskp_args *a, const nskp_row *row, PyObject *const *args, Py_ssize_t nargs,
               PyObject *kwnames);

/* Whether a parameter of the row has this name. */
bool nskp_is_parameter(const nskp_row *row, PyObject *name);

/* The name of parameter i, cut if need be; one that has none is of the rest. */
enum { NSKP_NAME_MAX = 24 };
void nskp_parameter_name(const nskp_row *row, int i, char *name);

/* Raises that the function has no parameter of this name; false. */
bool nskp_unexpected(const nskp_row *row, PyObject *name);

/* For a row without parameters. */
bool nskp_bind_none(const nskp_row *row, Py_ssize_t nargs);

/* Each converts one argument and leaves *value alone when it is absent. False with
   a TypeError that names function and parameter, an OverflowError or a ValueError. */
bool nskp_get_bool(const nskp_args *a, int i, bool *value);
bool nskp_get_integer(const nskp_args *a, int i, int64_t *value);
bool nskp_get_int(const nskp_args *a, int i, int *value);
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
   of a closed object is one that no file has. */
bool nskp_get_descriptor(const nskp_args *a, int i, int64_t *fd);

/* Has an object with flush() write what it still holds: code of the user's, to be run
   before the descriptor is asked for. */
bool nskp_flush(const nskp_args *a, int i);

/* Each raises about one argument, a TypeError or a ValueError; false. */
bool nskp_refuse(const nskp_args *a, int i, const char *expected, PyObject *got);
bool nskp_out_of_range(const nskp_args *a, int i, const char *text);

bool nskp_get_seconds(const nskp_args *a, int i, double *seconds);

/* deadline.c: seconds as a call's deadline, and as that of a call on a socket, whose
   timeout counts when they are absent. */
bool nskp_get_deadline(const nskp_args *a, int i, nsk_deadline *deadline);
bool nskp_get_limit(const nskp_args *a, int i, const nskp_socket *sock,
                    nsk_deadline *deadline);

/* str as UTF-8, or bytes; they stay in the argument. */
bool nskp_get_text(const nskp_args *a, int i, const char **text, size_t *length);

/* An interface by its name or an AddrInfo, of that type; both stay in the argument. */
bool nskp_get_interface(const nskp_args *a, int i, PyTypeObject *type, nsk_interface *at);

/* Parameter i is the host, i + 1 the port, which is an integer where the address is
   numeric. The texts stay in the arguments and in `a`. */
bool nskp_get_endpoint(nskp_args *a, int i, nsk_endpoint *at);
bool nskp_get_numeric_endpoint(nskp_args *a, int i, nsk_endpoint *at);

/* Any C-contiguous buffer; release it on every path. */
bool nskp_get_buffer(const nskp_args *a, int i, Py_buffer *view);
/* The same to be written to: BufferError when it is read-only. */
bool nskp_get_writable(const nskp_args *a, int i, Py_buffer *view);

/* -------------------------------------------------------------------- options -- */

/* Converts the first argument to what the option holds; `type` is AddrInfo. False with an
   exception. */
bool nskp_option_value(const nsk_option *option, const nskp_args *a, PyTypeObject *type,
                       nsk_value *value);

/* nonblock(True), for a call of another name; false with an exception. */
bool nskp_never_block(PyObject *self);

/* Reads the options of an opener that were named and are no parameters; None is as if it
   were not. `connects`: it may have what only a connect has. False with an exception. */
bool nskp_get_extras(const nskp_args *a, nskp_state *state, bool connects,
                     nsk_extras *extras);

#endif
