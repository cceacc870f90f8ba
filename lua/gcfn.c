/*
 * Functions that run before a socket's descriptor is closed or given away.
 *
 * They are not in the socket, which most have none for, but in a table of the state:
 * weak keys, the socket object as key, and as value a list of entries in the order in
 * which they came. Such a table (an ephemeron) does not keep a socket alive whose
 * functions refer to it, and it holds the entry until the socket's finalizer has run.
 */
#include "objects.h"

#include "argcheck.h"
#include "args.h"
#include "error.h"
#include "state.h"

/* The fields of an entry. ERRFN is false where there is none. */
enum { HANDLE = 1, ERRFN, FN, COUNT, ARGS };

/* The field of a list that says that its functions are being called. It is there from
   the beginning: setting it allocates nothing. */
enum { RUNNING = 0 };

/* --------------------------------------------------------------- the list -- */

/* Pushes the list of the socket at index 1; false and nothing when there is none.
   Allocates nothing. */
static bool push_list(lua_State *L, const nskl_state *st) {
  if (!st->gcfns) return false;
  nskl_slot_get(L, st, NSKL_GCFNS);
  lua_pushvalue(L, 1);
  bool found = lua_rawget(L, -2) == LUA_TTABLE;
  lua_remove(L, -2);
  if (!found) lua_pop(L, 1);
  return found;
}

/* Makes the list on top of the stack, or nil, the one of the socket, and pops it. */
static void set_list(lua_State *L, const nskl_state *st) {
  nskl_slot_get(L, st, NSKL_GCFNS);
  lua_insert(L, -2);
  lua_pushvalue(L, 1);
  lua_insert(L, -2);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

static bool running(lua_State *L, int list) {
  lua_rawgeti(L, list, RUNNING);
  bool is = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return is;
}

/* Here and below, a finalizer that runs meanwhile may have been faster. */
static void make_table(lua_State *L, nskl_state *st) {
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  if (st->gcfns) {
    lua_pop(L, 1);
    return;
  }
  nskl_slot_set(L, st, NSKL_GCFNS);
  st->gcfns = true;
}

/* Pushes the list, a new one where there is none. */
static void push_or_make_list(lua_State *L, nskl_state *st) {
  if (push_list(L, st)) return;
  lua_createtable(L, 1, 1);
  lua_pushboolean(L, 0);
  lua_rawseti(L, -2, RUNNING);
  if (!st->gcfns) make_table(L, st);
  if (push_list(L, st)) {
    lua_remove(L, -2);
    return;
  }
  lua_pushvalue(L, -1);
  set_list(L, st);
}

/* ---------------------------------------------------------------- calling -- */

/* Called protected with an entry. */
static int call_entry(lua_State *L) {
  lua_rawgeti(L, 1, COUNT);
  int count = (int)lua_tointeger(L, -1);
  luaL_checkstack(L, count + 1, "too many arguments");
  lua_rawgeti(L, 1, FN);
  for (int i = 0; i < count; i++)
    lua_rawgeti(L, 1, ARGS + i);
  lua_call(L, count, 0);
  return 0;
}

/* The words of the error on top of the stack; no metamethod is asked, which could fail
   in its turn. */
static const char *words(lua_State *L, char *line) {
  const nskl_error *error = nskl_test(L, -1, NSKL_ERROR, sizeof *error);
  if (lua_type(L, -1) == LUA_TSTRING) return lua_tostring(L, -1);
  if (error == NULL) return luaL_typename(L, -1);
  nsk_error_line(&error->error, line, NSK_LINE_MAX);
  return line;
}

/* An error goes to errfn, and where that is none or fails too, into a warning. */
static void report(lua_State *L, int entry) {
  char line[NSK_LINE_MAX];
  lua_rawgeti(L, entry, ERRFN);
  if (lua_isfunction(L, -1)) {
    lua_insert(L, -2);
    if (lua_pcall(L, 1, 0, 0) == LUA_OK) return;
  } else {
    lua_pop(L, 1);
  }
  lua_warning(L, "net.socket: error in a function of addgcfn (", 1);
  lua_warning(L, words(L, line), 1);
  lua_warning(L, ")", 0);
  lua_pop(L, 1);
}

/* Calls the entry on top of the stack and pops it. */
static void run_gcfn(lua_State *L) {
  int entry = lua_gettop(L);
  lua_pushcfunction(L, call_entry);
  lua_pushvalue(L, entry);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) report(L, entry);
  lua_pop(L, 1);
}

