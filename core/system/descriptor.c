/* Descriptors that are close-on-exec and non-blocking from birth where the system
   can do that, and from the next line where it cannot. */
#include "system/system.h"

#include <limits.h>

void nski_close_fd(int fd) {
  int code = errno;
  close(fd);
  errno = code;
}

static int with_mode(int flags, bool nonblock) {
  return nonblock ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
}

nsk_outcome nsk_fd_nonblock(int64_t fd, const bool *set, bool *was, nsk_error *error) {
  if (!nski_valid_fd(fd, "fcntl", error)) return NSK_FAILED;
  int flags = fcntl((int)fd, F_GETFL);
  if (flags < 0) return nski_fail(error, "fcntl", errno);
  *was = (flags & O_NONBLOCK) != 0;
  if (set == NULL || *set == *was) return NSK_DONE;
  if (fcntl((int)fd, F_SETFL, with_mode(flags, *set)) == 0) return NSK_DONE;
  return nski_fail(error, "fcntl", errno);
}

#if !defined(NSK_HAVE_SOCK_CLOEXEC) || !defined(NSK_HAVE_ACCEPT4) || \
    defined(NSK_HAVE_SO_NOSIGPIPE)
#define BY_HAND
#endif

#if defined(BY_HAND) || !defined(NSK_HAVE_EVENTFD)

static bool mark(int fd, bool nonblock) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) return false;
  int wanted = with_mode(flags, nonblock);
  return wanted == flags || fcntl(fd, F_SETFL, wanted) == 0;
}

#endif

#ifdef BY_HAND

/* Returns the socket fd, or -1 with errno after closing it. */
static int prepare(int fd, bool nonblock) {
  if (fd < 0) return fd;
  bool ok = mark(fd, nonblock);
#ifdef NSK_HAVE_SO_NOSIGPIPE
  const int on = 1;
  if (ok) ok = setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) == 0;
#endif
  if (ok) return fd;
  nski_close_fd(fd);
  return -1;
}

#endif

#if defined(NSK_HAVE_SOCK_CLOEXEC) && !defined(NSK_HAVE_SO_NOSIGPIPE)

int nski_open_fd(int family, int type, int protocol, bool nonblock) {
  return socket(family, type | SOCK_CLOEXEC | (nonblock ? SOCK_NONBLOCK : 0), protocol);
}

int nski_open_pair(int type, int protocol, bool nonblock, int fds[2]) {
  type |= SOCK_CLOEXEC | (nonblock ? SOCK_NONBLOCK : 0);
  return socketpair(AF_UNIX, type, protocol, fds);
}

#else

int nski_open_fd(int family, int type, int protocol, bool nonblock) {
  return prepare(socket(family, type, protocol), nonblock);
}

int nski_open_pair(int type, int protocol, bool nonblock, int fds[2]) {
  if (socketpair(AF_UNIX, type, protocol, fds) < 0) return -1;
  if (prepare(fds[0], nonblock) < 0) {
    nski_close_fd(fds[1]);
    return -1;
  }
  if (prepare(fds[1], nonblock) < 0) {
    nski_close_fd(fds[0]);
    return -1;
  }
  return 0;
}

#endif

#if defined(NSK_HAVE_ACCEPT4) && !defined(NSK_HAVE_SO_NOSIGPIPE)

int nski_accept_fd(int fd, struct sockaddr *addr, socklen_t *length) {
  return accept4(fd, addr, length, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

#else

int nski_accept_fd(int fd, struct sockaddr *addr, socklen_t *length) {
  return prepare(accept(fd, addr, length), true);
}

#endif

#ifndef NSK_HAVE_EVENTFD

int nski_open_pipe(int fds[2]) {
  if (pipe(fds) < 0) return -1;
  if (mark(fds[0], true) && mark(fds[1], true)) return 0;
  nski_close_fd(fds[0]);
  nski_close_fd(fds[1]);
  return -1;
}

#endif

int nski_dup_fd(int fd) {
  return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

bool nski_valid_fd(int64_t fd, const char *op, nsk_error *error) {
  if (fd >= 0 && fd <= INT_MAX) return true;
  nsk_error_argument(error, op, "fd", NSK_NO_DESCRIPTOR);
  return false;
}
