/* Sending all, receiving all, receiving a line: tried, and what to wait for. */
#include "internal.h"

#include <string.h>

enum { FIRST_ROOM = 4096 };

static nsk_outcome wait_on(nsk_interest *interest, int fd, nsk_need need, int64_t until) {
  *interest = (nsk_interest){fd, need, until};
  return NSK_AGAIN;
}

void nsk_transfer_send(nsk_transfer *op, const void *bytes, size_t length,
                       nsk_deadline deadline) {
  *op = (nsk_transfer){
      .kind = NSK_SEND_ALL, .bytes = bytes, .wanted = length, .deadline = deadline};
}

/* A line is usually short, so its room grows as it comes; an exact count is taken at its
   word before a byte is. */
nsk_outcome nsk_transfer_receive(nsk_transfer *op, nsk_transfer_kind kind, size_t n,
                                 nsk_deadline deadline, nsk_error *error) {
  *op = (nsk_transfer){.kind = kind, .wanted = n, .deadline = deadline};
  size_t room = kind == NSK_RECEIVE_LINE && n > FIRST_ROOM ? FIRST_ROOM : n;
  if (nsk_buffer_reserve(&op->buffer, room)) return NSK_DONE;
  return nsk_fail_memory(error, "recv");
}

static nsk_outcome send_rest(nsk_transfer *op, nsk_socket *s, nsk_error *error) {
  while (op->done < op->wanted) {
    size_t n;
    nsk_outcome outcome = nsk_socket_send(s, op->bytes + op->done, op->wanted - op->done,
                                          MSG_DONTWAIT, &n, error);
    if (outcome != NSK_DONE) return outcome;
    op->done += n;
  }
  if (op->wanted == 0 && s->fd < 0) return nsk_fail(error, "send", EBADF);
  return NSK_DONE;
}

/* The end of the stream is the end of what there is to give, unless that is nothing. */
static nsk_outcome ended(const nsk_transfer *op, nsk_outcome outcome) {
  return outcome == NSK_END && op->done > 0 ? NSK_DONE : outcome;
}

static nsk_outcome receive_rest(nsk_transfer *op, nsk_socket *s, nsk_error *error) {
  while (op->done < op->wanted) {
    size_t n;
    nsk_outcome outcome = nsk_socket_recv(s, op->buffer->data + op->done,
                                          op->wanted - op->done, MSG_DONTWAIT, &n, error);
    if (outcome != NSK_DONE) return ended(op, outcome);
    op->done += n;
  }
  return NSK_DONE;
}

static bool more_room(nsk_transfer *op) {
  nsk_buffer *bigger = NULL;
  size_t capacity = op->buffer->capacity;
  if (op->done < capacity) return true;
  capacity = capacity > op->wanted / 2 ? op->wanted : 2 * capacity;
  if (!nsk_buffer_reserve(&bigger, capacity)) return false;
  memcpy(bigger->data, op->buffer->data, op->done);
  nsk_buffer_free(op->buffer);
  op->buffer = bigger;
  return true;
}

/* Looks first and takes only as far as the line goes, so that nothing of what follows
   is ever in a buffer of ours. */
static nsk_outcome receive_line(nsk_transfer *op, nsk_socket *s, nsk_error *error) {
  while (op->done < op->wanted) {
    if (!more_room(op)) return nsk_fail_memory(error, "recv");
    unsigned char *at = op->buffer->data + op->done;
    size_t room = op->buffer->capacity - op->done, seen, n;
    if (room > op->wanted - op->done) room = op->wanted - op->done;
    nsk_outcome outcome =
        nsk_socket_recv(s, at, room, MSG_DONTWAIT | MSG_PEEK, &seen, error);
    if (outcome != NSK_DONE) return ended(op, outcome);
    const unsigned char *newline = memchr(at, '\n', seen);
    size_t take = newline != NULL ? (size_t)(newline - at) + 1 : seen;
    if (take == 0) return NSK_DONE; /* an empty datagram */
    outcome = nsk_socket_recv(s, at, take, MSG_DONTWAIT, &n, error);
    if (outcome != NSK_DONE) return ended(op, outcome);
    op->done += n;
    if (at[n - 1] == '\n') return NSK_DONE;
  }
  return NSK_DONE;
}

static nsk_outcome out_of_time(const nsk_transfer *op, nsk_error *error) {
  nsk_fail(error, op->kind == NSK_SEND_ALL ? "send" : "recv", ETIMEDOUT);
  return nsk_error_late(error, "not done", &op->deadline);
}

nsk_outcome nsk_transfer_step(nsk_transfer *op, nsk_socket *s, nsk_interest *interest,
                              nsk_error *error) {
  bool sending = op->kind == NSK_SEND_ALL;
  for (;;) {
    nsk_outcome outcome = sending                       ? send_rest(op, s, error)
                          : op->kind == NSK_RECEIVE_ALL ? receive_rest(op, s, error)
                                                        : receive_line(op, s, error);
    if (outcome == NSK_INTERRUPTED) continue; /* nothing was waited for */
    if (outcome != NSK_AGAIN) return outcome;
    /* It has been tried, so a deadline in the past means one attempt. */
    if (nsk_passed(op->deadline.at)) return out_of_time(op, error);
    return wait_on(interest, s->fd, sending ? NSK_WRITE : NSK_READ, op->deadline.at);
  }
}

const void *nsk_transfer_bytes(const nsk_transfer *op) {
  return op->buffer->data;
}

void nsk_transfer_drop(nsk_transfer *op, nsk_socket *keep) {
  if (op->buffer == NULL) return;
  if (keep != NULL && keep->fd >= 0 && op->done > 0)
    nsk_socket_add_pending(keep, op->buffer, op->done);
  else
    nsk_buffer_free(op->buffer);
  op->buffer = NULL;
}

nsk_outcome nsk_accept_step(nsk_socket *s, nsk_socket *out, nsk_addr *peer,
                            nsk_deadline deadline, nsk_interest *interest,
                            nsk_error *error) {
  for (;;) {
    /* A blocking listener is asked only when somebody waits, so that no accept(2)
       blocks here. */
    nsk_outcome outcome = NSK_DONE;
    if (nsk_socket_blocking(s)) outcome = nsk_wait(s->fd, NSK_READ, 0, error);
    if (outcome == NSK_DONE) outcome = nsk_socket_accept(s, out, peer, error);
    if (outcome == NSK_INTERRUPTED) continue;
    if (outcome != NSK_AGAIN && outcome != NSK_TIMEOUT) return outcome;
    if (nsk_passed(deadline.at)) {
      nsk_fail(error, "accept", ETIMEDOUT);
      return nsk_error_late(error, "no connection", &deadline);
    }
    return wait_on(interest, s->fd, NSK_READ, deadline.at);
  }
}
