/* The life of a socket: opened, adopted, paired, duplicated, closed, released. */
#include "socket/socket.h"

#include <stdio.h>
#include <stdlib.h>

void nsk_socket_init(nsk_socket *s) {
  *s = (nsk_socket){.fd = -1, .io_flags = MSG_DONTWAIT};
}

void nski_socket_set(nsk_socket *s, int fd, int family, int type, int protocol,
                     bool nonblock) {
  s->fd = fd;
  s->io_flags = nonblock ? MSG_DONTWAIT : 0;
  s->blocks = !nonblock;
  s->family = (uint16_t)family;
  s->type = (uint8_t)type;
  s->protocol = (uint16_t)protocol;
  s->connecting = false;
  s->error = 0;
  s->held = false;
  s->lingers = false;
}

/* socket(2) takes creation flags in the type; the type itself is the rest. */
static int plain_type(int type) {
  return type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
}

static bool asks_nonblock(int type) {
  return SOCK_NONBLOCK != 0 && (type & SOCK_NONBLOCK) != 0;
}

nsk_outcome nsk_socket_open(nsk_socket *out, int64_t family, int64_t type,
                            int64_t protocol, bool nonblock, nsk_error *error) {
  if (!nski_int_fits(family, "socket", "family", error) ||
      !nski_int_fits(type, "socket", "socktype", error) ||
      !nski_int_fits(protocol, "socket", "protocol", error))
    return NSK_FAILED;
  nonblock = nonblock || asks_nonblock((int)type);
  int fd = nski_open_fd((int)family, plain_type((int)type), (int)protocol, nonblock);
  if (fd < 0) return nski_fail(error, "socket", errno);
  nski_socket_set(out, fd, (int)family, plain_type((int)type), (int)protocol, nonblock);
  return NSK_DONE;
}

nsk_outcome nsk_socket_pair(nsk_socket *a, nsk_socket *b, int64_t type, int64_t protocol,
                            bool nonblock, nsk_error *error) {
  int fds[2];
  if (!nski_int_fits(type, "socketpair", "socktype", error) ||
      !nski_int_fits(protocol, "socketpair", "protocol", error))
    return NSK_FAILED;
  nonblock = nonblock || asks_nonblock((int)type);
  if (nski_open_pair(plain_type((int)type), (int)protocol, nonblock, fds) < 0)
    return nski_fail(error, "socketpair", errno);
  nski_socket_set(a, fds[0], AF_UNIX, plain_type((int)type), (int)protocol, nonblock);
  nski_socket_set(b, fds[1], AF_UNIX, plain_type((int)type), (int)protocol, nonblock);
  return NSK_DONE;
}

static bool ask(int fd, int option, int *value) {
  socklen_t length = sizeof *value;
  return getsockopt(fd, SOL_SOCKET, option, value, &length) == 0;
}

/* Where the kernel does not tell the family by option, the local address does. */
static bool ask_family(int fd, int *family) {
#ifdef NSK_HAVE_SO_DOMAIN
  return ask(fd, SO_DOMAIN, family);
#else
  nsk_addr addr;
  socklen_t length;
  struct sockaddr *space = nski_addr_space(&addr, &length);
  if (getsockname(fd, space, &length) < 0) return false;
  nski_addr_filled(&addr, length);
  *family = nsk_addr_family(&addr);
  return true;
#endif
}

static bool ask_protocol(int fd, int *protocol) {
#ifdef NSK_HAVE_SO_PROTOCOL
  return ask(fd, SO_PROTOCOL, protocol);
#else
  (void)fd;
  *protocol = 0;
  return true;
#endif
}

