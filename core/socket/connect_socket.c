/* connect(2) on a socket that there is: begun, gone on with, waited for. */
#include "socket/socket.h"

#include <string.h>

/* --------------------------------------------------------------- where it has come -- */

typedef int namer(int fd, struct sockaddr *addr, socklen_t *length);

static bool name(int fd, namer *get, nsk_addr *addr) {
  socklen_t length;
  struct sockaddr *space = nski_addr_space(addr, &length);
  if (get(fd, space, &length) < 0) return false;
  nski_addr_filled(addr, length);
  return true;
}

/* Nothing listens at a port that the kernel is free to choose for this end: it may choose
   the very port that is connected to, and the two SYNs that cross make a connection. */
bool nski_reached_itself(int fd, int type, const nsk_addr *asked) {
  nsk_addr local, reached;
  int64_t port = nsk_addr_port(asked);
  if (type != SOCK_STREAM || port <= 0) return false;
  if (!name(fd, getsockname, &local) || nsk_addr_port(&local) != port) return false;
  return name(fd, getpeername, &reached) && nsk_addr_equal(&local, &reached);
}

static int connect_to_none(int fd) {
  const struct sockaddr none = {.sa_family = AF_UNSPEC};
  return connect(fd, &none, sizeof none);
}

/* Closed as it is, it would keep the port busy for a minute. */
void nski_disconnect(int fd) {
  if (connect_to_none(fd) < 0) shutdown(fd, SHUT_RDWR);
}

/* Without a peer Linux would still take the port away that it has chosen. The systems of
   BSD forget the peer, and then say that there is no such family. */
nsk_outcome nsk_socket_disconnect(nsk_socket *s, nsk_error *error) {
  nsk_addr peer;
  if (s->fd < 0) return nski_fail(error, "connect", EBADF);
  if (s->type == SOCK_STREAM || s->type == SOCK_SEQPACKET)
    return nski_fail(error, "connect", EOPNOTSUPP);
  if (!name(s->fd, getpeername, &peer) && errno == ENOTCONN) return NSK_DONE;
  while (connect_to_none(s->fd) < 0 && errno != EAFNOSUPPORT)
    if (errno != EINTR) return nski_fail(error, "connect", errno);
  return NSK_DONE;
}

static bool all_zero(const void *bytes, size_t length) {
  static const unsigned char zero[16];
  return memcmp(bytes, zero, length) == 0;
}

/* The host alone: no port, and of a scope only what the kernel keeps. */
typedef struct {
  struct in6_addr ip;
  uint32_t scope;
  bool any;
} host;

static host host_of(const nsk_addr *addr) {
  const struct sockaddr *at = nski_addr_sockaddr(addr);
  host h = {.scope = 0};
  if (at->sa_family == AF_INET) {
    memcpy(&h.ip, &((const struct sockaddr_in *)at)->sin_addr, 4);
    h.any = all_zero(&h.ip, 4);
    return h;
  }
  const struct sockaddr_in6 *at6 = (const struct sockaddr_in6 *)at;
  h.ip = at6->sin6_addr;
  if (IN6_IS_ADDR_LINKLOCAL(&h.ip)) h.scope = at6->sin6_scope_id;
  size_t skip = IN6_IS_ADDR_V4MAPPED(&h.ip) ? 12 : 0;
  h.any = all_zero(h.ip.s6_addr + skip, 16 - skip);
  return h;
}

static bool same_host(const nsk_addr *a, const nsk_addr *b) {
  const host x = host_of(a), y = host_of(b);
  bool scopes = x.scope == y.scope || x.scope == 0 || y.scope == 0;
  return scopes && memcmp(&x.ip, &y.ip, sizeof x.ip) == 0;
}

/* Whether a socket that was connected to `asked` would have this peer. The kernel takes a
   wildcard for this host, by the address that this end has, and drops a scope that says
   nothing. */
static bool is_peer(const nsk_socket *s, const nsk_addr *asked, const nsk_addr *peer) {
  nsk_addr local;
  if (nsk_addr_equal(asked, peer)) return true;
  if (s->family != AF_INET && s->family != AF_INET6) return false;
  if (nsk_addr_family(peer) != s->family || nsk_addr_port(asked) != nsk_addr_port(peer))
    return false;
  if (!host_of(asked).any) return same_host(asked, peer);
  return name(s->fd, getsockname, &local) && same_host(&local, peer);
}

/* -------------------------------------------------------------------- one connect(2) --
 */

/* nsk_socket.connecting */
enum { IDLE, BEGUN, BEGUN_BOUND /* from a port that the caller has chosen */ };

static bool has_port(const nsk_socket *s) {
  nsk_addr local;
  bool inet = s->family == AF_INET || s->family == AF_INET6;
  bool tcp = s->type == SOCK_STREAM && inet;
  return tcp && name(s->fd, getsockname, &local) && nsk_addr_port(&local) > 0;
}

