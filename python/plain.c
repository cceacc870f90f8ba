/* A call on a socket: at once under the GIL where that is cheap, else without it, where
   it waits as the socket says. */
#include "lock.h"

/* What is pending may answer, or a closed socket. */
static bool knows(const nskp_socket *self) {
  return self->s.fd < 0 || self->s.error != 0 || self->s.held;
}

/* An operation knows itself what is pending. */
static bool answers(const nskp_socket *self, const nskp_work *work) {
  return work->waits ? self->s.fd < 0 : knows(self);
}

nsk_outcome nskp_call(nskp_socket *self, const nskp_work *work, nsk_error *error) {
  if (self->s.held) nskp_end_stranded(self, false);
  if (work->cheap || answers(self, work)) {
    nsk_outcome outcome = work->body(&self->s, work->call, nsk_dontwait, error);
    bool again = outcome == NSK_AGAIN && work->waits;
    if (outcome != NSK_INTERRUPTED && !again) return outcome;
  }
  return nskp_outside(self, work, error);
}

/* ----------------------------------------------------------------- plain calls -- */

/* One that waits: in the kernel, or here. */
typedef struct {
  const nskp_work *work;
  nskp_work outer; /* what runs in its place without the GIL */
  nsk_timed timed;
  bool limited; /* by the socket's timeout, and not by the system */
  bool tried;   /* its next try has been made, and said again */
  int64_t began;
  nsk_signals signals;
} plain;

/* Whatever the wait says but failure, the next try finds out why. */
static nsk_outcome wait_then_go_on(plain *p, nsk_interest *interest, nsk_error *error) {
  nsk_outcome outcome = nsk_wait_for(interest, &p->signals, error);
  return outcome == NSK_FAILED ? outcome : NSK_INTERRUPTED;
}

static nsk_outcome try_and_wait(nsk_socket *s, void *call, int more, nsk_error *error) {
  plain *p = call;
  nsk_interest interest;
  nsk_outcome outcome = NSK_AGAIN;
  (void)more;
  if (!p->tried) outcome = p->work->body(s, p->work->call, nsk_dontwait, error);
  p->tried = false;
  if (outcome != NSK_AGAIN) return outcome;
  outcome = nsk_timed_wait(&p->timed, s, &interest, error);
  if (outcome == NSK_AGAIN) return wait_then_go_on(p, &interest, error);
  /* The system's time is no error. */
  return outcome == NSK_TIMEOUT && !p->limited ? NSK_AGAIN : outcome;
}

/* After a signal the system would start its time anew, so the wait is made here. Only a
   stream's call blocks again after it: it may ask for more than there is now. */
static nsk_outcome block(nsk_socket *s, void *call, int more, nsk_error *error) {
  plain *p = call;
  bool again = p->outer.signals != NULL;
  (void)more;
  if (again) {
    nsk_interest interest = {
        .fd = s->fd, .need = p->timed.need, .until = p->timed.deadline.at};
    nsk_outcome waited = nsk_wait_for(&interest, &p->signals, error);
    if (waited == NSK_TIMEOUT) return NSK_AGAIN;
    if (waited != NSK_DONE) return waited;
  }
  nsk_outcome outcome = p->work->body(s, p->work->call, 0, error);
  if (again || outcome != NSK_INTERRUPTED) return outcome;
  p->timed.deadline.at = nsk_socket_limit(s, p->timed.need, p->began);
  p->outer.signals = &p->signals;
  if (s->type != nsk_stream) p->outer.body = try_and_wait;
  return outcome;
}

static __attribute__((noinline)) nsk_outcome wait_out(nskp_socket *self,
                                                      const nskp_work *work,
                                                      nsk_need need, bool tried,
                                                      nsk_error *error) {
  bool blocks = nsk_socket_blocking(&self->s);
  bool polled = blocks && (work->polled || !nsk_socket_shutdown_wakes(&self->s));
  plain p = {.work = work,
             .outer = *work,
             .limited = !blocks,
             .tried = tried,
             .began = nsk_now()};
  nsk_timed_begin(&p.timed, &self->s, need, work->op, work->about);
  p.outer.call = &p;
  p.outer.body = p.limited || polled ? try_and_wait : block;
  if (p.outer.body == try_and_wait) p.outer.signals = &p.signals;
  if (polled) p.timed.deadline.at = nsk_socket_limit(&self->s, need, p.began);
  nsk_outcome outcome = nskp_outside(self, &p.outer, error);
  nsk_timed_end(&p.timed);
  return outcome;
}

bool nskp_blocks(const nskp_socket *self, int flags) {
  return nsk_socket_blocking(&self->s) && (flags & nsk_dontwait) == 0;
}

bool nskp_takes_all(const nskp_socket *self, int flags) {
  return self->s.type == nsk_stream && nskp_blocks(self, flags);
}

bool nskp_waits(const nskp_socket *self, int flags) {
  return nskp_blocks(self, flags) || nsk_socket_waits(&self->s, flags);
}

nsk_outcome nskp_plain_on(nskp_socket *self, const nskp_work *work, nsk_need need,
                          int flags, nsk_outcome tried, nsk_error *error) {
  bool untried = tried == NSK_INTERRUPTED && !work->cheap;
  if (untried && (need == NSK_READ ? knows(self) : self->s.fd < 0)) {
    tried = work->body(&self->s, work->call, nsk_dontwait, error);
    if (tried != NSK_AGAIN && tried != NSK_INTERRUPTED) return tried;
  }
  if (nskp_waits(self, flags))
    return wait_out(self, work, need, tried == NSK_AGAIN, error);
  return tried == NSK_AGAIN ? tried : nskp_outside(self, work, error);
}
