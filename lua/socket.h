/* Socket objects. */
#ifndef NSKL_SOCKET_H
#define NSKL_SOCKET_H

#include "adapter.h"

/* Fills the metatable of sockets, on top of the stack, and pops it. */
void nskl_open_socket(lua_State *L);

/* Pushes a closed socket object, the spare one where there is one. */
nskl_socket *nskl_new_socket(lua_State *L, nskl_state *st);
/* Puts one that is still closed back; index is the stack's. */
void nskl_spare_socket(lua_State *L, nskl_state *st, int index);

#endif
