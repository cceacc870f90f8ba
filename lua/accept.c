/* Accepting: one connection, as an object or a descriptor. */
#include "args.h"
#include "error.h"
#include "fd_registry.h"
#include "io.h"
#include "objects.h"
#include "plain.h"
#include "state.h"

enum { MADE_AT = 3, PEER_AT };

/* A collection may have taken the error that an attempt was begun with. */
static nsk_outcome take(lua_State *L, nskl_plain *call, nsk_socket *made,
                        nsk_addr *peer) {
  nsk_outcome outcome;
  do
    outcome =
        nsk_socket_accept(&call->socket->socket, made, peer, nskl_spare(L, call->state));
  while (nskl_reclaim(L, call->state, outcome));
  return outcome;
}

static nsk_outcome accept_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  nskl_socket *made = lua_touserdata(L, MADE_AT);
  nskl_addrinfo *ai = call->ai_at != 0 ? lua_touserdata(L, call->ai_at) : NULL;
  (void)error;
  return take(L, call, &made->socket, ai != NULL ? &ai->info.addr : NULL);
}

static int accept_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  nskl_state *st = call->state;
  nskl_socket *made = lua_touserdata(L, MADE_AT);
  if (outcome != NSK_DONE) {
    nskl_spare_socket(L, st, MADE_AT);
    if (call->ai_at != 0) nskl_spare_addrinfo(L, st, call->ai_at);
    return nskl_nothing_received(L, st, outcome);
  }
  nskl_own(st, made->socket.fd);
  lua_pushvalue(L, MADE_AT);
  if (call->ai_at == 0) return 1;
  nskl_addrinfo *ai = lua_touserdata(L, call->ai_at);
  ai->info.socktype = made->socket.type;
  ai->info.protocol = made->socket.protocol;
  lua_pushnil(L);
  lua_pushnil(L);
  lua_pushvalue(L, call->ai_at);
  return 4;
}

static const nskl_method accept_method =
    NSKL_METHOD(accept, accept_attempt, accept_results, .blocking = NSKL_POLLED);

int nskl_socket_accept(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nskl_plain call = {.method = &accept_method, .state = st, .socket = self};
  bool with_ai = nskl_boolean(L, 2, false);
  lua_settop(L, 2);
  nskl_new_socket(L, st);
  if (with_ai) {
    nskl_new_addrinfo(L, st);
    call.ai_at = PEER_AT;
  }
  return nskl_plain_run(L, &call);
}

static nsk_outcome acceptfd_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  nsk_socket made;
  (void)error;
  nsk_outcome outcome = take(L, call, &made, NULL);
  if (outcome == NSK_DONE) call->fd = made.fd;
  return outcome;
}

static int acceptfd_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  if (outcome != NSK_DONE) return nskl_nothing_received(L, call->state, outcome);
  lua_pushinteger(L, call->fd);
  return 1;
}

static const nskl_method acceptfd_method =
    NSKL_METHOD(acceptfd, acceptfd_attempt, acceptfd_results, .blocking = NSKL_POLLED,
                .end = nskl_plain_close_fd);

int nskl_socket_acceptfd(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_plain call = {
      .method = &acceptfd_method, .state = self->head.state, .socket = self};
  return nskl_plain_run(L, &call);
}
