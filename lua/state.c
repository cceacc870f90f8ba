/* What one Lua state has in place of static variables. */
#include "state.h"

#include <stdlib.h>
#include <string.h>

const char nskl_tags[NSKL_KINDS];

nskl_state *nskl_push_state(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &nskl_tags[NSKL_STATE]);
  return nskl_test(L, -1, NSKL_STATE, sizeof(nskl_state));
}

void nskl_still_open(lua_State *L, const nskl_state *st) {
  if (st->closed) luaL_error(L, "net.socket: the Lua state is closing");
}

/* The kinds that own what is not Lua's. */
static bool owns(nskl_kind kind) {
  return kind == NSKL_SOCKET || kind == NSKL_OPERATION || kind == NSKL_IOVEC ||
         kind == NSKL_CMSGHDR || kind == NSKL_CMSGHDRS;
}

void *nskl_userdata(lua_State *L, nskl_state *st, nskl_kind kind, size_t size,
                    int values) {
  if (owns(kind)) nskl_still_open(L, st);
  nskl_head *head = lua_newuserdatauv(L, size, values);
  memset(head, 0, size);
  head->tag = &nskl_tags[kind];
  head->state = st;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &nskl_tags[kind]);
  lua_setmetatable(L, -2);
  return head;
}

static const char *const kind_names[NSKL_KINDS] = {
    [NSKL_SOCKET] = "net.socket",          [NSKL_ADDRINFO] = "net.socket.addrinfo",
    [NSKL_ERROR] = "net.socket.error",     [NSKL_MSGHDR] = "net.socket.msghdr",
    [NSKL_CMSGHDR] = "net.socket.cmsghdr", [NSKL_CMSGHDRS] = "net.socket.cmsghdrs",
    [NSKL_IOVEC] = "net.socket.iovec",     [NSKL_OPERATION] = "net.socket.operation",
    [NSKL_READER] = "net.socket.reader",   [NSKL_DEADLINE] = "net.socket.deadline",
    [NSKL_POLLSET] = "net.socket.pollset",
};

const char *nskl_kind_name(nskl_kind kind) {
  return kind_names[kind];
}

void nskl_metatable(lua_State *L, nskl_kind kind, const luaL_Reg *methods) {
  luaL_setfuncs(L, methods, 0);
  lua_pushstring(L, kind_names[kind]);
  lua_setfield(L, -2, "__name");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &nskl_tags[kind]);
}

bool nskl_collect(lua_State *L, nskl_state *st) {
  static const int64_t second = INT64_C(1000000000);
  int64_t now = nsk_now();
  if (st->closed || (st->collected != 0 && now - st->collected < second)) return false;
  int64_t before = st->collected;
  st->collected = now;
  bool collected = lua_gc(L, LUA_GCCOLLECT) == 0; /* in a finalizer there is none */
  st->collected = collected ? nsk_now() : before; /* who asks again at once has had it */
  return collected;
}

bool nskl_reclaim(lua_State *L, nskl_state *st, nsk_outcome outcome) {
  return outcome == NSK_FAILED && nsk_error_scarce(&st->spare_error->error) &&
         nskl_collect(L, st);
}

bool nskl_vacated(lua_State *L, const nskl_socket *socket, nsk_outcome outcome) {
  return outcome == NSK_FAILED && nsk_socket_receiving(&socket->socket) &&
         nskl_collect(L, socket->head.state);
}

nsk_buffer *nskl_scratch_grow(lua_State *L, nskl_state *st, size_t size) {
  nskl_still_open(L, st);
  nskl_settle(st);
  if (!nsk_buffer_reserve(&st->scratch, size)) nskl_raise_memory(L);
  return st->scratch;
}

void nskl_return_in_hand(nskl_state *st) {
  nsk_buffer *buffer = st->scratch;
  nsk_socket *s = &st->in_hand.socket->socket;
  st->scratch = NULL;
  st->in_hand.socket = NULL;
  st->in_hand.returned++;
  if (buffer == NULL) return; /* what a reader has in hand is pending already */
  nsk_socket_put_back(s, buffer, st->in_hand.length, &buffer->from);
}

/* lua_error knows Lua's own message of a memory error and raises LUA_ERRMEM. It does
   not return, which its declaration does not say. */
_Noreturn void nskl_raise_memory(lua_State *L) {
  lua_pushliteral(L, "not enough memory");
  lua_error(L);
  abort();
}
