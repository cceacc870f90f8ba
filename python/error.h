/* Errors as exceptions. */
#ifndef NSKP_ERROR_H
#define NSKP_ERROR_H

#include "adapter.h"

/* Adds EndOfStream to the module, and the other classes to `place`; -1 with an
   exception. */
int nskp_add_failures(PyObject *module, PyObject *place);

/* The class of an error's exception. */
PyObject *nskp_failure_class(const nsk_error *error);

/* An attribute of a module, which is imported where it is not there yet. */
PyObject *nskp_from_module(const char *name, const char *attribute);

/* The exception for an error, made but not raised. */
PyObject *nskp_error_new(const nsk_error *error);

/* Raises what NSK_FAILED or NSK_TIMEOUT means; NULL. The core does not know which
   function was called: the row does, where there is one. */
PyObject *nskp_raise(const nskp_row *row, nsk_outcome outcome, const nsk_error *error);

/* Raises an OverflowError about an argument. */
void nskp_raise_overflow(const nsk_error *error);

/* Raises what the call `op` on an object came to when it was not NSK_DONE; NULL.
   NSK_INTERRUPTED: a signal handler has raised already. */
PyObject *nskp_raise_outcome(const char *op, nsk_outcome outcome, const nsk_error *error);

/* Sets an attribute of the exception that is being raised; steals value, and does
   without when it is NULL. */
bool nskp_annotate(const char *name, PyObject *value);

/* Raises EBADF, for an object that is closed or about to be; NULL. */
PyObject *nskp_raise_closed(const char *op);

#endif
