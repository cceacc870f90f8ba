/* The results of sending and receiving. */
#ifndef NSKL_IO_H
#define NSKL_IO_H

#include "state.h"

/* Pushes the n bytes of the scratch. Making the string may raise a memory error, and they
   are in hand then. Once it is made it may set off finalizers, and one that receives has
   the bytes returned to their socket, ahead of this call: the answer is false. */
static inline bool nskl_push_received(lua_State *L, nskl_socket *self, size_t n) {
  nskl_state *st = self->head.state;
  size_t returned = st->in_hand.returned;
  st->in_hand.socket = self;
  st->in_hand.length = n;
  lua_pushlstring(L, (const char *)st->scratch->data, n);
  if (st->in_hand.returned != returned) {
    lua_pop(L, 1);
    return false;
  }
  st->in_hand.socket = NULL;
  return true;
}

/* The results of a send that has taken nothing, and of a receive that gave nothing.
   NSK_INTERRUPTED: a hook raised. */
int nskl_sent_nothing(lua_State *L, nskl_state *st, nsk_outcome outcome);
int nskl_nothing_received(lua_State *L, nskl_state *st, nsk_outcome outcome);

/* n, nil, n < length */
static inline int nskl_sent_count(lua_State *L, size_t n, size_t length) {
  lua_pushinteger(L, (lua_Integer)n);
  lua_pushnil(L);
  lua_pushboolean(L, n < length);
  return 3;
}

static inline int nskl_sent(lua_State *L, nskl_state *st, nsk_outcome outcome, size_t n,
                            size_t length) {
  if (outcome != NSK_DONE) return nskl_sent_nothing(L, st, outcome);
  return nskl_sent_count(L, n, length);
}

#endif
