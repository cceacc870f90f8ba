/* Constants and facts. */
#ifndef NSKL_CONSTANT_H
#define NSKL_CONSTANT_H

#include "adapter.h"

/* Adds constants and env to the module's table on top of the stack. */
void nskl_open_constants(lua_State *L);

#endif
