/* Sockets that are collected open: for a state whose `leaks` is true. */
#ifndef NSKL_LEAKS_H
#define NSKL_LEAKS_H

#include "adapter.h"

/* Keeps the line that makes the socket on top of the stack. */
void nskl_note_line(lua_State *L, nskl_state *st);

/* Warns of a socket that is collected, unless it is closed. */
void nskl_warn_leak(lua_State *L, nskl_state *st, int index);

#endif
