/* Send and receive. Each is one system call; what is rare is done elsewhere. */
#include "socket/socket.h"

#include <stdint.h>
#include <string.h>

const int nsk_dontwait = MSG_DONTWAIT;
const int nsk_peek = MSG_PEEK;

#define LIKELY(condition) __builtin_expect(!!(condition), 1)

/* Inlined, what is rare would take registers that the short path then has to save. */
#define RARE __attribute__((noinline, cold))

/* A stream has nothing to say by an empty message; no system call says so. */
static RARE nsk_outcome sent_nothing(const nsk_socket *s, const char *op, size_t *n,
                                     nsk_error *error) {
  if (s->fd < 0) return nski_fail(error, op, EBADF);
  *n = 0;
  return NSK_DONE;
}

nsk_outcome nsk_socket_send(nsk_socket *s, const void *bytes, size_t length, int flags,
                            size_t *n, nsk_error *error) {
  if (length == 0 && s->type == SOCK_STREAM) return sent_nothing(s, "send", n, error);
  ssize_t sent = send(s->fd, bytes, length, flags | s->io_flags | MSG_NOSIGNAL);
  if (LIKELY(sent >= 0)) {
    *n = (size_t)sent;
    return NSK_DONE;
  }
  return nski_not_sent(s, "send", errno, error);
}

RARE nsk_outcome nski_not_sent(nsk_socket *s, const char *op, int code,
                               nsk_error *error) {
  nsk_outcome outcome = nski_not_done(error, op, code);
  if (outcome == NSK_FAILED) nski_note_error(s, code);
  return nski_about_peer(s, outcome, error);
}

nsk_outcome nsk_socket_sendto(nsk_socket *s, const void *bytes, size_t length,
                              const nsk_addr *to, int flags, size_t *n,
                              nsk_error *error) {
  if (length == 0 && s->type == SOCK_STREAM) return sent_nothing(s, "sendto", n, error);
  if (s->fd < 0) return nski_fail_at(error, "sendto", EBADF, to);
  if (nsk_addr_family(to) != s->family)
    return nski_fail_at(error, "sendto", EAFNOSUPPORT, to);
  ssize_t sent = sendto(s->fd, bytes, length, flags | s->io_flags | MSG_NOSIGNAL,
                        nski_addr_sockaddr(to), to->length);
  if (LIKELY(sent >= 0)) {
    *n = (size_t)sent;
    return NSK_DONE;
  }
  int code = errno;
  nsk_outcome outcome = nski_not_sent(s, "sendto", code, error);
  return outcome == NSK_FAILED ? nski_fail_at(error, "sendto", code, to) : outcome;
}

/* Linux says 0 for the end of a seqpacket connection and for an empty packet alike; an
   empty packet that is still unread when the peer has closed reads as the end. */
bool nski_received_end(const nsk_socket *s) {
  if (s->type == SOCK_STREAM) return true;
  return s->type == SOCK_SEQPACKET && nski_hung_up(s->fd);
}

/* Nothing came: an error, the end of a stream, or an empty packet, which is data. */
static RARE nsk_outcome received_nothing(nsk_socket *s, ssize_t got, int flags,
                                         const char *op, size_t *n, nsk_error *error) {
  nsk_outcome outcome = NSK_DONE;
  *n = 0;
  if (got < 0)
    outcome = nski_about_peer(s, nski_not_done(error, op, errno), error);
  else if ((flags & MSG_ERRQUEUE) == 0 && nski_received_end(s))
    outcome = NSK_END;
  return nsk_socket_noted(s, op, flags, outcome, error);
}

/* As an input flag MSG_TRUNC makes a stream throw bytes away and a datagram report
   more than the buffer holds; neither is what a receive returns. */
static int receive_flags(const nsk_socket *s, int flags) {
  return (flags & ~MSG_TRUNC) | s->io_flags;
}

/* The side record's answer to a receive into one piece of memory. */
static bool answered(nsk_socket *s, const char *op, void *buf, size_t cap, int flags,
                     size_t *n, nsk_addr *from, nsk_outcome *outcome, nsk_error *error) {
  struct iovec piece = {buf, cap};
  nski_receive r = {
      .op = op, .pieces = &piece, .count = 1, .flags = flags, .n = n, .from = from};
  return nski_pending_answers(s, &r, outcome, error);
}

static inline nsk_outcome receive_now(nsk_socket *s, void *buf, size_t cap, int flags,
                                      size_t *n, nsk_error *error) {
  ssize_t got = recv(s->fd, buf, cap, receive_flags(s, flags));
  if (LIKELY(got > 0)) {
    *n = (size_t)got;
    return NSK_DONE;
  }
  return received_nothing(s, got, flags, "recv", n, error);
}

nsk_outcome nski_receive_now(nsk_socket *s, void *buf, size_t cap, int flags, size_t *n,
                             nsk_error *error) {
  return receive_now(s, buf, cap, flags, n, error);
}

static RARE nsk_outcome receive_held(nsk_socket *s, void *buf, size_t cap, int flags,
                                     size_t *n, nsk_error *error) {
  nsk_outcome outcome;
  if (answered(s, "recv", buf, cap, flags, n, NULL, &outcome, error)) return outcome;
  return receive_now(s, buf, cap, flags, n, error);
}

nsk_outcome nsk_socket_recv(nsk_socket *s, void *buf, size_t cap, int flags, size_t *n,
                            nsk_error *error) {
  if (!LIKELY(!s->held)) return receive_held(s, buf, cap, flags, n, error);
  return receive_now(s, buf, cap, flags, n, error);
}

nsk_outcome nsk_socket_recvfrom(nsk_socket *s, void *buf, size_t cap, int flags,
                                size_t *n, nsk_addr *from, nsk_error *error) {
  nsk_outcome outcome;
  if (!LIKELY(!s->held) &&
      answered(s, "recvfrom", buf, cap, flags, n, from, &outcome, error))
    return outcome;
  socklen_t length;
  struct sockaddr *space = nski_addr_space(from, &length);
  ssize_t got = recvfrom(s->fd, buf, cap, receive_flags(s, flags), space, &length);
  if (got < 0) return received_nothing(s, got, flags, "recvfrom", n, error);
  nski_addr_filled(from, length);
  /* An unnamed unix sender has a family and no name. */
  if (from->length <= sizeof(sa_family_t)) from->length = 0;
  if (got == 0) return received_nothing(s, got, flags, "recvfrom", n, error);
  *n = (size_t)got;
  return NSK_DONE;
}

nsk_outcome nsk_receive_size(int64_t asked, const char *op, size_t *size,
                             nsk_error *error) {
  if (asked < 1 || (uint64_t)asked > PTRDIFF_MAX)
    return nsk_error_argument(error, op, "bufsize", NSK_NOT_POSITIVE);
  *size = (size_t)asked;
  return NSK_DONE;
}
