/* Sockets: their life, their names, sending and receiving. */
#ifndef NETSOCKET_SOCKET_H
#define NETSOCKET_SOCKET_H

#include "address.h"
#include "time.h"

/* ------------------------------------------------------------------- sockets -- */

/* What a socket carries beside its descriptor. */
typedef struct nsk_side nsk_side;

/* A socket. Plain data: the owner zeroes it with nsk_socket_init and calls
   nsk_socket_close when it goes. Not for two threads at once. */
typedef struct {
  int fd;           /* -1: closed */
  int16_t io_flags; /* MSG_DONTWAIT while no call may block, else 0 */
  uint16_t family;
  uint16_t protocol;
  uint8_t type;
  uint8_t connecting; /* a connect(2) of this object is under way */
  uint16_t error;     /* ends the stream after what was received; told once, 0: none */
  uint8_t held;     /* bytes are pending, or held by an operation: see the side record */
  bool blocks : 1;  /* the descriptor is in blocking mode, whatever io_flags say */
  bool drained : 1; /* a reader's latest receive has left room */
  bool lingers : 1; /* SO_LINGER was set, or may have been elsewhere: close(2) may wait */
  nsk_side *side;   /* NULL: nothing, as mostly */
} nsk_socket;

void nsk_socket_init(nsk_socket *s);

/* Whether calls may block in the kernel: the descriptor is in blocking mode and there is
   no timeout. */
static inline bool nsk_socket_blocking(const nsk_socket *s) {
  return s->io_flags == 0;
}

/* Opens a socket, close-on-exec and, with nonblock, non-blocking, atomically
   where the system can. EAFNOSUPPORT, EPROTONOSUPPORT, EMFILE, ENFILE, ENOBUFS,
   ENOMEM, EACCES. Source: socket(2). */
nsk_outcome nsk_socket_open(nsk_socket *out, int64_t family, int64_t type,
                            int64_t protocol, bool nonblock, nsk_error *error);

/* SO_REUSEADDR and SO_REUSEPORT, before anything is bound. The error names the
   option; the socket stays open. Source: socket(7). */
nsk_outcome nsk_socket_reuse(nsk_socket *s, bool reuseaddr, bool reuseport,
                             nsk_error *error);

/* Adopts a socket descriptor: asks the kernel for family, type and protocol, then
   sets close-on-exec and, with nonblock, O_NONBLOCK. ENOTSOCK, EBADF. On failure
   the flags are as found and the caller still owns fd. */
nsk_outcome nsk_socket_adopt(nsk_socket *out, int64_t fd, bool nonblock,
                             nsk_error *error);

/* Two connected unix sockets. EMFILE, ENFILE, EOPNOTSUPP. Source: socketpair(2). */
nsk_outcome nsk_socket_pair(nsk_socket *a, nsk_socket *b, int64_t type, int64_t protocol,
                            bool nonblock, nsk_error *error);

/* Whether shutdown(2) wakes who waits for it in another thread. */
bool nsk_socket_shutdown_wakes(const nsk_socket *s);

/* Whether close(2) of it cannot take long: one that lingers waits for its peer, and one
   of another family may wait for the kernel's network. */
bool nsk_socket_closes_at_once(const nsk_socket *s);

/* A second descriptor for the same open socket, close-on-exec, with the same timeout.
   Pending bytes stay with the first. NSK_MEMORY. Source: fcntl(2) F_DUPFD_CLOEXEC. */
nsk_outcome nsk_socket_dup(nsk_socket *s, nsk_socket *out, nsk_error *error);

/* EADDRINUSE, EADDRNOTAVAIL, EACCES, EINVAL (bound already), EAFNOSUPPORT (the
   address is of another family), ENOENT, EBADF. Source: bind(2). */
nsk_outcome nsk_socket_bind(nsk_socket *s, const nsk_addr *addr, nsk_error *error);

