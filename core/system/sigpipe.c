/*
 * SIGPIPE kept in for calls that have no MSG_NOSIGNAL: blocked in this thread around
 * the call, and taken back when the call raised it. The process's disposition is
 * never touched.
 */
#include "system/system.h"

typedef struct {
  bool blocked, pending; /* before */
} inside;

_Static_assert(sizeof(inside) <= sizeof(nsk_sigpipe), "too little room");

void nsk_sigpipe_hold(nsk_sigpipe *guard) {
  inside *held = (void *)guard->inside;
  sigset_t pipe_only, before, pending;
  sigemptyset(&pipe_only);
  sigemptyset(&before);
  sigaddset(&pipe_only, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
  held->blocked = sigismember(&before, SIGPIPE) == 1;
  /* A SIGPIPE that was pending before belongs to another. One that was not
     blocked cannot have been. */
  held->pending =
      held->blocked && sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

void nsk_sigpipe_release(nsk_sigpipe *guard, bool raised) {
  const inside *held = (const void *)guard->inside;
  sigset_t pipe_only;
  sigemptyset(&pipe_only);
  sigaddset(&pipe_only, SIGPIPE);
  if (raised && !held->pending) {
#ifdef NSK_HAVE_SIGTIMEDWAIT
    const struct timespec now = {0, 0};
    while (sigtimedwait(&pipe_only, NULL, &now) < 0 && errno == EINTR)
      continue;
#else
    sigset_t pending;
    int signal;
    if (sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1)
      sigwait(&pipe_only, &signal);
#endif
  }
  if (!held->blocked) pthread_sigmask(SIG_UNBLOCK, &pipe_only, NULL);
}
