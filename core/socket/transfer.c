/* Sending all, receiving all, receiving a line: tried, and what to wait for. */
#include "socket/socket.h"
#include "system/retry.h"

#include <string.h>

static nsk_outcome wait_on(nsk_interest *interest, int fd, nsk_need need, int64_t until) {
  *interest = (nsk_interest){.fd = fd, .need = need, .until = until};
  return NSK_AGAIN;
}

/* What the public struct has no name for. */
typedef struct {
  const unsigned char *bytes; /* to send; they stay the caller's */
  const nsk_iovec *iov;       /* or these */
  size_t piece, at; /* how far into the iovec: whole pieces, bytes of the next */
  int file;         /* or this, a descriptor of the operation's own */
  int64_t offset;
  nsk_buffer *buffer;  /* what was received */
  unsigned char *into; /* or where the caller has it; NULL: in the buffer */
  size_t kept;         /* so many bytes are in the buffer all the same, the first */
  int code;            /* of the error that came after it */
  bool ended;          /* the stream has: what there is may be less than was wanted */
  bool receiving;      /* its end is still to come */
  nski_retry retry;
} inside;

_Static_assert(sizeof(inside) <= sizeof((nsk_transfer *)0)->inside, "too little room");

static inside *in(nsk_transfer *op) {
  return (void *)op->inside;
}

static inside *begin(nsk_transfer *op, nsk_transfer_kind kind, size_t wanted,
                     nsk_deadline deadline) {
  *op = (nsk_transfer){.kind = kind, .wanted = wanted, .deadline = deadline};
  return in(op);
}

void nsk_transfer_send(nsk_transfer *op, const void *bytes, size_t length, size_t done,
                       nsk_deadline deadline) {
  begin(op, NSK_SEND_ALL, length, deadline)->bytes = bytes;
  op->done = done;
}

void nsk_transfer_send_pieces(nsk_transfer *op, const nsk_iovec *iov,
                              nsk_deadline deadline) {
  begin(op, NSK_SEND_PIECES, iov->bytes, deadline)->iov = iov;
}

nsk_outcome nsk_transfer_send_file(nsk_transfer *op, int64_t file, int64_t n,
                                   int64_t offset, nsk_deadline deadline,
                                   nsk_error *error) {
  if (!nski_valid_fd(file, "sendfileall", error)) return NSK_FAILED;
  if (n < 0 || offset < 0)
    return nsk_error_argument(error, "sendfileall", n < 0 ? "n" : "offset", NSK_NEGATIVE);
  int own = nski_dup_fd((int)file);
  if (own < 0) return nski_fail(error, "fcntl", errno);
  size_t wanted = nsk_size(n < INT64_MAX - offset ? n : INT64_MAX - offset);
  inside *sent = begin(op, NSK_SEND_FILE, wanted, deadline);
  sent->file = own;
  sent->offset = offset;
  return NSK_DONE;
}

nsk_outcome nsk_transfer_receive(nsk_transfer *op, nsk_socket *s, nsk_transfer_kind kind,
                                 size_t n, nsk_deadline deadline, nsk_error *error) {
  inside *received = begin(op, kind, n, deadline);
  nsk_outcome outcome = nski_receiving_begin(s, "recv", &received->buffer, error);
  received->receiving = outcome == NSK_DONE;
  return outcome;
}

/* ------------------------------------------------------------------ one round -- */

/* Moves what the kernel takes or gives at once, at most SLICE bytes. */
enum { SLICE = 1 << 20, FIRST_ROOM = 4096 };

static size_t slice_of(size_t left) {
  return left < SLICE ? left : SLICE;
}

nsk_outcome nsk_transfer_try_send(nsk_socket *s, const void *bytes, size_t length,
                                  size_t *done, nsk_error *error) {
  *done = 0;
  if (length == 0 || length > SLICE) return NSK_INTERRUPTED;
  nsk_outcome outcome = nsk_socket_send(s, bytes, length, MSG_DONTWAIT, done, error);
  return outcome == NSK_DONE && *done < length ? NSK_INTERRUPTED : outcome;
}

