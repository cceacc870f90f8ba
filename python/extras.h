/* The options that an opener may have by name besides its parameters. */
#ifndef NSKP_EXTRAS_H
#define NSKP_EXTRAS_H

#include "args.h"

/* Reads what was named and is no parameter; None is as if it were not. `connects`: it may
   have what only a connect has. False with an exception. */
bool nskp_get_extras(const nskp_args *a, nskp_state *state, bool connects,
                     nsk_extras *extras);

#endif
