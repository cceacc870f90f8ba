/* Memory to receive into, and bytes kept for the next receive. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_LEAST = 4096, BLOCK_REUSED = 65536 };

bool nsk_block_reserve(nsk_block **block, size_t capacity) {
  nsk_block *old = *block;
  bool fits = old != NULL && old->capacity >= capacity;
  if (fits && (old->capacity <= BLOCK_REUSED || capacity > BLOCK_REUSED)) return true;
  size_t size = capacity < BLOCK_LEAST ? BLOCK_LEAST : capacity;
  if (size > SIZE_MAX - sizeof(nsk_block)) return false;
  nsk_block *made = malloc(sizeof(nsk_block) + size);
  if (made == NULL) return fits;
  made->next = NULL;
  made->capacity = size;
  made->start = made->length = 0;
  made->from.length = 0;
  made->is_path = false;
  nsk_block_free(old);
  *block = made;
  return true;
}

void nsk_block_free(nsk_block *block) {
  free(block);
}

void nsk_socket_take_kept(nsk_socket *s, void *buf, size_t cap, int flags, size_t *n,
                          nsk_addr *from) {
  nsk_block *block = s->rest;
  size_t count = block->length < cap ? block->length : cap;
  memcpy(buf, block->data + block->start, count);
  *n = count;
  if (from != NULL) *from = block->from;
  if (flags & MSG_PEEK) return;
  block->start += count;
  block->length -= count;
  /* What does not fit of a datagram is lost, as it is in recv(2). */
  if (block->length == 0 || s->type != SOCK_STREAM) nsk_block_free(nsk_socket_unkeep(s));
}
