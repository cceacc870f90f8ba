/* The wrapped calls on sockets. */
#include "wrap.h"

#include <stdarg.h>
#include <string.h>

/* clang-format off */
MAKES(socket, (int family, int type, int protocol), (family, type, protocol), -1)
MAKES(accept, (int fd, struct sockaddr *addr, socklen_t *length), (fd, addr, length), fd)
MAKES(accept4, (int fd, struct sockaddr *addr, socklen_t *length, int flags),
      (fd, addr, length, flags), fd)
MAKES_TWO(socketpair, (int family, int type, int protocol, int fds[2]),
          (family, type, protocol, fds))

USES(int, bind, (int fd, const struct sockaddr *addr, socklen_t length), (fd, addr, length))
USES(int, connect, (int fd, const struct sockaddr *addr, socklen_t length),
     (fd, addr, length))
USES(int, listen, (int fd, int backlog), (fd, backlog))
USES(int, shutdown, (int fd, int how), (fd, how))
USES(int, sockatmark, (int fd), (fd))
USES(int, getsockname, (int fd, struct sockaddr *addr, socklen_t *length),
     (fd, addr, length))
USES(int, getpeername, (int fd, struct sockaddr *addr, socklen_t *length),
     (fd, addr, length))
USES(int, getsockopt, (int fd, int level, int name, void *value, socklen_t *length),
     (fd, level, name, value, length))
USES(int, setsockopt, (int fd, int level, int name, const void *value, socklen_t length),
     (fd, level, name, value, length))

MOVES(send, (int fd, const void *bytes, size_t length, int flags),
      (fd, bytes, length, flags))
MOVES(sendto, (int fd, const void *bytes, size_t length, int flags,
               const struct sockaddr *addr, socklen_t size),
      (fd, bytes, length, flags, addr, size))
MOVES(recv, (int fd, void *bytes, size_t length, int flags), (fd, bytes, length, flags))
MOVES(recvfrom, (int fd, void *bytes, size_t length, int flags, struct sockaddr *addr,
                 socklen_t *size),
      (fd, bytes, length, flags, addr, size))
MOVES(sendfile, (int fd, int file, off_t *offset, size_t length),
      (fd, file, offset, length))
USES(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags),
     (fd, message, flags))
USES(int, sendmmsg, (int fd, struct mmsghdr *row, unsigned count, int flags),
     (fd, row, count, flags))
USES(int, recvmmsg, (int fd, struct mmsghdr *row, unsigned count, int flags,
                     struct timespec *timeout),
     (fd, row, count, flags, timeout))
USES(ssize_t, readv, (int fd, const struct iovec *iov, int count), (fd, iov, count))
USES(ssize_t, writev, (int fd, const struct iovec *iov, int count), (fd, iov, count))
/* clang-format on */

/* Whatever the rule says, a descriptor that the kernel has closed is closed. */
int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd) {
  const fault_rule *rule = fault_enter(FAULT_close);
  fault_closing(fd);
  int result = __real_close(fd);
  if (fault_instead(rule) || fault_after(rule)) RETURN_BY_RULE(int);
  return result;
}

int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...) {
  va_list list;
  va_start(list, command);
  int argument = command == F_GETFD || command == F_GETFL ? 0 : va_arg(list, int);
  va_end(list);
  const fault_rule *rule = fault_enter(FAULT_fcntl);
  fault_used(FAULT_fcntl, fd);
  if (fault_instead(rule)) RETURN_BY_RULE(int);
  int result = __real_fcntl(fd, command, argument);
  if (command == F_DUPFD || command == F_DUPFD_CLOEXEC) fault_made(FAULT_fcntl, result);
  return result;
}

/* A message brings descriptors of its own. */
static void made_by_message(struct msghdr *message) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
      int fd;
      memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
      fault_made(FAULT_recvmsg, fd);
    }
  }
}

ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags) {
  const fault_rule *rule = fault_enter(FAULT_recvmsg);
  fault_used(FAULT_recvmsg, fd);
  if (fault_instead(rule)) RETURN_BY_RULE(ssize_t);
  ssize_t result = __real_recvmsg(fd, message, flags);
  if (result >= 0) made_by_message(message);
  return result;
}
