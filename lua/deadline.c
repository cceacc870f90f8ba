/* Times as arguments: seconds from now. */
#include "deadline.h"

#include "args.h"
#include "error.h"

nskl_time nskl_time_at(lua_State *L, int index, nsk_deadline otherwise) {
  if (lua_isnoneornil(L, index)) return (nskl_time){.deadline = otherwise};
  return (nskl_time){.number = true, .seconds = nskl_seconds(L, index, 0)};
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
