/* Buffers in a row. */
#ifndef NSKP_IOVEC_H
#define NSKP_IOVEC_H

#include "adapter.h"

extern PyType_Spec nskp_iovec_spec;

#endif
