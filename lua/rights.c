/* One descriptor over a unix socket. */
#include "args.h"
#include "error.h"
#include "io.h"
#include "poller.h"

int nskl_socket_sendfd(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  int bad = 0;
  nsk_outcome outcome;
  nskl_descriptor(L, 2, &bad);
  const nsk_addrinfo *to = lua_isnoneornil(L, 3) ? NULL : nskl_addrinfo_at(L, 3);
  int flags = nskl_flags(L, 4, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  do {
    nsk_error *error = nskl_spare(L, st);
    outcome = nsk_socket_sendfd(&self->socket, nskl_descriptor(L, 2, &bad),
                                to != NULL ? &to->addr : NULL, flags, error);
  } while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st));
  if (outcome != NSK_DONE) return nskl_sent_nothing(L, st, outcome);
  lua_pushinteger(L, 0);
  return 1;
}

/* The descriptor is a number, whose storage is there: it cannot be lost any more. */
int nskl_socket_recvfd(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  int fd, bad = 0;
  nsk_outcome outcome;
  int flags = nskl_flags(L, 2, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  nskl_settle(st);
  do
    outcome = nsk_socket_recvfd(&self->socket, flags, &fd, nskl_spare(L, st));
  while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st));
  if (outcome != NSK_DONE) return nskl_nothing_received(L, st, outcome);
  lua_pushinteger(L, fd);
  return 1;
}
