/* A socket among others: its names, listening, accepting. */
#include "socket/socket.h"

#include <limits.h>
#include <string.h>

nsk_outcome nsk_socket_bind(nsk_socket *s, const nsk_addr *addr, nsk_error *error) {
  if (!nski_same_family(s, addr, "bind", error)) return NSK_FAILED;
  if (bind(s->fd, nski_addr_sockaddr(addr), addr->length) == 0) return NSK_DONE;
  return nski_fail_at(error, "bind", errno, addr);
}

nsk_outcome nsk_socket_listen(nsk_socket *s, int64_t backlog, nsk_error *error) {
  if (backlog < 0 || backlog > INT_MAX)
    return nsk_error_argument(error, "listen", "backlog", "must be 0..2147483647");
  if (listen(s->fd, (int)backlog) == 0) return NSK_DONE;
  return nski_fail(error, "listen", errno);
}

/* accept(2): the connection, not the listener, has gone wrong; the next may be fine. */
static bool transient(int code) {
  switch (code) {
    case ECONNABORTED:
    case EPROTO:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EPERM:
#ifdef ENONET
    case ENONET:
#endif
      return true;
    default:
      return false;
  }
}

/* Each retry takes a dead connection from the queue; a system that says the
   same each time must not hold the caller. */
enum { MAX_TRANSIENT = 64 };

static bool listens(int fd) {
  int yes = 0;
  socklen_t length = sizeof yes;
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &length) == 0 && yes;
}

/* accept(2) goes by the mode of the description, which a duplicate's owner or another
   process may have set, and which even after a poll(2) decides: the connection may be
   another's by then. It is looked at before each accept, and a listener stays
   non-blocking; who wants to wait for one waits in poll(2). */
static bool keep_from_blocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || (flags & O_NONBLOCK) != 0 || !listens(fd)) return true;
  return fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

nsk_outcome nsk_socket_accept(nsk_socket *s, nsk_socket *out, nsk_addr *peer,
                              nsk_error *error) {
  struct sockaddr *space = NULL;
  socklen_t length = 0;
  if (!keep_from_blocking(s->fd)) return nski_fail(error, "fcntl", errno);
  for (int tries = 0;; tries++) {
    if (peer != NULL) space = nski_addr_space(peer, &length);
    int fd = nski_accept_fd(s->fd, space, peer != NULL ? &length : NULL);
    if (fd >= 0) {
      nski_socket_set(out, fd, s->family, s->type, s->protocol, true);
      out->lingers = s->lingers;
      if (peer != NULL) nski_addr_of(peer, length, s->family);
      return NSK_DONE;
    }
    int code = errno;
    if (!transient(code) || tries == MAX_TRANSIENT)
      return nski_not_done(error, "accept", code);
  }
}

nsk_outcome nsk_socket_name(nsk_socket *s, nsk_addr *addr, nsk_error *error) {
  socklen_t length;
  struct sockaddr *space = nski_addr_space(addr, &length);
  if (getsockname(s->fd, space, &length) < 0)
    return nski_fail(error, "getsockname", errno);
  nski_addr_of(addr, length, s->family);
  return NSK_DONE;
}

nsk_outcome nsk_socket_peer(nsk_socket *s, nsk_addr *addr, nsk_error *error) {
  socklen_t length;
  struct sockaddr *space = nski_addr_space(addr, &length);
  if (getpeername(s->fd, space, &length) < 0)
    return nski_fail(error, "getpeername", errno);
  nski_addr_of(addr, length, s->family);
  return NSK_DONE;
}

/* A connection that the system has given up has no peer for getpeername(2) any more. */
static bool last_peer(const nsk_socket *s, nsk_addr *addr) {
  socklen_t length;
  struct sockaddr *space = nski_addr_space(addr, &length);
  int status = getpeername(s->fd, space, &length);
#ifdef SO_PEERNAME
  if (status < 0 && errno == ENOTCONN && s->family != AF_UNIX) {
    length =
        s->family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    status = getsockopt(s->fd, SOL_SOCKET, SO_PEERNAME, space, &length);
  }
#endif
  if (status == 0) nski_addr_of(addr, length, s->family);
  return status == 0;
}

nsk_outcome nski_about_peer(const nsk_socket *s, nsk_outcome outcome, nsk_error *error) {
  nsk_addr addr;
  bool failed = outcome == NSK_FAILED || outcome == NSK_TIMEOUT;
  if (!failed || error->domain != NSK_ERRNO || error->subject_length > 0 || s->fd < 0 ||
      !last_peer(s, &addr))
    return outcome;
  char text[NSK_ADDR_TEXT_MAX];
  error->subject_length = (uint16_t)nsk_addr_text(&addr, text);
  memcpy(error->subject, text, error->subject_length);
  return outcome;
}

nsk_outcome nsk_socket_take_error(nsk_socket *s, nsk_error *pending, nsk_error *error) {
  int code = 0;
  socklen_t length = sizeof code;
  if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &code, &length) < 0)
    return nski_fail(error, "getsockopt", errno);
  if (code == 0) code = s->error;
  s->error = 0;
  nski_about_peer(s, nski_fail(pending, "error", code), pending);
  return NSK_DONE;
}