nsk_outcome nsk_transfer_try_receive(nsk_socket *s, void *into, size_t n, size_t *done,
                                     nsk_error *error) {
  *done = 0;
  if (n == 0 || s->held || s->type != SOCK_STREAM) return NSK_INTERRUPTED;
  nsk_outcome outcome = nski_receive_now(s, into, n, MSG_DONTWAIT, done, error);
  return outcome == NSK_DONE && *done < n ? NSK_INTERRUPTED : outcome;
}

static nsk_outcome send_round(nsk_transfer *op, nsk_socket *s, size_t *moved,
                              nsk_error *error) {
  if (op->done == op->wanted && s->fd < 0) return nski_fail(error, "send", EBADF);
  if (op->done == op->wanted) return NSK_DONE;
  nsk_outcome outcome =
      nsk_socket_send(s, in(op)->bytes + op->done, slice_of(op->wanted - op->done),
                      MSG_DONTWAIT, moved, error);
  if (outcome == NSK_DONE) op->done += *moved;
  return outcome == NSK_DONE && op->done < op->wanted ? NSK_INTERRUPTED : outcome;
}

/* Who may change the pieces meanwhile is refused by the adapter; should they have become
   fewer all the same, there is nothing left to send. */
static nsk_outcome pieces_round(nsk_transfer *op, nsk_socket *s, size_t *moved,
                                nsk_error *error) {
  const nsk_iovec *all = in(op)->iov;
  if (op->done == op->wanted && s->fd < 0) return nski_fail(error, "sendmsg", EBADF);
  if (op->done == op->wanted) return NSK_DONE;
  if (in(op)->piece >= all->count) return nski_fail(error, "sendmsg", EINVAL);
  nsk_iovec rest = {.pieces = all->pieces + in(op)->piece,
                    .count = all->count - in(op)->piece};
  nsk_outcome outcome = nsk_socket_writev(
      s, &rest, in(op)->at, slice_of(op->wanted - op->done), MSG_DONTWAIT, moved, error);
  if (outcome != NSK_DONE) return outcome;
  op->done += *moved;
  in(op)->at += *moved;
  while (in(op)->piece < all->count && in(op)->at >= all->pieces[in(op)->piece].length)
    in(op)->at -= all->pieces[in(op)->piece++].length;
  return op->done < op->wanted ? NSK_INTERRUPTED : NSK_DONE;
}

static nsk_outcome file_round(nsk_transfer *op, nsk_socket *s, size_t *moved,
                              nsk_error *error) {
  if (s->fd < 0) return nski_fail(error, "sendfile", EBADF);
  if (op->done == op->wanted) return NSK_DONE;
  nsk_outcome outcome =
      nski_send_file_now(s, in(op)->file, slice_of(op->wanted - op->done),
                         in(op)->offset + (int64_t)op->done, moved, error);
  if (outcome != NSK_DONE) return outcome;
  op->done += *moved;
  return *moved > 0 && op->done < op->wanted ? NSK_INTERRUPTED : NSK_DONE;
}

void nsk_transfer_into(nsk_transfer *op, void *into) {
  in(op)->into = into;
  in(op)->kept = in(op)->buffer != NULL ? in(op)->buffer->length : 0;
}

/* Makes the buffer hold `capacity` bytes; what it holds stays. */
static bool make_room(nsk_transfer *op, size_t capacity) {
  nsk_buffer *old = in(op)->buffer;
  if (old != NULL && old->capacity - old->start >= capacity) return true;
  nsk_buffer *bigger = nski_buffer_of(capacity);
  if (bigger == NULL) return false;
  if (old != NULL) {
    memcpy(bigger->data, old->data + old->start, old->length);
    bigger->length = old->length;
    bigger->scanned = old->scanned;
    nsk_buffer_free(old);
  }
  in(op)->buffer = bigger;
  return true;
}

/* The end of the stream is the end of what there is to give, unless that is nothing. With
   a closed socket its bytes have gone. */
