/* Address objects. */
#ifndef NSKL_ADDRESS_H
#define NSKL_ADDRESS_H

#include "adapter.h"

/* Fills the metatable of addresses, on top of the stack, and pops it. */
void nskl_open_address(lua_State *L);

/* Pushes an address object to be filled, the spare one where there is one. */
nskl_addrinfo *nskl_new_addrinfo(lua_State *L, nskl_state *st);
/* Puts one that was not given to the user back; index is the stack's. */
void nskl_spare_addrinfo(lua_State *L, nskl_state *st, int index);

#endif
