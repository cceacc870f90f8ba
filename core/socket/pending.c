/* Bytes that have been received and wait for the next receive. */
#include <stdlib.h>
#include <string.h>

#include "socket/socket.h"

/* The buffer brings a side record where there is none, so this takes no memory. False:
   there is no socket any more, or no record. */
static bool can_keep(nsk_socket *s, nsk_buffer *buffer) {
  if (s->fd < 0) return false;
  if (s->side == NULL) {
    s->side = buffer->spare;
    buffer->spare = NULL;
  }
  return s->side != NULL;
}

void nski_put_back(nsk_socket *s, nsk_buffer *buffer) {
  bool nothing = buffer->length == 0 && s->type == SOCK_STREAM;
  if (nothing || !can_keep(s, buffer)) {
    nsk_buffer_free(buffer);
    return;
  }
  buffer->next = s->side->pending;
  s->side->pending = buffer;
  s->held = true;
}

void nsk_socket_put_back(nsk_socket *s, nsk_buffer *buffer, size_t length,
                         const nsk_addr *from) {
  buffer->length = length;
  buffer->segment = 0;
  buffer->cut = false;
  if (from != NULL)
    buffer->from = *from;
  else
    buffer->from.length = 0;
  nski_put_back(s, buffer);
}

nsk_buffer *nsk_socket_take_back(nsk_socket *s, const nsk_buffer *buffer, size_t length) {
  nsk_buffer *first = s->side != NULL ? s->side->pending : NULL;
  if (first == NULL || first != buffer || first->start > 0 || first->length != length)
    return NULL;
  s->side->pending = first->next;
  first->next = NULL;
  nski_side_trim(s);
  if (first->spare == NULL) first->spare = nski_side_make();
  if (first->spare != NULL) return first;
  nsk_buffer_free(first);
  return NULL;
}

void nsk_socket_errqueue_back(nsk_socket *s, nsk_buffer *buffer) {
  if (!can_keep(s, buffer)) {
    nsk_buffer_free(buffer);
    return;
  }
  buffer->next = s->side->queued;
  s->side->queued = buffer;
}

/* It gets a new record, for the case that it is given back once more. */
nsk_buffer *nski_queued_take(nsk_socket *s) {
  nsk_buffer *buffer = s->side != NULL ? s->side->queued : NULL;
  if (buffer == NULL) return NULL;
  s->side->queued = buffer->next;
  if (buffer->spare == NULL) buffer->spare = nski_side_make();
  nski_side_trim(s);
  return buffer;
}

size_t nsk_socket_pending(const nsk_socket *s) {
  size_t sum = 0;
  if (s->side == NULL || nsk_socket_receiving(s)) return 0;
  for (const nsk_buffer *b = s->side->pending; b != NULL; b = b->next)
    sum += b->length;
  return sum;
}

bool nsk_socket_has_pending(const nsk_socket *s) {
  if (s->error != 0) return true;
  return s->side != NULL && s->side->pending != NULL && !nsk_socket_receiving(s);
}

/* Copies the first of its bytes to the pieces in turn; how many fitted. */
static size_t spread(const nsk_buffer *buffer, size_t length, const nski_receive *r) {
  size_t copied = 0;
  for (size_t i = 0; i < r->count && copied < length; i++) {
    size_t part = r->pieces[i].iov_len;
    if (part > length - copied) part = length - copied;
    memcpy(r->pieces[i].iov_base, buffer->data + buffer->start + copied, part);
    copied += part;
  }
  return copied;
}

/* A packet is received whole or cut, never in two parts. */
static void take(nsk_socket *s, nski_receive *r) {
  nsk_side *side = s->side;
  nsk_buffer *buffer = side->pending;
  bool last = buffer->segment == 0 || buffer->length <= buffer->segment;
  size_t length = last ? buffer->length : buffer->segment;
  size_t copied = spread(buffer, length, r);
  *r->n = copied;
  r->cut = s->type != SOCK_STREAM && (copied < length || (last && buffer->cut));
  if (r->from != NULL) *r->from = buffer->from;
  if (r->flags & MSG_PEEK) return;
  if (s->type == SOCK_STREAM) length = copied;
  buffer->start += length;
  buffer->length -= length;
  buffer->scanned = buffer->scanned > copied ? buffer->scanned - copied : 0;
  if (buffer->length > 0) return;
  side->pending = buffer->next;
  nsk_buffer_free(buffer);
  nski_side_trim(s);
}

bool nski_pending_answers(nsk_socket *s, nski_receive *r, nsk_outcome *outcome,
                          nsk_error *error) {
  if (!s->held || (r->flags & (MSG_OOB | MSG_ERRQUEUE))) return false;
  *outcome = NSK_DONE;
  if (nski_is_receiving(s->side))
    *outcome = nsk_error_because(error, r->op, NSK_BUSY, NULL);
  else if (s->side->pending != NULL && r->count > 0)
    take(s, r);
  else
    return false;
  return true;
}

/* -------------------------------------------------------------- an operation -- */

static size_t total(const nsk_buffer *buffer) {
  size_t sum = 0;
  for (; buffer != NULL; buffer = buffer->next)
    sum += buffer->length;
  return sum;
}

