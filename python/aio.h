/* The coroutine functions of netsocket.aio: a row of aio.def each. */
#ifndef NSKP_AIO_H
#define NSKP_AIO_H

#include "coroutine.h"

#define AIO(NAME, ...) NSKP_DECLARE(KEY, aio_##NAME)
#pragma GCC visibility push(hidden)
#include "aio.def"
#pragma GCC visibility pop

/* A Socket among the arguments. `module` is self. */
#define nskp_get_socket(a, i, module, sock) \
  nskp_get_object(a, i, nskp_state_of_module(module)->socket_type, "Socket", sock)

#endif
