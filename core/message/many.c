/* sendmmsg(2) and recvmmsg(2). */
#include "message/message.h"

#include <stdlib.h>
#include <string.h>

/* The headers of one system call are on the stack. */
enum { ROW = 256 };

#ifdef NSK_HAVE_MMSG
typedef struct mmsghdr header;

#define SEND "sendmmsg"
#define RECEIVE "recvmmsg"

static int send_row(int fd, header *row, size_t count, int flags) {
  return sendmmsg(fd, row, (unsigned)count, (nski_mmsg_flags)flags);
}

/* A call that may wait does so for the first only. */
static int receive_row(int fd, header *row, size_t count, int flags) {
  return recvmmsg(fd, row, (unsigned)count, (nski_mmsg_flags)(flags | MSG_WAITFORONE),
                  NULL);
}

#else
typedef struct {
  struct msghdr msg_hdr;
  unsigned msg_len;
} header;

#define SEND "sendmsg"
#define RECEIVE "recvmsg"

static int send_row(int fd, header *row, size_t count, int flags) {
  size_t i = 0;
  while (i < count && sendmsg(fd, &row[i].msg_hdr, flags) >= 0)
    i++;
  return i > 0 || count == 0 ? (int)i : -1;
}

static int receive_row(int fd, header *row, size_t count, int flags) {
  size_t i = 0;
  for (; i < count; i++) {
    ssize_t got = recvmsg(fd, &row[i].msg_hdr, i > 0 ? flags | MSG_DONTWAIT : flags);
    if (got < 0) break;
    row[i].msg_len = (unsigned)got;
  }
  return i > 0 ? (int)i : -1;
}
#endif

static nsk_outcome refuse_stream(const char *op, nsk_error *error) {
  nski_fail(error, op, EOPNOTSUPP);
  nski_error_say(error, "a stream has no packets");
  return NSK_FAILED;
}

/* -------------------------------------------------------------------- sending -- */

static const nsk_addr *address_of(const nsk_sending *m, size_t i) {
  return m->to != NULL ? m->to[m->to_one ? 0 : i] : NULL;
}

/* Before anything goes. */
static bool addresses_fit(const nsk_socket *s, const nsk_sending *m, nsk_error *error) {
  size_t count = m->to == NULL ? 0 : m->to_one ? 1 : m->count;
  for (size_t i = m->done; i < count; i++)
    if (!nski_same_family(s, m->to[i], SEND, error)) return false;
  return true;
}

static void set_name(struct msghdr *wire, const nsk_addr *to) {
  wire->msg_name = to != NULL ? (void *)(uintptr_t)to->bytes : NULL;
  wire->msg_namelen = to != NULL ? to->length : 0;
}

static int send_some(const nsk_socket *s, const nsk_sending *m, int flags) {
  header row[ROW];
  struct iovec pieces[ROW];
  size_t count = m->count - m->done < ROW ? m->count - m->done : ROW;
  for (size_t i = 0; i < count; i++) {
    const nsk_piece *packet = &m->packets[m->done + i];
    pieces[i] = (struct iovec){packet->base, packet->length};
    row[i] = (header){.msg_hdr = {.msg_iov = &pieces[i], .msg_iovlen = 1}};
    set_name(&row[i].msg_hdr, address_of(m, m->done + i));
  }
  return send_row(s->fd, row, count, flags);
}

/* The first packet that has not gone was refused. */
static nsk_outcome not_sent(nsk_socket *s, const nsk_sending *m, int code,
                            nsk_error *error) {
  const nsk_addr *to = address_of(m, m->done);
  nsk_outcome outcome = nski_not_sent(s, SEND, code, error);
  if (outcome == NSK_INTERRUPTED) return outcome;
  if (m->done > 0) return NSK_DONE;
  return outcome == NSK_FAILED && to != NULL ? nski_fail_at(error, SEND, code, to)
                                             : outcome;
}

nsk_outcome nsk_socket_sendmany(nsk_socket *s, nsk_sending *m, int flags,
                                nsk_error *error) {
  int all = flags | s->io_flags | MSG_NOSIGNAL;
  if (s->fd < 0) return nski_fail(error, SEND, EBADF);
  if (s->type == SOCK_STREAM) return refuse_stream(SEND, error);
  if (!addresses_fit(s, m, error)) return NSK_FAILED;
  while (m->done < m->count) {
    size_t asked = m->count - m->done < ROW ? m->count - m->done : ROW;
    int sent = send_some(s, m, all);
    if (sent < 0) return not_sent(s, m, errno, error);
    m->done += (size_t)sent;
    if ((size_t)sent < asked && (all & MSG_DONTWAIT)) break;
  }
  return NSK_DONE;
}

/* ------------------------------------------------------------------ receiving -- */

bool nsk_batch_reserve(nsk_batch **batch, size_t max, size_t size) {
  nsk_batch *b = *batch;
  if (b == NULL || b->slots < max) {
    b = realloc(b, sizeof *b + max * sizeof(void *));
    if (b == NULL) return false;
    if (*batch == NULL) b->slots = 0;
    for (; b->slots < max; b->slots++)
      b->slot[b->slots] = NULL;
    *batch = b;
  }
  b->count = 0;
  for (size_t i = 0; i < max; i++)
    if (!nsk_buffer_reserve(&b->slot[i], size)) return false;
  return true;
}

