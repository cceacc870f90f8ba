/* Options as methods. */
#ifndef NSKL_OPTION_H
#define NSKL_OPTION_H

#include "adapter.h"

/* Adds the options to the table of methods on top of the stack. */
void nskl_open_options(lua_State *L);

#endif
