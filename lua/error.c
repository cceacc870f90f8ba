/* Errors as userdata, the tables of codes, and the results of a failure. */
#include "error.h"

#include <string.h>

#include "argcheck.h"
#include "state.h"

/* ------------------------------------------------------------ the codes -- */

static int code_tostring(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_getfield(L, 1, "name");
  lua_getfield(L, 1, "code");
  lua_getfield(L, 1, "message");
  lua_pushfstring(L, "%s (%d) %s", lua_tostring(L, -3), (int)lua_tointeger(L, -2),
                  lua_tostring(L, -1));
  return 1;
}

/* Pushes a new {name, code, message} and stores it under its number in `codes`; the
   metatable of its like is at index `meta`. */
static void code_new(lua_State *L, int codes, int meta, nsk_domain domain, int code) {
  char words[160];
  const char *name = nsk_code_name(domain, code);
  nsk_code_message(domain, code, words, sizeof words);
  lua_createtable(L, 0, 3);
  lua_pushstring(L, name != NULL ? name : words);
  lua_setfield(L, -2, "name");
  lua_pushinteger(L, code);
  lua_setfield(L, -2, "code");
  lua_pushstring(L, words);
  lua_setfield(L, -2, "message");
  lua_pushvalue(L, meta);
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawseti(L, codes, code);
}

/* Pushes a table of codes by number and by name; names of one number share one object. */
static void codes_new(lua_State *L, nsk_domain domain, const nsk_code *row,
                      const char *class) {
  lua_newtable(L);
  int codes = lua_gettop(L);
  lua_createtable(L, 0, 2);
  lua_pushstring(L, class);
  lua_setfield(L, -2, "__name");
  lua_pushcfunction(L, code_tostring);
  lua_setfield(L, -2, "__tostring");
  for (; row->name != NULL; row++) {
    if (lua_rawgeti(L, codes, row->code) == LUA_TNIL) {
      lua_pop(L, 1);
      code_new(L, codes, codes + 1, domain, row->code);
    }
    lua_setfield(L, codes, row->name);
  }
  lua_settop(L, codes);
}

/* Pushes the code's object; one that the tables lack is made when it is met. */
static void code_push(lua_State *L, nsk_domain domain, int code) {
  const nskl_state *st = nskl_push_state(L);
  lua_pop(L, 1);
  nskl_slot_get(L, st, domain == NSK_RESOLVER ? NSKL_EAI : NSKL_ERRNO);
  int codes = lua_gettop(L);
  if (lua_rawgeti(L, codes, code) == LUA_TNIL) {
    lua_rawgeti(
        L, codes,
        domain == NSK_RESOLVER ? nsk_resolver_codes[0].code : nsk_errno_codes[0].code);
    if (!lua_getmetatable(L, -1)) lua_pushnil(L);
    code_new(L, codes, lua_gettop(L), domain, code);
  }
  lua_replace(L, codes);
  lua_settop(L, codes);
}

bool nskl_errno_at(lua_State *L, int index, int *code) {
  if (!lua_istable(L, index)) return false;
  lua_pushliteral(L, "code");
  lua_rawget(L, index);
  *code = (int)lua_tointeger(L, -1);
  const nskl_state *st = nskl_push_state(L);
  nskl_slot_get(L, st, NSKL_ERRNO);
  lua_rawgeti(L, -1, *code);
  bool is = lua_rawequal(L, index, -1);
  lua_pop(L, 4);
  return is;
}

/* ----------------------------------------------------------- the object -- */

static nskl_error *self_error(lua_State *L) {
  nskl_error *self = nskl_test(L, 1, NSKL_ERROR, sizeof *self);
  if (self == NULL) nskl_bad_self(L, NSKL_ERROR);
  return self;
}

static void push_line(lua_State *L, const nsk_error *error) {
  char line[NSK_LINE_MAX];
  size_t length = nsk_error_line(error, line, sizeof line);
  lua_pushlstring(L, line, length);
}

static void get_type(lua_State *L, const nsk_error *error) {
  code_push(L, error->domain, error->code);
}

static void get_name(lua_State *L, const nsk_error *error) {
  code_push(L, error->domain, error->code);
  lua_getfield(L, -1, "name");
}

static void get_code(lua_State *L, const nsk_error *error) {
  lua_pushinteger(L, error->code);
}

static void get_op(lua_State *L, const nsk_error *error) {
  lua_pushstring(L, error->op);
}

static void get_message(lua_State *L, const nsk_error *error) {
  char words[NSK_LINE_MAX];
  lua_pushstring(L, nsk_error_message(error, words, sizeof words));
}

/* The subject of an argument error is a parameter, not an address. */
static void get_addr(lua_State *L, const nsk_error *error) {
  if (error->subject_length == 0 || error->domain == NSK_ARGUMENT)
    lua_pushnil(L);
  else
    lua_pushlstring(L, error->subject, error->subject_length);
}

