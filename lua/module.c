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

static const nskl_row msghdr_make_rows[] = {
#define MSGHDR_MAKE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_msghdr_make_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

static const nskl_row cmsghdr_make_rows[] = {
#define CMSGHDR_MAKE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_cmsghdr_make_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

static const nskl_row cmsghdrs_make_rows[] = {
#define CMSGHDRS_MAKE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_cmsghdrs_make_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

static const nskl_row iovec_make_rows[] = {
#define IOVEC_MAKE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_iovec_make_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

static const nskl_row msghdr_rows[] = {
#define MSGHDR(NAME, CALL, PARAMS, RESULT, SUMMARY) {#NAME, PARAMS, nskl_msghdr_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

static const nskl_row cmsghdr_rows[] = {
#define CMSGHDR(NAME, CALL, PARAMS, RESULT, SUMMARY) {#NAME, PARAMS, nskl_cmsghdr_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

static const nskl_row cmsghdrs_rows[] = {
#define CMSGHDRS(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_cmsghdrs_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

static const nskl_row iovec_rows[] = {
#define IOVEC(NAME, CALL, PARAMS, RESULT, SUMMARY) {#NAME, PARAMS, nskl_iovec_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

static const nskl_row device_rows[] = {
#define DEVICE(NAME, CALL, PARAMS, RESULT, SUMMARY) {#NAME, PARAMS, nskl_device_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

static const nskl_row poller_rows[] = {
#define LUA_POLLER(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_poller_##NAME},
#include "api.def"
    {NULL, NULL, NULL}};

const nskl_row *const nskl_rows[NSKL_OWNERS] = {
    [NSKL_OF_MODULE] = module_rows,
    [NSKL_OF_SOCKET] = socket_rows,
    [NSKL_OF_ADDRESS] = address_rows,
    [NSKL_OF_ADDRINFO] = addrinfo_rows,
    [NSKL_OF_MSGHDR_MAKE] = msghdr_make_rows,
    [NSKL_OF_CMSGHDR_MAKE] = cmsghdr_make_rows,
    [NSKL_OF_CMSGHDRS_MAKE] = cmsghdrs_make_rows,
    [NSKL_OF_IOVEC_MAKE] = iovec_make_rows,
    [NSKL_OF_MSGHDR] = msghdr_rows,
    [NSKL_OF_CMSGHDR] = cmsghdr_rows,
    [NSKL_OF_CMSGHDRS] = cmsghdrs_rows,
    [NSKL_OF_IOVEC] = iovec_rows,
    [NSKL_OF_DEVICE] = device_rows,
    [NSKL_OF_POLLER] = poller_rows,
};

void nskl_register(lua_State *L, nskl_owner owner) {
  for (const nskl_row *row = nskl_rows[owner]; row->name != NULL; row++) {
    if (nskl_has_self(owner)) {
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
  submodule(L, NSKL_OF_MSGHDR_MAKE, "msghdr");
  submodule(L, NSKL_OF_CMSGHDR_MAKE, "cmsghdr");
  submodule(L, NSKL_OF_CMSGHDRS_MAKE, "cmsghdrs");
  submodule(L, NSKL_OF_IOVEC_MAKE, "iovec");
  submodule(L, NSKL_OF_DEVICE, "device");
  nskl_slot_get(L, NSKL_ERRNO);
  lua_setfield(L, -2, "errno");
  nskl_slot_get(L, NSKL_EAI);
  lua_setfield(L, -2, "eai");
  nskl_open_constants(L);
  lua_pushliteral(L, NSK_VERSION);
  lua_setfield(L, -2, "_VERSION");
  return 1;
}
