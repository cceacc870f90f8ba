/* Reading ahead into the pending bytes of a stream: one receive serves many lines, and a
   search looks at each byte once. */
#include <stdio.h>
#include <string.h>

#include "socket/socket.h"

enum { SLICE = 1 << 20 };

/* What a read knows beside its caller's fields. */
typedef struct {
  size_t scanned; /* no mark begins in so many bytes */
  bool drained;   /* the latest receive left room: wait before the next */
} inside;

_Static_assert(sizeof(inside) <= sizeof((nsk_read *)0)->inside, "too little room");

static inside *in(nsk_read *r) {
  return (void *)r->inside;
}

/* -------------------------------------------------------------------- arguments -- */

nsk_outcome nsk_reader_check(const nsk_socket *s, int64_t limit, int64_t size,
                             nsk_reader *reader, nsk_error *error) {
  if (limit < 1 || (uint64_t)limit > PTRDIFF_MAX)
    return nsk_error_argument(error, "reader", "limit", NSK_NOT_POSITIVE);
  if (size < 1 || size > INT32_MAX)
    return nsk_error_argument(error, "reader", "size", "must be 1..2147483647");
  if (s->fd < 0) return nski_fail(error, "reader", EBADF);
  if (s->type != SOCK_STREAM) {
    nski_fail(error, "reader", EOPNOTSUPP);
    nski_error_say(error, "only a stream can be read ahead");
    return NSK_FAILED;
  }
  *reader = (nsk_reader){(size_t)limit, (size_t)size};
  return NSK_DONE;
}

nsk_outcome nsk_read_check(const nsk_read *read, int64_t n, nsk_error *error) {
  bool zero = read->kind == NSK_READ_EXACTLY || read->kind == NSK_READ_ALL;
  const char *parameter = read->kind == NSK_READ_ALL ? "max" : "n";
  if (read->kind == NSK_READ_UNTIL && read->mark_length == 0)
    return nsk_error_argument(error, read->name, "mark", "must not be empty");
  if (n < 0 || (n == 0 && !zero))
    return nsk_error_argument(error, read->name, parameter,
                              zero ? NSK_NEGATIVE : NSK_NOT_POSITIVE);
  if ((uint64_t)n > PTRDIFF_MAX ||
      (read->kind == NSK_READ_PEEK && (uint64_t)n > read->reader.limit))
    return nsk_error_argument(error, read->name, parameter, "is above the limit");
  return NSK_DONE;
}

/* ------------------------------------------------------- what is pending already -- */

static nsk_outcome too_long(const nsk_read *r, nsk_error *error) {
  char words[NSK_TEXT_MAX];
  nski_fail(error, r->name, EMSGSIZE);
  if (r->kind == NSK_READ_ALL)
    snprintf(words, sizeof words, "more than %zu bytes until the end", r->n);
  else
    snprintf(words, sizeof words, "no mark within %zu bytes", r->reader.limit);
  nski_error_say(error, words);
  return NSK_FAILED;
}

static nsk_outcome result(nsk_read *r, const nsk_buffer *b, size_t n) {
  r->bytes = b->data + b->start;
  r->done = n;
  return NSK_DONE;
}

/* Where the mark ends, or 0. */
static size_t find_mark(nsk_read *r, const unsigned char *bytes, size_t length) {
  const unsigned char *from = bytes + in(r)->scanned, *found;
  if (length < in(r)->scanned + r->mark_length) return 0;
  if (r->mark_length == 1)
    found = memchr(from, *(const unsigned char *)r->mark, length - in(r)->scanned);
  else
    found = memmem(from, length - in(r)->scanned, r->mark, r->mark_length);
  if (found != NULL) return (size_t)(found - bytes) + r->mark_length;
  in(r)->scanned = length - (r->mark_length - 1);
  return 0;
}

/* A newline is looked for most, so the buffer remembers how far by itself. */
static bool is_line(const nsk_read *r) {
  return r->kind == NSK_READ_LINE || r->kind == NSK_READ_WHOLE_LINE;
}

