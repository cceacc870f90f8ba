/* What an operation that tries and waits in turn remembers, so that a descriptor which
   polls ready and gives nothing (an unread error queue, a full receiver of a unix
   datagram) does not keep the processor busy. */
#ifndef NSK_CORE_RETRY_H
#define NSK_CORE_RETRY_H

#include "system/system.h"

/* All zero at first. */
typedef struct {
  bool waited;   /* and nothing has been moved since */
  bool has_edge; /* `edge` is a descriptor that tells once of each event */
  bool had_news; /* and told of one after the latest try */
  nsk_entry edge;
  nsk_pollset set; /* of that, or of nothing */
  int64_t pause;   /* how long the latest wait was at most; 0: as long as it took */
} nski_retry;

/* A try gave nothing, and *interest says what it waits for. NSK_AGAIN: wait for what
 *interest says now. NSK_DONE: try once more first. */
nsk_outcome nski_retry_wait(nski_retry *retry, nsk_interest *interest);

/* Something was moved. */
static inline void nski_retry_moved(nski_retry *retry) {
  retry->waited = false;
  retry->pause = 0;
}

void nski_retry_end(nski_retry *retry); /* idempotent */

#endif
