/* Files to sockets. */
#include "adapter.h"

#include <errno.h>
#include <stdio.h>

/* The descriptor of the argument `file`: a file of Lua's io library, or a number. False:
   the file has been closed. */
static bool file_at(lua_State *L, int index, int64_t *fd, int *bad) {
  const luaL_Stream *file = luaL_testudata(L, index, LUA_FILEHANDLE);
  if (file == NULL) {
    if (lua_type(L, index) != LUA_TNUMBER) nskl_bad_type(L, index, "file or integer");
    *fd = nskl_integer(L, index, bad);
    return true;
  }
  if (file->closef == NULL) return false;
  *fd = fileno(file->f);
  return true;
}

/* A hook that runs after a signal may close the file: it is looked at again. */
int nskl_socket_sendfile(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  int64_t fd = -1;
  size_t n = 0;
  int bad = 0;
  nsk_outcome outcome;
  file_at(L, 2, &fd, &bad);
  int64_t bytes = nskl_integer(L, 3, &bad);
  int64_t offset = nskl_integer_or(L, 4, 0, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  do {
    if (!file_at(L, 2, &fd, &bad))
      return nskl_fail_with(L, st, "sendfile", EBADF, "the file is closed");
    outcome =
        nsk_socket_sendfile(&self->socket, fd, bytes, offset, &n, nskl_spare(L, st));
  } while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st));
  /* The end of the file is no reason to try again. */
  size_t wanted = outcome == NSK_DONE && n == 0 ? 0 : (size_t)bytes;
  return nskl_sent(L, st, outcome, n, wanted);
}
