/* Deadlines on the monotonic clock, and the one wait. */
#ifndef NETSOCKET_TIME_H
#define NETSOCKET_TIME_H

#include "outcome.h"

/* --------------------------------------------------------------------- clock -- */

#define NSK_NEVER INT64_MAX

/* The monotonic clock, in nanoseconds. Source: clock_gettime(2). */
int64_t nsk_now(void);

/* Whether a point of that clock has come; NSK_NEVER never does. */
bool nsk_passed(int64_t when);

/* When a call must have ended, and the seconds from which that was reckoned: the figure
   in the words of its error is the caller's. */
typedef struct {
  int64_t at; /* NSK_NEVER: there is none */
  double seconds;
} nsk_deadline;

#define NSK_NO_DEADLINE ((nsk_deadline){NSK_NEVER, 0})

/* Turns seconds from now into a deadline, rounded up; infinity and what lies
   beyond 292 years become NSK_NEVER. Fails with NSK_ARGUMENT on NaN and on a
   negative number, naming op and the parameter. */
nsk_outcome nsk_deadline_in(double seconds, const char *op, const char *parameter,
                            nsk_deadline *deadline, nsk_error *error);

/* ---------------------------------------------------------------------- wait -- */

typedef enum {
  NSK_READ,
  NSK_WRITE,
  NSK_RESOLVE,     /* no descriptor: call nsk_connect_resolve without locks held */
  NSK_READ_URGENT, /* readable, or out-of-band data (POLLPRI) */
  NSK_WRITE_URGENT
} nsk_need;

typedef struct {
  int fd;
  nsk_need need;
  int64_t until; /* NSK_NEVER: for ever */
} nsk_interest;

/* Waits once until fd is ready: NSK_DONE, NSK_TIMEOUT, NSK_INTERRUPTED, or
   NSK_FAILED with EBADF (fd not open) or ENOMEM. An error or hang-up on the fd
   counts as ready: the operation itself then reports it. A deadline in the past
   asks without waiting. No limit on the fd's number. Source: poll(2), ppoll(2). */
nsk_outcome nsk_wait(int fd, nsk_need need, int64_t until, nsk_error *error);

#endif
