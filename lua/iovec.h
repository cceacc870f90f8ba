/* Buffers in a row. */
#ifndef NSKL_IOVEC_H
#define NSKL_IOVEC_H

#include "adapter.h"

/* Fills the metatable of buffers in a row, on top of the stack, and pops it. */
void nskl_open_iovec(lua_State *L);

#endif
