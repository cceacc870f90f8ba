/* Signals that are held back until a wait lets them in. */
#include "system/system.h"

#include <string.h>

#ifdef NSK_HAVE_PPOLL

_Static_assert(sizeof(sigset_t) <= sizeof((nsk_signals *)0)->before, "too small a field");

void nsk_signals_hold(nsk_signals *signals) {
  sigset_t all, before;
  sigfillset(&all);
  signals->held = pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
  memcpy(signals->before, &before, sizeof before);
}

void nsk_signals_release(nsk_signals *signals) {
  sigset_t before;
  if (!signals->held) return;
  memcpy(&before, signals->before, sizeof before);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  signals->held = false;
}

#else

void nsk_signals_hold(nsk_signals *signals) {
  signals->held = false;
}

void nsk_signals_release(nsk_signals *signals) {
  signals->held = false;
}

#endif
