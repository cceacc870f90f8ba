/* Memory to receive into, and bytes kept for the next receive. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_LEAST = 4096, BLOCK_REUSED = 65536 };

bool nsk_buffer_reserve(nsk_buffer **buffer, size_t capacity) {
  nsk_buffer *old = *buffer;
  bool fits = old != NULL && old->capacity >= capacity;
  if (fits && (old->capacity <= BLOCK_REUSED || capacity > BLOCK_REUSED)) return true;
  size_t size = capacity < BLOCK_LEAST ? BLOCK_LEAST : capacity;
  if (size > SIZE_MAX - sizeof(nsk_buffer)) return false;
  nsk_buffer *made = malloc(sizeof(nsk_buffer) + size);
  if (made == NULL) return fits;
  made->next = NULL;
  made->capacity = size;
  made->start = made->length = 0;
  made->from.length = 0;
  made->is_path = false;
  nsk_buffer_free(old);
  *buffer = made;
  return true;
}

void nsk_buffer_free(nsk_buffer *buffer) {
  free(buffer);
}

void nsk_socket_take_pending(nsk_socket *s, void *buf, size_t cap, int flags, size_t *n,
                             nsk_addr *from) {
  nsk_buffer *buffer = s->side;
  size_t count = buffer->length < cap ? buffer->length : cap;
  memcpy(buf, buffer->data + buffer->start, count);
  *n = count;
  if (from != NULL) *from = buffer->from;
  if (flags & MSG_PEEK) return;
  buffer->start += count;
  buffer->length -= count;
  /* What does not fit of a datagram is lost, as it is in recv(2). */
  if (buffer->length == 0 || s->type != SOCK_STREAM)
    nsk_buffer_free(nsk_socket_remove_pending(s));
}
