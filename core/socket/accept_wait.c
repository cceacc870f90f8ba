/* Accepting for a caller that waits, who may have asked to wait out a shortage as well.
 */
#include "socket/socket.h"

typedef struct {
  int64_t pause;  /* the length of the latest, 0: none yet */
  int64_t resume; /* the end of the present one, 0: none */
} pauses;

_Static_assert(sizeof(pauses) <= sizeof((nsk_accept *)0)->inside, "too little room");

static const int64_t shortest = 1000000;
static const int64_t longest = 50000000;

static nsk_outcome late(nsk_accept *op, const nsk_socket *s, nsk_error *error) {
  nski_fail(error, "accept", ETIMEDOUT);
  nsk_outcome outcome = nski_error_late(error, "no connection", &op->deadline);
  return nski_about_own(s, outcome, error);
}

nsk_outcome nsk_accept_step(nsk_accept *op, nsk_socket *s, nsk_socket *out,
                            nsk_addr *peer, nsk_interest *interest, nsk_error *error) {
  pauses *p = (void *)op->inside;
  *interest = (nsk_interest){.fd = s->fd, .need = NSK_READ, .until = op->deadline.at};
  /* A listener never becomes writable, but its end is told: that is the pause. It needs
     no descriptor, of which there is none. */
  if (p->resume != 0 && !nsk_passed(p->resume) && s->fd >= 0) {
    interest->need = NSK_WRITE;
    interest->until = p->resume;
    return NSK_AGAIN;
  }
  p->resume = 0;
  for (;;) {
    nsk_outcome outcome = nsk_socket_accept(s, out, peer, error);
    if (outcome == NSK_INTERRUPTED) continue;
    if (outcome != NSK_AGAIN) return outcome;
    p->pause = 0;
    return nsk_passed(op->deadline.at) ? late(op, s, error) : NSK_AGAIN;
  }
}

/* The pauses double, so that a short shortage costs little time and a long one little
   else. */
bool nsk_accept_again(nsk_accept *op, nsk_outcome *outcome, nsk_error *error) {
  pauses *p = (void *)op->inside;
  if (!op->patient || *outcome != NSK_FAILED || !nsk_error_scarce(error)) return false;
  if (nsk_passed(op->deadline.at)) {
    error->code = ETIMEDOUT; /* it is about the listener already */
    *outcome = nski_error_late(error, "no free descriptor", &op->deadline);
    return false;
  }
  p->pause = p->pause == 0 ? shortest : 2 * p->pause;
  if (p->pause > longest) p->pause = longest;
  p->resume = nsk_now() + p->pause;
  if (p->resume > op->deadline.at) p->resume = op->deadline.at;
  return true;
}
