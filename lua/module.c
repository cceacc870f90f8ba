/* The module's table, and the rows of api.def that fill it. */
#include "adapter.h"

static const nskl_row module_rows[] = {
#define MODULE(NAME, CALL, PARAMS, RESULT, SUMMARY) {#NAME, PARAMS, nskl_module_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

static const nskl_row socket_rows[] = {
#define SOCKET(NAME, CALL, PARAMS, RESULT, SUMMARY) {#NAME, PARAMS, nskl_socket_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

static const nskl_row address_rows[] = {
#define ADDRESS(NAME, CALL, PARAMS, RESULT, SUMMARY) {#NAME, PARAMS, nskl_address_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

static const nskl_row addrinfo_rows[] = {
#define ADDRINFO(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_addrinfo_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

static const nskl_row poller_rows[] = {
#define LUA_POLLER(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_poller_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

const nskl_row *const nskl_rows[NSKL_OWNERS] = {
    [NSKL_OF_MODULE] = module_rows,   [NSKL_OF_SOCKET] = socket_rows,
    [NSKL_OF_ADDRESS] = address_rows, [NSKL_OF_ADDRINFO] = addrinfo_rows,
    [NSKL_OF_POLLER] = poller_rows,
};

/* Methods find the state through their object, functions through an upvalue. */
static bool has_self(nskl_owner owner) {
  return owner == NSKL_OF_SOCKET || owner == NSKL_OF_ADDRINFO;
}

void nskl_register(lua_State *L, nskl_owner owner) {
  for (const nskl_row *row = nskl_rows[owner]; row->name != NULL; row++) {
    if (has_self(owner)) {
      lua_pushcfunction(L, row->call);
    } else {
      nskl_open_state(L);
      lua_pushcclosure(L, row->call, 1);
    }
    lua_setfield(L, -2, row->name);
  }
}

static void submodule(lua_State *L, nskl_owner owner, const char *name) {
  lua_newtable(L);
  nskl_register(L, owner);
  lua_setfield(L, -2, name);
}

/* LUA_API is not the default visibility that hidden symbols need. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
int luaopen_net_socket(lua_State *L);

int luaopen_net_socket(lua_State *L) {
  nskl_open_state(L);
  lua_newtable(L);
  nskl_register(L, NSKL_OF_MODULE);
  submodule(L, NSKL_OF_ADDRESS, "addrinfo");
  submodule(L, NSKL_OF_POLLER, "poller");
  nskl_slot_get(L, NSKL_ERRNO);
  lua_setfield(L, -2, "errno");
  nskl_slot_get(L, NSKL_EAI);
  lua_setfield(L, -2, "eai");
  nskl_open_constants(L);
  lua_pushliteral(L, NSK_VERSION);
  lua_setfield(L, -2, "_VERSION");
  return 1;
}
