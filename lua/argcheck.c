/* The function that runs is known by its row, whatever variable it was called by, and
   says with the row's words what is wrong with an argument. */
#include "argcheck.h"

#include <stdlib.h>
#include <string.h>

#include "state.h"

const nskl_row *nskl_running(lua_State *L) {
  lua_Debug ar;
  const nskl_row *row = NULL;
  if (!lua_getstack(L, 0, &ar) || !lua_getinfo(L, "fu", &ar)) return NULL;
  if (ar.nups > 0) {
    lua_getupvalue(L, -1, ar.nups);
    row = lua_touserdata(L, -1);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return row;
}

/* A metamethod has no row, but Lua knows its name. */
static const char *function_name(lua_State *L, const nskl_row *row) {
  lua_Debug ar;
  if (row != NULL) return row->name;
  if (!lua_getstack(L, 0, &ar) || !lua_getinfo(L, "n", &ar)) return "?";
  return ar.name != NULL ? ar.name : "?";
}

/* The number of an argument, self not counted. */
static int number_of(const nskl_row *row, int index) {
  return row != NULL && row->calling == NSKL_FUNCTION ? index : index - 1;
}

/* Copies the name of parameter n, from 1, out of a text such as
   "msg, ai, /, *flags"; what comes after the last one belongs to it. */
static void copy_parameter(const char *params, int n, char *out) {
  size_t length = 0;
  while (*params != '\0') {
    params += strspn(params, " ,*");
    size_t whole = strcspn(params, ",");
    if (*params != '/') {
      length = strcspn(params, "=,");
      if (length >= NSKL_PARAMETER_MAX) length = NSKL_PARAMETER_MAX - 1;
      memcpy(out, params, length);
      if (--n == 0) break;
    }
    params += whole;
  }
  out[length] = '\0';
}

void nskl_parameter(const nskl_row *row, int index, char *name) {
  copy_parameter(row != NULL ? row->params : "", number_of(row, index), name);
}

/* Names are plain letters; what has no name ends with the text. */
int nskl_position(const nskl_row *row, const char *name) {
  char parameter[NSKL_PARAMETER_MAX];
  int required, positions = nskl_positions(row, &required);
  for (int i = 1; i <= positions; i++) {
    copy_parameter(row->params, i, parameter);
    if (strcmp(parameter, name) == 0) return i;
  }
  return 0;
}

int nskl_positions(const nskl_row *row, int *required) {
  int positions = 0;
  *required = 0;
  for (const char *at = row->params; *at != '\0' && *at != '*';) {
    size_t whole = strcspn(at, ",");
    positions++;
    if (memchr(at, '=', whole) == NULL) *required = positions;
    at += whole;
    at += strspn(at, ", ");
  }
  return positions;
}

/* The number that the caller knows: what comes out of an opener's table has that of the
   table. */
static int number_for_caller(lua_State *L, const nskl_row *row, int index) {
  if (row == NULL || row->calling != NSKL_FUNCTION) return number_of(row, index);
  const nskl_state *st = nskl_upvalue(L);
  bool laid = st->extras.row == row && (st->extras.places >> index & 1) != 0;
  return laid ? st->extras.at : number_of(row, index);
}

static const char *type_name(lua_State *L, int index) {
  if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING) return lua_tostring(L, -1);
  if (lua_type(L, index) == LUA_TLIGHTUSERDATA) return "light userdata";
  return luaL_typename(L, index);
}

/* The value at `value` is wrong for the argument at `index`, or for its field.
   luaL_error does not return, which its declaration does not say. */
static _Noreturn void refuse(lua_State *L, int index, int value, const char *field,
                             const char *expected) {
  char parameter[NSKL_PARAMETER_MAX];
  const nskl_row *row = nskl_running(L);
  nskl_parameter(row, index, parameter);
  luaL_error(L, "bad argument #%d to '%s' (%s expected, got %s, for %s%s%s)",
             number_for_caller(L, row, index), function_name(L, row), expected,
             type_name(L, value), parameter, *field != '\0' ? "." : "", field);
  abort();
}

_Noreturn void nskl_bad_type(lua_State *L, int index, const char *expected) {
  refuse(L, index, index, "", expected);
}

_Noreturn void nskl_bad_field(lua_State *L, int index, const char *field,
                              const char *expected) {
  refuse(L, index, lua_gettop(L), field, expected);
}

_Noreturn void nskl_bad_option(lua_State *L, int index, const char *name) {
  const nskl_row *row = nskl_running(L);
  luaL_error(L, "bad argument #%d to '%s' (unknown option '%s')",
             number_for_caller(L, row, index), function_name(L, row), name);
  abort();
}

_Noreturn void nskl_bad_self(lua_State *L, nskl_kind kind) {
  luaL_error(L, "calling '%s' on bad self (%s expected, got %s)",
             function_name(L, nskl_running(L)), nskl_kind_name(kind), type_name(L, 1));
  abort();
}
