/* Signals that are held back until a wait lets them in. */
#include "system/system.h"

typedef struct {
  bool held;
  sigset_t before;
} inside;

_Static_assert(sizeof(inside) <= sizeof((nsk_signals *)0)->inside, "too little room");

const sigset_t *nski_signals_before(const nsk_signals *signals) {
  if (signals == NULL) return NULL;
  const inside *held = (const void *)signals->inside;
  return held->held ? &held->before : NULL;
}

static inside *in(nsk_signals *signals) {
  return (void *)signals->inside;
}

#ifdef NSK_HAVE_PPOLL

void nsk_signals_hold(nsk_signals *signals) {
  sigset_t all;
  sigfillset(&all);
  in(signals)->held = pthread_sigmask(SIG_SETMASK, &all, &in(signals)->before) == 0;
}

void nsk_signals_release(nsk_signals *signals) {
  if (!in(signals)->held) return;
  pthread_sigmask(SIG_SETMASK, &in(signals)->before, NULL);
  in(signals)->held = false;
}

#else

void nsk_signals_hold(nsk_signals *signals) {
  in(signals)->held = false;
}

void nsk_signals_release(nsk_signals *signals) {
  in(signals)->held = false;
}

#endif
