/* Sockets that are collected open, and the lines that made them. */
#include "objects.h"

#include <lauxlib.h>
#include <string.h>

#include "args.h"
#include "state.h"

/* The modules in Lua that come with this one are not the program's. */
static bool of_the_program(const lua_Debug *ar) {
  return ar->currentline > 0 && strstr(ar->source, "net/socket/") == NULL;
}

/* Pushes "file.lua:12", or nil where no function of the program is on the stack. */
static void push_line(lua_State *L) {
  lua_Debug ar;
  for (int level = 1; lua_getstack(L, level, &ar); level++) {
    lua_getinfo(L, "Sl", &ar);
    if (!of_the_program(&ar)) continue;
    lua_pushfstring(L, "%s:%d", ar.short_src, ar.currentline);
    return;
  }
  lua_pushnil(L);
}

void nskl_note_line(lua_State *L, nskl_state *st) {
  nskl_slot_get(L, st, NSKL_LINES);
  lua_pushvalue(L, -2);
  push_line(L);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

void nskl_warn_leak(lua_State *L, nskl_state *st, int index) {
  char text[512];
  nskl_socket *self = lua_touserdata(L, index);
  if (self->socket.fd < 0) return;
  nsk_socket_text(&self->socket, text, sizeof text);
  lua_pushvalue(L, index);
  nskl_slot_get(L, st, NSKL_LINES);
  lua_insert(L, -2);
  bool known = lua_rawget(L, -2) == LUA_TSTRING;
  lua_warning(L, "net.socket: collected open: ", 1);
  lua_warning(L, text, known);
  if (known) lua_warning(L, ", made at ", 1);
  if (known) lua_warning(L, lua_tostring(L, -1), 0);
  lua_pop(L, 2);
}

/* The table is there before the flag, which says that it is. */
int nskl_module_warnleaks(lua_State *L) {
  nskl_state *st = nskl_upvalue(L);
  bool on = nskl_boolean(L, 1, true), was = st->leaks;
  if (on && !was) {
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    nskl_slot_set(L, st, NSKL_LINES);
  }
  st->leaks = on;
  if (!on) {
    lua_pushboolean(L, 0);
    nskl_slot_set(L, st, NSKL_LINES);
  }
  lua_pushboolean(L, was);
  return 1;
}
