/*
 * SIGPIPE kept in for calls that have no MSG_NOSIGNAL: blocked in this thread around
 * the call, and taken back when the call raised it. The process's disposition is
 * never touched.
 */
#include "system/system.h"

void nski_sigpipe_hold(nski_sigpipe *guard) {
  sigset_t pipe_only, pending;
  sigemptyset(&pipe_only);
  sigaddset(&pipe_only, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_only, &guard->before);
  /* A SIGPIPE that was pending before belongs to somebody else. One that was not
     blocked cannot have been. */
  guard->pending = sigismember(&guard->before, SIGPIPE) == 1 &&
                   sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

void nski_sigpipe_release(nski_sigpipe *guard, bool raised) {
  if (raised && !guard->pending) {
    sigset_t pipe_only;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
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
  pthread_sigmask(SIG_SETMASK, &guard->before, NULL);
}
