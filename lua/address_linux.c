/* Addresses of Linux's own families, and any other from its bytes. */
#include "args.h"
#include "error.h"
#include "objects.h"

int nskl_addrinfo_raw(lua_State *L) {
  const unsigned char *data;
  size_t length = nsk_addr_raw(&nskl_self_addrinfo(L)->info.addr, &data);
  lua_pushlstring(L, (const char *)data, length);
  return 1;
}

/* A new object, with the type and the protocol at index. */
static nskl_addrinfo *make(lua_State *L, int index, int *bad) {
  int socktype = nskl_int_or(L, index, 0, bad);
  int protocol = nskl_int_or(L, index + 1, 0, bad);
  if (*bad) return NULL;
  nskl_addrinfo *ai = nskl_new_addrinfo(L, nskl_upvalue(L));
  ai->info.socktype = socktype;
  ai->info.protocol = protocol;
  return ai;
}

static int refuse(lua_State *L, int bad) {
  return nskl_fail(L, nskl_blame(L, nskl_upvalue(L), bad));
}

static nsk_error *spare(lua_State *L) {
  return nskl_spare(L, nskl_upvalue(L));
}

static int made(lua_State *L, nsk_outcome outcome) {
  return outcome == NSK_DONE ? 1 : nskl_fail(L, nskl_upvalue(L));
}

int nskl_address_vsock(lua_State *L) {
  int bad = 0;
  int64_t cid = nskl_integer(L, 1, &bad), port = nskl_integer(L, 2, &bad);
  nskl_addrinfo *ai = make(L, 3, &bad);
  if (ai == NULL) return refuse(L, bad);
  return made(L, nsk_addr_vsock(&ai->info.addr, cid, port, spare(L)));
}

int nskl_address_netlink(lua_State *L) {
  int bad = 0;
  int64_t port = nskl_integer_or(L, 1, 0, &bad);
  int64_t groups = nskl_integer_or(L, 2, 0, &bad);
  nskl_addrinfo *ai = make(L, 3, &bad);
  if (ai == NULL) return refuse(L, bad);
  return made(L, nsk_addr_netlink(&ai->info.addr, port, groups, spare(L)));
}

static const char *text_or_null(lua_State *L, int index, size_t *length) {
  return lua_isnoneornil(L, index) ? NULL : nskl_bytes(L, index, length);
}

int nskl_address_packet(lua_State *L) {
  int bad = 0;
  nsk_packet_place at = {.ifname = NULL};
  at.ifname = text_or_null(L, 1, &at.ifname_length);
  at.ethertype = nskl_integer_or(L, 2, 0, &bad);
  at.hardware = text_or_null(L, 3, &at.hardware_length);
  nskl_addrinfo *ai = make(L, 4, &bad);
  if (ai == NULL) return refuse(L, bad);
  return made(L, nsk_addr_packet(&ai->info.addr, &at, spare(L)));
}

int nskl_address_raw(lua_State *L) {
  int bad = 0;
  size_t length;
  int64_t family = nskl_integer(L, 1, &bad);
  const char *data = nskl_bytes(L, 2, &length);
  nskl_addrinfo *ai = make(L, 3, &bad);
  if (ai == NULL) return refuse(L, bad);
  return made(L, nsk_addr_of_raw(&ai->info.addr, family, data, length, spare(L)));
}
