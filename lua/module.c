/* The module's table, and the rows of api.def that fill it. */
#include "argcheck.h"
#include "args.h"
#include "control.h"
#include "deadline.h"
#include "error.h"
#include "objects.h"
#include "state.h"
#include "wait_loop.h"

/* ------------------------------------------------------------------ rows -- */

#define END \
  { NULL, NULL, NULL, NSKL_FUNCTION }

static const nskl_row module_rows[] = {
#define MODULE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_module_##NAME, NSKL_FUNCTION},
#define LUA_MODULE MODULE
#include "api.def"
    END};

static const nskl_row socket_rows[] = {
#define SOCKET(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_socket_##NAME, NSKL_METHOD},
#define LUA_SOCKET SOCKET
#include "api.def"
    END};

static const nskl_row address_rows[] = {
#define ADDRESS(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_address_##NAME, NSKL_FUNCTION},
#include "api.def"
    END};

static const nskl_row addrinfo_rows[] = {
#define ADDRINFO(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_addrinfo_##NAME, NSKL_METHOD},
#include "api.def"
    END};

static const nskl_row msghdr_make_rows[] = {
#define MSGHDR_MAKE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_msghdr_make_##NAME, NSKL_FUNCTION},
#include "api.def"
    END};

static const nskl_row cmsghdr_make_rows[] = {
#define CMSGHDR_MAKE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_cmsghdr_make_##NAME, NSKL_FUNCTION},
#include "api.def"
    END};

static const nskl_row cmsghdrs_make_rows[] = {
#define CMSGHDRS_MAKE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_cmsghdrs_make_##NAME, NSKL_FUNCTION},
#include "api.def"
    END};

static const nskl_row iovec_make_rows[] = {
#define IOVEC_MAKE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_iovec_make_##NAME, NSKL_FUNCTION},
#include "api.def"
    END};

static const nskl_row msghdr_rows[] = {
#define MSGHDR(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_msghdr_##NAME, NSKL_METHOD},
#include "api.def"
    END};

static const nskl_row cmsghdr_rows[] = {
#define CMSGHDR(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_cmsghdr_##NAME, NSKL_METHOD},
#include "api.def"
    END};

static const nskl_row cmsghdrs_rows[] = {
#define CMSGHDRS(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_cmsghdrs_##NAME, NSKL_METHOD},
#include "api.def"
    END};

static const nskl_row iovec_rows[] = {
#define IOVEC(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_iovec_##NAME, NSKL_METHOD},
#include "api.def"
    END};

static const nskl_row reader_rows[] = {
#define READER(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_reader_##NAME, NSKL_METHOD},
#include "api.def"
    END};

static const nskl_row deadline_rows[] = {
#define DEADLINE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_deadline_##NAME, NSKL_METHOD},
#include "api.def"
    END};

static const nskl_row pollset_rows[] = {
#define LUA_POLLSET(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_pollset_##NAME, NSKL_METHOD},
#include "api.def"
    END};

static const nskl_row device_rows[] = {
#define DEVICE(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_device_##NAME, NSKL_FUNCTION},
#include "api.def"
    END};

static const nskl_row poller_rows[] = {
#define LUA_POLLER(NAME, CALL, PARAMS, RESULT, SUMMARY) \
  {#NAME, PARAMS, nskl_poller_##NAME, NSKL_FUNCTION},
#include "api.def"
    END};

/* --------------------------------------------------------------- objects -- */

/* What each kind of object does: methods from the rows, the rest from its chapter. Every
   method call looks into both tables of a socket: with room to spare, and __index first,
   its keys hardly ever share a slot. */
static const struct {
  void (*open)(lua_State *L);
  const nskl_row *rows; /* NULL: none */
  int metamethods, methods;
} kinds[] = {
    {nskl_open_error, NULL, 0, 0},
    {nskl_open_operation, NULL, 0, 0},
    {nskl_open_address, addrinfo_rows, 0, 0},
    {nskl_open_socket, socket_rows, 16, 256},
    {nskl_open_message, msghdr_rows, 0, 0},
    {nskl_open_cmsghdr, cmsghdr_rows, 0, 0},
    {nskl_open_cmsghdrs, cmsghdrs_rows, 0, 0},
    {nskl_open_iovec, iovec_rows, 0, 0},
    {nskl_open_reader, reader_rows, 0, 0},
    {nskl_open_deadline, deadline_rows, 0, 0},
    {nskl_open_pollset, pollset_rows, 0, 0},
};

static void add_methods(lua_State *L, const nskl_row *row) {
  for (; row->name != NULL; row++) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)row);
    lua_pushcclosure(L, row->call, 1);
    lua_setfield(L, -2, row->name);
  }
}

static void open_kinds(lua_State *L) {
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    lua_createtable(L, 0, kinds[i].metamethods);
    if (kinds[i].rows != NULL) {
      lua_createtable(L, 0, kinds[i].methods);
      add_methods(L, kinds[i].rows);
      if (kinds[i].rows == socket_rows) nskl_open_options(L);
      lua_setfield(L, -2, "__index");
    }
    kinds[i].open(L);
  }
}

/* The state is in its place when all of it is made: memory may run out before. */
static const nskl_state *open_state(lua_State *L) {
  const nskl_state *st = nskl_push_state(L);
  if (st == NULL) {
    st = nskl_new_state(L);
    open_kinds(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &nskl_tags[NSKL_STATE]);
  }
  lua_settop(L, 0);
  return st;
}

/* ------------------------------------------------------------- functions -- */

static void add_functions(lua_State *L, const nskl_row *row) {
  for (; row->name != NULL; row++) {
    nskl_push_state(L);
    lua_pushlightuserdata(L, (void *)(uintptr_t)row);
    lua_pushcclosure(L, row->call, 2);
    lua_setfield(L, -2, row->name);
  }
}

static void add_namespace(lua_State *L, const nskl_row *rows, const char *name) {
  lua_newtable(L);
  add_functions(L, rows);
  lua_setfield(L, -2, name);
}

/* LUA_API is not the default visibility that hidden symbols need. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
int luaopen_net_socket(lua_State *L);

int luaopen_net_socket(lua_State *L) {
  const nskl_state *st = open_state(L);
  lua_newtable(L);
  add_functions(L, module_rows);
  add_namespace(L, address_rows, "addrinfo");
  add_namespace(L, poller_rows, "poller");
  add_namespace(L, msghdr_make_rows, "msghdr");
  add_namespace(L, cmsghdr_make_rows, "cmsghdr");
  add_namespace(L, cmsghdrs_make_rows, "cmsghdrs");
  add_namespace(L, iovec_make_rows, "iovec");
  add_namespace(L, device_rows, "device");
  nskl_slot_get(L, st, NSKL_ERRNO);
  lua_setfield(L, -2, "errno");
  nskl_slot_get(L, st, NSKL_EAI);
  lua_setfield(L, -2, "eai");
  nskl_open_constants(L);
  lua_pushliteral(L, NSK_VERSION);
  lua_setfield(L, -2, "_VERSION");
  return 1;
}
