/* The table of options that an opener may have after its positions: {tcpnodelay=true}. */
#include "args.h"

#include <string.h>

#include "argcheck.h"
#include "error.h"

/* What is being read. */
typedef struct {
  const nskl_row *row;
  int table; /* where it is */
  bool connects;
  nskl_state *state;
  nsk_extras *extras;
} reading;

/* Where the table is, 0: there is none. Other arguments past the positions are nothing to
   the function, as everywhere in Lua. */
static int find_table(lua_State *L, int required, int positions) {
  int last = lua_gettop(L);
  if (last > positions) last = positions + 1;
  while (last > required && lua_isnil(L, last))
    last--;
  return last > required && lua_istable(L, last) ? last : 0;
}

/* Moves it past the positions, of which those left out are nil. */
static void place_table(lua_State *L, int from, int positions) {
  lua_settop(L, positions + 1);
  if (from > positions) return;
  lua_pushvalue(L, from);
  lua_replace(L, positions + 1);
  lua_pushnil(L);
  lua_replace(L, from);
}

static nsk_outcome refuse(lua_State *L, const char *name, const char *text,
                          nsk_error *error) {
  return nsk_error_argument(error, nskl_running(L)->name, name, text);
}

/* Whether the value on top is one for an option, and what else it ought to be. */
static bool fits(lua_State *L, const nsk_option *option, const char **expected) {
  int type = lua_type(L, -1);
  switch (option->kind) {
    case NSK_OPT_BOOL:
    case NSK_OPT_FDFLAG:
    case NSK_OPT_FLFLAG:
      *expected = "boolean";
      return type == LUA_TBOOLEAN;
    case NSK_OPT_IFNAME:
    case NSK_OPT_STRING:
      *expected = "string or net.socket.addrinfo";
      return type == LUA_TSTRING ||
             nskl_test(L, -1, NSKL_ADDRINFO, sizeof(nskl_addrinfo)) != NULL;
    case NSK_OPT_NAME:
      *expected = "string";
      return type == LUA_TSTRING;
    case NSK_OPT_SECONDS:
      *expected = "number";
      return type == LUA_TNUMBER;
    case NSK_OPT_INT:
    case NSK_OPT_U8:
    case NSK_OPT_U32:
    case NSK_OPT_U64:
    case NSK_OPT_LINGER:
    case NSK_OPT_CRED:
      break;
  }
  *expected = "integer";
  return type == LUA_TNUMBER;
}

/* The value is on top of the stack, its name is an option's. */
static nsk_outcome take_option(lua_State *L, const reading *r, const nsk_option *option,
                               nsk_error *error) {
  const char *expected;
  nsk_value value = {0};
  int bad = 0;
  if (option->writable && !fits(L, option, &expected))
    nskl_bad_field(L, r->table, option->name, expected);
  if (option->writable) nskl_option_value(L, lua_gettop(L), option, &value, &bad);
  if (bad) return refuse(L, option->name, NSK_NO_INTEGER, error);
  return nsk_settings_add(&r->extras->settings, option, &value, error);
}

static nsk_outcome take_local(lua_State *L, const reading *r) {
  nskl_addrinfo *ai = nskl_test(L, -1, NSKL_ADDRINFO, sizeof *ai);
  if (ai == NULL)
    nskl_bad_field(L, r->table, "local_addr", nskl_kind_name(NSKL_ADDRINFO));
  r->extras->local = ai->info.addr;
  return NSK_DONE;
}

static nsk_outcome take_delay(lua_State *L, const reading *r, nsk_error *error) {
  if (lua_type(L, -1) != LUA_TNUMBER)
    nskl_bad_field(L, r->table, "attempt_delay", "number");
  return nsk_extras_delay(r->extras, lua_tonumber(L, -1), error);
}

/* Name and value are on top of the stack. */
static nsk_outcome take(lua_State *L, const reading *r, nsk_error *error) {
  size_t length = 0;
  /* A number is not made a text in its place: lua_next goes on from it. */
  const char *name =
      lua_type(L, -2) == LUA_TSTRING ? lua_tolstring(L, -2, &length) : NULL;
  if (name == NULL || strlen(name) != length)
    nskl_bad_option(L, r->table, luaL_tolstring(L, -2, NULL));
  int position = nskl_position(r->row, name);
  if (position > 0) {
    if (!lua_isnil(L, position)) return refuse(L, name, NSK_GIVEN_TWICE, error);
    lua_pushvalue(L, -1);
    lua_replace(L, position);
    r->state->extras.places |= 1U << position;
    return NSK_DONE;
  }
  if (r->connects && strcmp(name, "local_addr") == 0) return take_local(L, r);
  if (r->connects && strcmp(name, "attempt_delay") == 0) return take_delay(L, r, error);
  for (const nsk_option *option = nsk_options; option->name != NULL; option++)
    if (strcmp(option->name, name) == 0) return take_option(L, r, option, error);
  nskl_bad_option(L, r->table, name);
}

/* Most calls have none, and need not know their row. */
static bool any_table(lua_State *L) {
  int top = lua_gettop(L);
  while (top > 0 && !lua_istable(L, top))
    top--;
  return top > 0;
}

bool nskl_take_extras(lua_State *L, nskl_state *st, bool connects, nsk_extras *extras) {
  extras->settings.count = 0;
  extras->local.length = 0;
  extras->attempt_delay = 0;
  st->extras.places = 0;
  if (!any_table(L)) return true;
  const nskl_row *row = nskl_running(L);
  int required, positions = nskl_positions(row, &required);
  int from = find_table(L, required, positions);
  if (from == 0) return true;
  place_table(L, from, positions);
  luaL_checkstack(L, 8, NULL);
  nsk_outcome outcome = NSK_DONE;
  const reading r = {row, positions + 1, connects, st, extras};
  nsk_error *error = nskl_spare(L, st);
  st->extras.row = row;
  st->extras.at = from;
  st->extras.places = 1U << r.table;
  lua_pushnil(L);
  while (outcome == NSK_DONE && lua_next(L, r.table) != 0) {
    outcome = take(L, &r, error);
    lua_pop(L, 1);
  }
  lua_settop(L, positions);
  return outcome == NSK_DONE;
}
