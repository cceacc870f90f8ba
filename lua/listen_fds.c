/* Listening sockets that a service manager has opened for this process. */
#include "args.h"
#include "error.h"
#include "fd_registry.h"
#include "objects.h"

/* Gives back what was adopted before one could not be: the caller of the process still
   owns the descriptors. */
static int adopt_failed(lua_State *L, nskl_state *st, int list, int adopted) {
  int fd;
  nsk_error ignored;
  for (int i = 1; i <= adopted; i++) {
    lua_rawgeti(L, list, i);
    nskl_socket *made = lua_touserdata(L, -1);
    nskl_disown(st, made->socket.fd);
    nsk_socket_release(&made->socket, &fd, &ignored);
    lua_pop(L, 1);
  }
  return nskl_fail(L, st);
}

/* All objects are made before the first descriptor is adopted, and the environment
   forgets them last: whatever fails, the call can be made again. */
int nskl_module_listen_fds(lua_State *L) {
  int first, count;
  nskl_state *st = nskl_upvalue(L);
  bool unset = nskl_boolean(L, 1, true);
  lua_settop(L, 1);
  if (nsk_listen_fds(false, &first, &count, nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  lua_createtable(L, count, 0);
  int list = lua_gettop(L);
  for (int i = 1; i <= count; i++) {
    nskl_new_socket(L, st);
    lua_rawseti(L, list, i);
  }
  nsk_error *error = nskl_spare(L, st);
  int made_for = count;
  /* A finalizer that ran meanwhile may have adopted them. */
  if (nsk_listen_fds(false, &first, &count, error) != NSK_DONE) return nskl_fail(L, st);
  if (count > made_for) count = made_for;
  for (int i = made_for; i > count; i--) {
    lua_pushnil(L);
    lua_rawseti(L, list, i);
  }
  for (int i = 1; i <= count; i++) {
    lua_rawgeti(L, list, i);
    nskl_socket *made = lua_touserdata(L, -1);
    lua_pop(L, 1);
    if (nsk_socket_adopt(&made->socket, first + i - 1, true, error) != NSK_DONE)
      return adopt_failed(L, st, list, i - 1);
    nskl_own(st, made->socket.fd);
  }
  if (unset) nsk_listen_fds(true, &first, &count, error);
  return 1;
}

int nskl_module_listen_fdnames(lua_State *L) {
  nskl_state *st = nskl_upvalue(L);
  char name[NSK_FDNAME_SIZE];
  lua_settop(L, 0);
  lua_newtable(L);
  for (int i = 0;; i++) {
    nsk_outcome outcome = nsk_listen_fdname(i, name, nskl_spare(L, st));
    if (outcome == NSK_END) return 1;
    if (outcome != NSK_DONE) return nskl_fail(L, st);
    lua_pushstring(L, name);
    lua_rawseti(L, 1, i + 1);
  }
}
