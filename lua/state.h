/* What every chapter has of the Lua state: objects, slots, memory to receive into. */
#ifndef NSKL_STATE_H
#define NSKL_STATE_H

#include "adapter.h"

/* Pushes the state's userdata and returns it; nil and NULL before there is one. */
nskl_state *nskl_push_state(lua_State *L);

/* Pushes the value of a slot. */
static inline void nskl_slot_get(lua_State *L, const nskl_state *st, int slot) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, st->slots[slot]);
}

/* Pops a value into a slot. Allocates nothing, since the registry has the key. */
static inline void nskl_slot_set(lua_State *L, const nskl_state *st, int slot) {
  lua_rawseti(L, LUA_REGISTRYINDEX, st->slots[slot]);
}

/* Pushes the value of a slot and empties it, so that the state does not keep alive what
   it gives away. */
static inline void nskl_slot_take(lua_State *L, const nskl_state *st, int slot) {
  nskl_slot_get(L, st, slot);
  lua_pushboolean(L, 0);
  nskl_slot_set(L, st, slot);
}

/* Pushes a new userdata with its metatable and returns it, tagged. */
void *nskl_userdata(lua_State *L, nskl_state *st, nskl_kind kind, size_t size,
                    int values);

/* The userdata of a kind, or NULL. */
static inline void *nskl_test(lua_State *L, int index, nskl_kind kind, size_t size) {
  const void **object = lua_touserdata(L, index);
  if (object == NULL || lua_rawlen(L, index) < size || *object != &nskl_tags[kind])
    return NULL;
  return object;
}

/* What the user calls a kind: "net.socket.addrinfo". */
const char *nskl_kind_name(nskl_kind kind);

/* Pops the metatable of a kind, after adding the methods and the name to it. */
void nskl_metatable(lua_State *L, nskl_kind kind, const luaL_Reg *methods);

_Noreturn void nskl_raise_memory(lua_State *L);

/* Raises once the sentinel has run: no finalizer comes any more for what is made. */
void nskl_still_open(lua_State *L, const nskl_state *st);

/* Whether a finalizer is what runs. What a coroutine has that was collected, and that a
   finalizer resumes, must serve no other call: its own finalizer is still to come. */
static inline bool nskl_in_finalizer(lua_State *L) {
  return lua_gc(L, LUA_GCISRUNNING) < 0;
}

/* A full collection, which ends the calls of coroutines that were dropped and closes
   sockets that were forgotten; at most one a second, else false. Finalizers run in it. */
bool nskl_collect(lua_State *L, nskl_state *st);

/* Whether a call may be made again that failed, with the spare error, for want of a
   descriptor: sockets that were dropped and not collected yet have been closed. The call
   must look at everything afresh, since finalizers have run. */
bool nskl_reclaim(lua_State *L, nskl_state *st, nsk_outcome outcome);

/* Whether a receive may be made again that failed beside another, which a coroutine held
   that was dropped. The call must look at everything afresh. */
bool nskl_vacated(lua_State *L, const nskl_socket *socket, nsk_outcome outcome);

/* Memory to receive into, of at least size bytes; raises when there is none. It is not
   Lua's: taking it runs no finalizer, and it must be taken after what may run one,
   since a finalizer's own receive may replace it. */
nsk_buffer *nskl_scratch_grow(lua_State *L, nskl_state *st, size_t size);

enum { NSKL_SCRATCH_REUSED = 65536 };

static inline nsk_buffer *nskl_scratch(lua_State *L, nskl_state *st, size_t size) {
  nsk_buffer *buffer = st->scratch;
  if (buffer != NULL && size <= buffer->capacity &&
      buffer->capacity <= NSKL_SCRATCH_REUSED && st->in_hand.socket == NULL)
    return buffer;
  return nskl_scratch_grow(L, st, size);
}

/* Bytes are in hand while their string is being made. When that raises, for want of
   memory, they stay so. A call that looks at what is pending returns them to their socket
   first; whose string was being made then receives again. */
void nskl_return_in_hand(nskl_state *st);

static inline void nskl_settle(nskl_state *st) {
  if (st->in_hand.socket != NULL) nskl_return_in_hand(st);
}

#endif