static nsk_outcome look_for_mark(nsk_read *r, nsk_buffer *b, nsk_error *error) {
  if (is_line(r)) in(r)->scanned = b->scanned;
  size_t end = find_mark(r, b->data + b->start, b->length);
  if (is_line(r)) b->scanned = end == 0 ? in(r)->scanned : b->scanned;
  if (end > r->reader.limit || (end == 0 && b->length >= r->reader.limit))
    return too_long(r, error);
  return end > 0 ? result(r, b, end) : NSK_AGAIN;
}

/* NSK_AGAIN: more has to be received. */
static nsk_outcome look(nsk_read *r, nsk_buffer *b, nsk_error *error) {
  switch (r->kind) {
    case NSK_READ_SOME:
      if (b->length == 0) return NSK_AGAIN;
      return result(r, b, b->length < r->n ? b->length : r->n);
    case NSK_READ_EXACTLY:
    case NSK_READ_PEEK:
      return b->length >= r->n ? result(r, b, r->n) : NSK_AGAIN;
    case NSK_READ_ALL:
      return b->length > r->n ? too_long(r, error) : NSK_AGAIN;
    case NSK_READ_UNTIL:
    case NSK_READ_LINE:
    case NSK_READ_WHOLE_LINE:
      break;
  }
  return look_for_mark(r, b, error);
}

const unsigned char *nsk_line_now(const nsk_reader *reader, const nsk_socket *s,
                                  size_t *length) {
  if (!s->held || s->side->receiving != 0) return NULL;
  const nsk_buffer *b = s->side->pending;
  if (b == NULL || b->next != NULL) return NULL;
  const unsigned char *bytes = b->data + b->start;
  const unsigned char *end = memchr(bytes + b->scanned, '\n', b->length - b->scanned);
  if (end == NULL) return NULL;
  *length = (size_t)(end - bytes) + 1;
  return *length <= reader->limit ? bytes : NULL;
}

void nsk_line_taken(nsk_socket *s, nsk_buffer **spare, size_t length) {
  nski_pending_take(s, length);
  if (s->side->pending->length == 0) nski_pending_close(s, spare);
}

size_t nsk_line_stripped(const unsigned char *line, size_t length) {
  length--;
  return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
}

/* ------------------------------------------------------------ the end of a stream -- */

static nsk_outcome early_end(const nsk_read *r, size_t length, nsk_error *error) {
  char words[NSK_TEXT_MAX];
  nski_fail(error, r->name, EPROTO);
  error->early_end = true;
  if (r->kind == NSK_READ_EXACTLY)
    snprintf(words, sizeof words, "the stream ended after %zu of %zu bytes", length,
             r->n);
  else
    snprintf(words, sizeof words, "the stream ended after %zu bytes without the mark",
             length);
  nski_error_say(error, words);
  return NSK_FAILED;
}

static nsk_outcome at_end(nsk_read *r, const nsk_buffer *b, nsk_error *error) {
  switch (r->kind) {
    case NSK_READ_EXACTLY:
    case NSK_READ_UNTIL:
      return early_end(r, b->length, error);
    case NSK_READ_WHOLE_LINE:
      return b->length > 0 ? early_end(r, b->length, error) : NSK_END;
    case NSK_READ_ALL:
      return result(r, b, b->length);
    case NSK_READ_SOME:
    case NSK_READ_LINE:
    case NSK_READ_PEEK:
      break;
  }
  return b->length > 0 ? result(r, b, b->length) : NSK_END;
}

/* --------------------------------------------------------------------- receiving -- */

/* How much to ask for: what is missing when that is known and much, else `size`. */
static size_t room_for(const nsk_read *r, const nsk_buffer *b) {
  size_t room = r->reader.size;
  size_t missing = 0;
  if (r->kind == NSK_READ_EXACTLY || r->kind == NSK_READ_PEEK) missing = r->n - b->length;
  if (r->kind == NSK_READ_ALL) missing = b->length; /* it doubles */
  if (missing > room) room = missing;
  return room < SLICE || room == r->reader.size ? room : SLICE;
}

