/* Deadlines on the monotonic clock, and the one wait. */
#ifndef NETSOCKET_TIME_H
#define NETSOCKET_TIME_H

#include "outcome.h"

/* --------------------------------------------------------------------- clock -- */

#define NSK_NEVER INT64_MAX

/* The monotonic clock, in nanoseconds. Source: clock_gettime(2). */
int64_t nsk_now(void);

/* The time of day, in nanoseconds since 1970. */
int64_t nsk_time_of_day(void);

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

/* How many seconds remain: 0 when it has passed, infinity where there is none. */
double nsk_deadline_left(const nsk_deadline *deadline);

/* ---------------------------------------------------------------------- wait -- */

typedef enum {
  NSK_READ,
  NSK_WRITE,
  NSK_RESOLVE,     /* no descriptor: call nsk_connect_resolve without locks held */
  NSK_READ_URGENT, /* readable, or out-of-band data (POLLPRI) */
  NSK_WRITE_URGENT,
  NSK_COLLECT /* no descriptor: none was left. Close sockets that were dropped, if any,
                 and step again */
} nsk_need;

/* One of several descriptors that are waited for together. */
typedef struct {
  int fd;
  nsk_need need;  /* NSK_READ or NSK_WRITE */
  uint32_t place; /* the core's: where poll(2) is asked about it */
  bool ready;     /* what the latest look at them said */
  void *owner;    /* the caller's */
} nsk_entry;

/* Several descriptors, or none: then only the time is waited for. All zero at first. */
typedef struct {
  nsk_entry *entries; /* they stay their owner's */
  size_t count;
  bool alone; /* the one entry is used by nothing else: a scheduler may wait for it itself
               */
  bool looked;  /* `ready` has been filled since this was last reset */
  size_t ready; /* how many entries are */
  NSK_INSIDE(16);
} nsk_pollset;

typedef struct {
  int fd;
  nsk_need need;
  int64_t until;    /* NSK_NEVER: without a limit */
  nsk_pollset *set; /* these, in place of fd; NULL: fd */
} nsk_interest;

/* A descriptor that another thread can make readable. All of it is cheap but the opening:
   EMFILE, ENFILE, ENOMEM. Source: eventfd(2), else pipe(2). */
typedef struct {
  int wait_fd;
  int post_fd;
} nsk_event;

nsk_outcome nsk_event_open(nsk_event *event, nsk_error *error);
void nsk_event_post(nsk_event *event);
void nsk_event_close(nsk_event *event); /* idempotent once it was open */

/* Signals that are held back from the caller's last look at what they have left, until
   the wait lets them in: none can come in between and be missed. Where there is no
   ppoll(2) they are not. Another thread's close, which shutdown(2) does not tell of in
   every family, ends the wait by its event. All zero at first. */
typedef struct {
  bool closes; /* and `closing` is open */
  nsk_event closing;
  NSK_INSIDE(136);
} nsk_signals;

void nsk_signals_hold(nsk_signals *signals);
void nsk_signals_release(nsk_signals *signals); /* idempotent */

/* SIGPIPE kept in: hold before, release after a call in this thread that may raise it, as
   another library's write(2) does. raised: it may have been. The process's disposition is
   not touched. */
typedef struct {
  NSK_INSIDE(8);
} nsk_sigpipe;

void nsk_sigpipe_hold(nsk_sigpipe *guard);
void nsk_sigpipe_release(nsk_sigpipe *guard, bool raised);

/* Waits once until what an operation wants is ready: NSK_DONE, NSK_TIMEOUT,
   NSK_INTERRUPTED, or NSK_FAILED with EBADF (a descriptor is not open) or ENOMEM. An
   error or hang-up counts as ready: the operation itself then reports it. A deadline in
   the past asks without waiting. No limit on a descriptor's number, nor on how many there
   are. `held` (or NULL) has been released when it returns; its event counts as readiness.
   Source: ppoll(2). */
nsk_outcome nsk_wait_for(nsk_interest *interest, nsk_signals *held, nsk_error *error);

/* The same for one descriptor. */
nsk_outcome nsk_wait(int fd, nsk_need need, int64_t until, nsk_error *error);

/* The same for 20 ms at most and without holding signals back, so that what is answered
   soon takes one system call; a signal between the last look and this wait is late by no
   more. NSK_TIMEOUT at once: not for one descriptor. */
nsk_outcome nsk_wait_briefly(const nsk_interest *interest, nsk_error *error);

/* For a scheduler, which waits for one descriptor: NSK_AGAIN: wait for interest->fd,
   need, until. NSK_DONE: one of several is ready already, or the time has passed: step
   again. NSK_FAILED: EBADF, EMFILE, ENOMEM. */
nsk_outcome nsk_wait_by_one(nsk_interest *interest, nsk_error *error);

/* Ends what the above has opened; idempotent. */
void nsk_pollset_close(nsk_pollset *set);

#endif
