/* A socket among others: its names, listening, accepting, one connect(2). */
#include "internal.h"

#include <limits.h>

/* An address of another family never reaches the kernel, which would read the
   fields of the wrong structure. */
static bool same_family(const nsk_socket *s, const nsk_addr *addr, const char *op,
                        nsk_error *error) {
  if (s->fd < 0) {
    nsk_fail_at(error, op, EBADF, addr);
    return false;
  }
  if (nsk_addr_family(addr) == s->family) return true;
  nsk_fail_at(error, op, EAFNOSUPPORT, addr);
  return false;
}

nsk_outcome nsk_socket_bind(nsk_socket *s, const nsk_addr *addr, nsk_error *error) {
  if (!same_family(s, addr, "bind", error)) return NSK_FAILED;
  if (bind(s->fd, nsk_addr_sockaddr(addr), addr->length) == 0) return NSK_DONE;
  return nsk_fail_at(error, "bind", errno, addr);
}

nsk_outcome nsk_socket_listen(nsk_socket *s, int64_t backlog, nsk_error *error) {
  if (backlog < 0 || backlog > INT_MAX)
    return nsk_error_argument(error, "listen", "backlog", "must be 0..2147483647");
  if (listen(s->fd, (int)backlog) == 0) return NSK_DONE;
  return nsk_fail(error, "listen", errno);
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

/* Each retry takes a dead connection from the queue; a system that says the same for
   ever must not hold the caller for ever. */
enum { MAX_TRANSIENT = 64 };

nsk_outcome nsk_socket_accept(nsk_socket *s, nsk_socket *out, nsk_addr *peer,
                              nsk_error *error) {
  struct sockaddr *space = NULL;
  socklen_t length = 0;
  for (int tries = 0;; tries++) {
    if (peer != NULL) space = nsk_addr_space(peer, &length);
    int fd = nsk_accept_fd(s->fd, space, peer != NULL ? &length : NULL);
    if (fd >= 0) {
      nsk_socket_set(out, fd, s->family, s->type, s->protocol, true);
      if (peer != NULL) nsk_addr_of(peer, length, s->family);
      return NSK_DONE;
    }
    int code = errno;
    if (!transient(code) || tries == MAX_TRANSIENT)
      return nsk_not_done(error, "accept", code);
  }
}

/* connect(2) on a socket that is connecting says 0 once the handshake is done,
   whatever address it is given; only the peer's name tells which one it reached. */
static nsk_outcome completed(nsk_socket *s, const nsk_addr *addr, nsk_error *error) {
  nsk_addr reached;
  s->connecting = false;
  nsk_outcome outcome = nsk_socket_peer(s, &reached, error);
  if (outcome != NSK_DONE || nsk_addr_equal(&reached, addr)) return outcome;
  return nsk_fail_at(error, "connect", EISCONN, addr);
}

nsk_outcome nsk_socket_connect(nsk_socket *s, const nsk_addr *addr, nsk_error *error) {
  if (!same_family(s, addr, "connect", error)) return NSK_FAILED;
  int status = connect(s->fd, nsk_addr_sockaddr(addr), addr->length);
  int code = errno;
  if (status == 0 || (code == EISCONN && s->connecting))
    return s->connecting ? completed(s, addr, error) : NSK_DONE;
  /* EINTR: the handshake goes on without us, as after EINPROGRESS; but on unix a signal
     has ended the wait for room in the queue, and nothing goes on. */
  if (code == EINTR && s->family == AF_UNIX) code = EAGAIN;
  if (code == EINTR) code = s->connecting ? EALREADY : EINPROGRESS;
  nsk_fail_at(error, "connect", code, addr);
  if (code == EINPROGRESS || code == EALREADY) {
    s->connecting = true;
    return NSK_AGAIN;
  }
  s->connecting = false;
  return code == EAGAIN && s->family == AF_UNIX ? NSK_AGAIN : NSK_FAILED;
}

static bool set_patience(const nsk_socket *s, int64_t ns) {
  struct timeval time = {(time_t)(ns / 1000000000),
                         (suseconds_t)(ns % 1000000000 / 1000)};
  return setsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time) == 0;
}

nsk_outcome nsk_socket_connect_slice(nsk_socket *s, const nsk_addr *addr, int64_t slice,
                                     int64_t *limit, nsk_error *error) {
  struct timeval own;
  socklen_t length = sizeof own;
  if (getsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, &own, &length) < 0)
    return nsk_fail(error, "getsockopt", errno);
  int64_t patience = (int64_t)own.tv_sec * 1000000000 + (int64_t)own.tv_usec * 1000;
  *limit = patience > 0 ? patience : NSK_NEVER;
  if (!set_patience(s, slice < *limit ? slice : *limit))
    return nsk_fail(error, "setsockopt", errno);
  nsk_outcome outcome = nsk_socket_connect(s, addr, error);
  set_patience(s, patience);
  return outcome;
}

nsk_outcome nsk_socket_name(nsk_socket *s, nsk_addr *addr, nsk_error *error) {
  socklen_t length;
  struct sockaddr *space = nsk_addr_space(addr, &length);
  if (getsockname(s->fd, space, &length) < 0)
    return nsk_fail(error, "getsockname", errno);
  nsk_addr_of(addr, length, s->family);
  return NSK_DONE;
}

nsk_outcome nsk_socket_peer(nsk_socket *s, nsk_addr *addr, nsk_error *error) {
  socklen_t length;
  struct sockaddr *space = nsk_addr_space(addr, &length);
  if (getpeername(s->fd, space, &length) < 0)
    return nsk_fail(error, "getpeername", errno);
  nsk_addr_of(addr, length, s->family);
  return NSK_DONE;
}

nsk_outcome nsk_socket_take_error(nsk_socket *s, nsk_error *pending, nsk_error *error) {
  int code = 0;
  socklen_t length = sizeof code;
  if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &code, &length) < 0)
    return nsk_fail(error, "getsockopt", errno);
  nsk_fail(pending, "getsockopt", code);
  return NSK_DONE;
}