static nsk_outcome ended(nsk_transfer *op, const nsk_socket *s, nsk_outcome outcome) {
  op->done = s->fd >= 0 ? in(op)->buffer->length : 0;
  in(op)->ended = outcome == NSK_END;
  return outcome == NSK_END && op->done > 0 ? NSK_DONE : outcome;
}

/* An exact count is taken at its word before a byte is. */
static nsk_outcome receive_round(nsk_transfer *op, nsk_socket *s, size_t *moved,
                                 nsk_error *error) {
  if (!make_room(op, op->wanted)) return nski_fail_memory(error, "recv");
  nsk_buffer *b = in(op)->buffer;
  op->done = b->length < op->wanted ? b->length : op->wanted;
  if (op->done == op->wanted) return NSK_DONE;
  unsigned char *begin = in(op)->into != NULL ? in(op)->into : b->data + b->start;
  nsk_outcome outcome = nski_receive_now(
      s, begin + b->length, slice_of(op->wanted - b->length), MSG_DONTWAIT, moved, error);
  if (outcome != NSK_DONE) return ended(op, s, outcome);
  b->length += *moved;
  op->done = b->length;
  return op->done < op->wanted ? NSK_INTERRUPTED : NSK_DONE;
}

/* Whether a line, or as much of one as is wanted, is there. */
static bool has_line(nsk_transfer *op) {
  nsk_buffer *b = in(op)->buffer;
  const unsigned char *begin = b->data + b->start;
  size_t most = b->length < op->wanted ? b->length : op->wanted;
  const unsigned char *newline = NULL;
  if (b->scanned < most) newline = memchr(begin + b->scanned, '\n', most - b->scanned);
  op->done = newline != NULL ? (size_t)(newline - begin) + 1 : most;
  if (newline == NULL && b->scanned < most) b->scanned = most;
  return newline != NULL || most == op->wanted;
}

/* A line is usually short, so its room doubles as it comes. */
static size_t line_room(nsk_transfer *op) {
  const nsk_buffer *b = in(op)->buffer;
  size_t capacity = b == NULL ? FIRST_ROOM : b->capacity - b->start;
  if (b != NULL && b->length == capacity) capacity *= 2;
  return capacity < op->wanted ? capacity : op->wanted;
}

/* Looks first and takes only as far as the line goes: what follows stays with the
   kernel, where another program that shares the socket finds it. */
static nsk_outcome line_round(nsk_transfer *op, nsk_socket *s, size_t *moved,
                              nsk_error *error) {
  if (in(op)->buffer != NULL && has_line(op)) return NSK_DONE;
  if (!make_room(op, line_room(op))) return nski_fail_memory(error, "recv");
  nsk_buffer *b = in(op)->buffer;
  unsigned char *end = b->data + b->start + b->length;
  size_t room = b->capacity - b->start - b->length, seen;
  if (room > op->wanted - b->length) room = op->wanted - b->length;
  nsk_outcome outcome =
      nski_receive_now(s, end, slice_of(room), MSG_DONTWAIT | MSG_PEEK, &seen, error);
  if (outcome == NSK_DONE) {
    const unsigned char *newline = memchr(end, '\n', seen);
    size_t size = newline != NULL ? (size_t)(newline - end) + 1 : seen;
    outcome = nski_receive_now(s, end, size, MSG_DONTWAIT, moved, error);
  }
  if (outcome != NSK_DONE) return ended(op, s, outcome);
  b->length += *moved;
  return has_line(op) ? NSK_DONE : NSK_INTERRUPTED;
}

/* ------------------------------------------------------------------- stepping -- */

static bool receives(const nsk_transfer *op) {
  return op->kind == NSK_RECEIVE_ALL || op->kind == NSK_RECEIVE_LINE;
}

static nsk_outcome out_of_time(const nsk_transfer *op, nsk_error *error) {
  nski_fail(error, receives(op) ? "recv" : "send", ETIMEDOUT);
  return nski_error_late(error, "not done", &op->deadline);
}

