/* Messages. */
#ifndef NSKL_MESSAGE_H
#define NSKL_MESSAGE_H

#include "adapter.h"

/* Fills the metatable of messages, on top of the stack, and pops it. */
void nskl_open_message(lua_State *L);

#endif