/* backlog 0..INT_MAX. EADDRINUSE, EOPNOTSUPP, EBADF. Source: listen(2). */
nsk_outcome nsk_socket_listen(nsk_socket *s, int64_t backlog, nsk_error *error);

/* Takes one connection: non-blocking and close-on-exec whatever the listener is. Never
   blocks, also on a blocking listener, whose description becomes non-blocking.
   peer may be NULL. NSK_AGAIN: none waits. What accept(2) calls transient is
   retried; EMFILE, ENFILE, ENOBUFS and ENOMEM are failures and leave the
   connection in the queue. EINVAL: not listening; EOPNOTSUPP: not a stream. */
nsk_outcome nsk_socket_accept(nsk_socket *s, nsk_socket *out, nsk_addr *peer,
                              nsk_error *error);

/* One connect(2). NSK_DONE: connected. NSK_AGAIN: under way or, on unix, the
   backlog is full; the error is filled too (EINPROGRESS, EALREADY, EAGAIN).
   Calling again with the same address completes it. A socket that was not bound and
   has connected to itself is disconnected: ECONNREFUSED. EISCONN, ... */
nsk_outcome nsk_socket_connect(nsk_socket *s, const nsk_addr *addr, nsk_error *error);

/* Takes back the peer that connect gave a datagram socket; without one nothing happens.
   EOPNOTSUPP: a connection, which ends with shutdown or close. Source: connect(2) to
   AF_UNSPEC. */
nsk_outcome nsk_socket_disconnect(nsk_socket *s, nsk_error *error);

/* A connect of a blocking socket; zeroed before the first call. */
typedef struct {
  int64_t until; /* SO_SNDTIMEO as a point of time */
  int code;      /* what connect(2) said when it was begun: EINPROGRESS or EALREADY */
} nsk_connect_wait;

/* The same on a blocking socket, which waits until that is done, or for as long as the
   socket itself waits: NSK_AGAIN with EINPROGRESS, EALREADY or, on unix, EAGAIN. Blocks.
   NSK_INTERRUPTED: not done yet, so that the caller can look at signals and whether the
   object is closed; call again. */
nsk_outcome nsk_socket_connect_wait(nsk_socket *s, const nsk_addr *addr,
                                    nsk_connect_wait *wait, nsk_error *error);

/* When a blocking call must give up that began at this point of the monotonic clock:
   SO_RCVTIMEO or SO_SNDTIMEO after it, NSK_NEVER where there is none. The system starts
   that time anew at each try. Source: socket(7). */
int64_t nsk_socket_limit(const nsk_socket *s, nsk_need need, int64_t began);

/* how: SHUT_RD, SHUT_WR, SHUT_RDWR. ENOTCONN, EINVAL, EBADF. Source: shutdown(2). */
nsk_outcome nsk_socket_shutdown(nsk_socket *s, int64_t how, nsk_error *error);

/* Closes: fd is -1 before close(2), which is never retried; EINTR counts as
   closed. Idempotent. Never calls shutdown, never blocks beyond SO_LINGER. The
   memory that the socket carries goes too. */
nsk_outcome nsk_socket_close(nsk_socket *s, nsk_error *error);

/* Shuts down first, closes in any case and reports the first failure. */
nsk_outcome nsk_socket_close_how(nsk_socket *s, int64_t how, nsk_error *error);

/* Gives the fd to the caller; the socket is closed. EBUSY while bytes are pending or an
   operation holds some, which would be lost. EBADF when it was closed. */
nsk_outcome nsk_socket_release(nsk_socket *s, int *fd, nsk_error *error);
/* Whether that would succeed, for what has to be done before. */
nsk_outcome nsk_socket_may_release(const nsk_socket *s, nsk_error *error);

/* The local address, the peer's. ENOTCONN, EBADF. */
nsk_outcome nsk_socket_name(nsk_socket *s, nsk_addr *addr, nsk_error *error);
nsk_outcome nsk_socket_peer(nsk_socket *s, nsk_addr *addr, nsk_error *error);

