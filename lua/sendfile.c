/* Files to sockets. */
#include "args.h"
#include "error.h"
#include "io.h"
#include "plain.h"

/* A finalizer or a hook that runs meanwhile may close the file: its descriptor is read
   last. What the file has not written yet is a part of it, once. */
static nsk_outcome sendfile_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  int checked = 0;
  if (!call->done_before) {
    nsk_outcome outcome = nskl_flush(L, 2, error);
    if (outcome != NSK_DONE) return outcome;
    call->done_before = true;
  }
  return nsk_socket_sendfile(&call->socket->socket, nskl_descriptor(L, 2, &checked),
                             call->bytes, call->at, &call->sent, error);
}

static int sendfile_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  int64_t n = call->sent;
  if (outcome != NSK_DONE && n == 0) return nskl_sent_nothing(L, call->state, outcome);
  lua_pushinteger(L, n);
  if (n == 0 || n == call->bytes)
    return 1; /* the end of the file is no reason to try again */
  lua_pushnil(L);
  lua_pushboolean(L, 1);
  return 3;
}

static const nskl_method sendfile_method =
    NSKL_METHOD(sendfile, sendfile_attempt, sendfile_results);

int nskl_socket_sendfile(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nskl_plain call = {.method = &sendfile_method, .state = st, .socket = self};
  int bad = 0;
  nskl_descriptor(L, 2, &bad);
  call.bytes = nskl_integer(L, 3, &bad);
  call.at = nskl_integer_or(L, 4, 0, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  return nskl_plain_run(L, &call);
}
