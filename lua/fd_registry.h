/* Which descriptors the objects of a state own. */
#ifndef NSKL_FD_REGISTRY_H
#define NSKL_FD_REGISTRY_H

#include "adapter.h"

/* Makes the record, with nothing in it. */
void nskl_owned_open(nskl_state *st);

/* Remembers that an object owns fd, for the sentinel. Cannot fail: what cannot be
   remembered is closed by the object alone. */
void nskl_own(nskl_state *st, int fd);
/* Forgets it; false when the sentinel has closed it already. */
bool nskl_disown(nskl_state *st, int fd);

/* Closes all that are owned and makes the record empty. */
void nskl_owned_close(nskl_state *st);

#endif
