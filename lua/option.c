/* Socket options: one function for all, its row of option.def as upvalue. */
#include "args.h"

#include <string.h>

#include "argcheck.h"
#include "error.h"

static void push_value(lua_State *L, const nsk_option *option, const nsk_value *value) {
  switch (option->kind) {
    case NSK_OPT_BOOL:
    case NSK_OPT_FDFLAG:
    case NSK_OPT_FLFLAG:
      lua_pushboolean(L, value->integer != 0);
      break;
    case NSK_OPT_INT:
    case NSK_OPT_U8:
    case NSK_OPT_U32:
    case NSK_OPT_U64:
    case NSK_OPT_LINGER:
      lua_pushinteger(L, value->integer);
      break;
    case NSK_OPT_SECONDS:
      lua_pushnumber(L, value->seconds);
      break;
    case NSK_OPT_IFNAME:
    case NSK_OPT_STRING:
    case NSK_OPT_NAME:
      if (value->absent)
        lua_pushnil(L);
      else
        lua_pushlstring(L, value->text, value->length);
      break;
    case NSK_OPT_CRED:
      lua_createtable(L, 0, 3);
      lua_pushinteger(L, value->pid);
      lua_setfield(L, -2, "pid");
      lua_pushinteger(L, value->uid);
      lua_setfield(L, -2, "uid");
      lua_pushinteger(L, value->gid);
      lua_setfield(L, -2, "gid");
      break;
  }
}

/* Longer than a value can be is longer than any name: what is cut off cannot make it
   a good one. */
static void take_text(const char *text, size_t length, nsk_value *value) {
  value->length = length < sizeof value->text ? length : sizeof value->text;
  memcpy(value->text, text, value->length);
}

static void take_interface(lua_State *L, int index, nsk_value *value) {
  nsk_interface at;
  nskl_interface(L, index, &at);
  if (at.addr != NULL) value->addr = *at.addr;
  if (at.text != NULL) take_text(at.text, at.length, value);
}

void nskl_option_value(lua_State *L, int index, const nsk_option *option,
                       nsk_value *value, int *bad) {
  size_t length;
  const char *text;
  switch (option->kind) {
    case NSK_OPT_BOOL:
    case NSK_OPT_FDFLAG:
    case NSK_OPT_FLFLAG:
      value->integer = nskl_boolean(L, index, false);
      break;
    case NSK_OPT_INT:
    case NSK_OPT_U8:
    case NSK_OPT_U32:
    case NSK_OPT_LINGER:
      value->integer = nskl_integer(L, index, bad);
      break;
    case NSK_OPT_U64: /* cannot be set, whatever it is set to */
    case NSK_OPT_CRED:
      break;
    case NSK_OPT_SECONDS:
      value->seconds = nskl_seconds(L, index, 0);
      break;
    case NSK_OPT_IFNAME:
      value->absent = lua_isnil(L, index);
      if (!value->absent) take_interface(L, index, value);
      break;
    case NSK_OPT_STRING:
      take_interface(L, index, value);
      break;
    case NSK_OPT_NAME:
      text = nskl_bytes(L, index, &length);
      take_text(text, length, value);
      break;
  }
}

/* nil is no value, but for an interface's name: there it is the system's choice. */
static bool has_value(lua_State *L, const nsk_option *option) {
  if (option->kind == NSK_OPT_IFNAME) return !lua_isnone(L, 2);
  return !lua_isnoneornil(L, 2);
}

static int option_call(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  const nsk_option *option = lua_touserdata(L, lua_upvalueindex(1));
  nsk_value before, value = {0};
  int bad = 0;
  bool set = has_value(L, option);
  if (set) nskl_option_value(L, 2, option, &value, &bad);
  nsk_outcome outcome;
  do
    outcome = nsk_option_get(&self->socket, option, &before, nskl_spare(L, st));
  while (nskl_reclaim(L, st, outcome));
  if (outcome != NSK_DONE) return nskl_fail(L, st);
  push_value(L, option, &before);
  if (bad)
    outcome =
        nsk_error_argument(nskl_spare(L, st), "setsockopt", option->name, NSK_NO_INTEGER);
  else if (set)
    do
      outcome = nsk_option_set(&self->socket, option, &value, nskl_spare(L, st));
    while (nskl_reclaim(L, st, outcome));
  return outcome == NSK_DONE ? 1 : nskl_fail(L, st);
}

/* In the order of nsk_options, which is made from the same rows. */
static const nskl_row rows[] = {
#define OPTION(NAME, ...) {#NAME, "value=None", option_call, NSKL_OPTION},
#include "option.def"
};

void nskl_open_options(lua_State *L) {
  for (size_t i = 0; nsk_options[i].name != NULL; i++) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)&nsk_options[i]);
    lua_pushlightuserdata(L, (void *)(uintptr_t)&rows[i]);
    lua_pushcclosure(L, option_call, 2);
    lua_setfield(L, -2, rows[i].name);
  }
}
