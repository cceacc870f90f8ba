/* Readers. */
#ifndef NSKL_READER_H
#define NSKL_READER_H

#include "adapter.h"

/* Fills the metatable of readers, on top of the stack, and pops it. */
void nskl_open_reader(lua_State *L);

#endif
