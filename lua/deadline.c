/* Times as arguments, and the deadline object: one point of time for many calls. */
#include "deadline.h"

#include "args.h"
#include "error.h"
#include "state.h"

/* Never changes once it is made. */
typedef struct {
  nskl_head head;
  nsk_deadline deadline;
} nskl_deadline;

/* -------------------------------------------------------------- arguments -- */

static nskl_time given_time(lua_State *L, int index) {
  if (lua_type(L, index) == LUA_TNUMBER)
    return (nskl_time){.number = true, .seconds = lua_tonumber(L, index)};
  const nskl_deadline *object = nskl_test(L, index, NSKL_DEADLINE, sizeof *object);
  if (object == NULL) nskl_bad_type(L, index, "number or net.socket.deadline");
  return (nskl_time){.deadline = object->deadline};
}

nskl_time nskl_time_at(lua_State *L, int index, nsk_deadline otherwise) {
  if (lua_isnoneornil(L, index)) return (nskl_time){.deadline = otherwise};
  return given_time(L, index);
}

nsk_outcome nskl_time_ends(lua_State *L, nskl_state *st, const nskl_time *time,
                           const char *op, const char *parameter,
                           nsk_deadline *deadline) {
  *deadline = time->deadline;
  if (!time->number) return NSK_DONE;
  return nsk_deadline_in(time->seconds, op, parameter, deadline, nskl_spare(L, st));
}

nsk_outcome nskl_socket_time(lua_State *L, int index, nskl_socket *self, const char *op,
                             nsk_deadline *deadline) {
  nskl_time time = nskl_time_at(L, index, nsk_socket_deadline(&self->socket));
  return nskl_time_ends(L, self->head.state, &time, op, "sec", deadline);
}

/* -------------------------------------------------------------- the object -- */

int nskl_module_deadline(lua_State *L) {
  nskl_state *st = nskl_upvalue(L);
  nskl_time time = given_time(L, 1);
  nskl_deadline *made = nskl_userdata(L, st, NSKL_DEADLINE, sizeof *made, 0);
  if (nskl_time_ends(L, st, &time, "deadline", "sec", &made->deadline) != NSK_DONE)
    return nskl_fail(L, st);
  return 1;
}

static double left_of_self(lua_State *L) {
  const nskl_deadline *self = nskl_self_of(L, NSKL_DEADLINE, sizeof *self);
  return nsk_deadline_left(&self->deadline);
}

int nskl_deadline_left(lua_State *L) {
  lua_pushnumber(L, left_of_self(L));
  return 1;
}

static int deadline_tostring(lua_State *L) {
  lua_pushfstring(L, "net.socket.deadline: %f s left", left_of_self(L));
  return 1;
}

void nskl_open_deadline(lua_State *L) {
  static const luaL_Reg methods[] = {{"__tostring", deadline_tostring}, {NULL, NULL}};
  nskl_metatable(L, NSKL_DEADLINE, methods);
}
