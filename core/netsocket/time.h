/* Deadlines on the monotonic clock, and the one wait. */
#ifndef NETSOCKET_TIME_H
#define NETSOCKET_TIME_H

#include "outcome.h"

/* --------------------------------------------------------------------- clock -- */

#define NSK_NEVER INT64_MAX

/* The monotonic clock, in nanoseconds. Source: clock_gettime(2). */
int64_t nsk_now(void);

/* Turns seconds from now into a deadline, rounded up; infinity and what lies
   beyond 292 years become NSK_NEVER. Fails with NSK_ARGUMENT on NaN and on a
   negative number, naming op and the parameter. */
nsk_outcome nsk_deadline(double seconds, const char *op, const char *parameter,
                         int64_t *until, nsk_error *error);

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
