/* Files to sockets. */
#include "args.h"
#include "error.h"
#include "io.h"
#include "poller.h"

/* A finalizer or a hook that runs meanwhile may close the file: its descriptor is read
   last. What the file has not written yet is a part of it. */
static nsk_outcome send_file(lua_State *L, nsk_socket *s, int64_t bytes, int64_t offset,
                             int64_t *n, nsk_error *error) {
  int checked = 0;
  nsk_outcome outcome = nskl_flush(L, 2, error);
  if (outcome != NSK_DONE) return outcome;
  return nsk_socket_sendfile(s, nskl_descriptor(L, 2, &checked), bytes, offset, n, error);
}

int nskl_socket_sendfile(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  int64_t n = 0;
  int bad = 0;
  nsk_outcome outcome;
  nskl_descriptor(L, 2, &bad);
  int64_t bytes = nskl_integer(L, 3, &bad);
  int64_t offset = nskl_integer_or(L, 4, 0, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  do {
    nsk_error *error = nskl_spare(L, st);
    outcome = send_file(L, &self->socket, bytes, offset, &n, error);
  } while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st));
  if (outcome != NSK_DONE) return nskl_sent_nothing(L, st, outcome);
  lua_pushinteger(L, n);
  if (n == 0 || n == bytes) return 1; /* the end of the file is no reason to try again */
  lua_pushnil(L);
  lua_pushboolean(L, 1);
  return 3;
}
