/* Socket options. */
#ifndef NSKP_OPTION_H
#define NSKP_OPTION_H

#include "adapter.h"

/* nonblock(True), for a call of another name; false with an exception. */
bool nskp_never_block(PyObject *self);

#endif
