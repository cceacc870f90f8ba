/* Options as methods. */
#ifndef NSKL_OPTION_H
#define NSKL_OPTION_H

#include "adapter.h"

/* Takes the value at index for an option. It raises where that is of another type; of a
   number that is no integer the index goes into *bad. */
void nskl_option_value(lua_State *L, int index, const nsk_option *option,
                       nsk_value *value, int *bad);

/* Adds the options to the table of methods on top of the stack. */
void nskl_open_options(lua_State *L);

#endif