/* Sets both flags; on failure puts back what it changed and keeps errno. */
static bool adopt_flags(int fd, bool *nonblock, const char **op) {
  *op = "fcntl";
  int fd_flags = fcntl(fd, F_GETFD);
  int flags = fcntl(fd, F_GETFL);
  if (fd_flags < 0 || flags < 0) return false;
  bool change = !(fd_flags & FD_CLOEXEC);
  if (change && fcntl(fd, F_SETFD, fd_flags | FD_CLOEXEC) < 0) return false;
  if (*nonblock && !(flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
    int code = errno;
    if (change) fcntl(fd, F_SETFD, fd_flags);
    errno = code;
    return false;
  }
  *nonblock = *nonblock || (flags & O_NONBLOCK) != 0;
  return true;
}

nsk_outcome nsk_socket_adopt(nsk_socket *out, int64_t fd, bool nonblock,
                             nsk_error *error) {
  int type, family, protocol;
  const char *op = "getsockopt";
  if (!nski_valid_fd(fd, "wrap", error)) return NSK_FAILED;
  if (!ask((int)fd, SO_TYPE, &type) || !ask_family((int)fd, &family) ||
      !ask_protocol((int)fd, &protocol) || !adopt_flags((int)fd, &nonblock, &op)) {
    int code = errno;
    char number[24];
    int length = snprintf(number, sizeof number, "fd %d", (int)fd);
    return nski_fail_about(error, op, code, number, (size_t)length);
  }
  nski_socket_set(out, (int)fd, family, type, protocol, nonblock);
  out->lingers = true;
  return NSK_DONE;
}

nsk_outcome nsk_socket_dup(nsk_socket *s, nsk_socket *out, nsk_error *error) {
  int fd = nski_dup_fd(s->fd);
  if (fd < 0) return nski_fail(error, "fcntl", errno);
  nski_socket_set(out, fd, s->family, s->type, s->protocol, !s->blocks);
  out->lingers = s->lingers = true; /* what one sets holds for both */
  if (nski_set_timeout(out, nsk_socket_timeout(s))) return NSK_DONE;
  nski_close_fd(fd);
  out->fd = -1;
  return nski_fail_memory(error, "dup");
}

/* close(2) may be interrupted, but on Linux and elsewhere the descriptor is gone
   then: a second close could hit another file. */
static nsk_outcome close_once(int fd, nsk_error *error) {
  if (close(fd) == 0 || errno == EINTR || errno == EINPROGRESS) return NSK_DONE;
  return nski_fail(error, "close", errno);
}

nsk_outcome nsk_socket_close(nsk_socket *s, nsk_error *error) {
  int fd = s->fd;
  s->fd = -1;
  nski_side_drop(s, true);
  return fd < 0 ? NSK_DONE : close_once(fd, error);
}

nsk_outcome nsk_socket_close_how(nsk_socket *s, int64_t how, nsk_error *error) {
  nsk_error later;
  if (s->fd < 0) return NSK_DONE;
  nsk_outcome first = nsk_fd_shutdown(s->fd, how, error);
  nsk_outcome second = nsk_socket_close(s, first == NSK_DONE ? error : &later);
  return first == NSK_DONE ? second : first;
}

nsk_outcome nsk_socket_may_release(const nsk_socket *s, nsk_error *error) {
  if (s->fd < 0) return nski_fail(error, "unwrap", EBADF);
  bool receiving = nsk_socket_receiving(s);
  if (!s->held || (!receiving && s->side->pending == NULL)) return NSK_DONE;
  nski_fail(error, "unwrap", EBUSY);
  nski_error_say(
      error, receiving ? "another receive is under way" : "received bytes are pending");
  return NSK_FAILED;
}

nsk_outcome nsk_socket_release(nsk_socket *s, int *fd, nsk_error *error) {
  nsk_outcome outcome = nsk_socket_may_release(s, error);
  if (outcome != NSK_DONE) return outcome;
  *fd = s->fd;
  s->fd = -1;
  nski_side_drop(s, false); /* who has the socket now has its path */
  return NSK_DONE;
}

bool nsk_socket_shutdown_wakes(const nsk_socket *s) {
  return s->family == AF_INET || s->family == AF_INET6 || s->family == AF_UNIX;
}

bool nsk_socket_closes_at_once(const nsk_socket *s) {
  return s->fd >= 0 && nsk_socket_shutdown_wakes(s) && !s->lingers;
}

nsk_outcome nsk_socket_shutdown(nsk_socket *s, int64_t how, nsk_error *error) {
  if (s->fd < 0) return nski_fail(error, "shutdown", EBADF);
  return nsk_fd_shutdown(s->fd, how, error);
}

nsk_outcome nsk_fd_shutdown(int64_t fd, int64_t how, nsk_error *error) {
  if (!nski_valid_fd(fd, "shutdown", error)) return NSK_FAILED;
  if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR)
    return nsk_error_argument(error, "shutdown", "flag",
                              "must be SHUT_RD, SHUT_WR or SHUT_RDWR");
  if (shutdown((int)fd, (int)how) == 0) return NSK_DONE;
  return nski_fail(error, "shutdown", errno);
}

nsk_outcome nsk_fd_close(int64_t fd, nsk_error *error) {
  if (!nski_valid_fd(fd, "close", error)) return NSK_FAILED;
  return close_once((int)fd, error);
}

nsk_outcome nsk_fd_close_how(int64_t fd, int64_t how, nsk_error *error) {
  nsk_error later;
  if (!nski_valid_fd(fd, "close", error)) return NSK_FAILED;
  nsk_outcome first = nsk_fd_shutdown(fd, how, error);
  nsk_outcome second = nsk_fd_close(fd, first == NSK_DONE ? error : &later);
  return first == NSK_DONE ? second : first;
}
