/* The state that the sentinel watches. */
#ifndef NSKL_STATE_CLOSE_H
#define NSKL_STATE_CLOSE_H

#include "adapter.h"

/* Pushes a new state and returns it. */
nskl_state *nskl_new_state(lua_State *L);

#endif
