/* Receiving into memory where the bytes stay. */
#ifndef NSKP_RECEIVE_INTO_H
#define NSKP_RECEIVE_INTO_H

#include "adapter.h"

/* What is longer is received where it stays, and not copied. */
enum { NSKP_SHORT = 16384 };

/* Receives more than NSKP_SHORT bytes at most into a bytes object. */
PyObject *nskp_receive_large(nskp_socket *sock, size_t size, int flags);

#endif
