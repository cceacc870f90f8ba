/* What one Lua state has, and the sentinel that closes what was forgotten. */
#include "adapter.h"

#include <stdlib.h>
#include <string.h>

const char nskl_tags[NSKL_KINDS];

/* Descriptors above the limit are so rare that their bits are not worth the memory. */
enum { WORD = 64, LIMIT = 1 << 20 };
enum { FIRST_WORDS = sizeof((nskl_state *)0)->owned.first / sizeof(uint64_t) };

void nskl_slot_get(lua_State *L, int slot) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &nskl_tags[NSKL_STATE]);
  lua_getiuservalue(L, -1, slot);
  lua_remove(L, -2);
}

void nskl_slot_set(lua_State *L, int slot) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &nskl_tags[NSKL_STATE]);
  lua_insert(L, -2);
  lua_setiuservalue(L, -2, slot);
  lua_pop(L, 1);
}

void nskl_slot_take(lua_State *L, int slot) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &nskl_tags[NSKL_STATE]);
  lua_getiuservalue(L, -1, slot);
  lua_pushnil(L);
  lua_setiuservalue(L, -3, slot);
  lua_remove(L, -2);
}

void *nskl_userdata(lua_State *L, nskl_state *st, nskl_kind kind, size_t size,
                    int values) {
  nskl_head *head = lua_newuserdatauv(L, size, values);
  memset(head, 0, size);
  head->tag = &nskl_tags[kind];
  head->state = st;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &nskl_tags[kind]);
  lua_setmetatable(L, -2);
  return head;
}

void nskl_metatable(lua_State *L, nskl_kind kind, const char *name,
                    const luaL_Reg *methods) {
  luaL_setfuncs(L, methods, 0);
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &nskl_tags[kind]);
}

/* Doubles the bits until fd has one. */
static bool grow(nskl_state *st, size_t fd) {
  size_t count = st->owned.count;
  while (fd / WORD >= count)
    count *= 2;
  bool first = st->owned.words == st->owned.first;
  uint64_t *words = realloc(first ? NULL : st->owned.words, count * sizeof *words);
  if (words == NULL) return false;
  if (first) memcpy(words, st->owned.first, sizeof st->owned.first);
  memset(words + st->owned.count, 0, (count - st->owned.count) * sizeof *words);
  st->owned.words = words;
  st->owned.count = count;
  return true;
}

void nskl_own(nskl_state *st, int fd) {
  size_t at = (size_t)fd;
  /* Once the sentinel has run, nothing frees what is allocated. */
  if (at / WORD >= st->owned.count && (at >= LIMIT || st->closed || !grow(st, at)))
    return;
  st->owned.words[at / WORD] |= UINT64_C(1) << at % WORD;
}

bool nskl_disown(nskl_state *st, int fd) {
  size_t at = (size_t)fd;
  if (fd < 0 || at / WORD >= st->owned.count) return true;
  uint64_t bit = UINT64_C(1) << at % WORD;
  bool owned = (st->owned.words[at / WORD] & bit) != 0;
  st->owned.words[at / WORD] &= ~bit;
  return owned || !st->closed;
}

static void close_owned(nskl_state *st) {
  nsk_error ignored;
  for (size_t i = 0; i < st->owned.count; i++)
    for (size_t fd = i * WORD; st->owned.words[i] != 0; fd++, st->owned.words[i] >>= 1)
      if (st->owned.words[i] & 1) nsk_fd_close((int64_t)fd, &ignored);
  if (st->owned.words != st->owned.first) free(st->owned.words);
  memset(st->owned.first, 0, sizeof st->owned.first);
  st->owned.words = st->owned.first;
  st->owned.count = FIRST_WORDS;
}

/* Lua drops a finalizer when it has no memory to call it, and the descriptor would
   stay open for ever. The state's own finalizer was made first, so lua_close runs it
   last: whatever is still owned then has nobody else. */
static int sentinel(lua_State *L) {
  nskl_state *st = nskl_test(L, 1, NSKL_STATE, sizeof *st);
  if (st == NULL) return 0;
  st->closed = true;
  st->poller = st->poller_cancels = false;
  while (st->operations != NULL)
    nskl_free_operation(st->operations);
  close_owned(st);
  nsk_block_free(st->scratch);
  st->scratch = NULL;
  return 0;
}

nskl_state *nskl_open_state(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &nskl_tags[NSKL_STATE]);
  nskl_state *st = nskl_test(L, -1, NSKL_STATE, sizeof *st);
  if (st != NULL) return st;
  lua_pop(L, 1);
  st = lua_newuserdatauv(L, sizeof *st, NSKL_SLOTS);
  memset(st, 0, sizeof *st);
  st->head.tag = &nskl_tags[NSKL_STATE];
  st->owned.words = st->owned.first;
  st->owned.count = FIRST_WORDS;
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, sentinel);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  nskl_open_error(L);
  nskl_open_address(L);
  nskl_open_socket(L);
  nskl_open_operation(L);
  nskl_open_message(L);
  nskl_open_control(L);
  nskl_open_iovec(L);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &nskl_tags[NSKL_STATE]);
  return st;
}

nsk_block *nskl_scratch_grow(lua_State *L, nskl_state *st, size_t size) {
  if (st->closed) luaL_error(L, "net.socket: the Lua state is closing");
  if (!nsk_block_reserve(&st->scratch, size)) nskl_raise_memory(L);
  return st->scratch;
}
