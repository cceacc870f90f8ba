/* What the kernel has to tell about what was sent. */
#include "args.h"
#include "control.h"
#include "error.h"
#include "objects.h"
#include "state.h"

typedef struct {
  nskl_socket *socket;
  const nsk_queued *queued;
} entry;

static void set_time(lua_State *L, const char *name, bool told, int64_t time) {
  if (!told) return;
  lua_pushinteger(L, time);
  lua_setfield(L, -2, name);
}

/* Called protected. */
static int deliver(lua_State *L) {
  const entry *e = lua_touserdata(L, 1);
  const nsk_queued *queued = e->queued;
  const nsk_socket *s = &e->socket->socket;
  nskl_state *st = e->socket->head.state;
  nskl_push_queued(L, st, &queued->error);
  lua_pushlstring(L, (const char *)queued->bytes, queued->length);
  lua_setfield(L, -2, "msg");
  set_time(L, "time_ns", queued->has_time, queued->time_ns);
  set_time(L, "device_time_ns", queued->has_device_time, queued->device_time_ns);
  if (queued->to->length == 0) return 1;
  nskl_new_addrinfo(L, st)->info = (nsk_addrinfo){*queued->to, s->type, s->protocol};
  lua_setfield(L, -2, "to");
  return 1;
}

/* Where there is no memory for the table, the socket has the entry again. */
int nskl_socket_errqueue(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nsk_buffer *buffer;
  nsk_queued queued;
  entry e = {self, &queued};
  nsk_error *error = nskl_spare(L, st);
  luaL_checkstack(L, 2, NULL);
  nsk_outcome outcome = nsk_socket_errqueue(&self->socket, &buffer, &queued, error);
  if (outcome == NSK_AGAIN) lua_pushnil(L);
  if (outcome != NSK_DONE) return outcome == NSK_AGAIN ? 1 : nskl_fail(L, st);
  lua_pushcfunction(L, deliver);
  lua_pushlightuserdata(L, &e);
  if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
    nsk_socket_errqueue_back(&self->socket, buffer);
    return lua_error(L);
  }
  nsk_buffer_free(buffer);
  return 1;
}
