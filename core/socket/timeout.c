/* A time for every call: the timeout of a socket, and plain calls that wait for it. */
#include "socket/socket.h"
#include "system/retry.h"

#include <string.h>

/* A timeout keeps the kernel from blocking: it is kept here, where a scheduler may wait,
   and where one point of time ends it. */
void nski_set_mode(nsk_socket *s, bool blocks) {
  s->blocks = blocks;
  s->io_flags = blocks && !(nsk_socket_timeout(s) > 0) ? 0 : MSG_DONTWAIT;
}

bool nski_must_not_block(const nsk_socket *s) {
  if (nsk_socket_blocking(s)) return false;
  int flags = s->blocks ? 0 : fcntl(s->fd, F_GETFL);
  return flags >= 0 && (flags & O_NONBLOCK) == 0;
}

double nsk_socket_timeout(const nsk_socket *s) {
  return s->side != NULL ? s->side->timeout : 0;
}

bool nski_set_timeout(nsk_socket *s, double seconds) {
  if (s->side == NULL && seconds == 0) return true;
  nsk_side *side = nski_side_of(s);
  if (side == NULL) return false;
  side->timeout = seconds;
  nski_set_mode(s, s->blocks);
  nski_side_trim(s);
  return true;
}

nsk_outcome nsk_socket_set_timeout(nsk_socket *s, const double *seconds, double *before,
                                   nsk_error *error) {
  if (seconds != NULL && !(*seconds >= 0))
    return nsk_error_argument(error, "timeout", "sec", NSK_NO_SECONDS);
  if (s->fd < 0) return nski_fail(error, "timeout", EBADF);
  *before = nsk_socket_timeout(s);
  if (seconds == NULL || nski_set_timeout(s, *seconds)) return NSK_DONE;
  return nski_fail_memory(error, "timeout");
}

nsk_deadline nsk_socket_deadline(const nsk_socket *s) {
  double seconds = nsk_socket_timeout(s);
  return seconds > 0 ? nski_deadline(seconds) : NSK_NO_DEADLINE;
}

bool nsk_flags_wait(int flags) {
  return (flags & (MSG_DONTWAIT | MSG_OOB | MSG_ERRQUEUE)) == 0;
}

bool nsk_socket_waits(const nsk_socket *s, int flags) {
  return nsk_flags_wait(flags) && nsk_socket_timeout(s) > 0;
}

/* ------------------------------------------------------------------- plain calls -- */

typedef struct {
  const char *name;
  nski_retry retry;
} inside;

_Static_assert(sizeof(inside) <= sizeof((nsk_timed *)0)->inside, "too little room");

static inside *in(nsk_timed *op) {
  return (void *)op->inside;
}

void nsk_timed_begin(nsk_timed *op, const nsk_socket *s, nsk_need need, const char *name,
                     const nsk_addr *about) {
  *op = (nsk_timed){.about = about, .need = need, .deadline = nsk_socket_deadline(s)};
  in(op)->name = name;
}

static nsk_outcome out_of_time(nsk_timed *op, const nsk_socket *s, nsk_error *error) {
  bool accepts = strncmp(in(op)->name, "accept", 6) == 0; /* or acceptfd */
  if (op->about != NULL)
    nski_fail_at(error, in(op)->name, ETIMEDOUT, op->about);
  else
    nski_fail(error, in(op)->name, ETIMEDOUT);
  nsk_outcome outcome = nski_error_late(error, "not done", &op->deadline);
  return accepts ? nski_about_own(s, outcome, error) : nski_about_peer(s, outcome, error);
}

nsk_outcome nsk_timed_wait(nsk_timed *op, const nsk_socket *s, nsk_interest *interest,
                           nsk_error *error) {
  if (nsk_passed(op->deadline.at)) return out_of_time(op, s, error);
  *interest = (nsk_interest){.fd = s->fd, .need = op->need, .until = op->deadline.at};
  bool at_once = nski_retry_wait(&in(op)->retry, interest) == NSK_DONE;
  return at_once ? NSK_INTERRUPTED : NSK_AGAIN;
}

void nsk_timed_end(nsk_timed *op) {
  nski_retry_end(&in(op)->retry);
}
