/* The objects of the module: how they are made, and what happens before they go. */
#ifndef NSKL_OBJECTS_H
#define NSKL_OBJECTS_H

#include "adapter.h"

/* ------------------------------------------------------ the module, the state -- */

/* Pushes a new state and returns it. */
nskl_state *nskl_new_state(lua_State *L);

/* Adds constants and env to the module's table on top of the stack. */
void nskl_open_constants(lua_State *L);

/* -------------------------------------------------------- each kind of object -- */

/* Each fills the metatable of its kind, on top of the stack, and pops it. */
void nskl_open_socket(lua_State *L);
void nskl_open_address(lua_State *L);
void nskl_open_iovec(lua_State *L);
void nskl_open_message(lua_State *L);
void nskl_open_reader(lua_State *L);
void nskl_open_pollset(lua_State *L);

/* Pushes a closed socket, or an address to be filled: the spare one where there is one.
 */
nskl_socket *nskl_new_socket(lua_State *L, nskl_state *st);
nskl_addrinfo *nskl_new_addrinfo(lua_State *L, nskl_state *st);
/* Puts one back that is still closed, or was not given to the user; index is the stack's.
 */
void nskl_spare_socket(lua_State *L, nskl_state *st, int index);
void nskl_spare_addrinfo(lua_State *L, nskl_state *st, int index);

/* ------------------------------------------------------- before a socket goes -- */

/* Calls the functions that addgcfn gave the socket at index 1. False: that is what is
   going on already, and the call that began it goes on to close the socket. */
bool nskl_call_gcfns(lua_State *L);

static inline bool nskl_run_gcfns(lua_State *L, const nskl_state *st) {
  return !st->gcfns || nskl_call_gcfns(L);
}

/* Keeps the line that makes the socket on top of the stack. */
void nskl_note_line(lua_State *L, nskl_state *st);

/* Warns of a socket that is collected, unless it is closed. */
void nskl_warn_leak(lua_State *L, nskl_state *st, int index);

#endif
