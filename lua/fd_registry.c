/* The descriptors that objects own, a bit for each. */
#include "fd_registry.h"

#include <stdlib.h>
#include <string.h>

/* Descriptors above the limit are so rare that their bits are not worth the memory. */
enum { WORD = 64, LIMIT = 1 << 20 };
enum { FIRST_WORDS = sizeof((nskl_state *)0)->owned.first / sizeof(uint64_t) };

void nskl_owned_open(nskl_state *st) {
  st->owned.words = st->owned.first;
  st->owned.count = FIRST_WORDS;
}

/* Doubles the bits until fd has one. */
static bool grow(nskl_state *st, size_t fd) {
  size_t count = st->owned.count;
  while (fd / WORD >= count)
    count *= 2;
  bool first = st->owned.words == st->owned.first;
  uint64_t *words = realloc(first ? NULL : st->owned.words, count * sizeof *words);
  if (words == NULL) return false;
  if (first) memcpy(words, st->owned.first, sizeof st->owned.first);
  memset(words + st->owned.count, 0, (count - st->owned.count) * sizeof *words);
  st->owned.words = words;
  st->owned.count = count;
  return true;
}

void nskl_own(nskl_state *st, int fd) {
  size_t at = (size_t)fd;
  /* Once the sentinel has run, nothing frees what is allocated. */
  if (at / WORD >= st->owned.count && (at >= LIMIT || st->closed || !grow(st, at)))
    return;
  st->owned.words[at / WORD] |= UINT64_C(1) << at % WORD;
}

bool nskl_disown(nskl_state *st, int fd) {
  size_t at = (size_t)fd;
  if (fd < 0 || at / WORD >= st->owned.count) return true;
  uint64_t bit = UINT64_C(1) << at % WORD;
  bool owned = (st->owned.words[at / WORD] & bit) != 0;
  st->owned.words[at / WORD] &= ~bit;
  return owned || !st->closed;
}

void nskl_owned_close(nskl_state *st) {
  nsk_error ignored;
  for (size_t i = 0; i < st->owned.count; i++)
    for (size_t fd = i * WORD; st->owned.words[i] != 0; fd++, st->owned.words[i] >>= 1)
      if (st->owned.words[i] & 1) nsk_fd_close((int64_t)fd, &ignored);
  if (st->owned.words != st->owned.first) free(st->owned.words);
  memset(st->owned.first, 0, sizeof st->owned.first);
  nskl_owned_open(st);
}
