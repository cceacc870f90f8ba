/* Arguments: what each is taken for. */
#include "args.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argcheck.h"
#include "error.h"
#include "state.h"

/* -------------------------------------------------------------- objects -- */

void *nskl_self_of(lua_State *L, nskl_kind kind, size_t size) {
  void *self = nskl_test(L, 1, kind, size);
  if (self == NULL) nskl_bad_self(L, kind);
  return self;
}

void *nskl_object(lua_State *L, int index, nskl_kind kind, size_t size) {
  void *object = nskl_test(L, index, kind, size);
  if (object == NULL) nskl_bad_type(L, index, nskl_kind_name(kind));
  return object;
}

nskl_addrinfo *nskl_self_addrinfo(lua_State *L) {
  return nskl_self_of(L, NSKL_ADDRINFO, sizeof(nskl_addrinfo));
}

const nsk_addrinfo *nskl_addrinfo_at(lua_State *L, int index) {
  nskl_addrinfo *ai = nskl_object(L, index, NSKL_ADDRINFO, sizeof *ai);
  return &ai->info;
}

void nskl_interface(lua_State *L, int index, nsk_interface *at) {
  const nskl_addrinfo *ai = nskl_test(L, index, NSKL_ADDRINFO, sizeof *ai);
  if (ai == NULL && lua_type(L, index) != LUA_TSTRING)
    nskl_bad_type(L, index, "string or net.socket.addrinfo");
  at->addr = ai != NULL ? &ai->info.addr : NULL;
  at->text = ai != NULL ? NULL : lua_tolstring(L, index, &at->length);
}

/* What a closed object has for a descriptor: none either, and the system says so. */
enum { CLOSED = INT_MAX };

bool nskl_is_descriptor(lua_State *L, int index) {
  return lua_type(L, index) == LUA_TNUMBER ||
         nskl_test(L, index, NSKL_SOCKET, sizeof(nskl_socket)) != NULL ||
         luaL_testudata(L, index, LUA_FILEHANDLE) != NULL;
}

int64_t nskl_descriptor(lua_State *L, int index, int *bad) {
  const nskl_socket *socket = nskl_test(L, index, NSKL_SOCKET, sizeof *socket);
  const luaL_Stream *file = luaL_testudata(L, index, LUA_FILEHANDLE);
  if (socket != NULL) return socket->socket.fd >= 0 ? socket->socket.fd : CLOSED;
  if (file != NULL) return file->closef != NULL ? fileno(file->f) : CLOSED;
  if (lua_type(L, index) != LUA_TNUMBER)
    nskl_bad_type(L, index, "integer, net.socket or file");
  return nskl_integer(L, index, bad);
}

nsk_outcome nskl_flush(lua_State *L, int index, nsk_error *error) {
  const luaL_Stream *file = luaL_testudata(L, index, LUA_FILEHANDLE);
  bool open = file != NULL && file->closef != NULL;
  return open ? nsk_file_flush(file->f, error) : NSK_DONE;
}

/* --------------------------------------------------- booleans and numbers -- */

bool nskl_boolean(lua_State *L, int index, bool fallback) {
  if (lua_isnoneornil(L, index)) return fallback;
  if (!lua_isboolean(L, index)) nskl_bad_type(L, index, "boolean");
  return lua_toboolean(L, index);
}

double nskl_seconds(lua_State *L, int index, double fallback) {
  if (lua_isnoneornil(L, index)) return fallback;
  if (lua_type(L, index) != LUA_TNUMBER) nskl_bad_type(L, index, "number");
  return lua_tonumber(L, index);
}

static void blame(int *bad, int index) {
  if (*bad == 0) *bad = index;
}

int64_t nskl_integer(lua_State *L, int index, int *bad) {
  int integral;
  if (lua_type(L, index) != LUA_TNUMBER) nskl_bad_type(L, index, "integer");
  int64_t value = lua_tointegerx(L, index, &integral);
  if (!integral) blame(bad, index);
  return value;
}

int64_t nskl_integer_or(lua_State *L, int index, int64_t fallback, int *bad) {
  return lua_isnoneornil(L, index) ? fallback : nskl_integer(L, index, bad);
}

int nskl_int(lua_State *L, int index, int *bad) {
  int64_t value = nskl_integer(L, index, bad);
  if (value >= 0 && value <= INT_MAX) return (int)value;
  blame(bad, index);
  return 0;
}

int nskl_int_or(lua_State *L, int index, int fallback, int *bad) {
  return lua_isnoneornil(L, index) ? fallback : nskl_int(L, index, bad);
}

int nskl_flags(lua_State *L, int first, int *bad) {
  int flags = 0;
  for (int i = first, top = lua_gettop(L); i <= top; i++)
    flags |= nskl_int_or(L, i, 0, bad);
  return flags;
}

/* What takes an integer is no metamethod: it has a row. */
nskl_state *nskl_blame(lua_State *L, nskl_state *st, int bad) {
  char parameter[NSKL_PARAMETER_MAX];
  const nskl_row *row = nskl_running(L);
  nskl_parameter(row, bad, parameter);
  nsk_error_argument(nskl_spare(L, st), row->name, parameter, NSK_NO_INTEGER);
  return st;
}

/* ------------------------------------------------------------- endpoints -- */

/* nil is "none", which the user says where the parameter is required. */
static bool given(lua_State *L, int index, bool required, const char *expected) {
  if (required && lua_isnone(L, index)) nskl_bad_type(L, index, expected);
  return !lua_isnoneornil(L, index);
}

/* A number that is no integer becomes text, in its place on the stack: that is no port
   either, and the error then shows what was written. */
static void integer_port(lua_State *L, int index, nsk_endpoint *at) {
  int bad = 0;
  at->port = nskl_integer(L, index, &bad);
  if (bad) at->service = lua_tolstring(L, index, &at->service_length);
}

static void host(lua_State *L, int index, bool required, nsk_endpoint *at) {
  *at = (nsk_endpoint){.port_absent = true};
  if (given(L, index, required, "string"))
    at->host = nskl_bytes(L, index, &at->host_length);
}

void nskl_endpoint(lua_State *L, int index, bool required, nsk_endpoint *at) {
  static const char expected[] = "string or integer";
  host(L, index, required, at);
  if (!given(L, index + 1, required, expected)) return;
  at->port_absent = false;
  if (lua_type(L, index + 1) == LUA_TSTRING)
    at->service = nskl_bytes(L, index + 1, &at->service_length);
  else if (lua_type(L, index + 1) == LUA_TNUMBER)
    integer_port(L, index + 1, at);
  else
    nskl_bad_type(L, index + 1, expected);
}

void nskl_numeric_endpoint(lua_State *L, int index, bool required, nsk_endpoint *at) {
  host(L, index, required, at);
  if (!given(L, index + 1, required, "integer")) return;
  at->port_absent = false;
  integer_port(L, index + 1, at);
}
