/* Socket options. */
#ifndef NSKP_OPTION_H
#define NSKP_OPTION_H

#include "args.h"

/* Converts the first argument to what the option holds; `type` is AddrInfo. False with an
   exception. */
bool nskp_option_value(const nsk_option *option, const nskp_args *a, PyTypeObject *type,
                       nsk_value *value);

/* nonblock(True), for a call of another name; false with an exception. */
bool nskp_never_block(PyObject *self);

#endif
