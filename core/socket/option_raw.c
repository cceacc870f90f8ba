/* Options without a row, the mark of out-of-band data, and the send queue. */
#include "socket/socket.h"

#include <limits.h>
#include <stdio.h>
#include <sys/ioctl.h>

/* Without a name of ours it is told by its numbers. */
static nsk_outcome failed(const char *op, int level, int name, int code,
                          nsk_error *error) {
  char numbers[48];
  int length = snprintf(numbers, sizeof numbers, "level %d, name %d", level, name);
  return nski_fail_about(error, op, code, numbers, (size_t)length);
}

nsk_outcome nsk_socket_getsockopt(nsk_socket *s, int64_t level, int64_t name, void *value,
                                  size_t *length, nsk_error *error) {
  if (!nski_int_fits(level, "getsockopt", "level", error) ||
      !nski_int_fits(name, "getsockopt", "name", error))
    return NSK_FAILED;
  socklen_t room = (socklen_t)*length;
  if (getsockopt(s->fd, (int)level, (int)name, value, &room) < 0)
    return failed("getsockopt", (int)level, (int)name, errno, error);
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
  if (level == SOL_SOCKET && name == SO_LINGER) s->lingers = true;
  if (setsockopt(s->fd, (int)level, (int)name, value, (socklen_t)length) == 0)
    return NSK_DONE;
  return failed("setsockopt", (int)level, (int)name, errno, error);
}

enum { SIZE_MOST = 65536 };

nsk_outcome nsk_option_size(int64_t size, size_t *length, nsk_error *error) {
  if (size < 1 || size > SIZE_MOST)
    return nsk_error_argument(error, "getsockopt", "size", "must be 1..65536");
  *length = (size_t)size;
  return NSK_DONE;
}

nsk_outcome nsk_socket_atmark(nsk_socket *s, bool *at, nsk_error *error) {
  int mark = sockatmark(s->fd);
  if (mark < 0) return nski_fail(error, "sockatmark", errno);
  *at = mark == 1;
  return NSK_DONE;
}

/* BSD has a name of its own; Linux knows SIOCOUTQ, which is the same number, by a header
   that musl lacks. */
#if defined(FIONWRITE)
#define SEND_QUEUE FIONWRITE
#elif defined(__linux__)
#define SEND_QUEUE TIOCOUTQ
#endif

nsk_outcome nsk_socket_sendqueue(nsk_socket *s, int64_t *bytes, nsk_error *error) {
#ifdef SEND_QUEUE
  int kept;
  if (ioctl(s->fd, SEND_QUEUE, &kept) < 0) return nski_fail(error, "ioctl", errno);
  *bytes = kept;
  return NSK_DONE;
#else
  (void)bytes;
  return nski_fail(error, "ioctl", s->fd < 0 ? EBADF : EOPNOTSUPP);
#endif
}
