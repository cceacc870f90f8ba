/* Options without a row, and the mark of out-of-band data. */
#include "socket/socket.h"

#include <limits.h>

nsk_outcome nsk_socket_getsockopt(nsk_socket *s, int64_t level, int64_t name, void *value,
                                  size_t *length, nsk_error *error) {
  if (!nski_int_fits(level, "getsockopt", "level", error) ||
      !nski_int_fits(name, "getsockopt", "name", error))
    return NSK_FAILED;
  socklen_t room = (socklen_t)*length;
  if (getsockopt(s->fd, (int)level, (int)name, value, &room) < 0)
    return nski_fail(error, "getsockopt", errno);
  /* The kernel may report the size that it would have liked. */
  if (room < *length) *length = room;
  return NSK_DONE;
}

nsk_outcome nsk_socket_setsockopt(nsk_socket *s, int64_t level, int64_t name,
                                  const void *value, size_t length, nsk_error *error) {
  if (!nski_int_fits(level, "setsockopt", "level", error) ||
      !nski_int_fits(name, "setsockopt", "name", error))
    return NSK_FAILED;
  if (length > INT_MAX)
    return nsk_error_argument(error, "setsockopt", "value", "longer than any option");
  if (setsockopt(s->fd, (int)level, (int)name, value, (socklen_t)length) == 0)
    return NSK_DONE;
  return nski_fail(error, "setsockopt", errno);
}

nsk_outcome nsk_socket_atmark(nsk_socket *s, bool *at, nsk_error *error) {
  int mark = sockatmark(s->fd);
  if (mark < 0) return nski_fail(error, "sockatmark", errno);
  *at = mark == 1;
  return NSK_DONE;
}