static nsk_outcome round_of(nsk_transfer *op, nsk_socket *s, size_t *moved,
                            nsk_error *error) {
  switch (op->kind) {
    case NSK_SEND_ALL:
      return send_round(op, s, moved, error);
    case NSK_SEND_PIECES:
      return pieces_round(op, s, moved, error);
    case NSK_SEND_FILE:
      return file_round(op, s, moved, error);
    case NSK_RECEIVE_ALL:
      return receive_round(op, s, moved, error);
    case NSK_RECEIVE_LINE:
      break;
  }
  return line_round(op, s, moved, error);
}

/* It has been tried, so a deadline in the past means one attempt. */
nsk_outcome nsk_transfer_wait(nsk_transfer *op, nsk_socket *s, nsk_interest *interest,
                              nsk_error *error) {
  if (nsk_passed(op->deadline.at))
    return nski_about_peer(s, out_of_time(op, error), error);
  wait_on(interest, s->fd, receives(op) ? NSK_READ : NSK_WRITE, op->deadline.at);
  return nski_retry_wait(&in(op)->retry, interest);
}

nsk_outcome nsk_transfer_step(nsk_transfer *op, nsk_socket *s, nsk_interest *interest,
                              nsk_error *error) {
  for (size_t sum = 0;;) {
    size_t moved = 0;
    nsk_outcome outcome = round_of(op, s, &moved, error);
    sum += moved;
    if (moved > 0) nski_retry_moved(&in(op)->retry);
    if (outcome == NSK_FAILED && error->domain == NSK_ERRNO) in(op)->code = error->code;
    if (outcome == NSK_INTERRUPTED && sum < SLICE) continue;
    /* A peer that keeps up does not stretch the deadline. */
    if (outcome == NSK_INTERRUPTED && !nsk_passed(op->deadline.at)) return outcome;
    if (outcome != NSK_AGAIN && outcome != NSK_INTERRUPTED) return outcome;
    outcome = nsk_transfer_wait(op, s, interest, error);
    if (outcome != NSK_DONE) return outcome;
  }
}

nsk_outcome nsk_transfer_noted(nsk_transfer *op, nsk_socket *s, nsk_outcome outcome,
                               nsk_error *error) {
  if (!in(op)->ended || nsk_socket_noted(s, "recv", 0, NSK_END, error) == NSK_END)
    return outcome;
  in(op)->code = error->code;
  return NSK_FAILED;
}

const void *nsk_transfer_bytes(const nsk_transfer *op) {
  const inside *held = (const void *)op->inside;
  return held->buffer->data + held->buffer->start;
}

static void forget_done(nsk_transfer *op) {
  nsk_buffer *b = in(op)->buffer;
  if (b == NULL) return;
  b->start += op->done;
  b->length -= op->done;
  b->scanned = 0;
  if (b->length > 0) return;
  nsk_buffer_free(b);
  in(op)->buffer = NULL;
}

void nsk_transfer_copy(nsk_transfer *op, void *into) {
  size_t held = in(op)->into != NULL && in(op)->kept < op->done ? in(op)->kept : op->done;
  memcpy(into, nsk_transfer_bytes(op), held);
  in(op)->into = NULL;
  forget_done(op);
  op->done = 0;
}

void nsk_transfer_keep(nsk_transfer *op) {
  inside *held = in(op);
  nsk_buffer *b = held->buffer;
  if (held->into != NULL && b != NULL && b->length > held->kept)
    memcpy(b->data + b->start + held->kept, held->into + held->kept,
           b->length - held->kept);
  held->into = NULL;
}

void nsk_transfer_end(nsk_transfer *op, nsk_socket *s, bool delivered) {
  inside *held = in(op);
  nski_retry_end(&held->retry);
  if (op->kind == NSK_SEND_FILE && held->file >= 0) nski_close_fd(held->file);
  held->file = -1;
  if (!held->receiving) return;
  held->receiving = false;
  nsk_transfer_keep(op);
  if (delivered || (held->buffer != NULL && held->buffer->length == 0)) forget_done(op);
  nsk_buffer *b = held->buffer;
  held->buffer = NULL;
  if (s == NULL) {
    nsk_buffer_free(b);
    return;
  }
  if (b != NULL && held->code != 0) nski_note_error(s, held->code);
  nski_receiving_end(s, b);
}
