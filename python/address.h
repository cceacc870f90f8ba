/* Address objects. */
#ifndef NSKP_ADDRESS_H
#define NSKP_ADDRESS_H

#include "adapter.h"

extern PyType_Spec nskp_addrinfo_spec;

/* A new object to be filled; NULL without memory. */
nskp_addrinfo *nskp_make_addrinfo(nskp_state *state);

#endif
