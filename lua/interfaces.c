/* The network interfaces as a table. */
#include "error.h"
#include "state.h"

static void set_address(lua_State *L, const char *name, const nsk_addr *addr) {
  char host[NSK_ADDR_TEXT_MAX];
  size_t length;
  bool abstract;
  if (addr->length == 0 || !nsk_addr_host(addr, host, &length, &abstract)) return;
  lua_pushlstring(L, host, length);
  lua_setfield(L, -2, name);
}

/* Sets the list of a device's addresses of one family, which may be empty. */
static void set_addresses(lua_State *L, const nsk_devices *all, const nsk_device *device,
                          const char *name, bool inet6) {
  lua_newtable(L);
  for (size_t i = device->first; i < device->first + device->count; i++) {
    const nsk_device_address *address = &all->addresses[i];
    if (address->inet6 != inet6) continue;
    lua_createtable(L, 0, 3);
    set_address(L, "address", &address->address);
    set_address(L, "netmask", &address->netmask);
    set_address(L, "broadcast", &address->broadcast);
    set_address(L, "point2point", &address->point2point);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
  lua_setfield(L, -2, name);
}

static void push_device(lua_State *L, const nsk_devices *all, const nsk_device *device) {
  lua_createtable(L, 0, 12);
  lua_pushinteger(L, device->index);
  lua_setfield(L, -2, "index");
  lua_pushinteger(L, device->mtu);
  lua_setfield(L, -2, "mtu");
  if (device->ether[0] != '\0') {
    lua_pushstring(L, device->ether);
    lua_setfield(L, -2, "ether");
  }
  for (const nsk_constant *flag = nsk_device_flags; flag->name != NULL; flag++)
    if (device->flags & (uint64_t)flag->value) {
      lua_pushboolean(L, 1);
      lua_setfield(L, -2, flag->name);
    }
  set_addresses(L, all, device, "inet", false);
  set_addresses(L, all, device, "inet6", true);
}

/* Called protected with the devices, which are their caller's. */
static int devices_to_table(lua_State *L) {
  const nsk_devices *all = lua_touserdata(L, 1);
  lua_createtable(L, 0, (int)all->count);
  for (size_t i = 0; i < all->count; i++) {
    push_device(L, all, &all->devices[i]);
    lua_setfield(L, -2, all->devices[i].name);
  }
  return 1;
}

int nskl_device_getifaddrs(lua_State *L) {
  nsk_devices devices;
  nskl_state *st = nskl_upvalue(L);
  luaL_checkstack(L, 4, NULL);
  nsk_outcome outcome;
  do
    outcome = nsk_devices_get(&devices, nskl_spare(L, st));
  while (nskl_reclaim(L, st, outcome));
  if (outcome != NSK_DONE) return nskl_fail(L, st);
  lua_pushcfunction(L, devices_to_table);
  lua_pushlightuserdata(L, &devices);
  int status = lua_pcall(L, 1, 1, 0);
  nsk_devices_free(&devices);
  return status == LUA_OK ? 1 : lua_error(L);
}
