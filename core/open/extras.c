/* What an opener has besides its positions: options, its own address, the pace of a race.
 */
#include "open/open.h"

#include <stdlib.h>
#include <string.h>

/* What a candidate has before the next is started: the RFC's Connection Attempt Delay. */
static const int64_t head_start = 250000000;

nsk_outcome nsk_extras_delay(nsk_extras *extras, double seconds, nsk_error *error) {
  if (!(seconds >= 0.01 && seconds <= 3600))
    return nsk_error_argument(error, "connect", "attempt_delay",
                              "must be 0.01..3600 seconds");
  extras->attempt_delay = (int64_t)(seconds * 1e9);
  return NSK_DONE;
}

static nsk_outcome check(const nsk_target *target, const nsk_extras *extras,
                         nsk_error *error) {
  int family = target->address != NULL ? nsk_addr_family(&target->address->addr)
                                       : target->query.family;
  if (extras->local.length > 0 && family != AF_UNSPEC &&
      family != nsk_addr_family(&extras->local))
    return nsk_error_argument(error, "connect", "local_addr", "of another family");
  if (extras->attempt_delay > 0 && !target->race)
    return nsk_error_argument(error, "connect", "attempt_delay",
                              "there is one attempt at a time");
  return NSK_DONE;
}

nsk_outcome nski_extras_take(nski_connect *op, const nsk_target *target,
                             nsk_error *error) {
  const nsk_extras *extras = target->extras;
  op->settings = NULL;
  op->setting_count = 0;
  op->local.length = 0;
  op->head_start = head_start;
  if (extras == NULL) return NSK_DONE;
  nsk_outcome outcome = check(target, extras, error);
  if (outcome != NSK_DONE) return outcome;
  op->local = extras->local;
  if (extras->attempt_delay > 0) op->head_start = extras->attempt_delay;
  if (extras->settings.count == 0) return NSK_DONE;
  size_t size = extras->settings.count * sizeof *op->settings;
  op->settings = malloc(size);
  if (op->settings == NULL) return nski_fail_memory(error, "connect");
  memcpy(op->settings, extras->settings.items, size);
  op->setting_count = extras->settings.count;
  return NSK_DONE;
}
