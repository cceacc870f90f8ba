/* Files to sockets: sendfile(2), and reading and sending where it refuses. */
#include "socket/socket.h"

#include <stdio.h>

#ifdef NSK_HAVE_LINUX_SENDFILE
#include <sys/sendfile.h>
#endif

enum { COPY_BYTES = 65536, LOOK_BYTES = 1 << 20 };

/* One round through memory. What was read and not sent is read again by the caller's
   next call: the file's position is never used. Returns the count sent, or -1. */
static ssize_t copy_some(const nsk_socket *s, int file, int64_t bytes, off_t offset,
                         int flags, const char **op) {
  unsigned char buffer[COPY_BYTES];
  size_t size = bytes < COPY_BYTES ? (size_t)bytes : COPY_BYTES;
  *op = "pread";
  ssize_t got = pread(file, buffer, size, offset);
  if (got <= 0) return got;
  *op = "send";
  return send(s->fd, buffer, (size_t)got, flags | s->io_flags | MSG_NOSIGNAL);
}

#ifdef NSK_HAVE_LINUX_SENDFILE

/* The most that Linux moves in one call. */
static const int64_t call_max = 0x7ffff000;

static ssize_t send_some(const nsk_socket *s, int file, int64_t bytes, off_t offset,
                         const char **op) {
  size_t size = (size_t)(bytes < call_max ? bytes : call_max);
  if (nski_must_not_block(s)) return copy_some(s, file, bytes, offset, 0, op);
  *op = "sendfile";
  ssize_t sent = sendfile(s->fd, file, &offset, size);
  /* A source that cannot be mapped (EINVAL) can often be read. */
  if (sent < 0 && (errno == EINVAL || errno == ENOSYS))
    return copy_some(s, file, bytes, offset, 0, op);
  return sent;
}

#else

static ssize_t send_some(const nsk_socket *s, int file, int64_t bytes, off_t offset,
                         const char **op) {
  return copy_some(s, file, bytes, offset, 0, op);
}

#endif

static nsk_outcome bad(nsk_error *error, const char *parameter) {
  return nsk_error_argument(error, "sendfile", parameter, NSK_NEGATIVE);
}

/* Rounds until all is sent, the file ends or the socket has had enough. sendfile(2)
   knows no MSG_DONTWAIT: a blocking socket blocks, as asked, or sends what is read. After
   each MiB the caller looks at signals, which a peer that keeps up would hold off. */
static nsk_outcome send_all(nsk_socket *s, int file, int64_t bytes, int64_t offset,
                            int64_t *n, nsk_error *error) {
  const char *op = "sendfile";
  int64_t look = bytes - *n < LOOK_BYTES ? bytes : *n + LOOK_BYTES;
  while (*n < look) {
    ssize_t sent = send_some(s, file, look - *n, (off_t)(offset + *n), &op);
    if (sent < 0) return nski_not_sent(s, op, errno, error);
    if (sent == 0) return NSK_DONE;
    *n += sent;
  }
  return *n < bytes ? NSK_INTERRUPTED : NSK_DONE;
}

nsk_outcome nsk_socket_sendfile(nsk_socket *s, int64_t file, int64_t bytes,
                                int64_t offset, int64_t *n, nsk_error *error) {
  nsk_sigpipe guard;
  if (!nski_valid_fd(file, "sendfile", error)) return NSK_FAILED;
  if (bytes < 0) return bad(error, "bytes");
  if (offset < 0) return bad(error, "offset");
  if (bytes > INT64_MAX - offset) bytes = INT64_MAX - offset;
  if (s->fd < 0) return nski_fail(error, "sendfile", EBADF);
  nsk_sigpipe_hold(&guard);
  nsk_outcome outcome = send_all(s, (int)file, bytes, offset, n, error);
  nsk_sigpipe_release(&guard, outcome == NSK_FAILED && error->code == EPIPE);
  /* A call that moved any byte succeeds with the count; the error comes again. */
  return *n > 0 && outcome != NSK_INTERRUPTED ? NSK_DONE : outcome;
}

/* sendfile(2) on a blocking socket would block: what is read is sent with MSG_DONTWAIT.
 */
nsk_outcome nski_send_file_now(nsk_socket *s, int file, size_t bytes, int64_t offset,
                               size_t *moved, nsk_error *error) {
  const char *op;
  nsk_sigpipe guard;
  nsk_sigpipe_hold(&guard);
  ssize_t sent =
      nsk_socket_blocking(s)
          ? copy_some(s, file, (int64_t)bytes, (off_t)offset, MSG_DONTWAIT, &op)
          : send_some(s, file, (int64_t)bytes, (off_t)offset, &op);
  int code = sent < 0 ? errno : 0;
  nsk_sigpipe_release(&guard, code == EPIPE);
  if (sent < 0) return nski_not_sent(s, op, code, error);
  *moved = (size_t)sent;
  return NSK_DONE;
}

nsk_outcome nsk_file_flush(void *file, nsk_error *error) {
  return fflush(file) == 0 ? NSK_DONE : nski_not_done(error, "fflush", errno);
}