void nsk_batch_free(nsk_batch *batch) {
  if (batch == NULL) return;
  for (size_t i = 0; i < batch->slots; i++)
    nsk_buffer_free(batch->slot[i]);
  free(batch);
}

nsk_packet nsk_batch_packet(const nsk_batch *batch, size_t i) {
  const nsk_buffer *b = batch->slot[i];
  return (nsk_packet){b->data, b->length, &b->from, b->cut};
}

size_t nsk_batch_same_sender(const nsk_batch *batch, size_t i) {
  const nsk_addr *own = &batch->slot[i]->from;
  for (size_t j = i; j > 0 && i - j < 16; j--) {
    const nsk_addr *other = &batch->slot[j - 1]->from;
    if (own->length == other->length &&
        memcmp(own->bytes, other->bytes, own->length) == 0)
      return j - 1;
  }
  return i;
}

nsk_outcome nsk_many_size(int64_t asked, size_t *max, nsk_error *error) {
  if (asked < 1 || asked > NSK_MANY_MAX)
    return nsk_error_argument(error, "recvmany", "max", "must be 1..1024");
  *max = (size_t)asked;
  return NSK_DONE;
}

static void received(nsk_buffer *b, const header *from) {
  b->next = NULL;
  b->start = b->scanned = 0;
  b->length = from->msg_len;
  b->cut = (from->msg_hdr.msg_flags & MSG_TRUNC) != 0;
  nski_addr_filled(&b->from, from->msg_hdr.msg_namelen);
  /* An unnamed unix sender has a family and no name. */
  if (b->from.length <= sizeof(sa_family_t)) b->from.length = 0;
}

static int receive_some(const nsk_socket *s, nsk_batch *batch, size_t count, size_t size,
                        int flags) {
  header row[ROW];
  struct iovec pieces[ROW];
  if (count > ROW) count = ROW;
  for (size_t i = 0; i < count; i++) {
    nsk_buffer *b = batch->slot[batch->count + i];
    socklen_t length;
    struct sockaddr *space = nski_addr_space(&b->from, &length);
    pieces[i] = (struct iovec){b->data, size};
    row[i] = (header){.msg_hdr = {.msg_name = space,
                                  .msg_namelen = length,
                                  .msg_iov = &pieces[i],
                                  .msg_iovlen = 1}};
  }
  int got = receive_row(s->fd, row, count, flags | s->io_flags);
  for (int i = 0; i < got; i++)
    received(batch->slot[batch->count++], &row[i]);
  return got;
}

/* At the end of a connection each receive brings an empty packet that is none. */
static void drop_end(const nsk_socket *s, nsk_batch *batch) {
  size_t i = 0;
  if (s->type != SOCK_SEQPACKET) return;
  while (i < batch->count && batch->slot[i]->length > 0)
    i++;
  if (i < batch->count && nski_received_end(s)) batch->count = i;
}

/* What is pending comes by itself. */
static nsk_outcome receive_held(nsk_socket *s, nsk_batch *batch, size_t max, size_t size,
                                int flags, nsk_error *error) {
  nsk_outcome outcome;
  do {
    nsk_buffer *b = batch->slot[batch->count];
    outcome = nsk_socket_recvfrom(s, b->data, size, flags, &b->length, &b->from, error);
    if (outcome != NSK_DONE) break;
    b->next = NULL;
    b->start = b->scanned = 0;
    b->cut = false;
    batch->count++;
  } while (s->held && batch->count < max);
  return batch->count > 0 ? NSK_DONE : outcome;
}

nsk_outcome nsk_socket_recvmany(nsk_socket *s, nsk_batch *batch, size_t max, size_t size,
                                int flags, nsk_error *error) {
  nsk_outcome outcome = NSK_DONE;
  int got, more = 0;
  batch->count = 0;
  if (s->fd < 0) return nski_fail(error, RECEIVE, EBADF);
  if (s->type == SOCK_STREAM) return refuse_stream(RECEIVE, error);
  if (s->held) return receive_held(s, batch, max, size, flags, error);
  do {
    got = receive_some(s, batch, max - batch->count, size, flags | more);
    more = MSG_DONTWAIT;
  } while (got == ROW && batch->count < max);
  if (batch->count == 0) outcome = nski_not_done(error, RECEIVE, errno);
  bool any = batch->count > 0;
  drop_end(s, batch);
  if (any && batch->count == 0) outcome = NSK_END;
  return nsk_socket_noted(s, RECEIVE, flags, outcome, error);
}

void nsk_batch_put_back(nsk_socket *s, nsk_batch *batch) {
  while (batch->count > 0) {
    nsk_buffer *b = batch->slot[--batch->count];
    batch->slot[batch->count] = NULL;
    nsk_socket_put_back(s, b, b->length, &b->from);
  }
}
