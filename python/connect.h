/* What a connect has tried. */
#ifndef NSKP_CONNECT_H
#define NSKP_CONNECT_H

#include "adapter.h"

/* Gives the exception that is being raised the attribute attempts; NULL. */
PyObject *nskp_add_attempts(const nsk_connect *op);

#endif