/* connect(2) on a socket that is connecting says 0 once the handshake is done,
   whatever address it is given; only the peer's name tells which one it reached. */
static nsk_outcome completed(nsk_socket *s, const nsk_addr *addr, uint8_t state,
                             nsk_error *error) {
  nsk_addr peer;
  if (state != BEGUN_BOUND && nski_reached_itself(s->fd, s->type, addr)) {
    s->connecting = IDLE;
    nski_disconnect(s->fd);
    return nski_fail_at(error, "connect", ECONNREFUSED, addr);
  }
  if (!s->connecting) return NSK_DONE;
  s->connecting = IDLE;
  nsk_outcome outcome = nsk_socket_peer(s, &peer, error);
  if (outcome != NSK_DONE || is_peer(s, addr, &peer)) return outcome;
  return nski_fail_at(error, "connect", EISCONN, addr);
}

static nsk_outcome connect_once(nsk_socket *s, const nsk_addr *addr, nsk_error *error) {
  uint8_t state = s->connecting;
  if (state == IDLE) state = has_port(s) ? BEGUN_BOUND : BEGUN;
  int status = connect(s->fd, nski_addr_sockaddr(addr), addr->length);
  int code = errno;
  if (status == 0 || (code == EISCONN && s->connecting))
    return completed(s, addr, state, error);
  /* EINTR: the handshake goes on without us, as after EINPROGRESS; but on unix a signal
     has ended the wait for room in the queue, and nothing goes on. */
  if (code == EINTR && s->family == AF_UNIX) code = EAGAIN;
  if (code == EINTR) code = s->connecting ? EALREADY : EINPROGRESS;
  nski_fail_at(error, "connect", code, addr);
  bool begun = code == EINPROGRESS || code == EALREADY;
  s->connecting = begun ? state : IDLE;
  return begun || (code == EAGAIN && s->family == AF_UNIX) ? NSK_AGAIN : NSK_FAILED;
}

/* ---------------------------------------------------------- on a blocking socket -- */

/* Half of what close may take to wake another thread's call. */
static const int64_t slice = 25000000;

static bool set_patience(const nsk_socket *s, const struct timeval *time) {
  return setsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, time, sizeof *time) == 0;
}

/* The wait for room in a unix listener's queue is in the kernel, where nothing can end
   it, not even shutting the socket down: it is made in slices. */
static nsk_outcome connect_slice(nsk_socket *s, const nsk_addr *addr, int64_t until,
                                 nsk_error *error) {
  struct timeval own;
  socklen_t length = sizeof own;
  int64_t left = slice;
  if (until != NSK_NEVER && until - nsk_now() < left) left = until - nsk_now();
  /* A time of 0 would be none. */
  const struct timeval time = {0, left < 1000 ? 1 : (suseconds_t)(left / 1000)};
  if (getsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, &own, &length) < 0)
    return nski_fail_at(error, "getsockopt", errno, addr);
  if (!set_patience(s, &time)) return nski_fail_at(error, "setsockopt", errno, addr);
  nsk_outcome outcome = connect_once(s, addr, error);
  set_patience(s, &own);
  return outcome;
}

/* The end of the shortest slice there is. */
enum { AT_ONCE = 0 };

nsk_outcome nsk_socket_connect(nsk_socket *s, const nsk_addr *addr, nsk_error *error) {
  if (!nski_same_family(s, addr, "connect", error)) return NSK_FAILED;
  if (nski_must_not_block(s)) return connect_slice(s, addr, AT_ONCE, error);
  return connect_once(s, addr, error);
}

nsk_outcome nsk_socket_connect_wait(nsk_socket *s, const nsk_addr *addr,
                                    nsk_connect_wait *wait, nsk_error *error) {
  nsk_error ignored;
  nsk_outcome outcome = NSK_DONE;
  if (!nski_same_family(s, addr, "connect", error)) return NSK_FAILED;
  if (wait->until == 0) wait->until = nsk_socket_limit(s, NSK_WRITE, nsk_now());
  if (wait->code != 0) outcome = nsk_wait(s->fd, NSK_WRITE, wait->until, &ignored);
  if (outcome == NSK_INTERRUPTED) return outcome;
  if (outcome == NSK_TIMEOUT) {
    /* Another connect(2) would have the whole time again. */
    nski_fail_at(error, "connect", wait->code, addr);
    return NSK_AGAIN;
  }
  if (s->family == AF_UNIX) {
    outcome = connect_slice(s, addr, wait->until, error);
  } else {
    outcome = connect_once(s, addr, error);
    if (outcome == NSK_AGAIN && wait->code == 0) wait->code = error->code;
  }
  return outcome == NSK_AGAIN && !nsk_passed(wait->until) ? NSK_INTERRUPTED : outcome;
}
