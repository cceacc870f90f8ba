/* A socket that others connect to: bound, listening, accepting. */
#include "socket/socket.h"

#include <limits.h>

nsk_outcome nsk_socket_bind(nsk_socket *s, const nsk_addr *addr, nsk_error *error) {
  if (!nski_same_family(s, addr, "bind", error)) return NSK_FAILED;
  if (bind(s->fd, nski_addr_sockaddr(addr), addr->length) == 0) return NSK_DONE;
  return nski_fail_at(error, "bind", errno, addr);
}

nsk_outcome nsk_socket_listen(nsk_socket *s, int64_t backlog, nsk_error *error) {
  if (backlog < 0 || backlog > INT_MAX)
    return nsk_error_argument(error, "listen", "backlog", "must be 0..2147483647");
  if (listen(s->fd, (int)backlog) == 0) return NSK_DONE;
  return nski_about_own(s, nski_fail(error, "listen", errno), error);
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

/* EINVAL alone would not tell that listen(2) was forgotten. */
static nsk_outcome not_accepted(const nsk_socket *s, int code, nsk_error *error) {
  nsk_outcome outcome = nski_not_done(error, "accept", code);
  if (code == EINVAL && !listens(s->fd))
    nski_error_say(error, "the socket does not listen");
  return nski_about_own(s, outcome, error);
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
    if (!transient(code) || tries == MAX_TRANSIENT) return not_accepted(s, code, error);
  }
}
