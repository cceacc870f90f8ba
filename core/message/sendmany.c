/* Many packets in one call: sending. */
#include <stdlib.h>

#include "message/packets.h"

/* What the kernel takes as segments of one message: UDP_MAX_SEGMENTS of its older
   versions, and the bytes of one datagram over IPv4, which has less room than IPv6. */
enum { SEGMENTS_MAX = 64, SEGMENTED_MAX = 65507 };

nsk_outcome nski_refuse_stream(const char *op, nsk_error *error) {
  nski_fail(error, op, EOPNOTSUPP);
  nski_error_say(error, "a stream has no packets");
  return NSK_FAILED;
}

/* One system call: a header for each message, which is one packet or the segments of
   several. */
typedef struct {
  size_t headers, packets;
  struct iovec *piece;
  nski_segment_control *control;
  nski_header header[];
} row;

static const nsk_addr *address_of(const nsk_sending *m, size_t i) {
  return m->to != NULL ? m->to[m->to_one ? 0 : i] : NULL;
}

/* Before anything goes. */
static bool addresses_fit(const nsk_socket *s, const nsk_sending *m, nsk_error *error) {
  size_t count = m->to == NULL ? 0 : m->to_one ? 1 : m->count;
  for (size_t i = m->done; i < count; i++)
    if (!nski_same_family(s, m->to[i], NSKI_SENDMANY, error)) return false;
  return true;
}

static size_t at_once(const nsk_sending *m) {
  size_t left = m->count - m->done;
  return left < NSK_MANY_MAX ? left : NSK_MANY_MAX;
}

static row *make_row(size_t packets) {
  size_t each = sizeof(nski_header) + sizeof(struct iovec) + sizeof(nski_segment_control);
  row *r = malloc(sizeof *r + packets * each);
  if (r == NULL) return NULL;
  r->piece = (struct iovec *)(void *)&r->header[packets];
  r->control = (nski_segment_control *)(void *)&r->piece[packets];
  return r;
}

static bool same_destination(const nsk_sending *m, size_t i, size_t j) {
  const nsk_addr *a = address_of(m, i), *b = address_of(m, j);
  return a == b || nski_same_bytes(a, b);
}

/* How many packets, from i on and before `end`, can go as segments of one message: they
   have one destination and, but for the last, which may be shorter, one size. */
static size_t segments_at(const nsk_sending *m, size_t i, size_t end) {
  size_t size = m->packets[i].length, bytes = size, next = i + 1;
  if (size == 0) return 1;
  if (end - i > SEGMENTS_MAX) end = i + SEGMENTS_MAX;
  for (; next < end && same_destination(m, i, next); next++) {
    size_t length = m->packets[next].length;
    bytes += length;
    if (length == 0 || length > size || bytes > SEGMENTED_MAX) break;
    if (length < size) return next + 1 - i;
  }
  return next - i;
}

static void fill(row *r, const nsk_sending *m, bool joins) {
  size_t end = m->done + at_once(m), i = m->done;
  r->headers = r->packets = 0;
  while (i < end) {
    size_t segments = joins ? segments_at(m, i, end) : 1;
    const nsk_addr *to = address_of(m, i);
    struct msghdr wire = {.msg_iov = &r->piece[r->packets],
                          .msg_iovlen = (NSK_IOVLEN)segments,
                          .msg_name = to != NULL ? (void *)(uintptr_t)to->bytes : NULL,
                          .msg_namelen = to != NULL ? to->length : 0};
    if (segments > 1)
      nski_segment_by(&wire, &r->control[r->headers], m->packets[i].length);
    for (; segments > 0; segments--, i++)
      r->piece[r->packets++] = (struct iovec){m->packets[i].base, m->packets[i].length};
    r->header[r->headers++] = (nski_header){.msg_hdr = wire};
  }
}

/* A message whose route, device or size does not let it be divided: its packets go one by
   one. No other error is tried again, since it is told once. */
static bool undivided(int code) {
  return code == EINVAL || code == EMSGSIZE || code == EIO || code == ENOBUFS ||
         code == EOPNOTSUPP;
}

/* The first packet that has not gone was refused. */
static nsk_outcome not_sent(nsk_socket *s, const nsk_sending *m, int code,
                            nsk_error *error) {
  const nsk_addr *to = address_of(m, m->done);
  nsk_outcome outcome = nski_not_sent(s, NSKI_SENDMANY, code, error);
  if (outcome == NSK_INTERRUPTED || (outcome == NSK_AGAIN && m->all)) return outcome;
  if (m->done > 0) return NSK_DONE;
  return outcome == NSK_FAILED && to != NULL
             ? nski_fail_at(error, NSKI_SENDMANY, code, to)
             : outcome;
}

static bool is_divided(const row *r, size_t i) {
  return i < r->headers && r->header[i].msg_hdr.msg_iovlen > 1;
}

/* Asked only where there is something to divide. */
static bool may_join(const nsk_socket *s, const nsk_sending *m, int flags) {
  size_t end = m->done + at_once(m), i = m->done;
  while (i < end && segments_at(m, i, end) == 1)
    i++;
  return i < end && nski_may_segment(s, flags);
}

static nsk_outcome send_rows(nsk_socket *s, nsk_sending *m, row *r, int flags,
                             nsk_error *error) {
  bool joins = may_join(s, m, flags);
  while (m->done < m->count) {
    fill(r, m, joins);
    int sent = nski_send_packets(s->fd, r->header, r->headers, flags);
    if (sent < 0 && is_divided(r, 0) && undivided(errno)) {
      joins = false;
      continue;
    }
    if (sent < 0) return not_sent(s, m, errno, error);
    for (int i = 0; i < sent; i++)
      m->done += (size_t)r->header[i].msg_hdr.msg_iovlen;
    if ((size_t)sent == r->headers || is_divided(r, (size_t)sent)) continue;
    if ((flags & MSG_DONTWAIT) != 0) return m->all ? NSK_AGAIN : NSK_DONE;
    return NSK_INTERRUPTED; /* by a signal, which the system does not say of a part */
  }
  return NSK_DONE;
}

nsk_outcome nsk_socket_sendmany(nsk_socket *s, nsk_sending *m, int flags,
                                nsk_error *error) {
  int all = flags | s->io_flags | MSG_NOSIGNAL;
  if (s->fd < 0) return nski_fail(error, NSKI_SENDMANY, EBADF);
  if (s->type == SOCK_STREAM) return nski_refuse_stream(NSKI_SENDMANY, error);
  if (!addresses_fit(s, m, error)) return NSK_FAILED;
  if (m->done == m->count) return NSK_DONE;
  row *r = make_row(at_once(m));
  if (r == NULL) return nski_fail_memory(error, NSKI_SENDMANY);
  nsk_outcome outcome = send_rows(s, m, r, all, error);
  free(r);
  return outcome;
}
