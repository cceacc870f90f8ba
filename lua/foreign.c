/* For what another library does with a socket of ours, such as LuaSec: its errors become
   error objects, and its writes raise no SIGPIPE. */
#include <string.h>

#include "argcheck.h"
#include "args.h"
#include "error.h"
#include "state.h"

/* An error keeps the name of its call as a pointer, so the string must stay. */
static const char *kept_name(lua_State *L, int index) {
  const char *name = luaL_checkstring(L, index);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, "net.socket.operations");
  lua_pushvalue(L, index);
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
  lua_pop(L, 1);
  return name;
}

/* (code, op[, message[, addr]]) */
int nskl_poller_error(lua_State *L) {
  int code;
  size_t length;
  nskl_state *st = nskl_upvalue(L);
  lua_settop(L, 4);
  if (lua_isinteger(L, 1))
    code = (int)lua_tointeger(L, 1);
  else if (!nskl_errno_at(L, 1, &code))
    nskl_bad_type(L, 1, "one of socket.errno");
  const char *op = kept_name(L, 2), *message = luaL_optstring(L, 3, "");
  const char *addr = luaL_optlstring(L, 4, "", &length);
  nsk_error *error = nskl_spare(L, st);
  nsk_error_code(error, op, code);
  size_t cut = strnlen(message, sizeof error->text - 1);
  memcpy(error->text, message, cut);
  error->text[cut] = '\0';
  if (length > sizeof error->subject) length = sizeof error->subject;
  memcpy(error->subject, addr, length);
  error->subject_length = (uint16_t)length;
  nskl_push_error(L, st);
  return 1;
}

/* (fn, arg...) */
int nskl_poller_nosigpipe(lua_State *L) {
  nsk_sigpipe guard;
  luaL_checkany(L, 1);
  nsk_sigpipe_hold(&guard);
  int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
  nsk_sigpipe_release(&guard, true);
  return status == LUA_OK ? lua_gettop(L) : lua_error(L);
}
