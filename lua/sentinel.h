/* The state that the sentinel watches. */
#ifndef NSKL_SENTINEL_H
#define NSKL_SENTINEL_H

#include "adapter.h"

/* Pushes a new state and returns it. */
nskl_state *nskl_new_state(lua_State *L);

#endif
