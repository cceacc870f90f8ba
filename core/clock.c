/* The monotonic clock, and deadlines on it. */
#include "internal.h"

#include <math.h>

int64_t nsk_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

nsk_outcome nsk_deadline(double seconds, const char *op, const char *parameter,
                         int64_t *until, nsk_error *error) {
  if (!(seconds >= 0))
    return nsk_error_argument(error, op, parameter,
                              "must be a number of seconds, 0 or more");
  int64_t now = nsk_now();
  double nanoseconds = ceil(seconds * 1e9);
  /* The comparison is made in double, which has room for infinity. */
  if (nanoseconds >= (double)(NSK_NEVER - now))
    *until = NSK_NEVER;
  else
    *until = now + (int64_t)nanoseconds;
  return NSK_DONE;
}
