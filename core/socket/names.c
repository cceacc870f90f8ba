/* The addresses of a socket's two ends, and errors that name one of them. */
#include "socket/socket.h"

#include <string.h>

/* An address of another family never reaches the kernel, which would read the
   fields of the wrong structure. */
bool nski_same_family(const nsk_socket *s, const nsk_addr *addr, const char *op,
                      nsk_error *error) {
  if (s->fd < 0) {
    nski_fail_at(error, op, EBADF, addr);
    return false;
  }
  if (nsk_addr_family(addr) == s->family) return true;
  nski_fail_at(error, op, EAFNOSUPPORT, addr);
  return false;
}

static bool own_name(const nsk_socket *s, nsk_addr *addr) {
  socklen_t length;
  struct sockaddr *space = nski_addr_space(addr, &length);
  if (getsockname(s->fd, space, &length) < 0) return false;
  nski_addr_of(addr, length, s->family);
  return true;
}

nsk_outcome nsk_socket_name(nsk_socket *s, nsk_addr *addr, nsk_error *error) {
  return own_name(s, addr) ? NSK_DONE : nski_fail(error, "getsockname", errno);
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

/* Whether this error of a call may be about an address, and is about none yet. */
static bool wants_address(const nsk_socket *s, nsk_outcome outcome,
                          const nsk_error *error) {
  bool failed = outcome == NSK_FAILED || outcome == NSK_TIMEOUT;
  return failed && error->domain == NSK_ERRNO && error->subject_length == 0 && s->fd >= 0;
}

static void about(const nsk_addr *addr, nsk_error *error) {
  char text[NSK_ADDR_TEXT_MAX];
  error->subject_length = (uint16_t)nsk_addr_text(addr, text);
  memcpy(error->subject, text, error->subject_length);
}

nsk_outcome nski_about_peer(const nsk_socket *s, nsk_outcome outcome, nsk_error *error) {
  nsk_addr addr;
  if (wants_address(s, outcome, error) && last_peer(s, &addr)) about(&addr, error);
  return outcome;
}

nsk_outcome nski_about_own(const nsk_socket *s, nsk_outcome outcome, nsk_error *error) {
  nsk_addr addr;
  if (wants_address(s, outcome, error) && own_name(s, &addr)) about(&addr, error);
  return outcome;
}