static nsk_outcome fill(nsk_read *r, nsk_socket *s, size_t *moved, nsk_error *error) {
  size_t room = room_for(r, s->side->pending);
  if (!nski_pending_room(s->side, room)) return nski_fail_memory(error, "recv");
  nsk_buffer *b = s->side->pending;
  unsigned char *end = b->data + b->start + b->length;
  nsk_outcome outcome = nski_receive_now(s, end, room, MSG_DONTWAIT, moved, error);
  if (outcome == NSK_END) return at_end(r, b, error);
  if (outcome == NSK_FAILED && b->length > 0) nski_note_error(s, error->code);
  if (outcome != NSK_DONE) return outcome;
  b->length += *moved;
  in(r)->drained = *moved < room;
  s->drained = in(r)->drained;
  return NSK_INTERRUPTED;
}

static nsk_outcome out_of_time(const nsk_read *r, nsk_error *error) {
  nski_fail(error, "recv", ETIMEDOUT);
  return nski_error_late(error, "not done", &r->deadline);
}

/* Looks, and receives until what was looked for is there. */
static nsk_outcome go_on(nsk_read *r, nsk_socket *s, nsk_error *error) {
  for (size_t sum = 0;;) {
    size_t moved = 0;
    nsk_outcome outcome = look(r, s->side->pending, error);
    if (outcome != NSK_AGAIN) return outcome;
    if (!in(r)->drained) outcome = fill(r, s, &moved, error);
    if (moved == 0) { /* the kernel has no more now */
      in(r)->drained = false;
      s->drained = false;
    }
    sum += moved;
    if (outcome == NSK_INTERRUPTED && sum < SLICE) continue;
    if (outcome != NSK_AGAIN && outcome != NSK_INTERRUPTED) return outcome;
    /* It has been tried, so a deadline in the past means one attempt. */
    return nsk_passed(r->deadline.at) ? out_of_time(r, error) : outcome;
  }
}

/* After a receive that left room there is seldom more, so the next read waits first. */
static bool waits_first(const nsk_read *r, const nsk_socket *s) {
  bool nothing = r->kind == NSK_READ_EXACTLY && r->n == 0;
  return s->drained && !s->held && !nothing && !nsk_passed(r->deadline.at);
}

nsk_outcome nsk_read_step(nsk_read *r, nsk_socket *s, nsk_buffer **spare,
                          nsk_interest *interest, nsk_error *error) {
  r->pending = 0;
  if (s->fd < 0) return nski_fail(error, "recv", EBADF);
  if (waits_first(r, s)) {
    *interest = (nsk_interest){.fd = s->fd, .need = NSK_READ, .until = r->deadline.at};
    return NSK_AGAIN;
  }
  nsk_outcome outcome = nski_pending_open(s, r->holds, spare, error);
  if (outcome != NSK_DONE) return outcome;
  if (is_line(r)) {
    r->mark = "\n";
    r->mark_length = 1;
  }
  /* Since the last step a receive may have taken bytes. */
  if (!r->holds) in(r)->scanned = 0;
  if (!r->holds && s->drained) in(r)->drained = !nsk_passed(r->deadline.at);
  outcome = nski_about_peer(s, go_on(r, s, error), error);
  r->pending = s->side->pending->length;
  if (outcome == NSK_AGAIN)
    *interest = (nsk_interest){.fd = s->fd, .need = NSK_READ, .until = r->deadline.at};
  if (outcome != NSK_DONE) nski_pending_close(s, spare);
  return outcome;
}

void nsk_read_ready(nsk_socket *s) {
  s->drained = false;
}

nsk_outcome nsk_read_hold(nsk_read *r, nsk_socket *s, nsk_error *error) {
  if (r->holds) return NSK_DONE;
  nsk_outcome outcome = nski_hold(s, "recv", error);
  if (outcome != NSK_DONE) return outcome;
  r->holds = true;
  in(r)->scanned = 0;
  in(r)->drained = false;
  s->drained = false;
  return NSK_DONE;
}

void nsk_read_end(nsk_read *r, nsk_socket *s, nsk_buffer **spare, bool delivered) {
  if (s == NULL || s->side == NULL) return;
  if (r->holds) s->side->receiving = 0;
  r->holds = false;
  if (delivered && r->kind != NSK_READ_PEEK) nski_pending_take(s, r->done);
  nski_pending_close(s, spare);
}
