/* One descriptor over a unix socket. */
#include "args.h"
#include "error.h"
#include "io.h"
#include "plain.h"

/* A finalizer or a hook that runs meanwhile may close what the descriptor is of: its
   number is read last. */
static nsk_outcome sendfd_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  int checked = 0;
  return nsk_socket_sendfd(&call->socket->socket, nskl_descriptor(L, 2, &checked),
                           call->about, call->flags, error);
}

static int sendfd_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  if (outcome != NSK_DONE) return nskl_sent_nothing(L, call->state, outcome);
  lua_pushinteger(L, 0);
  return 1;
}

static const nskl_method sendfd_method = {
    .work = NSKL_PLAIN_WORK("sendfd"),
    .need = nskl_waits_sendfd,
    .attempt = sendfd_attempt,
    .results = sendfd_results,
};

int nskl_socket_sendfd(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nskl_plain call = {.method = &sendfd_method, .state = st, .socket = self};
  int bad = 0;
  nskl_descriptor(L, 2, &bad);
  if (!lua_isnoneornil(L, 3)) call.about = &nskl_addrinfo_at(L, 3)->addr;
  call.flags = nskl_flags(L, 4, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  return nskl_plain_run(L, &call);
}

static nsk_outcome recvfd_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  (void)L;
  nskl_settle(call->state);
  return nsk_socket_recvfd(&call->socket->socket, call->flags, &call->fd, error);
}

/* The descriptor is a number, whose storage is there: only an operation may lose it. */
static int recvfd_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  if (outcome != NSK_DONE) return nskl_nothing_received(L, call->state, outcome);
  lua_pushinteger(L, call->fd);
  return 1;
}

static const nskl_method recvfd_method = {
    .work = NSKL_PLAIN_WORK("recvfd"),
    .need = nskl_waits_recvfd,
    .attempt = recvfd_attempt,
    .results = recvfd_results,
    .end = nskl_plain_close_fd,
};

int nskl_socket_recvfd(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nskl_plain call = {.method = &recvfd_method, .state = st, .socket = self};
  int bad = 0;
  call.flags = nskl_flags(L, 2, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  return nskl_plain_run(L, &call);
}
