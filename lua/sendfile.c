/* Files to sockets. */
#include "args.h"
#include "error.h"
#include "io.h"
#include "poller.h"

/* A finalizer or a hook that runs meanwhile may close the file: its descriptor is read
   last. */
int nskl_socket_sendfile(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  size_t n = 0;
  int bad = 0;
  nsk_outcome outcome;
  nskl_descriptor(L, 2, &bad);
  int64_t bytes = nskl_integer(L, 3, &bad);
  int64_t offset = nskl_integer_or(L, 4, 0, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  do {
    nsk_error *error = nskl_spare(L, st);
    int64_t fd = nskl_descriptor(L, 2, &bad);
    outcome = nsk_socket_sendfile(&self->socket, fd, bytes, offset, &n, error);
  } while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st));
  if (outcome != NSK_DONE) return nskl_sent_nothing(L, st, outcome);
  /* The end of the file is no reason to try again. */
  if (n > 0 && n < (size_t)bytes) return nskl_sent_count(L, n, (size_t)bytes);
  lua_pushinteger(L, (lua_Integer)n);
  return 1;
}
