/*
 * Forks, counted. A child has its parent's descriptors and memory, but not its threads,
 * and an epoll instance that both have is one. What was made by another generation is not
 * to be used, told or waited for: the child closes its own copies.
 */
#include "system/system.h"

#include <stdatomic.h>

static atomic_uint generation; /* 0: forks are not counted yet */

static void in_child(void) {
  atomic_fetch_add_explicit(&generation, 1, memory_order_relaxed);
}

/* Two threads that come here at once have each fork counted twice, which does no harm;
   without memory for it, it is tried again. */
static unsigned begin(void) {
  if (pthread_atfork(NULL, NULL, in_child) != 0) return 0;
  atomic_store_explicit(&generation, 1, memory_order_relaxed);
  return 1;
}

unsigned nsk_fork_generation(void) {
  unsigned now = atomic_load_explicit(&generation, memory_order_relaxed);
  return now != 0 ? now : begin();
}