bool nskl_call_gcfns(lua_State *L) {
  const nskl_socket *self = lua_touserdata(L, 1);
  const nskl_state *st = self->head.state;
  if (!push_list(L, st)) return true;
  int list = lua_gettop(L);
  bool first = !running(L, list);
  lua_pushboolean(L, 1);
  lua_rawseti(L, list, RUNNING);
  for (lua_Unsigned n; first && (n = lua_rawlen(L, list)) > 0;) {
    lua_rawgeti(L, list, (lua_Integer)n);
    lua_pushnil(L);
    lua_rawseti(L, list, (lua_Integer)n);
    run_gcfn(L);
  }
  lua_pop(L, 1);
  if (!first) return false;
  lua_pushnil(L);
  set_list(L, st);
  return true;
}

/* ----------------------------------------------------------- adding, taking -- */

/* Pushes an entry for errfn, fn and the arguments, from index 2 on. */
static void push_entry(lua_State *L, nskl_state *st) {
  int top = lua_gettop(L), count = top - 3;
  lua_createtable(L, ARGS - 1 + count, 0);
  lua_pushinteger(L, ++st->last_gcfn);
  lua_rawseti(L, -2, HANDLE);
  lua_pushinteger(L, count);
  lua_rawseti(L, -2, COUNT);
  if (lua_isnil(L, 2))
    lua_pushboolean(L, 0);
  else
    lua_pushvalue(L, 2);
  lua_rawseti(L, -2, ERRFN);
  for (int i = 3; i <= top; i++) {
    lua_pushvalue(L, i);
    lua_rawseti(L, -2, i == 3 ? FN : ARGS + i - 4);
  }
}

/* A socket that is being closed takes no more: its close would not have to end. */
int nskl_socket_addgcfn(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  if (!lua_isfunction(L, 2) && !lua_isnil(L, 2)) nskl_bad_type(L, 2, "function");
  if (!lua_isfunction(L, 3)) nskl_bad_type(L, 3, "function");
  if (self->socket.fd < 0) return nskl_fail_closed(L, st, "addgcfn");
  push_entry(L, st);
  push_or_make_list(L, st);
  int list = lua_gettop(L);
  if (self->socket.fd < 0 || running(L, list)) return nskl_fail_closed(L, st, "addgcfn");
  lua_rawgeti(L, list - 1, HANDLE);
  lua_pushvalue(L, list - 1);
  lua_rawseti(L, list, (lua_Integer)lua_rawlen(L, list) + 1);
  return 1;
}

/* The place of a handle in the list, 0 when it is not there. */
static lua_Integer find(lua_State *L, int list, lua_Integer handle) {
  lua_Integer n = (lua_Integer)lua_rawlen(L, list);
  for (bool found = false; n > 0; n--) {
    lua_rawgeti(L, list, n);
    lua_rawgeti(L, -1, HANDLE);
    found = lua_tointeger(L, -1) == handle;
    lua_pop(L, 2);
    if (found) break;
  }
  return n;
}

/* What is being run cannot be taken back. */
int nskl_socket_delgcfn(lua_State *L) {
  int bad = 0;
  nskl_socket *self = nskl_self(L);
  int64_t handle = nskl_integer(L, 2, &bad);
  lua_Integer at = 0;
  bool listed = bad == 0 && push_list(L, self->head.state);
  int list = lua_gettop(L);
  if (listed && !running(L, list)) at = find(L, list, handle);
  lua_pushboolean(L, at > 0);
  if (at == 0) return 1;
  lua_Integer last = (lua_Integer)lua_rawlen(L, list);
  for (; at < last; at++) {
    lua_rawgeti(L, list, at + 1);
    lua_rawseti(L, list, at);
  }
  lua_pushnil(L);
  lua_rawseti(L, list, last);
  return 1;
}
