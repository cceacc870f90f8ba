/* The sentinel closes what was forgotten when a Lua state ends. */
#include "objects.h"

#include <string.h>

#include "fd_registry.h"
#include "state.h"
#include "wait_loop.h"

/* Lua drops a finalizer when it has no memory to call it, and the descriptor would
   stay open to the end. The state's own finalizer was made first, so lua_close runs it
   last: what is still owned then has no other owner. */
static int sentinel(lua_State *L) {
  nskl_state *st = nskl_test(L, 1, NSKL_STATE, sizeof *st);
  if (st == NULL) return 0;
  st->closed = true;
  st->poller = st->poller_cancels = false;
  st->spare_socket = st->spare_operation = false;
  while (st->operations != NULL)
    nskl_free_operation(st->operations);
  nskl_owned_close(st);
  nsk_buffer_free(st->scratch);
  st->scratch = NULL;
  nsk_batch_free(st->batch);
  st->batch = NULL;
  st->in_hand.socket = NULL;
  return 0;
}

nskl_state *nskl_new_state(lua_State *L) {
  nskl_state *st = lua_newuserdatauv(L, sizeof *st, 0);
  memset(st, 0, sizeof *st);
  st->head.tag = &nskl_tags[NSKL_STATE];
  for (int slot = 0; slot < NSKL_SLOTS; slot++) {
    lua_pushboolean(L, 0);
    st->slots[slot] = luaL_ref(L, LUA_REGISTRYINDEX);
  }
  nskl_owned_open(st);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, sentinel);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  return st;
}
