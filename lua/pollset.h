/* Sets of descriptors. */
#ifndef NSKL_POLLSET_H
#define NSKL_POLLSET_H

#include "adapter.h"

void nskl_open_pollset(lua_State *L);

#endif
