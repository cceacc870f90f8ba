/* The two clocks, and deadlines on the monotonic one. */
#include "base/base.h"

#include <math.h>

int64_t nsk_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t nsk_time_of_day(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

bool nsk_passed(int64_t when) {
  return when != NSK_NEVER && nsk_now() >= when;
}

struct timespec nski_time_left(int64_t until) {
  static const int64_t longest = INT64_C(2000000000) * 1000000000; /* 63 years */
  int64_t left = until - nsk_now();
  if (left < 0) left = 0;
  if (left > longest) left = longest;
  return (struct timespec){(time_t)(left / 1000000000), (long)(left % 1000000000)};
}

nsk_deadline nski_deadline(double seconds) {
  int64_t now = nsk_now();
  double nanoseconds = ceil(seconds * 1e9);
  /* The comparison is made in double, which has room for infinity. */
  bool never = nanoseconds >= (double)(NSK_NEVER - now);
  return (nsk_deadline){never ? NSK_NEVER : now + (int64_t)nanoseconds, seconds};
}

nsk_outcome nsk_deadline_in(double seconds, const char *op, const char *parameter,
                            nsk_deadline *deadline, nsk_error *error) {
  if (!(seconds >= 0)) return nsk_error_argument(error, op, parameter, NSK_NO_SECONDS);
  *deadline = nski_deadline(seconds);
  return NSK_DONE;
}

double nsk_deadline_left(const nsk_deadline *deadline) {
  if (deadline->at == NSK_NEVER) return HUGE_VAL;
  int64_t left = deadline->at - nsk_now();
  return left > 0 ? (double)left / 1e9 : 0;
}
