/* Descriptors, waits and signals, and what else the system has beside sockets. */
#ifndef NSK_CORE_SYSTEM_H
#define NSK_CORE_SYSTEM_H

#include "base/base.h"

/* descriptor.c: 0..INT_MAX, else the error is filled. */
bool nski_valid_fd(int64_t fd, const char *op, nsk_error *error);

/* wait.c */
bool nski_hung_up(int fd); /* the peer has ended its side */
short nski_events_of(nsk_need need);
/* A descriptor of the set's is about to be closed. */
void nski_pollset_forget(nsk_pollset *set, int fd);
/* Its entries have changed; those that stay are not added twice. */
void nski_pollset_changed(nsk_pollset *set);
int nski_poll_now(struct pollfd *polls, size_t count); /* poll(2) that only looks */
/* ppoll(2), or what is as good, up to a point of time. */
int nski_poll_until(struct pollfd *polls, size_t count, int64_t until,
                    const sigset_t *mask);
/* signals.c: the mask with which a wait lets them in; NULL: none are held. */
const sigset_t *nski_signals_before(const nsk_signals *signals);
/* descriptor.c: descriptors with their flags. Each returns an fd or -1 and leaves
   errno; a step that fails closes what the call opened. */
int nski_open_fd(int family, int type, int protocol, bool nonblock);
int nski_open_pair(int type, int protocol, bool nonblock, int fds[2]);
int nski_accept_fd(int fd, struct sockaddr *addr, socklen_t *length);
int nski_dup_fd(int fd);
void nski_close_fd(int fd); /* for cleaning up: errno stays */

#ifndef NSK_HAVE_EVENTFD
int nski_open_pipe(int fds[2]);
#endif

/* event.c; the rest is public. */
int nski_event_open(nsk_event *event);   /* 0 or errno */
bool nski_event_clear(nsk_event *event); /* false: it may be readable still */

#endif