/* The errno behind EAI_SYSTEM. */
static void get_system(lua_State *L, const nsk_error *error) {
  if (error->system == 0)
    lua_pushnil(L);
  else
    code_push(L, NSK_ERRNO, error->system);
}

/* The byte that recvfd took becomes a string only here: there it could be lost to a
   memory error. */
static void get_data(lua_State *L, const nsk_error *error) {
  char byte = (char)error->byte;
  if (error->byte >= 0)
    lua_pushlstring(L, &byte, 1);
  else
    lua_getiuservalue(L, 1, 1);
}

static void get_attempts(lua_State *L, const nsk_error *error) {
  (void)error;
  lua_getiuservalue(L, 1, 2);
}

static const struct {
  const char *name;
  void (*get)(lua_State *L, const nsk_error *error);
} fields[] = {
    {"type", get_type},     {"name", get_name}, {"code", get_code},
    {"op", get_op},         {"addr", get_addr}, {"message", get_message},
    {"system", get_system}, {"data", get_data}, {"attempts", get_attempts},
};

static int error_index(lua_State *L) {
  size_t length;
  nskl_error *self = self_error(L);
  if (lua_type(L, 2) != LUA_TSTRING) return 0;
  const char *key = lua_tolstring(L, 2, &length);
  if (strlen(key) != length) return 0;
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (strcmp(key, fields[i].name) != 0) continue;
    fields[i].get(L, &self->error);
    return 1;
  }
  return 0;
}

static int error_tostring(lua_State *L) {
  push_line(L, &self_error(L)->error);
  return 1;
}

static int error_concat(lua_State *L) {
  for (int i = 1; i <= 2; i++) {
    nskl_error *error = nskl_test(L, i, NSKL_ERROR, sizeof *error);
    if (error == NULL && !lua_isstring(L, i))
      return luaL_error(L, "attempt to concatenate a %s value", luaL_typename(L, i));
    if (error == NULL)
      lua_pushvalue(L, i);
    else
      push_line(L, &error->error);
  }
  lua_concat(L, 2);
  return 1;
}

void nskl_open_error(lua_State *L) {
  static const luaL_Reg methods[] = {{"__index", error_index},
                                     {"__tostring", error_tostring},
                                     {"__concat", error_concat},
                                     {NULL, NULL}};
  nskl_metatable(L, NSKL_ERROR, methods);
  const nskl_state *st = lua_touserdata(L, -1);
  codes_new(L, NSK_ERRNO, nsk_errno_codes, "net.socket.errno");
  nskl_slot_set(L, st, NSKL_ERRNO);
  codes_new(L, NSK_RESOLVER, nsk_resolver_codes, "net.socket.eai");
  nskl_slot_set(L, st, NSKL_EAI);
}

/* ----------------------------------------------------------- the results -- */

void nskl_reserve_error(lua_State *L, nskl_state *st) {
  nskl_error *error = nskl_userdata(L, st, NSKL_ERROR, sizeof *error, 2);
  nskl_slot_set(L, st, NSKL_SPARE_ERROR);
  st->spare_error = error;
}

/* The core does not know which function was called. What opens a socket takes several
   steps, and its error names the one that failed; so does an option's. */
static void name_function(lua_State *L, nsk_error *error) {
  const nskl_row *row = nskl_running(L);
  if (row == NULL || row->calling == NSKL_OPTION || error->domain == NSK_RESOLVER) return;
  if (row->calling == NSKL_METHOD || error->domain == NSK_ARGUMENT) error->op = row->name;
}

void nskl_push_error(lua_State *L, nskl_state *st) {
  nsk_error *error = &st->spare_error->error;
  if (error->domain == NSK_MEMORY) nskl_raise_memory(L);
  if (!st->spare_error->given) name_function(L, error);
  st->spare_error->given = true;
  nskl_slot_take(L, st, NSKL_SPARE_ERROR);
  st->spare_error = NULL;
}

int nskl_fail(lua_State *L, nskl_state *st) {
  lua_pushnil(L);
  nskl_push_error(L, st);
  return 2;
}

int nskl_fail_false(lua_State *L, nskl_state *st) {
  lua_pushboolean(L, 0);
  nskl_push_error(L, st);
  return 2;
}

int nskl_fail_timeout(lua_State *L, nskl_state *st) {
  lua_pushnil(L);
  nskl_push_error(L, st);
  lua_pushboolean(L, 1);
  return 3;
}

int nskl_truth(lua_State *L, nskl_state *st, nsk_outcome outcome) {
  if (outcome != NSK_DONE) return nskl_fail_false(L, st);
  lua_pushboolean(L, 1);
  return 1;
}

int nskl_fail_closed(lua_State *L, nskl_state *st, const char *op) {
  nsk_error_because(nskl_spare(L, st), op, NSK_CLOSED, NULL);
  return nskl_fail(L, st);
}

int nskl_again(lua_State *L) {
  lua_pushnil(L);
  lua_pushnil(L);
  lua_pushboolean(L, 1);
  return 3;
}