/* Fetches and clears SO_ERROR. pending->code is 0 when there is none. */
nsk_outcome nsk_socket_take_error(nsk_socket *s, nsk_error *pending, nsk_error *error);

/* "fd=3 AF_INET SOCK_STREAM 127.0.0.1:80->127.0.0.1:5000" or "closed"; returns
   the length, below cap. Asks the kernel for the addresses. */
size_t nsk_socket_text(const nsk_socket *s, char *buf, size_t cap);

/* shutdown(2), close(2) on a raw descriptor; with a how, close shuts down first
   and closes in any case. */
nsk_outcome nsk_fd_shutdown(int64_t fd, int64_t how, nsk_error *error);
nsk_outcome nsk_fd_close(int64_t fd, nsk_error *error);
nsk_outcome nsk_fd_close_how(int64_t fd, int64_t how, nsk_error *error);

/* Whether a descriptor of any kind is non-blocking. set: what it is from now on, or NULL.
   Some event loops make what they watch non-blocking, which its object does not know. */
nsk_outcome nsk_fd_nonblock(int64_t fd, const bool *set, bool *was, nsk_error *error);

/* ------------------------------------------------------------- send, receive -- */

extern const int nsk_dontwait; /* MSG_DONTWAIT: or it in to try without blocking */
extern const int nsk_peek;     /* MSG_PEEK: what is received stays in the kernel */

/* flags are MSG_ values. Each is one system call; none raises SIGPIPE. *n is the
   count moved, also when it is less than asked. An empty message to a stream
   moves 0 without a system call; to a datagram or seqpacket socket it is one
   empty packet. EPIPE, ECONNRESET, ENOTCONN, EMSGSIZE, ENOBUFS, ECONNREFUSED (an
   earlier datagram's), EBADF. Source: send(2). */
nsk_outcome nsk_socket_send(nsk_socket *s, const void *bytes, size_t length, int flags,
                            size_t *n, nsk_error *error);
nsk_outcome nsk_socket_sendto(nsk_socket *s, const void *bytes, size_t length,
                              const nsk_addr *to, int flags, size_t *n, nsk_error *error);

/* Receives at most cap bytes (cap > 0) or takes what is pending.
   NSK_END: the stream has ended; an empty datagram is NSK_DONE with *n 0. With
   MSG_TRUNC, *n is still the count in buf. from->length is 0 when the sender has
   no address. EBUSY: an operation that holds bytes is under way. ECONNRESET,
   ECONNREFUSED, ENOTCONN, EBADF. Source: recv(2). */
nsk_outcome nsk_socket_recv(nsk_socket *s, void *buf, size_t cap, int flags, size_t *n,
                            nsk_error *error);
nsk_outcome nsk_socket_recvfrom(nsk_socket *s, void *buf, size_t cap, int flags,
                                size_t *n, nsk_addr *from, nsk_error *error);

/* What a receive that found nothing comes to, for a caller that made it on a copy of the
   socket: an error that comes after what was received takes the place of NSK_END and
   NSK_AGAIN, once. */
nsk_outcome nsk_socket_noted(nsk_socket *s, const char *op, int flags,
                             nsk_outcome outcome, nsk_error *error);

/* How much a receive asks for whose caller gives no size. Where packets are kept apart
   nothing of one that came over IP is cut. */
static inline size_t nsk_receive_default(const nsk_socket *s) {
  return s->type == nsk_stream ? 4096 : 65536;
}

/* Checks a buffer size that a user gave: 1..SSIZE_MAX, else NSK_ARGUMENT. */
nsk_outcome nsk_receive_size(int64_t asked, const char *op, size_t *size,
                             nsk_error *error);

/* Waits as nsk_wait_for does until the socket can be read or written; pending bytes
   make it readable at once. EBADF when closed. */
nsk_outcome nsk_socket_wait(nsk_socket *s, nsk_need need, int64_t until,
                            nsk_signals *held, nsk_error *error);

#endif
