/* Membership in multicast groups. */
#include "args.h"
#include "error.h"

static int change(lua_State *L, nsk_mcast action, bool with_source) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  const nsk_addrinfo *group = nskl_addrinfo_at(L, 2);
  const nsk_addrinfo *source = with_source ? nskl_addrinfo_at(L, 3) : NULL;
  int at = with_source ? 4 : 3;
  nsk_interface on = {.text = NULL};
  if (!lua_isnoneornil(L, at)) nskl_interface(L, at, &on);
  nsk_outcome outcome;
  do
    outcome =
        nsk_socket_mcast(&self->socket, action, &group->addr,
                         source != NULL ? &source->addr : NULL, &on, nskl_spare(L, st));
  while (nskl_reclaim(L, st, outcome));
  return nskl_truth(L, st, outcome);
}

int nskl_socket_mcastjoin(lua_State *L) {
  return change(L, NSK_MCAST_JOIN, false);
}

int nskl_socket_mcastleave(lua_State *L) {
  return change(L, NSK_MCAST_LEAVE, false);
}

int nskl_socket_mcastjoinsrc(lua_State *L) {
  return change(L, NSK_MCAST_JOIN_SOURCE, true);
}

int nskl_socket_mcastleavesrc(lua_State *L) {
  return change(L, NSK_MCAST_LEAVE_SOURCE, true);
}

int nskl_socket_mcastblocksrc(lua_State *L) {
  return change(L, NSK_MCAST_BLOCK_SOURCE, true);
}

int nskl_socket_mcastunblocksrc(lua_State *L) {
  return change(L, NSK_MCAST_UNBLOCK_SOURCE, true);
}
