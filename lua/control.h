/* Control messages, alone and in a queue. */
#ifndef NSKL_CONTROL_H
#define NSKL_CONTROL_H

#include "adapter.h"

/* Fills the metatable of control messages, on top of the stack, and pops it. */
void nskl_open_cmsghdr(lua_State *L);

/* Fills the metatable of queues of them, on top of the stack, and pops it. */
void nskl_open_cmsghdrs(lua_State *L);

/* Pushes a table: an error of the error queue. */
void nskl_push_queued(lua_State *L, nskl_state *st, const nsk_cmsg_value *value);

/* The queue at index has been refilled: what was pushed before is no longer in it. */
void nskl_let_go(lua_State *L, int index);

#endif
