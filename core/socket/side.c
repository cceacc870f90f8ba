/* What a socket has beside its descriptor, in a record and in buffers that bring one. */
#include <stdlib.h>

#include "socket/socket.h"

/* ------------------------------------------------------------------ buffers -- */

/* glibc's calloc(3) goes past the cache of small blocks. */
nsk_side *nski_side_make(void) {
  nsk_side *made = malloc(sizeof *made);
  if (made != NULL) *made = (nsk_side){.pending = NULL};
  return made;
}

nsk_buffer *nski_buffer_of(size_t size) {
  if (size > SIZE_MAX - sizeof(nsk_buffer)) return NULL;
  nsk_buffer *made = malloc(sizeof(nsk_buffer) + size);
  if (made != NULL) *made = (nsk_buffer){.capacity = size};
  return made;
}

nsk_buffer *nski_buffer_with_spare(size_t size) {
  nsk_buffer *made = nski_buffer_of(size);
  if (made == NULL) return NULL;
  made->spare = nski_side_make();
  if (made->spare != NULL) return made;
  free(made);
  return NULL;
}

bool nsk_buffer_reserve(nsk_buffer **buffer, size_t capacity) {
  nsk_buffer *old = *buffer;
  bool fits = old != NULL && old->capacity >= capacity;
  if (fits && (old->capacity <= NSKI_BUFFER_REUSED || capacity > NSKI_BUFFER_REUSED))
    return true;
  size_t size = capacity < NSKI_BUFFER_LEAST ? NSKI_BUFFER_LEAST : capacity;
  nsk_buffer *made = nski_buffer_with_spare(size);
  if (made == NULL) return fits;
  nsk_buffer_free(old);
  *buffer = made;
  return true;
}

void nsk_buffer_free(nsk_buffer *buffer) {
  if (buffer == NULL) return;
  free(buffer->spare);
  free(buffer);
}

/* ---------------------------------------------------------- the side record -- */

nsk_side *nski_side_of(nsk_socket *s) {
  if (s->side == NULL) s->side = nski_side_make();
  return s->side;
}

/* Whether an operation of this process holds what it receives; one of the parent's that
   was under way at a fork holds nothing here. */
bool nski_is_receiving(const nsk_side *side) {
  return side->receiving != 0 && side->receiving == nsk_fork_generation();
}

/* After each change: the hot path looks at `held` alone, and a record that says nothing
   goes. */
void nski_side_trim(nsk_socket *s) {
  nsk_side *side = s->side;
  s->held = side->pending != NULL || side->receiving != 0;
  if (s->held || side->path != NULL || side->queued != NULL || side->timeout > 0) return;
  s->side = NULL;
  free(side);
}

bool nsk_socket_receiving(const nsk_socket *s) {
  return s->side != NULL && nski_is_receiving(s->side);
}

static void free_all(nsk_buffer *first) {
  while (first != NULL) {
    nsk_buffer *buffer = first;
    first = buffer->next;
    nsk_buffer_free(buffer);
  }
}

void nski_side_drop(nsk_socket *s, bool remove_path) {
  nsk_side *side = s->side;
  s->side = NULL;
  s->error = 0;
  s->held = false;
  if (side == NULL) return;
  free_all(side->pending);
  free_all(side->queued);
  if (side->path != NULL && remove_path) nski_path_remove(side->path);
  free(side->path);
  free(side);
}
