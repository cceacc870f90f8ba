/* Plain calls as coroutines: each is tried when its task has the turn, and waits where
   the try says again. */
#ifndef NSKP_AIO_PLAIN_H
#define NSKP_AIO_PLAIN_H

#include "aio.h"
#include "args.h"

/* What stands first in the own part of each. */
typedef struct {
  nsk_timed timed;
  int flags; /* the caller's */
} nskp_aio_call;

/* A coroutine of arguments that are bound: its socket is parameter 0, its time parameter
   `sec`. NULL: raised. */
nskp_coroutine *nskp_aio_plain(PyObject *module, const nskp_args *a,
                               const nskp_kind *kind, int sec);

/* What a step returns after a try. */
nsk_outcome nskp_aio_tried(nskp_coroutine *c, nsk_outcome outcome, nsk_interest *interest,
                           nsk_error *error);

/* Ends what is common. */
void nskp_aio_plain_end(nskp_coroutine *c);

#endif