/* Several parts become one. They are several only after receives that had no memory for
   their results. */
static bool join(nsk_side *side) {
  nsk_buffer *whole = NULL, *part;
  if (!nsk_buffer_reserve(&whole, total(side->pending))) return false;
  while ((part = side->pending) != NULL) {
    memcpy(whole->data + whole->length, part->data + part->start, part->length);
    whole->length += part->length;
    side->pending = part->next;
    nsk_buffer_free(part);
  }
  side->pending = whole;
  return true;
}

nsk_outcome nski_hold(nsk_socket *s, const char *op, nsk_error *error) {
  if (s->fd < 0) return nski_fail(error, op, EBADF);
  nsk_side *side = nski_side_of(s);
  if (side == NULL) return nski_fail_memory(error, op);
  if (nski_is_receiving(side)) return nsk_error_because(error, op, NSK_BUSY, NULL);
  side->receiving = nsk_fork_generation();
  s->held = true;
  return NSK_DONE;
}

nsk_outcome nski_receiving_begin(nsk_socket *s, const char *op, nsk_buffer **taken,
                                 nsk_error *error) {
  if (s->fd < 0) return nski_fail(error, op, EBADF);
  if (s->type != SOCK_STREAM) {
    nski_fail(error, op, EOPNOTSUPP);
    nski_error_say(error, "only a stream has bytes without limits between them");
    return NSK_FAILED;
  }
  nsk_outcome outcome = nski_hold(s, op, error);
  if (outcome != NSK_DONE) return outcome;
  nsk_side *side = s->side;
  if (side->pending != NULL && side->pending->next != NULL && !join(side)) {
    side->receiving = 0;
    return nski_fail_memory(error, op);
  }
  *taken = side->pending;
  side->pending = NULL;
  return NSK_DONE;
}

void nski_receiving_end(nsk_socket *s, nsk_buffer *back) {
  if (s->side != NULL) s->side->receiving = 0;
  if (back != NULL) nsk_socket_put_back(s, back, back->length, NULL);
  if (s->side != NULL) nski_side_trim(s);
}

/* ------------------------------------------------------------- reading ahead -- */

static void clear(nsk_buffer *buffer) {
  buffer->next = NULL;
  buffer->start = buffer->length = buffer->scanned = 0;
  buffer->from.length = 0;
}

nsk_outcome nski_pending_open(nsk_socket *s, bool holds, nsk_buffer **spare,
                              nsk_error *error) {
  nsk_side *side = nski_side_of(s);
  if (side == NULL) return nski_fail_memory(error, "recv");
  if (nski_is_receiving(side) && !holds)
    return nsk_error_because(error, "recv", NSK_BUSY, NULL);
  if (side->pending != NULL) {
    if (side->pending->next == NULL || join(side)) return NSK_DONE;
    return nski_fail_memory(error, "recv");
  }
  s->held = true;
  if (spare != NULL && *spare != NULL) {
    side->pending = *spare;
    *spare = NULL;
    clear(side->pending);
    return NSK_DONE;
  }
  if (nsk_buffer_reserve(&side->pending, NSKI_BUFFER_LEAST)) return NSK_DONE;
  nski_side_trim(s);
  return nski_fail_memory(error, "recv");
}

bool nski_pending_room(nsk_side *side, size_t room) {
  nsk_buffer *old = side->pending, *made;
  size_t needed = old->length + room;
  if (needed < room) return false;
  if (old->capacity - old->start >= needed) return true;
  if (old->capacity < needed) {
    size_t twice = old->length > SIZE_MAX / 2 ? needed : 2 * old->length;
    made = nski_buffer_with_spare(needed > twice ? needed : twice);
    if (made == NULL) return false;
    memcpy(made->data, old->data + old->start, old->length);
    made->length = old->length;
    made->scanned = old->scanned;
    side->pending = made;
    nsk_buffer_free(old);
    return true;
  }
  memmove(old->data, old->data + old->start, old->length);
  old->start = 0;
  return true;
}

void nski_pending_take(nsk_socket *s, size_t n) {
  nsk_buffer *buffer = s->side->pending;
  buffer->start += n;
  buffer->length -= n;
  buffer->scanned = buffer->scanned > n ? buffer->scanned - n : 0;
}

void nski_pending_close(nsk_socket *s, nsk_buffer **spare) {
  nsk_buffer *buffer = s->side->pending;
  if (buffer != NULL && buffer->length == 0) {
    s->side->pending = NULL;
    if (spare != NULL && *spare == NULL && buffer->capacity <= NSKI_BUFFER_REUSED &&
        buffer->spare != NULL) {
      clear(buffer); /* who receives into it next does so from its beginning */
      *spare = buffer;
    } else {
      nsk_buffer_free(buffer);
    }
  }
  nski_side_trim(s);
}

nsk_outcome nsk_socket_wait(nsk_socket *s, nsk_need need, int64_t until,
                            nsk_signals *held, nsk_error *error) {
  nsk_interest interest = {.fd = s->fd, .need = need, .until = until};
  bool reading = need == NSK_READ || need == NSK_READ_URGENT;
  if (reading && s->fd >= 0 && nsk_socket_has_pending(s)) return NSK_DONE;
  return nsk_wait_for(&interest, held, error);
}
