/* Constants and facts of this system. */
#include "objects.h"

void nskl_open_constants(lua_State *L) {
  for (const nsk_constant *row = nsk_constants; row->name != NULL; row++) {
    lua_pushinteger(L, row->value);
    lua_setfield(L, -2, row->name);
  }
  lua_createtable(L, 0, 3);
  lua_pushstring(L, nsk_os);
  lua_setfield(L, -2, "os");
  lua_pushinteger(L, nsk_unixpath_max);
  lua_setfield(L, -2, "unixpath_max");
  lua_pushinteger(L, nsk_backlog);
  lua_setfield(L, -2, "somaxconn");
  lua_setfield(L, -2, "env");
}
