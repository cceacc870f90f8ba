/* The table of options that an opener may have after its positions. */
#ifndef NSKL_EXTRAS_H
#define NSKL_EXTRAS_H

#include "adapter.h"

/* Reads it, and lays what it says of a position there; without one nothing changes. It is
   the argument after the positions, or the last one where later positions are left out.
   `connects`: it may have what only a connect has. False with the spare error: a value
   that cannot be, or one given twice. Other types and unknown names raise. */
bool nskl_take_extras(lua_State *L, nskl_state *st, bool connects, nsk_extras *extras);

#endif
